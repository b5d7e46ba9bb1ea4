"""Peak memory of a training step's arrays, batch 1024, above what was there before.

Both libraries are asked for the same number: the most bytes that the arrays made during
the step held at one time. Not in it are the parameters and the data, and what the BLAS libraries
keep for themselves. NumPy reports each array to tracemalloc, PyTorch each block of its
allocator to its profiler.
"""

import tracemalloc
from collections.abc import Callable
from itertools import accumulate
from typing import Any

import pytest
import torch
from conftest import Compare, assert_equal
from test_training_step import JOBS, training_step

import refnet

Step = Callable[[], Any]
JOB = JOBS[-1]


def numpy_peak(step: Step) -> int:
    """Return the most bytes held at one time by NumPy arrays (and Python's few kB)."""
    tracemalloc.start()
    try:
        step()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def torch_peak(step: Step) -> int:
    """Return the most bytes held at one time by PyTorch's tensors."""
    cpu = torch.profiler.ProfilerActivity.CPU
    with torch.profiler.profile(activities=[cpu], profile_memory=True) as profile:
        step()
    events = profile.profiler.kineto_results.events()
    return max(accumulate(e.nbytes() for e in events if e.name() == "[memory]"))


@pytest.mark.parametrize("activation", ["ReLU", "Sigmoid"])
def test_memory(compare: Compare, activation: str) -> None:
    build = training_step(JOB, activation)
    assert_equal(build(refnet)(), build(torch)(), 1e-5)  # and both have done it before
    ours, theirs = build(refnet), build(torch)
    sizes = compare.benchmark.pedantic(numpy_peak, args=(ours,)), torch_peak(theirs)
    compare.benchmark.extra_info |= {
        "refnet": sizes[0],
        "pytorch": sizes[1],
        "ratio": sizes[0] / sizes[1],
        "target": 1.2,
        "unit": "B",
        "group": "peak memory of the arrays of a training step",
        "label": f"{JOB}, {activation}",
    }
