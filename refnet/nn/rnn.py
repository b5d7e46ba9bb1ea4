"""Recurrent layers: RNN, LSTM, GRU. Their rules are refnet.ops.rnn, lstm and gru."""

from typing import Any

from refnet.engine.tensor import Tensor
from refnet.nn.rnn_base import RNNBase

__all__ = ["GRU", "LSTM", "RNN"]


class _OneState(RNNBase):
    """A layer whose only state is h."""

    def forward(self, input: Any, hx: Tensor | None = None) -> tuple[Any, Tensor]:
        """Returns y and h for the input x and the states hx = h₀."""
        y, (h,) = self._run(input, None if hx is None else (hx,))
        return y, h


class RNN(_OneState):
    """h_t = φ(W_ih x_t + b_ih + W_hh h_{t−1} + b_hh),  y_t = h_t

    The gradient is derived in `refnet.ops.rnn`.

    Shape:
        x: (T, N, I) for T steps of N sequences; with batch_first (N, T, I), without a batch (T, I);
            or a PackedSequence
        y: (T, N, D·H), with the same exceptions
        h₀, h: (D·L, N, H), or (D·L, H) without a batch; h₀ is 0 if not given
        weight_ih_l{k}: (H, I) for k = 0, else (H, D·H), for layer k
        weight_hh_l{k}: (H, H)
        bias_ih_l{k}, bias_hh_l{k}: (H)
        the parameters of the backward direction have the same names followed by "_reverse"

    Args:
        input_size: I
        hidden_size: H
        num_layers: L; the outputs of a layer are the inputs of the next one
        nonlinearity: φ: "tanh" or "relu"
        bias: whether there are b_ih and b_hh
        batch_first: whether x and y are (N, T, …) instead of (T, N, …)
        dropout: in training, the probability of 0 for each output of every layer but the last
        bidirectional: if True, D = 2: each layer also runs over the steps backwards, with a second
            set of weights, and both outputs are concatenated; if False, D = 1
        device: "cpu" or None
        dtype: of the parameters; None means the default dtype
        proj_size: must be None; only LSTM supports it

    Returns:
        y, h: the outputs of the last layer at all steps, and the last state of each layer

    Raises:
        ValueError: nonlinearity is unknown, proj_size is given, or a size is out of range
        TypeError: a size is not an integer, or a flag is not boolean

    Init:
        all parameters: uniform on ±1/√H

    Source:
        torch.nn.RNN

    Example:
        >>> rnn = nn.RNN(input_size=3, hidden_size=4)
        >>> y, h = rnn(refnet.rand(5, 2, 3))
        >>> y.shape, h.shape
        (refnet.Size([5, 2, 4]), refnet.Size([1, 2, 4]))
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: str = "tanh",
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        device: Any = None,
        dtype: Any = None,
        *,
        proj_size: None = None,
    ) -> None:
        _no_projection(proj_size)
        if nonlinearity not in ("tanh", "relu"):
            raise ValueError(
                f"Unknown nonlinearity '{nonlinearity}'. Select from 'tanh' or 'relu'."
            )
        mode, options = f"RNN_{nonlinearity.upper()}", (bias, batch_first, dropout, bidirectional)
        super().__init__(
            mode, input_size, hidden_size, num_layers, *options, device=device, dtype=dtype
        )
        self.nonlinearity = nonlinearity


class LSTM(RNNBase):
    """c_t = f c_{t−1} + i g,  h_t = o tanh(c_t),  y_t = h_t

        i, f, o = σ(W_ih x_t + b_ih + W_hh h_{t−1} + b_hh)
        g = tanh(W_ih x_t + b_ih + W_hh h_{t−1} + b_hh)

    The rows of the weights and biases are those of i, f, g and o, in this order. With proj_size,
    h_t is projected:

        h_t = W_hr (o tanh(c_t))

    The gradient is derived in `refnet.ops.lstm`.

    Shape:
        x: (T, N, I) for T steps of N sequences; with batch_first (N, T, I), without a batch (T, I);
            or a PackedSequence
        y: (T, N, D·out), with the same exceptions
        h₀, h: (D·L, N, out), where out = proj_size or H; without a batch (D·L, out)
        c₀, c: (D·L, N, H); without a batch (D·L, H)
        h₀ and c₀ are 0 if not given
        weight_ih_l{k}: (4H, I) for k = 0, else (4H, D·out), for layer k
        weight_hh_l{k}: (4H, out)
        bias_ih_l{k}, bias_hh_l{k}: (4H)
        weight_hr_l{k}: (out, H), with proj_size
        the parameters of the backward direction have the same names followed by "_reverse"

    Args:
        input_size: I
        hidden_size: H
        num_layers: L; the outputs of a layer are the inputs of the next one
        bias: whether there are b_ih and b_hh
        batch_first: whether x and y are (N, T, …) instead of (T, N, …)
        dropout: in training, the probability of 0 for each output of every layer but the last
        bidirectional: if True, D = 2: each layer also runs over the steps backwards, with a second
            set of weights, and both outputs are concatenated; if False, D = 1
        proj_size: the size of the projected h; 0 means no projection
        device: "cpu" or None
        dtype: of the parameters; None means the default dtype

    Returns:
        y, (h, c): the outputs of the last layer at all steps, and the last states of each layer

    Raises:
        ValueError: a size is out of range
        TypeError: a size is not an integer, or a flag is not boolean

    Init:
        all parameters: uniform on ±1/√H

    Source:
        torch.nn.LSTM

    Example:
        >>> rnn = nn.LSTM(input_size=3, hidden_size=4)
        >>> y, (h, c) = rnn(refnet.rand(5, 2, 3))
        >>> y.shape, h.shape, c.shape
        (refnet.Size([5, 2, 4]), refnet.Size([1, 2, 4]), refnet.Size([1, 2, 4]))
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        options = bias, batch_first, dropout, bidirectional, proj_size, device, dtype
        super().__init__("LSTM", input_size, hidden_size, num_layers, *options)

    def forward(
        self, input: Any, hx: tuple[Tensor, Tensor] | None = None
    ) -> tuple[Any, tuple[Tensor, Tensor]]:
        """Returns y and (h, c) for the input x and the states hx = (h₀, c₀)."""
        if hx is not None and len(hx) > 2:
            raise RuntimeError("lstm expects two hidden states")
        y, (h, c) = self._run(input, None if hx is None else (hx[0], hx[1]))
        return y, (h, c)


