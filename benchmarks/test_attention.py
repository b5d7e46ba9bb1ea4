"""Scaled dot-product attention, forward with backward, in float32."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from conftest import Compare

B, H, T, D = 8, 8, 128, 64


@pytest.mark.parametrize("causal", [False, True], ids=["all keys", "causal"])
def test_attention(compare: Compare, causal: bool) -> None:
    rng = np.random.default_rng(0)
    arrays = [rng.standard_normal((B, H, T, D)).astype(np.float32) for _ in range(4)]

    def build(m: Any) -> Callable[[], Any]:
        *inputs, dy = (m.from_numpy(a) for a in arrays)
        for x in inputs:
            x.requires_grad_()

        def step() -> Any:
            for x in inputs:
                x.grad = None
            y = m.nn.functional.scaled_dot_product_attention(*inputs, is_causal=causal)
            y.backward(dy)
            return inputs[0].grad

        return step

    compare(
        build,
        target=1.3,
        group=f"scaled_dot_product_attention, B={B} H={H} T={T} D={D}",
        label="causal" if causal else "all keys",
    )
