"""The control: NumPy against itself. The others mean as much as this one is near 1."""

import numpy as np
import pytest
from conftest import Compare


@pytest.mark.parametrize("n", [100, 1_000_000])
def test_the_same_twice(compare: Compare, n: int) -> None:
    x = np.random.default_rng(0).standard_normal(n).astype(np.float32)
    compare.functions(
        lambda: np.exp(x),
        lambda: np.exp(x),
        group="control",
        label=f"NumPy's exp of {n} values, twice",
    )
