"""Names that are imported later, and the errors for names that are not there."""

import copy
import importlib.util
import inspect
import pickle
import pydoc
import subprocess
import sys
import traceback
from collections.abc import Callable
from typing import Any

import pytest

import refnet
import refnet.nn.functional as F
from refnet import nn
from refnet.compatibility import missing_names
from refnet.compatibility.lookup import MIRRORS

x = refnet.ones(2)


def run(program: str) -> str:
    """What a program prints in a fresh process, where nothing has been imported yet."""
    return subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    ).stdout


TYPOS: list[tuple[Callable[[], Any], str]] = [
    (lambda: refnet.relux, "module 'refnet' has no attribute 'relux'. Did you mean: 'relu'?"),
    (lambda: nn.Liner, "module 'refnet.nn' has no attribute 'Liner'. Did you mean: 'Linear'?"),
    (lambda: F.reul, "Did you mean: 'relu'?"),
    (lambda: F.ReLU, "Did you mean: 'relu'?"),
    (lambda: refnet.optim.Adma, "Did you mean: 'Adam'?"),
    (lambda: refnet.linalg.nrom, "Did you mean: 'norm'?"),
    (lambda: refnet.utils.data.Dataloader, "Did you mean: 'DataLoader'?"),
    (lambda: refnet.optim.lr_scheduler.StepLr, "Did you mean: 'StepLR'?"),
    (lambda: refnet.landscap, "Did you mean: 'landscape'?"),
    (lambda: refnet.Linear, "Did you mean: 'refnet.nn.Linear'?"),
    (lambda: refnet.gelu, "Did you mean: 'refnet.nn.functional.gelu'?"),
    (lambda: x.gelu(), "Did you mean: 'refnet.nn.functional.gelu'?"),
    (lambda: x.shap, "'Tensor' object has no attribute 'shap'. Did you mean: 'shape'?"),
    (
        lambda: nn.Linear(2, 2).wieght,
        "'Linear' object has no attribute 'wieght'. Did you mean: 'weight'?",
    ),
    (lambda: nn.Linear(2, 2)._paramters, "Did you mean: '_parameters'?"),
]
UNKNOWN: list[tuple[Callable[[], Any], str]] = [
    (lambda: refnet.qqq, "module 'refnet' has no attribute 'qqq'"),
    (lambda: nn.Linear(2, 2).linear, "'Linear' object has no attribute 'linear'"),  # not F.linear
    (lambda: refnet.__wrapped__, "module 'refnet' has no attribute '__wrapped__'"),
    (lambda: refnet.cuda.qqq, "module 'refnet.cuda' has no attribute 'qqq'"),  # not "left out"
]
PYTORCHS: list[tuple[Callable[[], Any], str]] = [
    (lambda: refnet.cov, "'cov'; PyTorch has it, refnet does not; the nearest is refnet.var"),
    (lambda: x.cov(), "'cov'; PyTorch has it, refnet does not; the nearest is refnet.var"),
    (lambda: refnet.split_copy, "refnet does not; the nearest is split"),
    (lambda: refnet.layer_norm, "the nearest is refnet.nn.functional.layer_norm"),
    (lambda: refnet.autograd.gradcheck, "the nearest is refnet.testing.check_pullback"),
    (lambda: refnet.fft, "module 'refnet' has no attribute 'fft'; it is left out: numpy.fft has"),
    (lambda: refnet.linalg.svd, "'svd'; it is left out: networks rarely need it; NumPy has most"),
    (lambda: x.svd(), "'Tensor' object has no attribute 'svd'; it is left out: networks rarely"),
]


@pytest.mark.parametrize(("ask", "text"), TYPOS + PYTORCHS)
def test_the_error_names_what_is_meant(ask: Callable[[], Any], text: str) -> None:
    with pytest.raises(AttributeError) as caught:
        ask()
    assert text in str(caught.value)


@pytest.mark.parametrize(("ask", "text"), UNKNOWN)
def test_nothing_is_suggested_for_what_is_like_nothing(ask: Callable[[], Any], text: str) -> None:
    with pytest.raises(AttributeError) as caught:
        ask()
    assert str(caught.value) == text


