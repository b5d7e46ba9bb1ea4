"""The control: NumPy against itself. How far its ratio is from 1 is the error of the others."""

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
