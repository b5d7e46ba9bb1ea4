"""The explanation in the error for a missing name: the reason, or the nearest existing name.

Loaded when such an error is printed (lookup.py). pytorch_names.txt has PyTorch's names.
"""

import difflib
import functools
import importlib
import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path
from types import ModuleType
from typing import Any

from refnet.compatibility.left_out import reason
from refnet.compatibility.lookup import MIRRORS

# Other places of a name, the most likely first.
_PLACES = (
    *("nn.functional", "nn", "", "Tensor", "optim", "optim.lr_scheduler", "optim.swa_utils"),
    *("nn.init", "nn.utils", "nn.utils.rnn", "nn.utils.parametrizations", "nn.utils.parametrize"),
    *("linalg", "autograd", "autograd.functional", "func", "utils.data", "utils.checkpoint"),
    *("random", "testing"),
)
# For PyTorch's x_copy, unsafe_x and native_x, the nearest name is x.
_VARIANT = re.compile(r"^(unsafe|native)_|_copy$")

# The nearest names to PyTorch's functions and methods of another spelling; the keys are patterns.
NEAREST = {
    "affine_grid_generator": "refnet.nn.functional.affine_grid",
    "as_strided*": "refnet.Tensor.unfold",
    "autograd.grad*check": "refnet.testing.check_pullback",
    "binomial": "refnet.bernoulli",
    "cauchy_": "refnet.Tensor.exponential_",
    "combinations": "refnet.cartesian_prod",
    "constant_pad_nd": "refnet.nn.functional.pad",
    "convolution": "refnet.conv2d",
    "corrcoef": "refnet.var",
    "cov": "refnet.var",
    "cumulative_trapezoid": "refnet.trapezoid",
    "distributions": "refnet.normal, refnet.rand and the other draws",
    "embedding_renorm_": "refnet.nn.functional.embedding, which has max_norm",
    "empty_*": "refnet.empty",
    "erfc": "refnet.erf",
    "from_dlpack": "refnet.from_numpy",
    "frombuffer": "refnet.from_numpy",
    "geometric_": "refnet.Tensor.exponential_",
    "gradient": "refnet.diff",
    "grid_sampler*": "refnet.nn.functional.grid_sample",
    "histogram*": "refnet.histc",
    "hub": "refnet.models",
    "index_reduce*": "refnet.scatter_reduce",
    "kaiser_window": "refnet.hann_window",
    "log_normal_": "refnet.Tensor.normal_",
    "logcumsumexp": "refnet.logsumexp",
    "masked": "refnet.masked_fill, refnet.masked_select and refnet.masked_scatter",
    "nanmedian": "refnet.median",
    "nanquantile": "refnet.quantile",
    "nested": "refnet.nn.utils.rnn",
    "new_empty_strided": "refnet.Tensor.new_empty",
    "nonzero_static": "refnet.nonzero",
    "poisson": "refnet.bernoulli",
    "put*": "refnet.index_put",
    "register_post_accumulate_grad_hook": "refnet.Tensor.register_hook",
    "renorm*": "refnet.nn.functional.normalize",
    "resize*": "refnet.reshape",
    "rnn_*_cell": "refnet.nn.RNNCell",
    "rnn_*": "refnet.nn.RNN",
    "rsub": "refnet.sub",
    "segment_reduce": "refnet.scatter_reduce",
    "set_default_tensor_type": "refnet.set_default_dtype",
    "signal": "refnet.hann_window and the other windows",
    "testing.assert_*close": "numpy.testing.assert_allclose",
    "testing.make_tensor": "refnet.randn",
    "to_dlpack": "refnet.Tensor.numpy",
    "unravel_index": "numpy.unravel_index",
}


def explanation(owner: Any, path: str, name: str) -> str:
    """Returns the text after the statement that the owner has no attribute of that name.

    Args:
        owner: the module or object
        path: the module or class below refnet
        name: the missing name
    """
    if name.startswith("__"):
        return ""
    here = [n for n in _names(owner) if n.startswith("_") == name.startswith("_")]
    if name in here and isinstance(owner, ModuleType):
        return f"; it is not a module: from {owner.__name__} import {name}"
    if name in here and isinstance(getattr(type(owner), name, None), property):
        return "; it has a property of that name, in which an AttributeError was raised"
    theirs = name in pytorch_names().get(path, ())
    why = reason(f"{path}.{name}".removeprefix("."), in_pytorch=theirs)
    if why is not None:
        return f"; it is left out: {why}"
    if theirs:
        found = _counterpart(path, name) or _nearest(_VARIANT.sub("", name), here, path, 0.9)
        return "; PyTorch has it, refnet does not" + (found and f"; the nearest is {found}")
    found = _nearest(name, here, path, 0.75)
    return found and f". Did you mean: '{found}'?"


def _counterpart(path: str, name: str) -> str:
    """Returns the entry of NEAREST for one of PyTorch's names, or ""."""
    full = f"{path}.{name}".removeprefix(".").removeprefix("Tensor.")
    return next((ours for theirs, ours in NEAREST.items() if fnmatchcase(full, theirs)), "")


@functools.cache
def pytorch_names() -> dict[str, frozenset[str]]:
    """Returns PyTorch's public names by the module or class below torch."""
    text = Path(__file__).with_name("pytorch_names.txt").read_text(encoding="utf-8")
    sections = re.findall(r"^torch\.?(\S*)\n((?: .*\n)*)", text, flags=re.MULTILINE)
    return {path: frozenset(names.split()) for path, names in sections}


def _names(owner: Any) -> list[str]:
    """Returns the names of a module or an object.

    The file of a class, as dataloader of DataLoader, does not count.
    """
    if isinstance(owner, ModuleType) and hasattr(owner, "__all__"):
        names = {*owner.__all__, *MIRRORS.get(owner.__name__, ())}
        files = {name for name in names if isinstance(vars(owner).get(name), ModuleType)}
        twins = {_plain(name) for name in names - files}
        return sorted(names - (files & twins))
    return [name for name in dir(owner) if not name.startswith("__")]


def _nearest(name: str, here: list[str], path: str, cutoff: float) -> str:
    """Returns the name that is most similar to this one, or "".

    The first choice is a name of the same letters, in the owner or elsewhere; the second is one of
    a similar spelling in the owner.
    """
    if name.startswith("_"):
        return alike(name, here, cutoff)
    plain = _plain(name)
    letters = [n for n in here if _plain(n) == plain]
    if letters:
        return alike(name, letters, 0)
    if path != "nn.Module":  # a user's network has names of its own
        elsewhere = [
            (other, f"refnet.{place}.{other}".replace("..", "."))
            for place in _PLACES
            for other in _names(_place(place))
            if _plain(other) == plain and other[0] != "_"
        ]
        if elsewhere:
            return min(elsewhere, key=lambda found: found[0] != name)[1]
    ours = {_plain(n): n for n in sorted(here, reverse=True)}
    return ours.get(alike(plain, ours, cutoff), "")


def alike(name: str, names: Iterable[str], cutoff: float) -> str:
    """Returns the most similar name, or ""; two swapped letters are the most frequent mistake."""
    found = difflib.get_close_matches(name, names, 3, cutoff)
    return min(found, key=lambda other: sorted(other) != sorted(name), default="")


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


def _place(path: str) -> Any:
    """Returns the module or class below refnet."""
    if path == "Tensor":
        return importlib.import_module("refnet").Tensor
    return importlib.import_module(f"refnet.{path}".removesuffix("."))
