"""RNNBase: what recurrent layers have in common. Their rules are refnet.ops.rnn, lstm and gru."""

import math
import numbers
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np

from refnet import ops
from refnet.engine.tensor import Tensor, wrap
from refnet.functions.nn_functional.recurrent import recur
from refnet.nn import init
from refnet.nn.module import Module
from refnet.nn.parameter import Parameter, empty_parameter
from refnet.nn.utils.rnn import PackedSequence

__all__ = ["RNNBase"]

States = tuple[Tensor, ...]

# For each mode: the rule, its options, and the rows of its weights in multiples of H.
_MODES: dict[str, tuple[Any, dict[str, str], int]] = {
    "RNN_TANH": (ops.rnn, {"nonlinearity": "tanh"}, 1),
    "RNN_RELU": (ops.rnn, {"nonlinearity": "relu"}, 1),
    "LSTM": (ops.lstm, {}, 4),
    "GRU": (ops.gru, {}, 3),
}


class RNNBase(Module):
    """The base of RNN, LSTM and GRU: parameters, layers, directions and checks of the input.

    What they compute is derived in `refnet.ops.rnn`, `refnet.ops.lstm` and `refnet.ops.gru`.

    Args:
        mode: "RNN_TANH", "RNN_RELU", "LSTM" or "GRU"
        input_size: I
        hidden_size: H
        num_layers: L; the outputs of a layer are the inputs of the next one
        bias: whether there are b_ih and b_hh
        batch_first: whether x and y are (N, T, …) instead of (T, N, …)
        dropout: in training, the probability of 0 for each output of every layer but the last
        bidirectional: if True, D = 2: each layer also runs over the steps backwards, with a second
            set of weights, and both outputs are concatenated; if False, D = 1
        proj_size: the size of the projected h of an LSTM; 0 means no projection
        device: "cpu" or None
        dtype: of the parameters; None means the default dtype

    Attributes:
        all_weights: a list of the parameters of each layer and direction

    Raises:
        ValueError: mode is unknown, or a number is out of range
        TypeError: a size is not an integer, or a flag is not boolean

    Init:
        all parameters: uniform on ±1/√H

    Source:
        torch.nn.RNNBase

    Example:
        >>> rnn = nn.RNNBase("LSTM", input_size=3, hidden_size=4)
        >>> [tuple(p.shape) for p in rnn.parameters()]
        [(16, 3), (16, 4), (16,), (16,)]
    """

    def __init__(
        self,
        mode: str,
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
        super().__init__()
        _check_dropout(dropout, num_layers)
        _check_type(bool, bias=bias, batch_first=batch_first)
        _check_type(int, input_size=input_size, hidden_size=hidden_size)
        _check_positive(input_size=input_size, hidden_size=hidden_size, num_layers=num_layers)
        if not 0 <= proj_size < hidden_size:
            raise ValueError(
                "proj_size has to be 0, for no projection, or smaller than hidden_size, got "
                f"{proj_size}"
            )
        if mode not in _MODES:
            raise ValueError(f"Unrecognized RNN mode: {mode}")
        self.mode = mode
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.bias = bias
        self.batch_first = batch_first
        self.dropout = float(dropout)
        self.bidirectional = bidirectional
        self.proj_size = proj_size

        rows, out = _MODES[mode][2] * hidden_size, proj_size or hidden_size
        self._names: list[list[str]] = []  # of the parameters of each layer and direction
        for layer in range(num_layers):
            inputs = input_size if layer == 0 else out * self._directions
            shapes: dict[str, tuple[int, ...]] = {
                "weight_ih": (rows, inputs),
                "weight_hh": (rows, out),
            }
            if bias:
                shapes |= {"bias_ih": (rows,), "bias_hh": (rows,)}
            if proj_size:
                shapes |= {"weight_hr": (proj_size, hidden_size)}
            for suffix in ("", "_reverse")[: self._directions]:
                self._names.append([f"{name}_l{layer}{suffix}" for name in shapes])
                for name, shape in zip(self._names[-1], shapes.values(), strict=True):
                    setattr(self, name, empty_parameter(*shape, device=device, dtype=dtype))
        self.reset_parameters()

    @property
    def _directions(self) -> int:
        return 2 if self.bidirectional else 1

    @property
    def all_weights(self) -> list[list[Parameter]]:
        """The parameters of each layer and direction."""
        return [[getattr(self, name) for name in names] for names in self._names]

    def reset_parameters(self) -> None:
        """Draws new values for all parameters."""
        bound = 1 / math.sqrt(self.hidden_size)
        for p in self.parameters():
            init.uniform_(p, -bound, bound)

    def flatten_parameters(self) -> None:
        """Does nothing; in PyTorch it lays out the parameters for the GPU."""

    def extra_repr(self) -> str:
        """Returns the sizes, and the options that are not the defaults."""
        defaults = {
            "proj_size": 0,
            "num_layers": 1,
            "bias": True,
            "batch_first": False,
            "dropout": 0,
            "bidirectional": False,
        }
        given = [f"{k}={getattr(self, k)}" for k, v in defaults.items() if getattr(self, k) != v]
        return ", ".join([str(self.input_size), str(self.hidden_size), *given])

    # --- one pass over the sequences -------------------------------------------------------

    def _run(self, input: Any, hx: States | None) -> tuple[Any, States]:
        """Returns the outputs and the last states for an input of any form."""
        if isinstance(input, PackedSequence):
            return self._run_packed(input, hx)
        if input.dim() not in (2, 3):
            raise ValueError(
                f"{type(self).__name__}: Expected input to be 2D or 3D, got {input.dim()}D instead"
            )
        for h in hx or ():
            if h.dim() != input.dim():
                raise RuntimeError(
                    f"For {'' if input.dim() == 3 else 'un'}batched {input.dim()}-D input, "
                    f"hx should also be {input.dim()}-D but got a {h.dim()}-D tensor"
                )
        if input.dim() == 2:
            hx = None if hx is None else tuple(h.unsqueeze(1) for h in hx)
            y, last = self._run_batch(input.unsqueeze(1), hx)
            return y.squeeze(1), tuple(h.squeeze(1) for h in last)
        if not self.batch_first:
            return self._run_batch(input, hx)
        y, last = self._run_batch(input.transpose(0, 1), hx)
        return y.transpose(0, 1), last

    def _run_batch(self, x: Tensor, hx: States | None) -> tuple[Tensor, States]:
        """Does the same as _run for x (T, N, I)."""
        T, N, size = x.shape
        self._check(x)
        y, last = self._run_steps(x.reshape(T * N, size), (N,) * T, hx)
        return y.reshape(T, N, y.shape[1]), last

    def _run_packed(self, x: PackedSequence, hx: States | None) -> tuple[PackedSequence, States]:
        if x.data.dim() != 2:
            raise RuntimeError(f"input must have 2 dimensions, got {x.data.dim()}")
        self._check(x.data)
        sizes = tuple(x.batch_sizes.tolist())
        if sum(sizes) != len(x.data) or sorted(sizes, reverse=True) != list(sizes):
            raise RuntimeError(
                f"{type(self).__name__}(): expected non-increasing batch_sizes with sum "
                f"{len(x.data)}, got {list(sizes)}"
            )
        if hx is not None and x.sorted_indices is not None:
            hx = tuple(h.index_select(1, x.sorted_indices) for h in hx)
        y, last = self._run_steps(x.data, sizes, hx)
        if x.unsorted_indices is not None:
            last = tuple(h.index_select(1, x.unsorted_indices) for h in last)
        return PackedSequence(y, x.batch_sizes, x.sorted_indices, x.unsorted_indices), last

    def _run_steps(
        self, x: Tensor, sizes: tuple[int, ...], hx: States | None
    ) -> tuple[Tensor, States]:
        """Does the same as _run for x (S, I), step after step; see refnet.ops.sequence."""
        _check_type(bool, bidirectional=self.bidirectional)
        count = self.num_layers * self._directions
        shapes = [(count, sizes[0], self.proj_size or self.hidden_size)]
        if self.mode == "LSTM":
            shapes.append((count, sizes[0], self.hidden_size))
        if hx is None:
            hx = tuple(wrap(np.zeros(shape, x._array.dtype)) for shape in shapes)
        for i, (h, shape) in enumerate(zip(hx, shapes, strict=True)):
            if h.shape != shape:
                raise RuntimeError(f"Expected hidden[{i}] size {shape}, got {list(h.shape)}")
            if _differ(h, x):
                raise RuntimeError(
                    f"input and hidden[{i}] must have the same dtype, got {x.dtype} and {h.dtype}"
                )
        rule, options, _ = _MODES[self.mode]
        return recur(
            rule,
            x,
            hx,
            list(self._weights()),
            sizes=sizes,
            directions=self._directions,
            dropout_p=self.dropout if self.training else 0.0,
            **options,
        )

    def _weights(self) -> Iterator[tuple[Tensor | None, ...]]:
        """Yields the rule's arguments after the states; only GRU takes both biases, not the sum."""
        for W_ih, W_hh, *rest in self.all_weights:
            b_ih, b_hh = rest[:2] if self.bias else (None, None)
            if self.mode == "GRU":
                yield W_ih, W_hh, b_ih, b_hh
                continue
            b = None if b_ih is None or b_hh is None else b_ih + b_hh
            if self.mode == "LSTM":
                yield W_ih, W_hh, b, rest[-1] if self.proj_size else None
            else:
                yield W_ih, W_hh, b

    def _check(self, x: Tensor) -> None:
        weight = getattr(self, self._names[0][0])
        if _differ(x, weight):
            raise ValueError(
                f"RNN input dtype ({x.dtype}) does not match weight dtype ({weight.dtype}). "
                f"Convert input: input.to({weight.dtype}), or convert model: model.to({x.dtype})"
            )
        if x.shape[-1] != self.input_size:
            raise RuntimeError(
                "input.size(-1) must be equal to input_size. "
                f"Expected {self.input_size}, got {x.shape[-1]}"
            )
        if x.shape[0] == 0:
            raise RuntimeError("Expected sequence length to be larger than 0 in RNN")


def _differ(x: Tensor, y: Tensor) -> bool:
    """Returns whether the dtypes differ; a complex dtype, from the complex step, fits any."""
    a, b = x._array.dtype, y._array.dtype
    return a != b and "c" not in a.kind + b.kind


def _check_dropout(p: Any, num_layers: int) -> None:
    if p is None:
        raise TypeError("dropout must be a number in range [0, 1], not None")
    if isinstance(p, bool) or not isinstance(p, numbers.Real) or not 0 <= float(p) <= 1:
        raise ValueError(f"dropout should be a number in range [0, 1], got {p!r}")
    if float(p) > 0 and num_layers == 1:
        warnings.warn(
            "dropout is applied between layers, so it does nothing with num_layers=1, but got "
            f"dropout={p}",
            stacklevel=4,
        )


def _check_type(expected: type, **values: Any) -> None:
    for name, value in values.items():
        if not isinstance(value, expected):
            got = type(value).__name__
            raise TypeError(f"{name} should be of type {expected.__name__}, got: {got}")


def _check_positive(**sizes: int) -> None:
    for name, size in sizes.items():
        if size <= 0:
            raise ValueError(f"{name} must be greater than zero, got {size}")
