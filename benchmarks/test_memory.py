"""Peak memory of a training step's arrays, above what was there before.

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
import test_network as network
import test_training_step as training_step
import torch
from conftest import Compare, assert_equal

import refnet

Step = Callable[[], Any]
JOB = training_step.JOBS[-1]


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


def compare_peaks(
    compare: Compare, build: Callable[[Any], Step], target: float, label: str
) -> None:
    """Note the peaks of a step on both libraries, after one that is not looked at."""
    ours, theirs = build(refnet), build(torch)
    assert_equal(ours(), theirs(), 1e-5)
    sizes = compare.benchmark.pedantic(numpy_peak, args=(ours,)), torch_peak(theirs)
    compare.benchmark.extra_info |= {
        "refnet": sizes[0],
        "pytorch": sizes[1],
        "ratio": sizes[0] / sizes[1],
        "target": target,
        "unit": "B",
        "group": "peak memory of the arrays of a training step",
        "label": label,
    }


@pytest.mark.parametrize("activation", ["ReLU", "Sigmoid"])
def test_cascade(compare: Compare, activation: str) -> None:
    compare_peaks(
        compare, training_step.training_step(JOB, activation), 1.2, f"{JOB}, {activation}"
    )


def test_resnet(compare: Compare) -> None:
    name = "ResNet-20, 32 px, batch 32"
    compare_peaks(compare, network.training_step(network.JOBS[name]), 1.5, name)
