"""save and load: nested dictionaries of tensors, numbers and strings in one safetensors file.

Each tensor is an entry of the file; its name consists of the keys that lead to it, joined by dots.
So the state dict of a model is stored as safetensors.torch.save_file stores it, and either program
loads the files of the other. Everything else, with the order and nesting of all values, is JSON in
the metadata, with a checksum of the whole content.

A file of pickles (.pt or .pth) can run any program when it is loaded; refnet does not load pickles.

Source: https://github.com/huggingface/safetensors (the format)
"""

import json
import os
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from refnet.compatibility.device import check_device
from refnet.engine.argument_errors import is_torch, not_a_tensor
from refnet.engine.caller_warning import warn
from refnet.engine.tensor import wrap
from refnet.ops.rule import Array
from refnet.serialization.atomic_write import written_whole

_DTYPES = {
    "F64": "float64", "F32": "float32", "F16": "float16", "I64": "int64", "I32": "int32",
    "I16": "int16", "I8": "int8", "U8": "uint8", "BOOL": "bool",
}  # fmt: skip


def save(obj: Any, f: Any) -> None:
    """Saves an object to a file, for load(f).

    A path is written whole or not at all: first to another file in the same folder, which is
    renamed after its bytes are on the disk. Gives a warning for a name that ends in .pt or .pth,
    which other programs take for a file of pickles.

    Args:
        obj: a tensor, number, string or None, or a list, tuple or dictionary of them, such as the
            state dicts of modules, optimizers and schedulers. Each tensor is stored separately,
            also if two share their memory. load returns a value of a derived type as the plain
            type, a parameter as a tensor, and NumPy's numbers as Python's.
        f: a path, or a file opened for writing in binary mode

    Raises:
        TypeError: for an object that cannot be stored; it names the position
        ModuleNotFoundError: without the package safetensors
        RuntimeError: for a missing folder
        OSError: for a file that cannot be written

    Example:
        >>> import io
        >>> file = io.BytesIO()
        >>> refnet.save({"w": refnet.ones(2), "epoch": 3}, file)
        >>> refnet.load(io.BytesIO(file.getvalue()))
        {'w': tensor([1., 1.]), 'epoch': 3}
    """
    data = _encoded(obj)
    if str(getattr(f, "name", f)).endswith((".pt", ".pth")):
        warn(
            f"refnet.save writes safetensors also to {str(getattr(f, 'name', f))!r}: torch.load "
            "does not read it, safetensors.torch.load_file does; prefer a name in .safetensors"
        )
    if hasattr(f, "write"):
        f.write(data)
        return
    parent = Path(os.path.realpath(f)).parent
    if not parent.is_dir():
        raise RuntimeError(f"save(): expected an existing folder, got {f}; {parent} does not exist")
    with written_whole(Path(f)) as partial, partial.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    if os.name == "posix":  # the new name has to reach the disk, too
        folder = os.open(parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def load(
    f: Any,
    map_location: Any = None,
    pickle_module: Any = None,
    *,
    weights_only: bool | None = None,
    mmap: bool | None = None,
) -> Any:
    """Loads an object that save has written, or a dictionary of tensors from any safetensors file.

    Args:
        f: a path, or a file opened for reading in binary mode; bfloat16 values become float32, with
            a warning
        map_location: "cpu", None, or a function or dictionary, which have no effect
        pickle_module: only None
        weights_only: has no effect: loading never runs code from the file
        mmap: only None or False

    Raises:
        RuntimeError: for a file that is damaged or not a safetensors file, in one line, and for a
            map_location that is another device
        ModuleNotFoundError: without the package safetensors
        OSError: for a file that cannot be read
        NotImplementedError: for pickle_module and mmap

    Example:
        >>> import io
        >>> file = io.BytesIO()
        >>> refnet.save(nn.Linear(2, 1).state_dict(), file)
        >>> model = nn.Linear(2, 1)
        >>> model.load_state_dict(refnet.load(io.BytesIO(file.getvalue())))
        <All keys matched successfully>
    """
    if pickle_module is not None:
        raise NotImplementedError("load(): refnet does not load pickles, with any pickle_module")
    if mmap:
        raise NotImplementedError("load(): expected mmap=False; refnet reads the whole file")
    if not (callable(map_location) or isinstance(map_location, Mapping)):
        check_device(map_location)
    if hasattr(f, "read"):
        return _decoded(f.read(), getattr(f, "name", "the file"))
    return _decoded(Path(f).read_bytes(), f)


def safetensors() -> Any:
    """Returns the package, which only save and load need."""
    try:
        import safetensors.numpy
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "refnet.save and refnet.load need the package safetensors, which is not installed: "
            'pip install "refnet[checkpoint]"',
            name="safetensors",
        ) from error
    return safetensors


