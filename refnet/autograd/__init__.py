"""Derivatives: reverse mode on the tape, and exact second derivatives by the complex step."""

import typing as _typing

from refnet.autograd.backward import backward as backward, grad as grad
from refnet.autograd.function import Function as Function, Variable as Variable
from refnet.compatibility.lookup import mirror as _mirror
from refnet.engine.grad_mode import (
    enable_grad as enable_grad,
    no_grad as no_grad,
    set_grad_enabled as set_grad_enabled,
)

if _typing.TYPE_CHECKING:
    from refnet.autograd import functional as functional


_mirror(__name__, {"functional": "refnet.autograd.functional"}, exports=True)
