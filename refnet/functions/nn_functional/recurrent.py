"""Recurrent cells, and the loop over layers and directions of a recurrent network."""

from collections.abc import Sequence
from typing import Any

from refnet import ops
from refnet.engine.tape import apply, apply_several
from refnet.engine.tensor import Tensor
from refnet.functions.activation import relu, sigmoid, tanh
from refnet.functions.joining import cat, stack
from refnet.functions.nn_functional.dropout import dropout
from refnet.functions.nn_functional.linear import linear
from refnet.functions.splitting import chunk
from refnet.ops.rule import Rule

Weights = tuple[Tensor, Tensor, Tensor | None, Tensor | None]  # W, U, b and d


def rnn_cell(x: Tensor, h: Tensor, weights: Weights, nonlinearity: str) -> Tensor:
    """Computes φ(W x + b + U h + d), φ = "tanh" or "relu"; see refnet.ops.rnn."""
    W, U, b, d = weights
    a = linear(x, W, b) + linear(h, U, d)
    return tanh(a) if nonlinearity == "tanh" else relu(a)


def lstm_cell(x: Tensor, h: Tensor, c: Tensor, weights: Weights) -> tuple[Tensor, Tensor]:
    """Returns the next h and c; see refnet.ops.lstm."""
    W, U, b, d = weights
    i, f, g, o = chunk(linear(x, W, b) + linear(h, U, d), 4, 1)
    c = sigmoid(f) * c + sigmoid(i) * tanh(g)
    return sigmoid(o) * tanh(c), c


def gru_cell(x: Tensor, h: Tensor, weights: Weights) -> Tensor:
    """Returns the next h; see refnet.ops.gru."""
    W, U, b, d = weights
    a_r, a_z, a_n = chunk(linear(x, W, b), 3, 1)
    u_r, u_z, u_n = chunk(linear(h, U, d), 3, 1)
    z = sigmoid(a_z + u_z)
    n = tanh(a_n + sigmoid(a_r + u_r) * u_n)
    return (1 - z) * n + z * h


def recur(
    rule: Rule,
    x: Tensor,
    states: Sequence[Tensor],
    weights: Sequence[Sequence[Tensor | None]],
    *,
    sizes: Sequence[int],
    directions: int,
    dropout_p: float,
    **options: Any,
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """Runs the layers of a recurrent network, each in one or two directions.

    Args:
        rule: ops.rnn, ops.lstm or ops.gru
        x: (S, I), the rows of step 0, then those of step 1, …; see refnet.ops.sequence
        states: the initial states, each (layers · directions, N, …)
        weights: the arguments of the rule after its states, for each layer and direction
        sizes: the batch size at each step
        directions: 1 or 2
        dropout_p: the probability of dropout between two layers
        options: options of the rule

    Returns:
        y, (S, directions · out), and the last states, in the shape of the initial ones
    """
    initial = list(zip(*(s.unbind(0) for s in states), strict=True))
    final = []
    for first in range(0, len(weights), directions):
        if first and dropout_p:
            x = dropout(x, dropout_p)
        ys = []
        for k in range(first, first + directions):
            z = apply(ops.reverse_steps, x, sizes=sizes) if k > first else x
            y, *last = apply_several(rule, z, *initial[k], *weights[k], sizes=sizes, **options)
            ys.append(apply(ops.reverse_steps, y, sizes=sizes) if k > first else y)
            final.append(last)
        x = cat(ys, 1) if directions == 2 else ys[0]
    return x, tuple(stack(s) for s in zip(*final, strict=True))
