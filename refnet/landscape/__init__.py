"""The loss landscape: the cost of a network as a function of its parameters, measured and drawn.

surface     C(θ), its gradient, its products with Hessian, Gauss–Newton and Fisher matrix
spectrum    eigenvalues of these, their density, the trace, the index
stacked     functions of many vectors at once, with quick Hessians
critical    critical points, by searches for any and for minima, and of which kind they are
slices      lines and planes through it: random, of the Hessian, of a training; how rough they are
grid        a plane evaluated on several processors, saved row by row, resumed after a kill
flatness    how wide a plateau is, by measures that a change of scale fools and one that it does not
classic     surfaces over the plane whose minima are known
"""

from refnet.landscape import (
    classic as classic,
    critical as critical,
    flatness as flatness,
    grid as grid,
    slices as slices,
    spectrum as spectrum,
    stacked as stacked,
    surface as surface,
)
from refnet.landscape.surface import Surface as Surface
