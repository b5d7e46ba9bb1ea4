"""The public form of a function: errors for wrong arguments, and NumPy's names of arguments.

Functions use `input._array` without a check. For a number, a string or None this raises an
AttributeError inside. The public form of a function turns it into PyTorch's TypeError, which names
the argument; a correct call takes no extra time.

A complex number, an array or PyTorch's tensor would often give a wrong result instead of an error:
an imaginary part is lost, or the value is not a tensor. So the public form of a function of several
arguments looks up the type of each.

PyTorch's functions in C++ accept `axis=` for `dim=` and other names of NumPy's. Such a keyword
first raises a TypeError; the public form then calls the function again with PyTorch's name. This,
too, takes no time in a correct call.
"""

import inspect
from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any

import numpy as np

from refnet.compatibility.lookup import Text
from refnet.engine.argument_errors import KIND, not_a_tensor
from refnet.engine.tensor import Tensor

_VARIABLE = inspect.CO_VARARGS | inspect.CO_VARKEYWORDS

_NUMPY = {
    "axis": "dim",
    "keepdims": "keepdim",
    "x": "input",
    "a": "input",
    "x1": "input",
    "x2": "other",
}

# The name of an argument in one of PyTorch's overloads, and its name in the documentation.
_OVERLOADS = {
    "element": "elements",
    "from": "from_",  # a keyword of Python
    "indices": "indices_or_sections",
    "sections": "indices_or_sections",
    "split_size": "split_size_or_sections",
    "tensor_indices_or_sections": "indices_or_sections",
    "test_element": "test_elements",
}

# PyTorch's functions in Python accept only PyTorch's names.
_IN_PYTHON = {"norm", "split", "unique", "unique_consecutive"}

# Most of nn.functional is in Python, too; these functions are in C++.
_IN_CPP = {
    *("adaptive_avg_pool1d", "avg_pool1d", "avg_pool2d", "avg_pool3d", "bilinear", "celu_"),
    *("channel_shuffle", "conv1d", "conv2d", "conv3d", "conv_tbc", "conv_transpose1d"),
    *("conv_transpose2d", "conv_transpose3d", "cosine_similarity", "elu_", "gelu", "hardshrink"),
    *("hardtanh_", "leaky_relu_", "linear", "logsigmoid", "native_channel_shuffle", "one_hot"),
    *("pairwise_distance", "pdist", "pixel_shuffle", "pixel_unshuffle", "prelu", "relu_", "rrelu_"),
    *("scaled_dot_product_attention", "selu_", "softplus", "softshrink", "threshold_"),
}

# By function and whether it accepts NumPy's names, so that refnet.exp is Tensor.exp.
_forms: dict[tuple[Callable[..., Any], bool], Callable[..., Any]] = {}


def publish(namespace: Mapping[str, Any], module: str) -> dict[str, Any]:
    """Returns the public forms of a module's functions.

    These are the functions that it defines, and those that it imports from refnet.functions and
    nn.init. Operators (`__add__`) and names with a leading underscore stay as they are.

    Args:
        namespace: the namespace of the module
        module: its name
    """
    return {
        name: _public(value, module, _accepts_numpy_names(module, name))
        for name, value in namespace.items()
        if type(value) is FunctionType
        and name[0] != "_"
        and name not in ("is_tensor", "typename")  # they accept any object
        and (
            value.__module__.startswith(("refnet.functions.", "refnet.nn.init."))
            or value.__module__ == module
        )
    }


def _accepts_numpy_names(module: str, name: str) -> bool:
    """Returns whether a public function accepts NumPy's names of arguments, as PyTorch's does."""
    if module == "refnet.nn.functional":
        return name in _IN_CPP
    return module == "refnet.linalg" or (module == "refnet" and name not in _IN_PYTHON)


def _public(function: Callable[..., Any], module: str, numpy_names: bool) -> Callable[..., Any]:
    if (function, numpy_names) in _forms:
        return _forms[function, numpy_names]

    def unary(*args: Any, **kwargs: Any) -> Any:  # the function checks its argument itself
        try:
            return function(*args, **kwargs)
        except (AttributeError, TypeError) as error:
            kwargs = _mended(function, args, kwargs, error, numpy_names)
        return call(*args, **kwargs)

    def checked(*args: Any, **kwargs: Any) -> Any:
        for x in args:
            if KIND[type(x)]:
                _look(function, args, kwargs, x)
        if kwargs:
            for x in kwargs.values():
                if KIND[type(x)]:
                    _look(function, args, kwargs, x)
        try:
            return function(*args, **kwargs)
        except (AttributeError, TypeError) as error:
            kwargs = _mended(function, args, kwargs, error, numpy_names)
        return call(*args, **kwargs)

    code = function.__code__
    alone = code.co_argcount == 1 and not code.co_kwonlyargcount and not code.co_flags & _VARIABLE
    call = unary if alone else checked
    # As functools.wraps does, in a third of its time, for 440 functions.
    call.__name__, call.__qualname__ = function.__name__, function.__qualname__
    call.__doc__ = function.__doc__
    call.__module__ = module
    call.__wrapped__ = function  # type: ignore[attr-defined]
    _forms[function, numpy_names] = call
    return call


