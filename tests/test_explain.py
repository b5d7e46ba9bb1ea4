"""`refnet explain`: what it says of each rule, layer and function."""

import pytest
from conftest import Captured

from refnet.cli import commands, examples, explain


def shown(capsys: Captured, *args: str) -> str:
    assert commands.run(["explain", *args]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize(
    "name",
    [
        "relu",
        "nn.ReLU",
        "F.relu",
        "nn.functional.relu",
        "torch.nn.functional.relu",
        "refnet.ops.relu",
    ],
)
def test_each_spelling_of_a_name(name: str, capsys: Captured) -> None:
    text = shown(capsys, name)
    assert text.startswith("refnet.ops.relu(x)\n")
    assert "\nPullback\n  x̄ = 0 where y ≤ 0, also at the kink x = 0, else ȳ\n" in text
    assert "def relu" not in text


def test_the_code_and_the_source(capsys: Captured) -> None:
    text = shown(capsys, "nn.LayerNorm", "--code")
    assert "refnet.ops.layer_norm(x, gamma, beta, *, dims, eps)" in text
    assert 'Source\n  Ba, Kiros & Hinton 2016, "Layer normalization", equation 4;' in text
    assert "\n  def layer_norm(" in text


@pytest.mark.parametrize(
    ("name", "rules"),
    [
        ("nn.LSTM", ["lstm"]),
        ("nn.Conv2d", ["convolution"]),
        ("nn.BatchNorm2d", ["batch_norm"]),
        ("nn.CrossEntropyLoss", ["cross_entropy"]),
        ("nn.SELU", ["elu"]),
        ("F.softmax", ["softmax"]),
        ("Tensor.exp", ["exp"]),
        ("nn.MultiheadAttention", ["linear", "matmul", "attention"]),
        ("nn.Sequential", []),
        ("F.normalize", ["norm", "p_norm", "zero_norm", "amax", "amin"]),
        ("nonsense", []),
    ],
)
def test_what_a_name_leads_to(name: str, rules: list[str]) -> None:
    assert explain.rules_of(name) == rules


def test_all_rules_by_family(capsys: Captured) -> None:
    text = shown(capsys)
    words = text.replace(",", " ").split()
    assert set(explain.rules()) <= set(words)
    assert "normalization" in words
    assert sum(map(len, explain.families().values())) == len(explain.rules())


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("layernorm", "no rule of refnet.ops is called 'layernorm'; did you mean"),
        ("rleu", "did you mean relu?"),
        ("nn.Relu", "did you mean relu"),
        ("qqqqq", "refnet explain lists all rules"),
        ("nn.Sequential", "has no rule of its own"),
    ],
)
def test_an_unknown_name(name: str, said: str, capsys: Captured) -> None:
    assert commands.run(["explain", name]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


@pytest.mark.parametrize("rule", explain.rules())
def test_a_docstring_has_its_parts_and_nothing_is_lost(rule: str) -> None:
    parts = explain.description(rule)
    assert [head for head, _ in parts][:1] == [""]
    assert {"Shape", "Pullback"} <= {head for head, _ in parts}
    assert all(body.strip() for _, body in parts)
    words = " ".join(f"{head}: {body}" if head else body for head, body in parts).split()
    assert words == (explain.rules()[rule].__doc__ or "").split()


@pytest.mark.parametrize("rule", explain.rules())
def test_an_example_runs(rule: str) -> None:
    """Which also checks the rule's pullback."""
    program = explain.example(rule)
    assert f"ops.{rule}(" in program
    exec(program, {})


def test_examples_are_of_rules() -> None:
    for table in (examples.CALLS, examples.PROGRAMS, examples.CONSTANT):
        assert set(table) <= set(explain.rules())


def test_an_example_is_shown(capsys: Captured) -> None:
    text = shown(capsys, "nn.MaxPool2d")
    assert "\nExample\n" in text
    assert "\n  value, pullback = ops.max_pool(*inputs, " in text
