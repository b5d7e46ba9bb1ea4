"""The import paths that model files have, besides refnet and refnet.nn, and what is left out."""

import importlib
import subprocess
import sys
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

import refnet
from refnet import nn
from refnet.compatibility.left_out import LEFT_OUT, page
from refnet.compatibility.missing_names import pytorch_names

PATHS = """
import refnet
refnet.nn.modules.utils.consume_prefix_in_state_dict_if_present
from refnet.nn.parameter import Parameter, UninitializedParameter
from refnet.nn.modules.batchnorm import _BatchNorm, BatchNorm2d
from refnet.nn.modules.conv import _ConvNd, Conv2d
from refnet.nn.modules.instancenorm import _InstanceNorm
from refnet.nn.modules.lazy import LazyModuleMixin
from refnet.nn.modules.loss import _Loss, _WeightedLoss
from refnet.nn.modules.module import Module
from refnet.nn.modules.utils import _ntuple, _pair, _single, _triple, _quadruple
from refnet.nn.modules import Module, Linear
from refnet.nn.common_types import _size_2_t
from refnet.nn.utils import clip_grad_norm_, spectral_norm, weight_norm
from refnet.nn.utils.clip_grad import clip_grad_norm_
from refnet.nn.utils.weight_norm import WeightNorm
from refnet.nn.utils.rnn import pad_sequence
from refnet.nn.init import kaiming_normal_
from refnet.func import functional_call
import refnet.nn.modules.batchnorm
import refnet.nn.functional as F
import refnet.nn.init as init
from refnet.autograd import Variable
assert not refnet.cuda.is_available()
assert refnet.nn.modules.batchnorm.BatchNorm2d is refnet.nn.BatchNorm2d
"""


def test_paths_of_model_files() -> None:
    """In a fresh process, because some of these modules are made when they are imported."""
    subprocess.run([sys.executable, "-c", PATHS], check=True)


def test_base_classes_are_those_of_the_layers() -> None:
    batchnorm = importlib.import_module("refnet.nn.modules.batchnorm")
    assert isinstance(nn.BatchNorm1d(1), batchnorm._BatchNorm)
    assert not isinstance(nn.InstanceNorm1d(1), batchnorm._BatchNorm)
    assert isinstance(nn.ConvTranspose1d(1, 1, 1), nn.modules.conv._ConvTransposeNd)
    assert isinstance(nn.CrossEntropyLoss(), nn.modules.loss._WeightedLoss)


def test_tuples_of_sizes() -> None:
    utils = importlib.import_module("refnet.nn.modules.utils")
    assert utils._pair(3) == (3, 3)
    assert utils._triple([1, 2, 3]) == (1, 2, 3)
    assert utils._ntuple(5)("ab") == ("a", "b")
    assert utils._reverse_repeat_tuple((1, 2), 2) == (2, 2, 1, 1)


OWNERS = {
    "refnet.Tensor": refnet.ones(1),
    "refnet.nn.Module": nn.Linear(1, 1),
}


def example(name: str) -> str:
    """A name of PyTorch that matches an entry of the list and that refnet does not have."""
    theirs = [f"{p}.{n}".removeprefix(".") for p, names in pytorch_names().items() for n in names]
    if name in theirs:
        return name
    theirs += [name.removeprefix("Tensor.") for name in theirs]
    return min(n for n in theirs if fnmatchcase(n, name) and lacks(n))


def asked(name: str) -> tuple[object, str]:
    """The object that has a name below refnet, and the last part of the name."""
    path, _, last = f"refnet.{name}".rpartition(".")
    return (OWNERS[path] if path in OWNERS else importlib.import_module(path)), last


def lacks(name: str) -> bool:
    return not hasattr(*asked(name))


@pytest.mark.parametrize("name", LEFT_OUT)
def test_what_is_left_out_says_why(name: str) -> None:
    owner, last = asked(example(name))
    with pytest.raises(AttributeError, match=f"no attribute '{last}'; it is left out: ") as error:
        getattr(owner, last)
    assert LEFT_OUT[name] in str(error.value)


def test_the_page_is_the_list() -> None:
    shown = (Path(__file__).parent.parent / "docs" / "left-out.md").read_text(encoding="utf-8")
    page_of = "from refnet.compatibility.left_out import page; print(page(), end='')"
    how = f'python -c "{page_of}" > docs/left-out.md'
    assert shown == page(), how