def _signature(function: Callable[..., Any]) -> inspect.Signature:
    """Returns the signature; that of an in-place form is the signature of its function."""
    return inspect.signature(getattr(function, "out_of_place", function))


def _renamed(
    function: Callable[..., Any], kwargs: dict[str, Any], numpy_names: bool
) -> dict[str, Any] | None:
    """Returns the keywords with PyTorch's names, in their order.

    Returns None if all have these names already, or if one is given twice.
    """
    known = _signature(function).parameters
    # **kwargs are for a function that may know more names.
    hands_on = any(p.kind is p.VAR_KEYWORD for p in known.values())
    renamed = {}
    for given, value in kwargs.items():
        name = given
        if given not in known and _OVERLOADS.get(given) in known:
            name = _OVERLOADS[given]
        elif given not in known and numpy_names and (hands_on or _NUMPY.get(given) in known):
            name = _NUMPY.get(given, given)
        if name in renamed:
            return None
        renamed[name] = value
    return None if renamed.keys() == kwargs.keys() else renamed


_TAKE_ARRAYS = {
    *("as_tensor", "asarray", "from_numpy", "new", "new_tensor", "tensor"),
    *("pack_padded_sequence", "unpad_sequence"),
}


def _look(function: Callable[..., Any], args: Any, kwargs: Any, x: Any) -> None:
    """Raises the TypeError for a complex number, PyTorch's tensor or an array.

    An array of one integer without dimensions counts as an integer.
    """
    if isinstance(x, np.ndarray) and (
        function.__name__ in _TAKE_ARRAYS or (x.ndim == 0 and x.dtype.kind in "iu")
    ):
        return
    keywords = _renamed(function, kwargs, True) or kwargs
    raise _refusal(function, args, keywords, x) or not_a_tensor(f"{function.__name__}()", x)


def _mended(
    function: Callable[..., Any], args: Any, kwargs: Any, error: Exception, numpy_names: bool
) -> dict[str, Any]:
    """Returns the keywords with PyTorch's names, if these correct the TypeError.

    Raises:
        TypeError: for an argument that lacks an attribute of tensors or arrays
        Exception: the error itself in all other cases
    """
    if isinstance(error, AttributeError):
        refusal = _no_tensor(function, args, kwargs, error)
        if refusal is not None:
            raise refusal from None
    elif kwargs and (renamed := _renamed(function, kwargs, numpy_names)) is not None:
        return renamed
    raise error


def _no_tensor(
    function: Callable[..., Any], args: Any, kwargs: Any, error: AttributeError
) -> TypeError | None:
    """Returns the error for an argument that lacks an attribute of tensors or arrays, or None."""

    looked_for = {"_array", *dir(Tensor), *dir(np.ndarray)}
    text = error.args[0] if error.args else ""
    missing = text.name if isinstance(text, Text) else error.name
    if isinstance(error.obj, Tensor) or missing not in looked_for:
        return None
    return _refusal(function, args, kwargs, error.obj)


def _refusal(
    function: Callable[..., Any], args: Any, kwargs: Any, culprit: Any
) -> TypeError | None:
    """Returns the error for an argument or one of its items, or None if the culprit is neither."""
    signature = _signature(function)
    for position, (name, value) in enumerate(signature.bind(*args, **kwargs).arguments.items(), 1):
        if value is None and signature.parameters[name].default is None:
            continue
        where = f"{function.__name__}(): argument '{name}' (position {position})"
        if value is culprit:
            return not_a_tensor(where, value)
        parts = value.values() if isinstance(value, dict) else value
        if isinstance(value, (tuple, list, dict)) and any(x is culprit for x in parts):
            if KIND[type(culprit)]:
                return not_a_tensor(where, culprit)
            return TypeError(
                f"{where} must be tuple of Tensors, but has a {type(culprit).__name__}"
            )
    return None
