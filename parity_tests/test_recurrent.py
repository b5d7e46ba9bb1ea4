"""A recurrent network three ways: the rule over the whole sequence, a loop of cells, PyTorch.

The pullbacks of refnet.ops.rnn, lstm and gru contain backpropagation through time. The loop of
cells computes the same network step by step with recorded operations, and the tape computes the
gradient.
"""

from typing import Any

import numpy as np
import pytest
import torch

import refnet
from refnet.testing.differences import difference
from refnet.testing.observation import random_state

T, N, IN, H = 7, 3, 4, 5
LENGTHS = [7, 4, 2]
Results = dict[str, np.ndarray]


def by_layer(m: Any, network: Any, x: Any, states: tuple[Any, ...], packed: bool) -> list[Any]:
    """The outputs at all steps and the last states, from the layer itself."""
    hx = states if len(states) == 2 else states[0]
    if packed:
        x = m.nn.utils.rnn.pack_padded_sequence(x, LENGTHS)
    y, last = network(x, hx)
    return [y.data if packed else y, *(last if len(states) == 2 else [last])]


def by_cells(m: Any, network: Any, x: Any, states: tuple[Any, ...], packed: bool) -> list[Any]:
    """The same from a loop of cells that have the layer's parameters."""
    layers = network.num_layers
    names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    last = []
    for k in range(layers):
        options = {"nonlinearity": network.nonlinearity} if type(network) is m.nn.RNN else {}
        below = IN if k == 0 else H
        cell = getattr(m.nn, f"{type(network).__name__}Cell")(below, H, **options)
        for name in names:
            setattr(cell, name, getattr(network, f"{name}_l{k}"))
        hs = tuple(s[k] for s in states)
        outputs = []
        for t in range(T):
            going = sum(n > t for n in LENGTHS) if packed else N
            now = tuple(h[:going] for h in hs)
            new = cell(x[t][:going], now if len(now) == 2 else now[0])
            new = new if len(now) == 2 else (new,)
            hs = tuple(m.cat([a, h[going:]]) for a, h in zip(new, hs, strict=True))
            outputs.append(new[0])
        x = outputs
        last.append(hs)
    y = m.cat(x) if packed else m.stack(x)
    return [y, *(m.stack(s) for s in zip(*last, strict=True))]


def results(m: Any, way: Any, name: str, options: dict[str, Any], packed: bool) -> Results:
    """Every output and gradient, under random cotangents."""
    rng = np.random.default_rng(0)
    network = getattr(m.nn, name)(IN, H, 2, **options).double()
    state = random_state(network, 0, "float64")
    network.load_state_dict({key: m.from_numpy(x) for key, x in state.items()})
    shapes = [(T, N, IN), *[(2, N, H)] * (2 if name == "LSTM" else 1)]
    x, *states = (m.from_numpy(rng.standard_normal(s)).requires_grad_() for s in shapes)
    ys = way(m, network, x, tuple(states), packed)
    m.autograd.backward(ys, [m.from_numpy(rng.standard_normal(tuple(y.shape))) for y in ys])
    found = {f"output {i}": y.detach().numpy() for i, y in enumerate(ys)}
    found |= {f"gradient of input {i}": z.grad.numpy() for i, z in enumerate([x, *states])}
    return found | {f"gradient of {key}": p.grad.numpy() for key, p in network.named_parameters()}


@pytest.mark.parametrize("packed", [False, True], ids=["padded", "packed"])
@pytest.mark.parametrize(
    ("name", "options"),
    [("RNN", {}), ("RNN", {"nonlinearity": "relu"}), ("LSTM", {}), ("GRU", {})],
    ids=["tanh", "relu", "LSTM", "GRU"],
)
def test_the_rule_is_the_loop_of_cells_is_pytorch(
    name: str, options: dict[str, Any], packed: bool
) -> None:
    rule = results(refnet, by_layer, name, options, packed)
    cells = results(refnet, by_cells, name, options, packed)
    twin = results(torch, by_layer, name, options, packed)
    assert rule.keys() == cells.keys() == twin.keys()
    for what, expected in twin.items():
        for got in (rule[what], cells[what]):
            assert got.shape == expected.shape
            assert difference(expected, got).error < 1e-12, what
