"""The loss landscape: the cost of a network as a function of its parameters, measured and drawn.

surface     C(θ), its gradient, its products with Hessian, Gauss–Newton and Fisher matrix
spectrum    eigenvalues of these, their density, the trace, the index
slices      lines and planes through it: random, of the Hessian, of a training; how rough they are
grid        a plane evaluated on several processors, saved row by row, resumed after a kill
flatness    how wide a plateau is, by measures that a change of scale fools and one that it does not
"""

from refnet.landscape import flatness, grid, slices, spectrum, surface
from refnet.landscape.surface import Surface

__all__ = ["Surface", "flatness", "grid", "slices", "spectrum", "surface"]