# --- the metadata --------------------------------------------------------------------------------
#
# None, bools, numbers, strings, lists, and dictionaries with strings as keys are plain JSON. An
# object whose first key begins with $ is one of these:
#     {"$tensor": name, "axes": [...], "requires_grad": true}
#     {"$tuple": [...]}
#     {"$dict": [[key, value], ...]}
#
# axes is the order of a tensor's axes in memory, unless it is that of the indices. The rounding of
# a sum depends on it, and a resumed training must be rounded like one without an interruption.


def _encoded(obj: Any) -> bytes:
    """Returns the bytes of the file."""
    arrays: dict[str, Array] = {}
    text = json.dumps(_plain(obj, (), arrays), separators=(",", ":"))
    metadata = {
        "format": "pt",  # other programs need it: the names and axes are PyTorch's
        "refnet": text,
        "refnet.crc32": str(_checksum(text, arrays)),
    }
    data: bytes = safetensors().numpy.save(arrays, metadata)
    return data


def _plain(x: Any, path: tuple[Any, ...], arrays: dict[str, Array]) -> Any:
    """Returns x in JSON's types and puts its tensors into arrays; path: the keys that lead to x."""
    if isinstance(x, np.generic) and not isinstance(x, (str, bytes)):
        x = x.item()
    if x is None or isinstance(x, (bool, int, float, str)):
        return x
    if hasattr(x, "_array"):
        name = _free_name(path, arrays)
        arrays[name] = np.asarray(x._real(), order="C")
        axes = sorted(range(x.ndim), key=lambda i: -x._array.strides[i])
        tag: dict[str, Any] = {"$tensor": name}
        if axes != list(range(x.ndim)):
            tag["axes"] = axes
        if x.requires_grad:
            tag["requires_grad"] = True
        return tag
    if isinstance(x, Mapping):
        parts = [(key, _plain(value, (*path, key), arrays)) for key, value in x.items()]
        if all(type(key) is str and key[:1] != "$" for key in x):
            return dict(parts)
        return {"$dict": [[_key(key, path), value] for key, value in parts]}
    if isinstance(x, (list, tuple)):
        items = [_plain(value, (*path, i), arrays) for i, value in enumerate(x)]
        return items if isinstance(x, list) else {"$tuple": items}
    if is_torch(x):
        raise not_a_tensor(f"cannot save {_place(path)}", x)
    raise TypeError(
        f"cannot save {_place(path)}: expected tensors, numbers, strings, None, and lists, tuples "
        f"and dictionaries of them, got {type(x).__module__}.{type(x).__qualname__}"
    )


def _key(key: Any, path: tuple[Any, ...]) -> Any:
    if key is None or isinstance(key, (bool, int, float, str)):
        return key
    raise TypeError(
        f"cannot save {_place(path)}: expected keys that are strings or numbers, got {key!r}"
    )


def _place(path: tuple[Any, ...]) -> str:
    return "the object" + "".join(f"[{key!r}]" for key in path)


def _free_name(path: tuple[Any, ...], taken: Mapping[str, Array]) -> str:
    """Returns the keys joined by dots, changed until the name is new."""
    name = ".".join(map(str, path)).encode(errors="backslashreplace").decode() or "tensor"
    while name in taken or name == "__metadata__":
        name += "'"
    return name


def _checksum(text: str, arrays: Mapping[str, Array]) -> int:
    """Returns the CRC-32 of the whole content."""
    crc = zlib.crc32(text.encode())
    for name in sorted(arrays):
        array = arrays[name]
        crc = zlib.crc32(f"{name}\n{array.dtype}\n{array.shape}\n".encode(), crc)
        crc = zlib.crc32(array.reshape(-1).view(np.uint8).data, crc)
    return crc


# --- reading -------------------------------------------------------------------------------------


