"""Reverse mode on the tape, and exact second derivatives by the complex step."""

from typing import TYPE_CHECKING

from refnet.autograd.backward import backward, grad
from refnet.autograd.function import Function, Variable
from refnet.compatibility.lookup import mirror as _mirror
from refnet.engine.grad_mode import enable_grad, no_grad, set_grad_enabled

if TYPE_CHECKING:
    from refnet.autograd import functional

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

_mirror(__name__, {"functional": "refnet.autograd.functional"})
