"""From a case (one line of a table) to the Twin that refnet.testing.parity compares."""

import functools
from collections.abc import Iterable, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

import numpy as np
import torch

import refnet
from parity_tests import exemptions
from parity_tests.cases import Case, all_cases
from parity_tests.versions import holds
from refnet import kernels
from refnet.testing.comparison import Found, compare
from refnet.testing.observation import Observation, Seen
from refnet.testing.parity import TOL, Twin

ALL = all_cases()
CASES = {key: c for key, c in ALL.items() if holds(c)}  # for the installed version of PyTorch


@functools.cache
def twin(key: str) -> Twin:
    """The two sides of a case, with its inputs drawn."""
    return made(ALL[key], drawn(ALL[key]))


def drawn(c: Case) -> list[np.ndarray]:
    """The inputs of a case."""
    rng = np.random.default_rng(c.seed)
    return [np.asarray(x.draw(rng)) for x in c.inputs]


def made(c: Case, inputs: Sequence[np.ndarray], *, entries: bool | None = None) -> Twin:
    """The two sides of a case, with these inputs."""
    if entries is None:
        entries = not _listed(exemptions.ENTRIES.values(), c.name)
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
        entries=entries,
        seed=c.seed,
        call=c.call,
    )


def _make(c: Case, library: Any) -> Any:
    return c.run(library) if c.kind == "layer" else functools.partial(c.run, library)


def variants(c: Case) -> tuple[str, ...]:
    """The runs of a case: its dtypes, strided inputs, one gradient only, NaN and infinities.

    "plain" runs the definitions, without kernels.
    """
    if c.kind == "error":
        return ("error",)
    inputs = drawn(c)
    floating = [i for i, x in enumerate(inputs) if x.dtype.kind == "f"]
    found = [d for d in c.dtypes if d != "float16" or c.kind == "layer" or floating]
    if "float64" in c.dtypes:
        if any(x.ndim for x in inputs):
            found.append("strided")
        if sum(c.inputs[i].grad for i in floating) > 1:
            found.append("partial")
        if any(inputs[i].size and takes_special(c, i) for i in floating):
            found.append("special")
        found += [f"{variant} plain" for variant in found if variant in ("float64", "special")]
    if c.kind == "layer":
        found.append("construction")
    return tuple(found)


def run(key: str, variant: str) -> Found:
    """Compare the two sides of a case in one variant."""
    if variant.endswith(" plain"):
        with kernels.use("plain"):
            return run(key, variant.removesuffix(" plain"))
    if variant == "error":
        return _both_raise(key)
    if variant == "construction":
        return _same_construction(ALL[key])
    if variant == "special":
        return _special(ALL[key])
    return twin(key).compare(variant)


def _listed(lists: Iterable[str], name: str) -> bool:
    """Whether a name fits a pattern of one of the lists."""
    return any(fnmatchcase(name, pattern) for patterns in lists for pattern in patterns.split())


def takes_special(c: Case, i: int) -> bool:
    """Whether input i gets NaN and infinities."""
    return c.special and not _listed(exemptions.SPECIAL.values(), f"{c.name}@{i}")


def _special(c: Case) -> Found:
    """One floating-point input after the other."""
    found = Found()
    for i, x in enumerate(drawn(c)):
        if x.dtype.kind == "f" and x.size and takes_special(c, i):
            either = _listed(exemptions.ORDER.values(), f"{c.name}@{i}")
            found.add(special(c, i, either=either))
    return found


def special(c: Case, i: int, *, either: bool) -> Found:
    """Compare with NaN, ±inf and ±0 among the entries of input i.

    The inputs are strided, which PyTorch computes without vector instructions: where the two differ
    at NaN, refnet follows the scalar code. With either, an infinity and NaN count as the same.
    """
    inputs = drawn(c)
    inputs[i] = _spoilt(inputs[i], c.seed)
    t, found = made(c, inputs), Found()
    for mode in t.modes if c.kind == "layer" else (None,):
        ours, theirs = t.observe_ours("strided", mode), t.observe_theirs("strided", mode)
        if either:
            ours, theirs = _blurred(ours), _blurred(theirs)
        part = compare(ours, theirs, tol=t.tol, floor=t.floor)
        where = f"[special input {i}{f', {mode} mode' if mode else ''}]"
        part.problems = [f"{where} {p}" for p in part.problems]
        found.add(part)
    return found


def _blurred(seen: Observation) -> Observation:
    """The same with NaN in the place of infinities."""
    return {
        path: replace(x, array=np.where(np.isinf(x.array), np.nan, x.array))
        if isinstance(x, Seen) and x.array.dtype.kind == "f"
        else x
        for path, x in seen.items()
    }


SPECIAL = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0])


def _spoilt(x: np.ndarray, seed: int) -> np.ndarray:
    """About a third of the entries, at most ten, replaced."""
    rng = np.random.default_rng([seed, 5])
    y = x.copy()
    at = rng.permutation(x.size)[: min(10, 1 + x.size // 3)]
    y.flat[at] = rng.choice(SPECIAL, at.size)
    return y


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
        # With AVX2 bit for bit; without it PyTorch's logarithms and sines round differently.
        elif c.init and not np.allclose(x, y, rtol=1e-6, atol=1e-7, equal_nan=True):
            found.problems.append(f"[initial values] {name} is not PyTorch's after manual_seed")
        found.compared += 1
    return found
