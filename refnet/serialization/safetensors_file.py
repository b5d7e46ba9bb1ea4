"""save and load: nested dictionaries of tensors, numbers and strings, in one safetensors file.

Each tensor is an entry of the file, under the keys on the way to it, joined by dots: the state
dict of a model is stored as safetensors.torch.save_file stores it, so the file loads there by
name, and such a file loads here. What is no tensor, and in which order and nesting all of it
stood, is JSON in the file's metadata, with a checksum over everything.

A file of pickles (a .pt or .pth file) can run any program when it is loaded; none is ever.

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
    """Write obj to a file, so that load(f) gives it back.

    Args:
        obj: a tensor, number, string, None, or a list, tuple or dictionary of such; state dicts of
            modules, optimizers and schedules are that. Each tensor is stored by itself, also where
            two share their memory. What is derived from these types comes back as the plain type,
            a parameter as a tensor, and NumPy's numbers as Python's.
        f: a path, or a file opened for writing in binary

    Warns for a name that ends in .pt or .pth, which programs take for a file of pickles.

    A path is written whole or not at all: to another file in the same folder first, which
    takes the name when its bytes are on the disk.

    Raises TypeError, naming the place, for what cannot be stored, ModuleNotFoundError without
    the package safetensors, RuntimeError if there is no such folder, OSError if the file cannot
    be written.
    """
    data = _encoded(obj)
    if str(getattr(f, "name", f)).endswith((".pt", ".pth")):
        warn(
            f"refnet.save writes safetensors also to {str(getattr(f, 'name', f))!r}: torch.load does not "
            "read it, safetensors.torch.load_file does; a name in .safetensors says so"
        )
    if hasattr(f, "write"):
        f.write(data)
        return
    parent = Path(os.path.realpath(f)).parent
    if not parent.is_dir():
        raise RuntimeError(f"cannot write {f}: there is no folder {parent}")
    with written_whole(Path(f)) as partial, partial.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    if os.name == "posix":  # the new name, too, has to reach the disk
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
    """Read what save has written, or a dictionary of tensors from any safetensors file.

    Args:
        f: a path, or a file opened for reading in binary; bfloat16 values become float32, with a
            warning
        map_location: the CPU; a function or dictionary has nothing to decide
        weights_only: as it may: nothing in the file is ever run

    Raises RuntimeError, in one line, for a file that is damaged or not a safetensors file,
    OSError for one that cannot be read, NotImplementedError for pickle_module and mmap.
    """
    if pickle_module is not None:
        raise NotImplementedError("refnet loads no pickles, whatever the pickle_module")
    if mmap:
        raise NotImplementedError("refnet.load reads the file; mmap=True is left out")
    if not (callable(map_location) or isinstance(map_location, Mapping)):
        check_device(map_location)
    if hasattr(f, "read"):
        return _decoded(f.read(), getattr(f, "name", "the file"))
    return _decoded(Path(f).read_bytes(), f)


def safetensors() -> Any:
    """The package, which only those need who save or load."""
    try:
        import safetensors.numpy
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "refnet.save and refnet.load need the package safetensors, which is not installed: "
            'pip install "refnet[checkpoint]"',
            name="safetensors",
        ) from error
    return safetensors


# --- what the metadata say -----------------------------------------------------------------------
#
# None, bools, numbers, strings, lists, and dictionaries with strings as keys stand there as JSON
# has them. An object whose first key begins with $ is something else:
#     {"$tensor": name, "axes": [...], "requires_grad": true}
#     {"$tuple": [...]}
#     {"$dict": [[key, value], ...]}
#
# axes is the order of a tensor's axes in memory, if it is another one: a sum is rounded according
# to it, and a training that goes on from a checkpoint has to be rounded like one that never
# stopped.


def _encoded(obj: Any) -> bytes:
    """The bytes of the file."""
    arrays: dict[str, Array] = {}
    text = json.dumps(_plain(obj, (), arrays), separators=(",", ":"))
    metadata = {
        "format": "pt",  # the names and axes are PyTorch's: other programs ask for this
        "refnet": text,
        "refnet.crc32": str(_checksum(text, arrays)),
    }
    data: bytes = safetensors().numpy.save(arrays, metadata)
    return data


def _plain(x: Any, at: tuple[Any, ...], arrays: dict[str, Array]) -> Any:
    """x as JSON has it, its tensors being put into arrays; at: the keys on the way to it."""
    if isinstance(x, np.generic) and not isinstance(x, (str, bytes)):
        x = x.item()
    if x is None or isinstance(x, (bool, int, float, str)):
        return x
    if hasattr(x, "_array"):
        name = _free_name(at, arrays)
        arrays[name] = np.asarray(x._real(), order="C")
        axes = sorted(range(x.ndim), key=lambda i: -x._array.strides[i])
        tag: dict[str, Any] = {"$tensor": name}
        if axes != list(range(x.ndim)):
            tag["axes"] = axes
        if x.requires_grad:
            tag["requires_grad"] = True
        return tag
    if isinstance(x, Mapping):
        parts = [(key, _plain(value, (*at, key), arrays)) for key, value in x.items()]
        if all(type(key) is str and key[:1] != "$" for key in x):
            return dict(parts)
        return {"$dict": [[_key(key, at), value] for key, value in parts]}
    if isinstance(x, (list, tuple)):
        items = [_plain(value, (*at, i), arrays) for i, value in enumerate(x)]
        return items if isinstance(x, list) else {"$tuple": items}
    if is_torch(x):
        raise not_a_tensor(f"cannot save {_place(at)}", x)
    raise TypeError(
        f"cannot save {_place(at)}: expected tensors, numbers, strings, None, and lists, tuples "
        f"and dictionaries of them, got {type(x).__module__}.{type(x).__qualname__}"
    )


def _key(key: Any, at: tuple[Any, ...]) -> Any:
    if key is None or isinstance(key, (bool, int, float, str)):
        return key
    raise TypeError(
        f"cannot save {_place(at)}: expected keys that are strings or numbers, got {key!r}"
    )


def _place(at: tuple[Any, ...]) -> str:
    return "the object" + "".join(f"[{key!r}]" for key in at)


def _free_name(at: tuple[Any, ...], taken: Mapping[str, Array]) -> str:
    """The keys joined by dots, made different from the names that are there already."""
    name = ".".join(map(str, at)).encode(errors="backslashreplace").decode() or "tensor"
    while name in taken or name == "__metadata__":
        name += "'"
    return name


def _checksum(text: str, arrays: Mapping[str, Array]) -> int:
    """CRC-32 of everything that the file says."""
    crc = zlib.crc32(text.encode())
    for name in sorted(arrays):
        array = arrays[name]
        crc = zlib.crc32(f"{name}\n{array.dtype}\n{array.shape}\n".encode(), crc)
        crc = zlib.crc32(array.reshape(-1).view(np.uint8).data, crc)
    return crc


# --- reading -------------------------------------------------------------------------------------


_WRONG = (
    AttributeError, IndexError, KeyError, MemoryError, OverflowError, RecursionError, TypeError, ValueError,
)  # fmt: skip
"""What Python raises where a file does not say what it should."""


def _decoded(data: bytes, f: Any) -> Any:
    """What the bytes of the file say. f: the name of it in errors."""
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
            f"{f} was not written by refnet.save, whose mark it has: {one_line(error)}"
        ) from error


def _why_not(data: bytes, f: Any, error: Exception) -> str:
    """What to say of bytes that are not a safetensors file."""
    if data[:2] == b"PK" or (data[:1] == b"\x80" and data[1:2] in b"\1\2\3\4\5"):
        return (
            f"{f} holds pickles or is a zip archive, as torch.save writes it, and refnet loads "
            f"neither; convert it where PyTorch is: safetensors.torch.save_file(torch.load("
            f"{str(f)!r}, weights_only=True), 'model.safetensors')"
        )
    return f"{f} is damaged, or not a safetensors file: {one_line(error)}"


def one_line(error: Exception) -> str:
    """What the error says, in one line; its type if it says nothing."""
    return " ".join(str(error).split()) or type(error).__name__


def _array(name: str, entry: Mapping[str, Any], f: Any) -> Array:
    """An entry of the file as an array of its own; bfloat16, which NumPy lacks, as float32."""
    if entry["dtype"] == "BF16":
        halves = np.frombuffer(entry["data"], "<u2").astype("<u4")
        return (halves << 16).view("<f4").reshape(entry["shape"])
    if entry["dtype"] not in _DTYPES:
        raise RuntimeError(
            f"{f}: the entry {name!r} is of the dtype {entry['dtype']}, which refnet does not "
            f"support; it supports {', '.join(_DTYPES)}, and reads BF16 as F32"
        )
    return np.frombuffer(entry["data"], _DTYPES[entry["dtype"]]).reshape(entry["shape"])


def _foreign(arrays: Mapping[str, Array], metadata: Mapping[str, str]) -> dict[str, Any]:
    """The tensors of another program's file by name.

    safetensors.torch.save_model leaves out what shares its memory with another entry, and notes
    in the metadata which one.
    """
    shared = {name: of for name, of in metadata.items() if of in arrays and name not in arrays}
    return {name: wrap(arrays[shared.get(name, name)]) for name in (*arrays, *shared)}


def _object(x: Any, arrays: dict[str, Array]) -> Any:
    """What _plain made x of; the arrays are taken out of `arrays`."""
    if isinstance(x, list):
        return [_object(item, arrays) for item in x]
    if not isinstance(x, dict):
        return x
    kind = next(iter(x), "")
    if kind == "$tensor":
        array = arrays.pop(
            x[kind]
        )  # which save names once: a file cannot ask for any number of copies
        if "axes" in x:
            array = array.transpose(x["axes"]).copy().transpose(np.argsort(x["axes"]))
        return wrap(array).requires_grad_("requires_grad" in x)
    if kind == "$tuple":
        return tuple(_object(item, arrays) for item in x[kind])
    if kind == "$dict":
        return {key: _object(item, arrays) for key, item in x[kind]}
    return {key: _object(value, arrays) for key, value in x.items()}
