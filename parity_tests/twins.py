"""From a case (one line of a table) to what refnet.testing.parity compares."""

import functools
from typing import Any

import numpy as np
import torch

import refnet
from parity_tests.cases import Case, all_cases
from parity_tests.versions import holds
from refnet.testing.comparison import Found, compare
from refnet.testing.parity import TOL, Twin

ALL = all_cases()
CASES = {key: c for key, c in ALL.items() if holds(c)}  # for the installed version of PyTorch


@functools.cache
def twin(key: str) -> Twin:
    """The two sides of a case, with its inputs drawn."""
    c = ALL[key]
    rng = np.random.default_rng(c.seed)
    inputs = [np.asarray(x.draw(rng)) for x in c.inputs]
    return Twin(
        functools.partial(_make, c, refnet),
        functools.partial(_make, c, torch),
        inputs,
        [x.grad for x in c.inputs],
        modes=c.modes,
        tol=max(c.tol, TOL),
        floor=c.floor,
        ulp=c.ulp,
        random=c.random,
        seed=c.seed,
        call=c.call,
    )


def _make(c: Case, library: Any) -> Any:
    return c.run(library) if c.kind == "layer" else functools.partial(c.run, library)


def variants(c: Case) -> tuple[str, ...]:
    """The runs of a case: its dtypes, strided inputs, one input's gradient only."""
    if c.kind == "error":
        return ("error",)
    found = list(c.dtypes)
    if "float64" in c.dtypes:
        if any(x.draw(np.random.default_rng(0)).ndim for x in c.inputs):
            found.append("strided")
        asked = [
            x for x in c.inputs if x.grad and x.draw(np.random.default_rng(0)).dtype.kind == "f"
        ]
        if len(asked) > 1:
            found.append("partial")
    if c.kind == "layer":
        found.append("construction")
    return tuple(found)


def run(key: str, variant: str) -> Found:
    """Compare the two sides of a case in one variant."""
    if variant == "error":
        return _both_raise(key)
    if variant == "construction":
        return _same_construction(ALL[key])
    return twin(key).compare(variant)


def _both_raise(key: str) -> Found:
    t = twin(key)
    theirs = t.observe_theirs("float64", None)
    if "raised" not in theirs:
        raise AssertionError(f"{key}: PyTorch does not raise here")
    return compare(t.observe_ours("float64", None), theirs, tol=TOL)


def _same_construction(c: Case) -> Found:
    """repr, the keys and shapes of state_dict, and the initial values after manual_seed."""
    found = Found()
    sides = []
    for library in (refnet, torch):
        library.manual_seed(c.seed % 2**31)
        sides.append(c.run(library))
    ours, theirs = sides
    shown, expected = repr(ours).replace("refnet.", ""), repr(theirs).replace("torch.", "")
    if shown != expected:
        found.problems.append(f"[repr] expected {expected} (PyTorch), got {shown}")
    a, b = ours.state_dict(), theirs.state_dict()
    if list(a) != list(b):
        found.problems.append(f"[state_dict] expected the keys {list(b)} (PyTorch), got {list(a)}")
        return found
    for name, want in b.items():
        x, y = np.asarray(a[name].detach().numpy()), want.detach().numpy()
        if x.shape != y.shape or x.dtype != y.dtype:
            found.problems.append(
                f"[state_dict] {name}: expected {y.dtype} of shape {y.shape}, got {x.dtype} {x.shape}"
            )
        elif c.init and not np.allclose(x, y, rtol=1e-6, atol=1e-7, equal_nan=True):
            found.problems.append(f"[initial values] {name} is not PyTorch's after manual_seed")
        found.compared += 1
    return found
