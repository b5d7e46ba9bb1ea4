"""Recurrent layers: RNN, LSTM, GRU. Their gradients: refnet.ops.rnn, refnet.ops.lstm, refnet.ops.gru."""

from typing import Any

from refnet.engine.tensor import Tensor
from refnet.nn.rnn_base import RNNBase

__all__ = ["GRU", "LSTM", "RNN"]


class RNN(RNNBase):
    """h_t = φ(W_ih x_t + b_ih + W_hh h_{t−1} + b_hh); see refnet.ops.rnn

    Shape:
        x: (T, N, in), y: (T, N, D·H), h0 and h: (D·L, N, H), h0 is 0 if not given
        batch_first: x (N, T, in), y (N, T, D·H); without a batch: x (T, in), y (T, D·H),
        h (D·L, H); a PackedSequence x gives a PackedSequence y
        of layer k: weight_ih_l{k}: (H, in or D·H), weight_hh_l{k}: (H, H), bias_ih_l{k},
        bias_hh_l{k}: (H); with "_reverse" of the opposite direction

    Args:
        nonlinearity: φ: "tanh" or "relu"
        and those of RNNBase; proj_size is refused

    Returns:
        y, h: the outputs of the last layer at all steps, and the last state of each layer

    Source:
        torch.nn.RNN
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
        super().__init__(
            f"RNN_{nonlinearity.upper()}",
            input_size,
            hidden_size,
            num_layers,
            bias,
            batch_first,
            dropout,
            bidirectional,
            device=device,
            dtype=dtype,
        )
        self.nonlinearity = nonlinearity

    def forward(self, input: Any, hx: Tensor | None = None) -> tuple[Any, Tensor]:
        """The outputs, and the last states."""
        y, (h,) = self._run(input, None if hx is None else (hx,))
        return y, h


class LSTM(RNNBase):
    """i, f, o = σ(W_ih x_t + b_ih + W_hh h_{t−1} + b_hh), g = tanh(the same with rows of its own)
    c_t = f c_{t−1} + i g,  h_t = o tanh c_t or, with a projection, W_hr (o tanh c_t); see refnet.ops.lstm

    Shape:
        x: (T, N, in), y: (T, N, D·out), h0 and h: (D·L, N, out), c0 and c: (D·L, N, H), where
        out = proj_size or H; h0 and c0 are 0 if not given
        batch_first: x (N, T, in), y (N, T, D·out); without a batch: no N;
        a PackedSequence x gives a PackedSequence y
        of layer k: weight_ih_l{k}: (4H, in or D·out), weight_hh_l{k}: (4H, out), bias_ih_l{k},
        bias_hh_l{k}: (4H), the rows of i, f, g, o in this order; weight_hr_l{k}: (out, H);
        with "_reverse" of the opposite direction

    Args:
        those of RNNBase

    Returns:
        y, (h, c): the outputs of the last layer at all steps, and the last states of each layer

    Source:
        torch.nn.LSTM
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
        super().__init__(
            "LSTM",
            input_size,
            hidden_size,
            num_layers,
            bias,
            batch_first,
            dropout,
            bidirectional,
            proj_size,
            device,
            dtype,
        )

    def forward(
        self, input: Any, hx: tuple[Tensor, Tensor] | None = None
    ) -> tuple[Any, tuple[Tensor, Tensor]]:
        """The outputs, and the last states."""
        if hx is not None and len(hx) > 2:
            raise RuntimeError("lstm expects two hidden states")
        y, (h, c) = self._run(input, None if hx is None else (hx[0], hx[1]))
        return y, (h, c)


class GRU(RNNBase):
    """r, z = σ(W_ih x_t + b_ih + W_hh h_{t−1} + b_hh)
    n = tanh(W_ih x_t + b_ih + r (W_hh h_{t−1} + b_hh)), with rows of its own
    h_t = (1 − z) n + z h_{t−1}; see refnet.ops.gru

    Shape:
        x: (T, N, in), y: (T, N, D·H), h0 and h: (D·L, N, H); h0 is 0 if not given
        batch_first: x (N, T, in), y (N, T, D·H); without a batch: no N;
        a PackedSequence x gives a PackedSequence y
        of layer k: weight_ih_l{k}: (3H, in or D·H), weight_hh_l{k}: (3H, H), bias_ih_l{k},
        bias_hh_l{k}: (3H), the rows of r, z, n in this order; with "_reverse" of the
        opposite direction

    Args:
        those of RNNBase; proj_size is refused

    Returns:
        y, h: the outputs of the last layer at all steps, and the last state of each layer

    Source:
        torch.nn.GRU
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
        super().__init__(
            "GRU",
            input_size,
            hidden_size,
            num_layers,
            bias,
            batch_first,
            dropout,
            bidirectional,
            device=device,
            dtype=dtype,
        )

    def forward(self, input: Any, hx: Tensor | None = None) -> tuple[Any, Tensor]:
        """The outputs, and the last states."""
        y, (h,) = self._run(input, None if hx is None else (hx,))
        return y, h


def _no_projection(proj_size: Any) -> None:
    if proj_size is not None:
        raise ValueError("proj_size argument is only supported for LSTM, not RNN or GRU")
