"""Reverse mode on the tape, and exact second derivatives by the complex step."""

from refnet.autograd import functional
from refnet.autograd.backward import backward, grad
from refnet.autograd.variable import Variable
from refnet.gradmode import enable_grad, no_grad, set_grad_enabled

__all__ = [
    "Variable",
    "backward",
    "enable_grad",
    "functional",
    "grad",
    "no_grad",
    "set_grad_enabled",
]
