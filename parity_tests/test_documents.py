"""What the documents print runs as printed: each of their Python blocks, in order."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import refnet
from refnet.cli import commands
from refnet.testing import check_pullback
from refnet.testing.parity import assert_parity

ROOT = Path(__file__).parent.parent


# What a document's blocks may use without importing it.
GIVEN: dict[str, dict[str, Any]] = {
    "README.md": {"np": np, "refnet": refnet},
    "CONTRIBUTING.md": {},
    "parity_tests/README.md": {},
}


def blocks(document: str) -> list[str]:
    return re.findall(
        r"```python\n(.*?)```", (ROOT / document).read_text(encoding="utf-8"), re.DOTALL
    )


@pytest.mark.parametrize("document", GIVEN)
def test_every_block_runs(document: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    # The training of the README, which a block goes on from; tests/test_readme.py has it in full.
    short = ["train", "--data", "digits", "--epochs", "1", "--checkpoint", "run.safetensors"]
    assert commands.run(short) == 0
    names = dict(GIVEN[document])
    found = blocks(document)
    assert found
    for block in found:
        exec(compile(block, document, "exec"), names)
    for name, value in list(names.items()):
        if name.startswith("test_"):
            value()


def test_the_rule_of_the_walk_through_is_right() -> None:
    rule, lift, *_ = blocks("CONTRIBUTING.md")
    names: dict[str, Any] = {}
    exec(rule, names)
    check_pullback(names["softsign"], [np.random.default_rng(0).standard_normal((3, 4))])
    assert_parity(names["softsign"], torch.nn.Softsign(), [(3, 4)])
    names = {}
    exec(lift, names)
    assert_parity(names["softsign"], torch.nn.Softsign(), [(3, 4)])


def test_every_program_of_a_guide_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that need PyTorch, too, which the build of the site leaves out."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    for guide in ("bring-a-model", "write-a-layer"):
        text = (ROOT / "docs" / "guides" / f"{guide}.md").read_text(encoding="utf-8")
        programs = re.findall(r"```(?:python|{code-cell} python)\n(.*?)```", text, re.DOTALL)
        names: dict[str, Any] = {"__name__": guide}
        for program in programs:
            exec(compile(program, guide, "exec"), names)
            if "class Net" in program:  # the same file for PyTorch, and its network
                file = program.replace("import refnet as torch", "import torch")
                file = file.replace("from refnet import nn", "from torch import nn")
                (tmp_path / "my_models.py").write_text(file, encoding="utf-8")
                theirs: dict[str, Any] = {"__name__": "theirs"}
                exec(file, theirs)
                names["trained"] = theirs["model"]
