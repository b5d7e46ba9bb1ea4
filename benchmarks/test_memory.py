"""Peak memory of a training step's arrays, above what was there before.

The number is the same for both libraries: the most bytes that the arrays made during the step held
at one time. It does not include the parameters, the data and the buffers of the BLAS libraries.
NumPy reports each array to tracemalloc, PyTorch each block of its allocator to its profiler.
"""

import tracemalloc
from collections.abc import Callable
from itertools import accumulate
from typing import Any

import pytest
import test_network as network
import test_training_step as training_step
import torch
from conftest import Compare, Step, assert_equal

import refnet

JOB = training_step.JOBS[-1]


def numpy_peak(step: Step) -> int:
    """Returns the most bytes held at one time by NumPy arrays (and Python's few kB)."""
    tracemalloc.start()
    try:
        step()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def torch_peak(step: Step) -> int:
    """Returns the most bytes held at one time by PyTorch's tensors."""
    cpu = torch.profiler.ProfilerActivity.CPU
    with torch.profiler.profile(activities=[cpu], profile_memory=True) as profile:
        step()
    events = profile.profiler.kineto_results.events()
    return max(accumulate(e.nbytes() for e in events if e.name() == "[memory]"))


def note_peaks(compare: Compare, ours: Step, theirs: Step, **noted: Any) -> None:
    """Records the peaks of a step on both libraries."""
    sizes = compare.benchmark.pedantic(numpy_peak, args=(ours,)), torch_peak(theirs)
    compare.benchmark.extra_info |= {
        "refnet": sizes[0],
        "pytorch": sizes[1],
        "ratio": sizes[0] / sizes[1],
        "unit": "B",
        **noted,
    }


def compare_peaks(
    compare: Compare, build: Callable[[Any], Step], target: float, label: str
) -> None:
    """Records the peaks of a step on both libraries, after a first step that is not measured."""
    ours, theirs = build(refnet), build(torch)
    assert_equal(ours(), theirs(), 1e-5)
    group = "peak memory of the arrays of a training step"
    note_peaks(compare, ours, theirs, target=target, group=group, label=label)


@pytest.mark.parametrize("activation", ["ReLU", "Sigmoid"])
def test_cascade(compare: Compare, activation: str) -> None:
    compare_peaks(
        compare, training_step.training_step(JOB, activation), 1.2, f"{JOB}, {activation}"
    )


def test_resnet(compare: Compare) -> None:
    name = "ResNet-20, 32 px, batch 32"
    compare_peaks(compare, network.training_step(network.JOBS[name]), 1.5, name)
