"""Kernels: the rules of refnet.ops, faster. See refnet.kernels.registry for what a kernel is.

A file has the kernels of the file of the same name in refnet.ops, or what several of them use.
"""

from refnet.kernels.registry import available, in_use, kernel, report, use

__all__ = ["available", "in_use", "kernel", "report", "use"]
