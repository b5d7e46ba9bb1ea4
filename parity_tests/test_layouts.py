"""The strides of copies, and the memory formats of random shapes and strides, are PyTorch's."""

import numpy as np
import torch

import refnet
from refnet.compatibility import memory_formats

FORMATS = {
    refnet.contiguous_format: torch.contiguous_format,
    refnet.channels_last: torch.channels_last,
    refnet.channels_last_3d: torch.channels_last_3d,
}


def drawn(rng: np.random.Generator) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """A shape and strides: dimensions in some order, with gaps, repeats and sizes of 0 and 1."""
    ndim = int(rng.choice([1, 2, 3, 4, 5], p=[0.1, 0.1, 0.2, 0.3, 0.3]))
    shape = rng.choice([0, 1, 2, 3, 4], p=[0.04, 0.3, 0.3, 0.2, 0.16], size=ndim)
    strides, step = np.zeros(ndim, int), 1
    for d in rng.permutation(ndim):
        strides[d] = step
        step *= max(shape[d], 1) * (2 if rng.random() < 0.1 else 1)
    strides[rng.random(ndim) < 0.08] = 0
    anywhere = (shape == 1) & (rng.random(ndim) < 0.3)
    strides[anywhere] = rng.integers(0, 9, ndim)[anywhere]
    if rng.random() < 0.3:
        strides = rng.choice([0, 1, 1, 2, 3, 4, 6, 8, 12, 24], size=ndim)
    return tuple(shape.tolist()), tuple(strides.tolist())


def test_strides_are_pytorchs() -> None:
    rng = np.random.default_rng(0)
    memory = torch.zeros(10**5)
    for _ in range(3000):
        shape, strides = drawn(rng)
        x = memory.as_strided(shape, strides)
        where = f"shape {shape}, strides {strides}"
        assert memory_formats.preserved(shape, strides) == torch.empty_like(x).stride(), where
        for ours, theirs in FORMATS.items():
            asked = x.is_contiguous(memory_format=theirs)
            assert memory_formats.is_in(ours, shape, strides) == asked, (where, ours)
            if ours is refnet.contiguous_format or len(shape) == len(memory_formats._ORDERS[ours]):
                new = torch.empty(shape, memory_format=theirs)
                assert memory_formats.formatted(shape, ours) == new.stride(), (where, ours)
                kept = x.to(memory_format=theirs) is x
                assert (memory_formats.suggested(shape, strides) is ours) == kept, (where, ours)


def test_a_copy_of_a_view_is_pytorchs() -> None:
    """clone, float and zeros_like of views; NumPy would use other strides for their copies."""
    rng = np.random.default_rng(1)
    for _ in range(300):
        shape, strides = drawn(rng)
        if 0 in shape:
            continue  # NumPy has no strides for those
        values = rng.standard_normal(5000)
        array = np.lib.stride_tricks.as_strided(values, shape, [8 * s for s in strides])
        x = refnet.from_numpy(array)
        y = torch.from_numpy(values).as_strided(shape, strides)
        for f in (lambda z: z.clone(), lambda z: z.float(), lambda z: z * 0 + z.clone()):
            a, b = f(x), f(y)
            np.testing.assert_array_equal(a.numpy(), b.numpy())
        assert x.clone().stride() == y.clone().stride()
        assert x.float().stride() == y.float().stride()
        assert refnet.zeros_like(x).stride() == torch.zeros_like(y).stride()
