"""Reverse mode on the tape, and exact second derivatives by the complex step."""

from refnet.autograd import functional
from refnet.autograd.backward import backward, grad
from refnet.autograd.function import Function, Variable
from refnet.gradmode import enable_grad, no_grad, set_grad_enabled

__all__ = [
    "Function",
    "Variable",
    "backward",
    "enable_grad",
    "functional",
    "grad",
    "no_grad",
    "set_grad_enabled",
]
