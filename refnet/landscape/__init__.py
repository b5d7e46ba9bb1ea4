"""The loss landscape: the cost of a network as a function of its parameters, measured and drawn.

surface     C(θ), its gradient, its products with Hessian, Gauss–Newton and Fisher matrix
spectrum    eigenvalues of these, their density, the trace, the index
critical    critical points, by searches for any and for minima, and of which kind they are
classic     surfaces over the plane whose minima are known
stacked     functions of many vectors at once, with quick Hessians
"""

from refnet.landscape import classic, critical, spectrum, stacked, surface
from refnet.landscape.surface import Surface

__all__ = ["Surface", "classic", "critical", "spectrum", "stacked", "surface"]
