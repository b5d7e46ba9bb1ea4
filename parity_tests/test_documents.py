"""What the documents print runs as printed: each of their Python blocks, in order."""

import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import refnet
from parity_tests import cases
from refnet import ops
from refnet.cli import commands
from refnet.engine.tape import apply
from refnet.ops.rule import Array, Pullback
from refnet.testing import check_pullback
from refnet.testing.parity import assert_parity

ROOT = Path(__file__).parent.parent
EXAMPLES = ["README.md", "CONTRIBUTING.md", "parity_tests/README.md"]


def student_gelu(x: Array) -> tuple[Array, Pullback]:
    """The student's rule of the documents: y = x Φ(x), x̄ = ȳ (Φ(x) + x φ(x))"""
    Φ = np.vectorize(lambda z: 0.5 * math.erfc(-z / math.sqrt(2)), otypes="d")(x).astype(x.dtype)
    φ = np.exp(-0.5 * x * x) / math.sqrt(2 * math.pi)
    return x * Φ, lambda dy: (dy * (Φ + x * φ),)


class StudentGELU(refnet.nn.Module):
    def forward(self, input: refnet.Tensor) -> refnet.Tensor:
        return apply(student_gelu, input)


def blocks(document: str) -> list[str]:
    return re.findall(
        r"```python\n(.*?)```", (ROOT / document).read_text(encoding="utf-8"), re.DOTALL
    )


@pytest.mark.parametrize("document", EXAMPLES)
def test_every_block_runs(document: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    # The training of the README, which a block goes on from; tests/test_readme.py has it in full.
    short = ["train", "--data", "digits", "--epochs", "1", "--checkpoint", "run.safetensors"]
    assert commands.run(short) == 0
    names: dict[str, Any] = {
        **vars(cases),
        "np": np,
        "torch": torch,
        "refnet": refnet,
        "Tensor": refnet.Tensor,
        "Array": Array,
        "Pullback": Pullback,
        "apply": apply,
        "ops": ops,
        "abs": ops.abs,
        "MyGELU": StudentGELU,
        "StudentGELU": StudentGELU,
        "student_gelu": student_gelu,
    }
    found = blocks(document)
    assert found
    for block in found:
        exec(compile(block, document, "exec"), names)
    for name, value in list(names.items()):
        if name.startswith("test_"):
            value()


def test_the_rule_of_the_walk_through_is_right() -> None:
    names: dict[str, Any] = {"Array": Array, "Pullback": Pullback, "abs": ops.abs}
    exec(blocks("CONTRIBUTING.md")[0], names)
    check_pullback(names["softsign"], [np.random.default_rng(0).standard_normal((3, 4))])
    assert_parity(names["softsign"], torch.nn.Softsign(), [(3, 4)])