class GRU(_OneState):
    """h_t = (1 − z) n + z h_{t−1},  y_t = h_t

        r, z = σ(W_ih x_t + b_ih + W_hh h_{t−1} + b_hh)
        n = tanh(W_ih x_t + b_ih + r (W_hh h_{t−1} + b_hh))

    The rows of the weights and biases are those of r, z and n, in this order.

    The gradient is derived in `refnet.ops.gru`.

    Shape:
        x: (T, N, I) for T steps of N sequences; with batch_first (N, T, I), without a batch (T, I);
            or a PackedSequence
        y: (T, N, D·H), with the same exceptions
        h₀, h: (D·L, N, H), or (D·L, H) without a batch; h₀ is 0 if not given
        weight_ih_l{k}: (3H, I) for k = 0, else (3H, D·H), for layer k
        weight_hh_l{k}: (3H, H)
        bias_ih_l{k}, bias_hh_l{k}: (3H)
        the parameters of the backward direction have the same names followed by "_reverse"

    Args:
        input_size: I
        hidden_size: H
        num_layers: L; the outputs of a layer are the inputs of the next one
        bias: whether there are b_ih and b_hh
        batch_first: whether x and y are (N, T, …) instead of (T, N, …)
        dropout: in training, the probability of 0 for each output of every layer but the last
        bidirectional: if True, D = 2: each layer also runs over the steps backwards, with a second
            set of weights, and both outputs are concatenated; if False, D = 1
        device: "cpu" or None
        dtype: of the parameters; None means the default dtype
        proj_size: must be None; only LSTM supports it

    Returns:
        y, h: the outputs of the last layer at all steps, and the last state of each layer

    Raises:
        ValueError: proj_size is given, or a size is out of range
        TypeError: a size is not an integer, or a flag is not boolean

    Init:
        all parameters: uniform on ±1/√H

    Source:
        torch.nn.GRU

    Example:
        >>> rnn = nn.GRU(input_size=3, hidden_size=4)
        >>> y, h = rnn(refnet.rand(5, 2, 3))
        >>> y.shape, h.shape
        (refnet.Size([5, 2, 4]), refnet.Size([1, 2, 4]))
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        device: Any = None,
        dtype: Any = None,
        *,
        proj_size: None = None,
    ) -> None:
        _no_projection(proj_size)
        options = bias, batch_first, dropout, bidirectional
        super().__init__(
            "GRU", input_size, hidden_size, num_layers, *options, device=device, dtype=dtype
        )


def _no_projection(proj_size: Any) -> None:
    if proj_size is not None:
        raise ValueError("proj_size argument is only supported for LSTM, not RNN or GRU")
