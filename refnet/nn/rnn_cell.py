"""One step of a recurrent layer: RNNCell, LSTMCell, GRUCell.

Their equations are in refnet.functions.nn_functional.recurrent, as recorded operations. Tests
compare a loop of cells with the rules refnet.ops.rnn, lstm and gru.
"""

import math
from typing import Any, ClassVar

import numpy as np

from refnet.engine.tensor import Tensor, wrap
from refnet.functions.nn_functional.recurrent import gru_cell, lstm_cell, rnn_cell
from refnet.nn import init
from refnet.nn.module import Module
from refnet.nn.parameter import Parameter, empty_parameter

__all__ = ["GRUCell", "LSTMCell", "RNNCell", "RNNCellBase"]


class RNNCellBase(Module):
    """The base of RNNCell, LSTMCell and GRUCell: parameters and checks of the input.

    Args:
        input_size: I
        hidden_size: H
        bias: whether there are b_ih and b_hh
        num_chunks: the rows of the weights in multiples of H
        device: "cpu" or None
        dtype: of the parameters; None means the default dtype

    Raises:
        RuntimeError: a size is negative

    Init:
        all parameters: uniform on ±1/√H

    Source:
        torch.nn.RNNCellBase

    Example:
        >>> cell = nn.RNNCellBase(input_size=3, hidden_size=4, bias=True, num_chunks=2)
        >>> cell.weight_ih.shape, cell.bias_ih.shape
        (refnet.Size([8, 3]), refnet.Size([8]))
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
            raise RuntimeError(
                f"{type(self).__name__}(): expected hidden_size of at least 0, got {hidden_size}"
            )
        self.weight_ih = empty_parameter(rows, input_size, device=device, dtype=dtype)
        self.weight_hh = empty_parameter(rows, hidden_size, device=device, dtype=dtype)
        for name in ("bias_ih", "bias_hh"):
            vector = empty_parameter(rows, device=device, dtype=dtype) if bias else None
            self.register_parameter(name, vector)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draws new values for all parameters."""
        bound = 1 / math.sqrt(self.hidden_size) if self.hidden_size > 0 else 0
        for p in self.parameters():
            init.uniform_(p, -bound, bound)

    def extra_repr(self) -> str:
        """Returns the sizes, and the options that are not the defaults."""
        text = f"{self.input_size}, {self.hidden_size}"
        if self.bias is not True:
            text += f", bias={self.bias}"
        if getattr(self, "nonlinearity", "tanh") != "tanh":
            text += f", nonlinearity={self.nonlinearity}"
        return text

    def _weights(self) -> tuple[Tensor, Tensor, Tensor | None, Tensor | None]:
        return self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh

    def _batches(self, input: Tensor, states: dict[str, Tensor] | None, n: int) -> list[Tensor]:
        """Returns the input as (N, I) and the n states as (N, H), zeros if they are not given."""
        cell = type(self).__name__
        for name, x in {"input": input, **(states or {})}.items():
            if x.dim() not in (1, 2):
                raise ValueError(f"{cell}: Expected {name} to be 1D or 2D, got {x.dim()}D instead")
        unbatched = input.dim() == 1
        x = input.unsqueeze(0) if unbatched else input
        if states is None:
            zeros = wrap(np.zeros((x.shape[0], self.hidden_size), x._array.dtype))
            hs = [zeros] * n
        else:
            hs = [h.unsqueeze(0) if unbatched else h for h in states.values()]
        if x.shape[1] != self.input_size:
            raise RuntimeError(
                f"input has inconsistent input_size: got {x.shape[1]} expected {self.input_size}"
            )
        for i, h in enumerate(hs):
            if h.dim() != 2 or h.shape != (x.shape[0], self.hidden_size):
                raise RuntimeError(
                    f"{cell}(): expected hidden{i} of shape "
                    f"{[*input.shape[:-1], self.hidden_size]}, got "
                    f"{list(h.shape[1:] if unbatched else h.shape)}"
                )
        return [x, *hs]


