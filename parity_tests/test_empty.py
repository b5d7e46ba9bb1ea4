"""Empty inputs: values, dtypes, gradients, buffers and refusals are PyTorch's.

The inputs of each name's first cases are made empty in three ways: all axes of one size at once
("n=3"), an empty batch in front of all inputs ("batch"), one axis of one input ("0.1").
exemptions.EMPTY lists intended differences, with reasons; an entry that is not needed fails.
"""

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pytest

from parity_tests import exemptions
from parity_tests.test_refusals import crashes, names
from parity_tests.twins import CASES, twin
from refnet.testing.comparison import compare

CASES_EACH = 2


def emptied(arrays: Sequence[np.ndarray]) -> Iterator[tuple[str, list[np.ndarray]]]:
    """Each way to make the inputs empty, and its name."""
    for n in sorted({n for a in arrays for n in a.shape if n}):
        cut = [tuple(slice(0 if m == n else m) for m in a.shape) for a in arrays]
        yield f"n={n}", [a[where] for a, where in zip(arrays, cut, strict=True)]
    yield "batch", [np.zeros((0, *a.shape), a.dtype) for a in arrays]
    for i, a in enumerate(arrays):
        for axis in range(a.ndim):
            if a.shape[axis]:
                part = a[(slice(None),) * axis + (slice(0),)]
                yield f"{i}.{axis}", [*arrays[:i], part, *arrays[i + 1 :]]


def differences(name: str) -> Iterator[tuple[str, str]]:
    """How the inputs were made empty, and what differs then."""
    keys = [key for key, c in CASES.items() if c.name == name and c.inputs and c.kind != "error"]
    keys = [key for key in keys if not key.startswith("layouts/")]  # an empty array's strides are 0
    for key in keys[:CASES_EACH]:
        whole = twin(key)
        for what, inputs in emptied([np.asarray(x) for x in whole.inputs]):
            if crashes(name, f"empty {what}"):
                continue
            t = dataclasses.replace(whole, inputs=inputs, _theirs={}, _states={})
            modes: Sequence[Any] = t.modes if CASES[key].kind == "layer" else (None,)
            for mode in modes:
                ours, theirs = t.observe_ours("float64", mode), t.observe_theirs("float64", mode)
                for problem in compare(ours, theirs, tol=t.tol, floor=t.floor).problems:
                    yield what, f"{key}, {what}{', ' + mode if mode else ''}: {problem}"


@pytest.mark.parametrize("name", [n for n in names() if not n.startswith("optim.")])
def test_empty_inputs_are_pytorchs(name: str) -> None:
    exempt = {w for by_name in exemptions.EMPTY.values() for w in by_name.get(name, "").split()}
    found = dict(differences(name))
    lines = [problem for what, problem in found.items() if what not in exempt]
    lines += [f"exemption not needed any more: {what}" for what in sorted(exempt - found.keys())]
    if lines:
        pytest.fail(f"{name}:\n" + "\n".join(lines), pytrace=False)


def test_every_exemption_has_a_name_and_a_reason() -> None:
    for reason, by_name in exemptions.EMPTY.items():
        assert reason
        assert not by_name.keys() - set(names())
