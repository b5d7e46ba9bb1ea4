"""The formulas of the chapter "Initialisation and random streams" (docs/book/random.md)."""

import re
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

import refnet
from refnet import nn

PAGE = Path(__file__).parent.parent / "docs" / "book" / "random.md"


def test_the_variances_of_one_layer() -> None:
    """Many layers of 30 inputs and 50 outputs, with the gain of a rectifier."""
    _ = refnet.manual_seed(0)
    rng = np.random.default_rng(0)
    a, delta = rng.uniform(0, 2, 30), rng.standard_normal(50)
    z, a_bar = [], []
    for _ in range(2000):
        W = nn.init.kaiming_normal_(refnet.empty(50, 30), nonlinearity="relu").numpy()
        z.append(W @ a)
        V = nn.init.kaiming_uniform_(
            refnet.empty(50, 30), mode="fan_out", nonlinearity="linear"
        ).numpy()
        a_bar.append(delta @ V)
    assert np.isclose(np.var(z), 2 * np.mean(a**2), rtol=0.03)
    assert np.isclose(np.mean(np.maximum(z, 0) ** 2), np.mean(a**2), rtol=0.03)
    assert np.isclose(np.mean(np.square(a_bar)), np.mean(delta**2), rtol=0.03)


def test_the_twister_of_the_page() -> None:
    program = re.search(r"(def words.*?)\n\n\n", PAGE.read_text("utf-8"), re.DOTALL)
    assert program is not None
    names: dict[str, Any] = {}
    exec(program[1], names)
    for seed in (0, 5489, 2**32 - 1, 2**40 + 3):
        ours = list(islice(names["words"](seed), 1500))
        bits = refnet.Generator().manual_seed(seed).remainders((1500,), 2**32, False)
        assert ours == bits.tolist()
