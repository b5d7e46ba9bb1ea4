"""The loss landscape: the cost of a network as a function of its parameters, measured and drawn.

surface     C(θ), its gradient, its products with Hessian, Gauss–Newton and Fisher matrix
spectrum    eigenvalues of these, their density, the trace, the index
"""

from refnet.landscape import spectrum, surface
from refnet.landscape.surface import Surface

__all__ = ["Surface", "spectrum", "surface"]
