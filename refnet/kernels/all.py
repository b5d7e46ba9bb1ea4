"""Every kernel of refnet: importing its file registers it."""

from refnet.kernels import rectifier
from refnet.kernels.registry import start

__all__ = ["rectifier"]

start()
