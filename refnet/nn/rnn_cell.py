"""One step of a recurrent layer: RNNCell, LSTMCell, GRUCell.

The equations stand in refnet.functions.nn_functional.recurrent, in operations of the tape: a loop of
cells is the long form of the rules in refnet.ops.rnn, lstm and gru, and proves them.
"""

import math
from typing import Any

import numpy as np

from refnet.engine.tensor import Tensor, wrap
from refnet.functions.nn_functional.recurrent import gru_cell, lstm_cell, rnn_cell
from refnet.nn import init
from refnet.nn.module import Module
from refnet.nn.parameter import Parameter, empty_parameter

__all__ = ["GRUCell", "LSTMCell", "RNNCell", "RNNCellBase"]


class RNNCellBase(Module):
    """What the cells share: their parameters, and the forms of their inputs.

    Args:
        input_size: in
        hidden_size: H
        bias: whether there are b_ih and b_hh
        num_chunks: how many times H rows the weights have

    Init:
        all parameters uniform on ±1/√H

    Source:
        torch.nn.RNNCellBase
    """

    weight_ih: Parameter
    weight_hh: Parameter
    bias_ih: Parameter | None
    bias_hh: Parameter | None

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool,
        num_chunks: int,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.bias = bias
        rows = num_chunks * hidden_size
        if rows < 0:
            raise RuntimeError(f"hidden_size must not be negative, got {hidden_size}")
        self.weight_ih = empty_parameter(rows, input_size, device=device, dtype=dtype)
        self.weight_hh = empty_parameter(rows, hidden_size, device=device, dtype=dtype)
        if bias:
            self.bias_ih = empty_parameter(rows, device=device, dtype=dtype)
            self.bias_hh = empty_parameter(rows, device=device, dtype=dtype)
        else:
            self.register_parameter("bias_ih", None)
            self.register_parameter("bias_hh", None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw all parameters anew."""
        bound = 1 / math.sqrt(self.hidden_size) if self.hidden_size > 0 else 0
        for p in self.parameters():
            init.uniform_(p, -bound, bound)

    def extra_repr(self) -> str:
        """The sizes, and what differs from its default."""
        text = f"{self.input_size}, {self.hidden_size}"
        if self.bias is not True:
            text += f", bias={self.bias}"
        if getattr(self, "nonlinearity", "tanh") != "tanh":
            text += f", nonlinearity={self.nonlinearity}"
        return text

    def _weights(self) -> tuple[Tensor, Tensor, Tensor | None, Tensor | None]:
        return self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh

    def _batches(self, input: Tensor, states: dict[str, Tensor] | None, n: int) -> list[Tensor]:
        """The input as (N, in) and the n states as (N, H), zeros if they are not given."""
        cell = type(self).__name__
        for name, x in {"input": input, **(states or {})}.items():
            if x.dim() not in (1, 2):
                raise ValueError(f"{cell}: Expected {name} to be 1D or 2D, got {x.dim()}D instead")
        alone = input.dim() == 1
        x = input.unsqueeze(0) if alone else input
        if states is None:
            zeros = wrap(np.zeros((x.shape[0], self.hidden_size), x._array.dtype))
            hs = [zeros] * n
        else:
            hs = [h.unsqueeze(0) if alone else h for h in states.values()]
        if x.shape[1] != self.input_size:
            raise RuntimeError(
                f"input has inconsistent input_size: got {x.shape[1]} expected {self.input_size}"
            )
        for i, h in enumerate(hs):
            if h.dim() != 2 or h.shape != (x.shape[0], self.hidden_size):
                raise RuntimeError(
                    f"hidden{i} of the cell has to be of shape {[*input.shape[:-1], self.hidden_size]}, "
                    f"got {list(h.shape[1:] if alone else h.shape)}"
                )
        return [x, *hs]


class RNNCell(RNNCellBase):
    """h' = φ(W_ih x + b_ih + W_hh h + b_hh)

    The gradient is derived in `refnet.ops.rnn`.

    Shape:
        x: (N, in) or (in), h, h': (N, H) or (H); h is 0 if not given
        weight_ih: (H, in), weight_hh: (H, H), bias_ih, bias_hh: (H)

    Args:
        nonlinearity: φ: "tanh" or "relu"

    Init:
        all parameters uniform on ±1/√H

    Source:
        torch.nn.RNNCell
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        nonlinearity: str = "tanh",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 1, device, dtype)
        self.nonlinearity = nonlinearity

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        """The next h."""
        if self.nonlinearity not in ("tanh", "relu"):
            raise RuntimeError(f"Unknown nonlinearity: {self.nonlinearity}")
        x, h = self._batches(input, None if hx is None else {"hidden": hx}, 1)
        h = rnn_cell(x, h, self._weights(), self.nonlinearity)
        return h.squeeze(0) if input.dim() == 1 else h


class LSTMCell(RNNCellBase):
    """i, f, o = σ(W_ih x + b_ih + W_hh h + b_hh), g = tanh(the same with rows of its own)
    c' = f c + i g,  h' = o tanh c'

    The gradient is derived in `refnet.ops.lstm`.

    Shape:
        x: (N, in) or (in), h, c, h', c': (N, H) or (H); h and c are 0 if not given
        weight_ih: (4H, in), weight_hh: (4H, H), bias_ih, bias_hh: (4H), the rows of
        i, f, g, o in this order

    Init:
        all parameters uniform on ±1/√H

    Source:
        torch.nn.LSTMCell
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 4, device, dtype)

    def forward(self, input: Tensor, hx: Any = None) -> tuple[Tensor, Tensor]:
        """The next h and c."""
        states = None
        if hx is not None:
            if isinstance(hx, Tensor):
                raise TypeError("LSTMCell: hx must be a tuple of the tensors h and c, got a Tensor")
            if len(hx) != 2 and input.dim() == 2:
                raise RuntimeError("lstm_cell expects two hidden states")
            states = {"hx[0]": hx[0], "hx[1]": hx[1]}
        x, h, c = self._batches(input, states, 2)
        h, c = lstm_cell(x, h, c, self._weights())
        return (h.squeeze(0), c.squeeze(0)) if input.dim() == 1 else (h, c)


class GRUCell(RNNCellBase):
    """r, z = σ(W_ih x + b_ih + W_hh h + b_hh)
    n = tanh(W_ih x + b_ih + r (W_hh h + b_hh)), with rows of its own
    h' = (1 − z) n + z h

    The gradient is derived in `refnet.ops.gru`.

    Shape:
        x: (N, in) or (in), h, h': (N, H) or (H); h is 0 if not given
        weight_ih: (3H, in), weight_hh: (3H, H), bias_ih, bias_hh: (3H), the rows of
        r, z, n in this order

    Init:
        all parameters uniform on ±1/√H

    Source:
        torch.nn.GRUCell
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 3, device, dtype)

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        """The next h."""
        x, h = self._batches(input, None if hx is None else {"hidden": hx}, 1)
        h = gru_cell(x, h, self._weights())
        return h.squeeze(0) if input.dim() == 1 else h