class RNNCell(RNNCellBase):
    """h' = φ(W_ih x + b_ih + W_hh h + b_hh)

    The gradient is derived in `refnet.ops.rnn`.

    Shape:
        x: (N, I) or (I)
        h, h': (N, H) or (H); h is 0 if not given
        weight_ih: (H, I), weight_hh: (H, H), bias_ih, bias_hh: (H)

    Args:
        input_size: I
        hidden_size: H
        bias: whether there are b_ih and b_hh
        nonlinearity: φ: "tanh" or "relu"
        device: "cpu" or None
        dtype: of the parameters; None means the default dtype

    Raises:
        RuntimeError: a size is negative; in a call, a shape does not fit or nonlinearity is unknown
        ValueError: in a call, x or h has another number of dimensions

    Init:
        all parameters: uniform on ±1/√H

    Source:
        torch.nn.RNNCell

    Example:
        >>> cell = nn.RNNCell(input_size=3, hidden_size=4)
        >>> cell(refnet.rand(2, 3)).shape
        refnet.Size([2, 4])
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
        """Returns h' for the input x and the state hx = h."""
        if self.nonlinearity not in ("tanh", "relu"):
            raise RuntimeError(f"Unknown nonlinearity: {self.nonlinearity}")
        x, h = self._batches(input, None if hx is None else {"hidden": hx}, 1)
        h = rnn_cell(x, h, self._weights(), self.nonlinearity)
        return h.squeeze(0) if input.dim() == 1 else h


class _GatedCell(RNNCellBase):
    """A cell with gates."""

    _num_chunks: ClassVar[int]

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, self._num_chunks, device, dtype)


class LSTMCell(_GatedCell):
    """c' = f c + i g,  h' = o tanh(c')

        i, f, o = σ(W_ih x + b_ih + W_hh h + b_hh)
        g = tanh(W_ih x + b_ih + W_hh h + b_hh)

    The rows of the weights and biases are those of i, f, g and o, in this order.

    The gradient is derived in `refnet.ops.lstm`.

    Shape:
        x: (N, I) or (I)
        h, c, h', c': (N, H) or (H); h and c are 0 if not given
        weight_ih: (4H, I), weight_hh: (4H, H), bias_ih, bias_hh: (4H)

    Args:
        input_size: I
        hidden_size: H
        bias: whether there are b_ih and b_hh
        device: "cpu" or None
        dtype: of the parameters; None means the default dtype

    Raises:
        RuntimeError: a size is negative; in a call, a shape or the number of states does not fit
        ValueError: in a call, x or a state has another number of dimensions
        TypeError: in a call, hx is a tensor

    Init:
        all parameters: uniform on ±1/√H

    Source:
        torch.nn.LSTMCell

    Example:
        >>> cell = nn.LSTMCell(input_size=3, hidden_size=4)
        >>> h, c = cell(refnet.rand(2, 3))
        >>> h.shape, c.shape
        (refnet.Size([2, 4]), refnet.Size([2, 4]))
    """

    _num_chunks = 4

    def forward(self, input: Tensor, hx: Any = None) -> tuple[Tensor, Tensor]:
        """Returns h' and c' for the input x and the states hx = (h, c)."""
        states = None
        if hx is not None:
            if isinstance(hx, Tensor):
                raise TypeError("LSTMCell(): expected hx as a tuple of h and c, got a Tensor")
            if len(hx) != 2 and input.dim() == 2:
                raise RuntimeError("lstm_cell expects two hidden states")
            states = {"hx[0]": hx[0], "hx[1]": hx[1]}
        x, h, c = self._batches(input, states, 2)
        h, c = lstm_cell(x, h, c, self._weights())
        return (h.squeeze(0), c.squeeze(0)) if input.dim() == 1 else (h, c)


class GRUCell(_GatedCell):
    """h' = (1 − z) n + z h

        r, z = σ(W_ih x + b_ih + W_hh h + b_hh)
        n = tanh(W_ih x + b_ih + r (W_hh h + b_hh))

    The rows of the weights and biases are those of r, z and n, in this order.

    The gradient is derived in `refnet.ops.gru`.

    Shape:
        x: (N, I) or (I)
        h, h': (N, H) or (H); h is 0 if not given
        weight_ih: (3H, I), weight_hh: (3H, H), bias_ih, bias_hh: (3H)

    Args:
        input_size: I
        hidden_size: H
        bias: whether there are b_ih and b_hh
        device: "cpu" or None
        dtype: of the parameters; None means the default dtype

    Raises:
        RuntimeError: a size is negative; in a call, a shape does not fit
        ValueError: in a call, x or h has another number of dimensions

    Init:
        all parameters: uniform on ±1/√H

    Source:
        torch.nn.GRUCell

    Example:
        >>> cell = nn.GRUCell(input_size=3, hidden_size=4)
        >>> cell(refnet.rand(2, 3)).shape
        refnet.Size([2, 4])
    """

    _num_chunks = 3

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        """Returns h' for the input x and the state hx = h."""
        x, h = self._batches(input, None if hx is None else {"hidden": hx}, 1)
        h = gru_cell(x, h, self._weights())
        return h.squeeze(0) if input.dim() == 1 else h