# The errors that Python raises for wrong contents of a file.
_WRONG = (
    *(AttributeError, IndexError, KeyError, MemoryError, OverflowError, RecursionError),
    *(TypeError, ValueError),
)


def _decoded(data: bytes, f: Any) -> Any:
    """Returns the object in the bytes of a file; f: its name in errors."""
    package = safetensors()
    try:
        entries = package.deserialize(data)
        length = int.from_bytes(data[:8], "little")
        metadata = json.loads(data[8 : 8 + length]).get("__metadata__") or {}
        arrays = {name: _array(name, entry, f) for name, entry in entries}
    except (package.SafetensorError, *_WRONG) as error:
        raise RuntimeError(_why_not(data, f, error)) from error
    if any(entry["dtype"] == "BF16" for _, entry in entries):
        warn(f"{f}: bfloat16 values were read as float32, which holds them exactly")
    if not metadata.keys() & {"refnet", "refnet.crc32"}:
        return _foreign(arrays, metadata)
    text = metadata.get("refnet", "")
    if metadata.get("refnet.crc32") != str(_checksum(text, arrays)):
        raise RuntimeError(f"{f} is damaged: its checksum is not that of its contents")
    try:
        return _object(json.loads(text), arrays)
    except (RuntimeError, *_WRONG) as error:
        raise RuntimeError(
            f"{f} has the mark of refnet.save, which did not write it: {one_line(error)}"
        ) from error


def _why_not(data: bytes, f: Any, error: Exception) -> str:
    """Returns the message about bytes that are not a safetensors file."""
    if data[:2] == b"PK" or (data[:1] == b"\x80" and data[1:2] in b"\1\2\3\4\5"):
        return (
            f"{f} holds pickles or is a zip archive, as torch.save writes it, and refnet loads "
            f"neither; convert it with PyTorch: safetensors.torch.save_file(torch.load("
            f"{str(f)!r}, weights_only=True), 'model.safetensors')"
        )
    return f"{f} is damaged, or not a safetensors file: {one_line(error)}"


def one_line(error: Exception) -> str:
    """Returns the text of the error in one line; its type if the text is empty."""
    return " ".join(str(error).split()) or type(error).__name__


def _array(name: str, entry: Mapping[str, Any], f: Any) -> Array:
    """Returns an entry of the file as an array; bfloat16, which NumPy lacks, as float32."""
    if entry["dtype"] == "BF16":
        halves = np.frombuffer(entry["data"], "<u2").astype("<u4")
        return (halves << 16).view("<f4").reshape(entry["shape"])
    if entry["dtype"] not in _DTYPES:
        raise RuntimeError(
            f"{f}: the entry {name!r} has the dtype {entry['dtype']}, which refnet does not "
            f"support; it supports {', '.join(_DTYPES)}, and reads BF16 as F32"
        )
    return np.frombuffer(entry["data"], _DTYPES[entry["dtype"]]).reshape(entry["shape"])


def _foreign(arrays: Mapping[str, Array], metadata: Mapping[str, str]) -> dict[str, Any]:
    """Returns the tensors of another program's file by name.

    safetensors.torch.save_model leaves out a tensor that shares the memory of another entry, and
    notes the name of that entry in the metadata.
    """
    shared = {name: at for name, at in metadata.items() if at in arrays and name not in arrays}
    return {name: wrap(arrays[shared.get(name, name)]) for name in (*arrays, *shared)}


def _object(x: Any, arrays: dict[str, Array]) -> Any:
    """Returns the object from which _plain made x; removes its arrays from `arrays`."""
    if isinstance(x, list):
        return [_object(item, arrays) for item in x]
    if not isinstance(x, dict):
        return x
    kind = next(iter(x), "")
    if kind == "$tensor":
        array = arrays.pop(x[kind])  # once, so that a file cannot request many copies
        if "axes" in x:
            array = array.transpose(x["axes"]).copy().transpose(np.argsort(x["axes"]))
        return wrap(array).requires_grad_("requires_grad" in x)
    if kind == "$tuple":
        return tuple(_object(item, arrays) for item in x[kind])
    if kind == "$dict":
        return {key: _object(item, arrays) for key, item in x[kind]}
    return {key: _object(value, arrays) for key, value in x.items()}
