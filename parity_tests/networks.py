"""A whole network in both libraries from one seed: parameters, outputs, gradients, buffers."""

import functools
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

import refnet
from parity_tests.cases import Input
from refnet.testing.comparison import compare
from refnet.testing.observation import observe


def assert_equal_networks(make: Callable[[Any], Any], inputs: Sequence[Input]) -> None:
    """Assert that make(refnet) and make(torch) are the same network.

    From the same seed they have the same parameters. In training and in evaluation, with noise on
    the parameters (γ = 1, β = 0 and zero weights hide errors) and dropout from the same seed, all
    outputs, gradients and buffers are the same.
    """

    def build(library: Any) -> Any:
        library.manual_seed(7)
        return make(library)

    with warnings.catch_warnings(action="ignore"):  # observe compares them
        ours, theirs = build(refnet), build(torch)
    assert repr(ours).replace("refnet.", "torch.") == repr(theirs)
    a, b = ours.state_dict(), theirs.state_dict()
    assert list(a) == list(b)
    # With AVX2 bit for bit, but for QR decompositions and sines, where 2.1e-7 was measured. Without
    # it PyTorch's logarithms round differently: 1.0e-6 was measured, of values up to 4.6.
    for name, x in b.items():
        np.testing.assert_allclose(a[name].numpy(), x.numpy(), rtol=0, atol=2e-6, err_msg=name)

    rng = np.random.default_rng(0)
    arrays = [x.draw(rng) for x in inputs]
    parameters = {name for name, _ in theirs.named_parameters()}
    state = {
        name: x.numpy() + 0.1 * rng.standard_normal(x.shape) if name in parameters else x.numpy()
        for name, x in b.items()
    }
    for mode in ("train", "eval"):
        one, two = (
            observe(
                library,
                functools.partial(build, library),
                arrays,
                [x.grad for x in inputs],
                dtype="float64",
                seed=3,
                mode=mode,
                state=state,
            )
            for library in (refnet, torch)
        )
        for seen in (two, one):
            if "raised" in seen:
                raise seen["raised"].error
        # The largest error was 3.3e-13, over all networks. Some gradients cancel to 0, such as
        # those of a bias before a norm: their errors are relative to 1e-3 of the largest gradient.
        gradients = [x.array for key, x in two.items() if "of parameter" in key and x is not None]
        largest = max((np.abs(x).max(initial=0) for x in gradients), default=0.0)
        assert compare(one, two, tol=2e-12, floor=1e-3 * largest).problems == []
