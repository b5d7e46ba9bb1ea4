"""Matrix products: throughput of both libraries, beside the machine's own peak.

One product of (m, k) with (k, n) is 2·m·k·n floating-point operations.
"""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest
from conftest import Compare

TARGET = 1.05
SIZES = (64, 128, 256, 512, 1024, 2048)
DTYPES = ("float32", "float64")


class Product(NamedTuple):
    """The shapes of a product, and which factors are transposed views."""

    a: tuple[int, ...]
    b: tuple[int, ...]
    transposed: str = ""

    @property
    def flops(self) -> int:
        """How many additions and multiplications it is."""
        batch = np.broadcast_shapes(self.a[:-2], self.b[:-2])
        columns = self.b[-1] if len(self.b) > 1 else 1
        return 2 * math.prod(batch) * self.a[-2] * self.a[-1] * columns


SHAPES = {
    "tall (4096, 64) (64, 64)": Product((4096, 64), (64, 64)),
    "few rows (8, 1024) (1024, 1024)": Product((8, 1024), (1024, 1024)),
    "few columns (1024, 1024) (1024, 8)": Product((1024, 1024), (1024, 8)),
    "short inside (1024, 16) (16, 1024)": Product((1024, 16), (16, 1024)),
    "long inside (16, 65536) (65536, 16)": Product((16, 65536), (65536, 16)),
    "a layer (64, 784) (784, 256)": Product((64, 784), (784, 256)),
    "vector (1024, 1024) (1024)": Product((1024, 1024), (1024,)),
    "batched (64, 32, 32) (64, 32, 32)": Product((64, 32, 32), (64, 32, 32)),
    "batched (16, 128, 128) (16, 128, 128)": Product((16, 128, 128), (16, 128, 128)),
    "heads (32, 8, 64, 32) (32, 8, 32, 64)": Product((32, 8, 64, 32), (32, 8, 32, 64)),
    "broadcast (32, 64, 128) (128, 64)": Product((32, 64, 128), (128, 64)),
    "A transposed 512": Product((512, 512), (512, 512), "a"),
    "B transposed 512": Product((512, 512), (512, 512), "b"),
    "both transposed 512": Product((512, 512), (512, 512), "ab"),
    "batched, B transposed (32, 64, 64)": Product((32, 64, 64), (32, 64, 64), "b"),
}


def workload(product: Product, dtype: str) -> Callable[[Any], Callable[[], Any]]:
    """Returns what builds the product on either library."""
    rng = np.random.default_rng(0)

    def array(shape: tuple[int, ...], transposed: bool) -> Any:
        if not transposed:
            return rng.standard_normal(shape).astype(dtype)
        stored = rng.standard_normal((*shape[:-2], shape[-1], shape[-2])).astype(dtype)
        return stored.swapaxes(-1, -2)

    a, b = (array(getattr(product, name), name in product.transposed) for name in "ab")

    def build(m: Any) -> Callable[[], Any]:
        x, y = m.from_numpy(a), m.from_numpy(b)
        return lambda: m.matmul(x, y)

    return build


def run(
    compare: Compare, product: Product, dtype: str, ceiling: Callable[[str], float], **noted: Any
) -> None:
    """Compares the libraries on one product."""
    compare(
        workload(product, dtype),
        tolerance=1e-4 if dtype == "float32" else 1e-12,
        target=TARGET,
        flops=product.flops,
        ceiling=ceiling(dtype),
        dtype=dtype,
        **noted,
    )


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("n", SIZES)
def test_square(compare: Compare, ceiling: Callable[[str], float], n: int, dtype: str) -> None:
    name = f"({n}, {n}) ({n}, {n})"
    run(compare, Product((n, n), (n, n)), dtype, ceiling, group="matmul", label=name, size=n)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", SHAPES)
def test_shapes(compare: Compare, ceiling: Callable[[str], float], name: str, dtype: str) -> None:
    run(compare, SHAPES[name], dtype, ceiling, group="matmul", label=name)
