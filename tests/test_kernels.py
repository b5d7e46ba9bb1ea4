"""Which kernel runs: the sets of kernels, one of your own, the report, the example of
docs/kernels.md.
"""

import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

import refnet
from refnet import kernels, ops
from refnet.kernels import registry

DOC = Path(__file__).parent.parent / "docs" / "kernels.md"
TAKES = "real floating-point arrays with threshold=20"
"""What the kernel of the documentation accepts."""


@pytest.fixture
def mine():
    """A set with one kernel, of ops.square; what it was called with."""
    seen = []

    def square(x):
        seen.append(x)
        return x * x, lambda dy: (2 * dy * x,)

    kernels.kernel(ops.square, takes="everything", name="mine")(square)
    yield seen
    del registry._sets["mine"]
    kernels.use("numpy")


def test_the_set_in_use():
    assert kernels.available()[:2] == ("plain", "numpy")
    assert kernels.in_use() == "numpy"
    assert registry.active[ops.relu].__module__ == "refnet.kernels.rectifier"
    with kernels.use("plain"):
        assert kernels.in_use() == "plain"
        assert not registry.active
        with kernels.use("numpy"):
            assert ops.relu in registry.active
        assert not registry.active
    assert kernels.in_use() == "numpy"
    kernels.use("plain")
    assert kernels.in_use() == "plain"
    kernels.use("numpy")


def test_the_choice_is_for_all_threads():
    names = []
    with kernels.use("plain"):
        thread = threading.Thread(target=lambda: names.append(kernels.in_use()))
        thread.start()
        thread.join()
    assert names == ["plain"]


def test_an_unknown_set():
    expected = (
        r"use\(\): expected the name of a set of kernels, one of 'plain', 'numpy', got 'fast'"
    )
    with pytest.raises(ValueError, match=expected):
        kernels.use("fast")
    assert kernels.in_use() == "numpy"


@pytest.mark.parametrize("name", ["plain", "numpy", "fast"])
def test_the_environment_chooses(name):
    done = subprocess.run(
        [sys.executable, "-c", "import refnet; print(refnet.kernels.in_use())"],
        check=False,  # "fast" is an error
        env={**os.environ, "REFNET_KERNELS": name},
        capture_output=True,
        text=True,
    )
    if name == "fast":
        error = done.stderr.splitlines()[-1]
        assert error.startswith("ValueError: REFNET_KERNELS: expected the name of a set of kernels")
    else:
        assert done.stdout.strip() == name


def test_a_kernel_of_ones_own(mine):
    x = refnet.randn(3, requires_grad=True)
    dy = refnet.randn(3)
    with kernels.use("mine"):
        assert ops.relu in registry.active  # those of "numpy" where it has none
        refnet.square(x).backward(dy)
    assert [a is x._array for a in mine] == [True]
    np.testing.assert_allclose(x.grad.numpy(), 2 * (x.detach() * dy).numpy(), rtol=1e-6)
    refnet.square(x)
    assert len(mine) == 1


def test_what_a_kernel_must_be(mine):
    with pytest.raises(TypeError, match=r"expected the parameters of the definition leaky_relu"):
        kernels.kernel(ops.leaky_relu, takes="", name="mine")(lambda x: (x, None))
    with pytest.raises(TypeError, match=r"expected the parameters of the definition leaky_relu"):
        kernels.kernel(ops.leaky_relu, takes="", name="mine")(
            lambda x, *, negative_slope=0.1: (x, None)
        )
    with pytest.raises(ValueError, match="expected one kernel for square in 'mine', got two"):
        kernels.kernel(ops.square, takes="", name="mine")(lambda x: (x, None))
    with pytest.raises(ValueError, match='expected another name than "plain"'):
        kernels.kernel(ops.square, takes="", name="plain")(lambda x: (x, None))


def test_the_report():
    x = refnet.randn(3, requires_grad=True)
    with kernels.report() as calls:
        y = -refnet.relu(x)
        refnet.relu(refnet.tensor([1, 2]))
        with kernels.use("plain"):
            refnet.relu(y)
        refnet.relu(y)
    assert calls.rows == [
        ("neg", "definition", "has no kernel", 1),
        ("relu", "definition", "'plain' is in use", 1),
        ("relu", "definition", "the kernel takes real floating-point arrays, got int64 (2,)", 1),
        ("relu", "kernel", "real floating-point arrays", 2),
    ]
    assert str(calls).splitlines()[0].split() == ["rule", "ran", "as", "calls", "why"]
    assert "relu  kernel          2  real floating-point arrays" in str(calls)
    refnet.relu(x)
    assert sum(count for *_, count in calls.rows) == 5


def test_reports_are_not_nested():
    with kernels.report():
        nested = pytest.raises(RuntimeError, match="expected no other report in progress")
        with nested, kernels.report():
            pass
        assert registry._counter is not None
    assert registry._counter is None


def test_gradients_are_the_same_with_and_without():
    x = np.random.default_rng(0).standard_normal((4, 5))
    found = []
    for name in ("plain", "numpy"):
        with kernels.use(name):
            t = refnet.tensor(x, requires_grad=True)
            refnet.nn.functional.elu(t).backward(refnet.tensor(x[::-1].copy()))
            found.append(t.grad.numpy())
    np.testing.assert_allclose(*found, rtol=1e-12)


def test_a_kernel_is_defined_again():
    """As by a notebook's cell that runs twice: the later definition runs."""
    source = """
@kernels.kernel(ops.square, takes="everything", name="again")
def square(x):
    return FACTOR * x * x, lambda dy: (2 * FACTOR * dy * x,)
"""
    try:
        for factor in (1.0, 3.0):
            exec(source, {"kernels": kernels, "ops": ops, "FACTOR": factor})
            with kernels.use("again"), kernels.report() as calls:
                assert refnet.square(refnet.tensor([2.0])).tolist() == [4 * factor]
            assert [row[1] for row in calls.rows] == ["kernel"]
    finally:
        del registry._sets["again"]


def test_the_example_of_the_documentation(capsys):
    """The kernel of docs/kernels.md, whose cells the build of the site runs, is chosen as it says."""
    text = DOC.read_text(encoding="utf-8")
    try:
        exec("\n".join(re.findall(r"```{code-cell} python\n(.*?)```", text, re.DOTALL)), {})
    finally:
        del registry._sets["mine"]
    table, agree = capsys.readouterr().out.split("why\n")[1].split("True\nTrue\n")
    assert [re.split("  +", row) for row in table.splitlines()] == [
        ["softplus", "definition", "1", f"the kernel takes {TAKES}, got float32 (5,)"],
        ["softplus", "kernel", "1", TAKES],
    ]
    assert agree.split() == ["[inf]", "[nan]", "[inf]", "[1.]"]