@pytest.mark.parametrize(
    ("statement", "kind", "text"),
    [
        ("import refnet.fft", ModuleNotFoundError, "No module named 'refnet.fft'; it is left out:"),
        ("import refnet.fft.fft", ModuleNotFoundError, "No module named 'refnet.fft'; it is left"),
        ("from refnet.special import expit", ModuleNotFoundError, "'refnet.special'; it is left"),
        ("import refnet.distributions", ModuleNotFoundError, "PyTorch has it, refnet does not"),
        ("from refnet import distributions", ImportError, "'refnet'; PyTorch has it, refnet does"),
        ("from refnet.nn import Liner", ImportError, "from 'refnet.nn'. Did you mean: 'Linear'?"),
        ("from refnet.nn.functional import relu, bra", ImportError, "cannot import name 'bra'"),
        ("from refnet.nn.functional import reul", ImportError, "Did you mean: 'relu'?"),
        ("from refnet.nn.modules.conv import Conv2D", ImportError, "Did you mean: 'Conv2d'?"),
        ("from refnet.optim import Adma as A", ImportError, "Did you mean: 'Adam'?"),
        ("import refnet.nn.Linear", ModuleNotFoundError, "from refnet.nn import Linear"),
        ("from refnet import __nope__", ImportError, "cannot import name '__nope__' from 'refnet'"),
    ],
)
def test_import_statements_are_answered(statement: str, kind: type, text: str) -> None:
    with pytest.raises(ImportError) as caught:
        exec(statement)
    assert type(caught.value) is kind
    assert text in str(caught.value)


def test_a_submodule_that_is_there_is_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also one that is on its way in, and not an attribute of its package yet."""
    run("from refnet.optim import adam, lr_scheduler; from refnet import landscape, cli")
    run("import refnet.landscape.grid; from refnet.nn.modules import conv, utils")
    monkeypatch.setitem(sys.modules, "refnet.on_its_way", refnet.nn)
    from refnet import on_its_way

    assert on_its_way is refnet.nn


def test_to_ask_is_cheap_and_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is looked up for the text of an error that nobody reads."""

    def fail(*args: Any) -> str:
        raise AssertionError("the text was made")

    monkeypatch.setattr(missing_names, "explanation", fail)
    for owner in (refnet, nn, F, refnet.optim, nn.Linear(2, 2), x):
        for name in ("fft", "no_such_name", "__wrapped__", "_repr_mimebundle_"):
            assert not hasattr(owner, name)
            assert getattr(owner, name, 3) == 3
    assert importlib.util.find_spec("refnet.fft") is None
    for thing in (nn.Linear(2, 2), x):
        copy.copy(thing), copy.deepcopy(thing), pickle.loads(pickle.dumps(thing))
    assert inspect.unwrap(F.relu) is not F.relu
    assert pydoc.locate("refnet.nn.Linear") is nn.Linear
    assert pydoc.locate("refnet.Tensor.exp") is refnet.exp


def test_the_error_is_an_ordinary_one() -> None:
    """Python adds no suggestion of its own to the text, and the error can be sent to another
    process.
    """
    for ask in (lambda: nn.Liner, lambda: x.shap, lambda: nn.Linear(2, 2).wieght):
        with pytest.raises(AttributeError) as caught:
            ask()
        assert type(caught.value) is AttributeError
        shown = "".join(traceback.format_exception(caught.value))
        assert shown.count("Did you mean") == 1
        assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
        assert "has no attribute" in caught.value.args[0]


def test_a_module_that_is_not_built_yet_explains_too() -> None:
    class Net(nn.Module):
        def __init__(self) -> None:
            self.hidden  # noqa: B018 - before Module.__init__

        @property
        def width(self) -> int:
            return self.no_such_layer.out_features

    with pytest.raises(AttributeError, match="'Net' object has no attribute 'hidden'") as caught:
        Net()
    assert str(caught.value) == "'Net' object has no attribute 'hidden'"
    with pytest.raises(AttributeError) as caught:
        Net.__new__(Net).width  # noqa: B018
    assert "'width'; it has a property of that name, in which an AttributeError" in str(
        caught.value
    )


def test_what_comes_later_is_in_dir_and_there() -> None:
    shown = run(
        "import refnet\n"
        "from refnet.compatibility.lookup import MIRRORS\n"
        "print(sorted(set(MIRRORS['refnet']) - set(dir(refnet))))\n"
        "assert callable(refnet.testing.check_pullback) and refnet.models.resnet.build\n"
        "assert refnet.landscape.Surface and refnet.training and refnet.draw and refnet.save\n"
        "assert refnet.nn.grad.conv2d_input and refnet.autograd.functional.hvp\n"
    )
    assert shown == "[]\n"
    for module, later in MIRRORS.items():
        assert set(later) <= set(dir(sys.modules[module]))


def test_completion_knows_what_comes_later() -> None:
    shown = run(
        "import refnet, rlcompleter\n"
        "complete = rlcompleter.Completer({'refnet': refnet}).complete\n"
        "for start in ('refnet.landsc', 'refnet.nn.Lin', 'refnet.optim.Adamw', 'refnet.sav'):\n"
        "    print(complete(start, 0))\n"
    )
    assert shown.split("\n")[:2] == ["refnet.landscape", "refnet.nn.Linear("]
    assert shown.split("\n")[3] == "refnet.save("


def test_import_star() -> None:
    run("from refnet import *; nn.Linear, save, relu, draw")
    run("from refnet.nn import *; Linear(2, 2), functional.relu")
    run("from refnet.nn.functional import *; relu, conv2d")
