"""Random programs of views and in-place operations do the same on both libraries.

A program works on a list of tensors: each step makes one more, or changes one in place. Values,
requires_grad, the types of errors and the gradients of the leaves are compared. In-place operations
whose operand shares the changed memory are skipped: PyTorch does not define their results. Two
differences are intended (docs/decisions.md, 3): refnet computes some gradients that PyTorch
refuses, because an array was changed after it was saved; and it refuses gradients that a change
through x.data makes wrong in PyTorch.
"""

import re
import warnings
from typing import Any, NamedTuple

import numpy as np
import torch
from hypothesis import given, settings, strategies as st

import refnet

VIEWS = {
    "t": lambda x: x.t() if x.dim() == 2 else x,
    "row": lambda x: x[0] if x.dim() else x,
    "column": lambda x: x[:, 1] if x.dim() == 2 and x.size(1) > 1 else x,
    "slice": lambda x: x[1:] if x.dim() and x.size(0) > 1 else x,
    "flat": lambda x: x.reshape(-1),
    "narrow": lambda x: x.narrow(0, 0, 1) if x.dim() else x,
    "diagonal": lambda x: x.diagonal() if x.dim() == 2 else x,
    "expand": lambda x: x.expand(2, *x.shape) if x.dim() < 3 else x,
    "detach": lambda x: x.detach(),
}
SEVERAL = {
    "unbind": lambda x: x.unbind()[-1] if x.dim() and x.size(0) else x,
    "chunk": lambda x: x.chunk(2)[0] if x.dim() else x,
    "split": lambda x: x.split(2)[0] if x.dim() else x,
}
UNARY = {
    "tanh": lambda x: x.tanh(),
    "exp": lambda x: (x / 8).exp(),
    "square": lambda x: x.square() / 4,
    "clone": lambda x: x.clone(),
}
BINARY = {
    "add": lambda x, y: x + y,
    "mul": lambda x, y: x * y,
    "sub": lambda x, y: x - y,
}
INPLACE = {
    "tanh_": lambda x: x.tanh_(),
    "neg_": lambda x: x.neg_(),
    "mul_": lambda x: x.mul_(1.5),
    "add_": lambda x: x.add_(-0.25),
}
INPLACE_BINARY = {
    "add_": lambda x, y: x.add_(y),
    "mul_": lambda x, y: x.mul_(y),
    "copy_": lambda x, y: x.copy_(y),
    "x[0] = y": lambda x, y: x.__setitem__(0, y) if x.dim() else None,
}
KINDS: dict[str, dict[str, Any]] = {
    "view": VIEWS,
    "view, unrecorded": {**VIEWS, **SEVERAL},
    "view of several": SEVERAL,
    "unary": UNARY,
    "binary": BINARY,
    "in place": INPLACE,
    "in place, two": INPLACE_BINARY,
    "in place, unrecorded": INPLACE,
    "in place, data": INPLACE,
}


class Step(NamedTuple):
    """One step: x and y are positions in the list, taken modulo its length."""

    kind: str
    name: str
    x: int
    y: int


@st.composite
def steps(draw: Any) -> Step:
    kind = draw(
        st.sampled_from([*KINDS, "view", "view", "in place", "in place, two", "in place, two"])
    )
    places = st.integers(0, 5)
    return Step(kind, draw(st.sampled_from(list(KINDS[kind]))), draw(places), draw(places))


class Run:
    """A program run on one library."""

    def __init__(self, m: Any, program: list[Step], seed: int, skip: set[int]) -> None:
        self.m, self.skip = m, skip
        rng = np.random.default_rng(seed)
        values = [rng.standard_normal((3, 3)) / 2 for _ in range(3)]
        self.leaves = [
            m.tensor(v, dtype=m.float64, requires_grad=i != 1) for i, v in enumerate(values)
        ]
        self.tensors = [self.leaves[0] * 1.0, self.leaves[1].clone(), self.leaves[2]]
        self.errors = [self.step(number, step) for number, step in enumerate(program)]

    def step(self, number: int, step: Step) -> str | None:
        """Do one step, and return the name of the error that it raises."""
        x, y = (self.tensors[i % len(self.tensors)] for i in (step.x, step.y))
        if self.m is torch and step.kind == "in place, two" and _shares_memory(x, y):
            self.skip.add(number)
        if number in self.skip:
            return None
        operation = KINDS[step.kind][step.name]
        operands = (x, y) if KINDS[step.kind] in (BINARY, INPLACE_BINARY) else (x,)
        if step.kind == "in place, data":
            operands = (x.data,)
        try:
            with self.m.set_grad_enabled(not step.kind.endswith("unrecorded")):
                result = operation(*operands)
        except (RuntimeError, IndexError) as error:
            return type(error).__name__
        if not step.kind.startswith("in place"):
            self.tensors.append(result)
        for tensor in self.tensors:
            self.is_placed(tensor)  # only now PyTorch brings a view's place up to date
        return None

    def is_placed(self, tensor: Any) -> bool:
        """Whether the tensor has a place on the tape, or is a view that lost it."""
        try:
            tensor.grad_fn  # noqa: B018 - it raises
        except RuntimeError:
            return False
        return True

    def backward(self, seed: int, placed: list[bool]) -> str | None:
        """Carry random cotangents back from the tensors that are placed, and return the error's
        text if refused.
        """
        rng = np.random.default_rng([seed, 1])
        m, total = self.m, self.leaves[0].sum() * 0
        try:
            for x, is_placed in zip(self.tensors, placed, strict=True):
                dx = m.tensor(rng.standard_normal(tuple(x.shape)), dtype=m.float64)
                if is_placed:
                    total = total + (x * dx).sum()
            total.backward()
        except RuntimeError as error:
            return str(error)
        return None


def _shares_memory(x: torch.Tensor, y: torch.Tensor) -> bool:
    return x.untyped_storage().data_ptr() == y.untyped_storage().data_ptr()


@settings(max_examples=1500, deadline=None, derandomize=True, database=None)
@given(st.lists(steps(), min_size=2, max_size=10), st.integers(0, 2**32 - 1))
def test_programs(program: list[Step], seed: int) -> None:
    skip: set[int] = set()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs, ours = Run(torch, program, seed, skip), Run(refnet, program, seed, skip)
    for step, a, b in zip(program, ours.errors, theirs.errors, strict=True):
        assert a == b, f"{step} raises {a} and {b} (PyTorch)"
    for place, (x, y) in enumerate(zip(ours.tensors, theirs.tensors, strict=True)):
        np.testing.assert_allclose(
            x.detach().numpy(),
            y.detach().numpy(),
            rtol=1e-12,
            atol=1e-12,
            err_msg=f"tensor {place}",
        )
        assert x.requires_grad == y.requires_grad, f"tensor {place}"
        assert ours.is_placed(x) == theirs.is_placed(y), f"tensor {place}"
    placed = [theirs.is_placed(y) for y in theirs.tensors]
    refusals = [side.backward(seed, placed) for side in (ours, theirs)]
    through_data = any(step.kind == "in place, data" for step in program)
    if any(refusals):
        for refusal in refusals:
            assert refusal is None or re.search("modified (by an )?inplace", refusal)
        assert refusals[1] or through_data, "refnet refuses what PyTorch computes"
    if any(refusals) or through_data:  # from changed values PyTorch computes a wrong gradient
        return
    for x, y in zip(ours.leaves, theirs.leaves, strict=True):
        assert (x.grad is None) == (y.grad is None)
        if x.grad is not None and y.grad is not None:
            np.testing.assert_allclose(x.grad.numpy(), y.grad.numpy(), rtol=1e-12, atol=1e-12)
