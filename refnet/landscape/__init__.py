"""The loss landscape: the cost of a network as a function of its parameters, measured and drawn.

surface     C(θ), its gradient, its products with Hessian, Gauss–Newton and Fisher matrix
spectrum    eigenvalues of these, their density, the trace, the index
stacked     functions of many vectors at once, with fast Hessians
critical    critical points: searches for any kind and for minima, and their classification
slices      lines and planes: random, of the Hessian, of a training; the roughness of a slice
grid        a plane evaluated in several processes, saved row by row, resumed after a kill
flatness    the width of a plateau, by measures that rescaling changes and one that it does not
classic     surfaces over the plane with known minima
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
