"""save and load without PyTorch: whole files or none, and errors of one line."""

import io
import json
import math
import os
import pickle
import signal
import subprocess
import sys
import time
import tracemalloc
from collections import OrderedDict
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import safetensors.numpy

import refnet
from refnet import nn
from refnet.serialization import safetensors_file

CHECKPOINT = {
    "model": OrderedDict([("0.weight", refnet.ones(2, 3)), ("0.bias", refnet.zeros(2))]),
    "optimizer": {"state": {0: {"step": refnet.tensor(3.0)}, 1: {}}, "groups": [{"lr": 0.1}]},
    "position": (3, 17, None, "é", True, math.inf),
}


def saved(obj: Any) -> bytes:
    file = io.BytesIO()
    refnet.save(obj, file)
    return file.getvalue()


def loaded(data: bytes) -> Any:
    return refnet.load(io.BytesIO(data))


def plain(x: Any) -> Any:
    """x with tuples for tensors, to compare it with ==: −0.0 ≠ 0.0, and NaN = NaN."""
    if isinstance(x, refnet.Tensor):
        return str(x.dtype), tuple(x.shape), x.detach().numpy().tobytes()
    if isinstance(x, dict):
        return [(key, plain(value)) for key, value in x.items()]
    return [type(x), *map(plain, x)] if isinstance(x, (list, tuple)) else repr(x)


def test_a_checkpoint_comes_back(tmp_path: Path) -> None:
    refnet.save(CHECKPOINT, tmp_path / "c.safetensors")
    assert plain(refnet.load(str(tmp_path / "c.safetensors"))) == plain(CHECKPOINT)
    assert [p.name for p in tmp_path.iterdir()] == ["c.safetensors"]


def test_what_is_derived_comes_back_plain() -> None:
    class Point(NamedTuple):
        x: Any
        y: Any

    obj = [Point(1, 2), np.float32(0.5), np.int64(3), np.bool_(True), refnet.Size((2, 3))]
    assert loaded(saved(obj)) == [(1, 2), 0.5, 3, True, (2, 3)]
    assert type(loaded(saved(nn.Parameter(refnet.ones(2))))) is refnet.Tensor


def test_what_is_loaded_can_be_changed() -> None:
    x = loaded(saved([refnet.ones(3), refnet.ones(2, requires_grad=True)]))
    x[0][1] = 5.0
    (x[1] * 2).backward(refnet.tensor([0.5, -1.5]))
    assert x[0].tolist() == [1, 5, 1]
    assert x[1].grad.tolist() == [1, -3]


def test_the_order_in_memory_comes_back() -> None:
    x = refnet.arange(24).reshape(2, 3, 4)
    for axes in [(0, 1, 2), (2, 0, 1), (1, 2, 0), (2, 1, 0)]:
        y = x.permute(axes)
        z = loaded(saved({"y": y}))["y"]
        assert z.tolist() == y.tolist()
        assert z.stride() == y.stride()


# --- what cannot be saved or loaded ------------------------------------------------------------

UNSAVED = [
    ({"a": {3: [0, object()]}}, r"the object\['a'\]\[3\]\[1\]: .* got builtins.object"),
    (np.ones(3), "the object: .* got numpy.ndarray"),
    ({"a": {1, 2}}, r"the object\['a'\]: .* got builtins.set"),
    ({"f": print}, r"the object\['f'\]: .* got builtins.builtin_function"),
    ({"a": {(1, 2): 3}}, r"the object\['a'\]: expected keys that are .*, got \(1, 2\)"),
    ({"z": 1j}, r"the object\['z'\]: .* got builtins.complex"),
]


@pytest.mark.parametrize(("obj", "message"), UNSAVED)
def test_what_cannot_be_saved(tmp_path: Path, obj: Any, message: str) -> None:
    (tmp_path / "c").write_bytes(b"old")
    with pytest.raises(TypeError, match=f"^cannot save {message}") as error:
        refnet.save(obj, tmp_path / "c")
    assert "\n" not in str(error.value)
    assert (tmp_path / "c").read_bytes() == b"old"


UNREAD = {
    "empty": b"",
    "short": b"abc",
    "text": b"hello, this is no checkpoint at all",
    "pickle": pickle.dumps({"a": 1}),
    "zip": b"PK\x03\x04" + bytes(100),
}


@pytest.mark.parametrize("name", UNREAD)
def test_what_is_no_safetensors_file(tmp_path: Path, name: str) -> None:
    (tmp_path / "m.pt").write_bytes(UNREAD[name])
    with pytest.raises(RuntimeError, match=r"m\.pt (is damaged|holds pickles)") as error:
        refnet.load(tmp_path / "m.pt")
    assert "\n" not in str(error.value)
    assert ("convert it with PyTorch" in str(error.value)) == (name in ("pickle", "zip"))


def test_a_tensor_is_referred_to_once() -> None:
    """Otherwise a file of a megabyte could ask for a thousand copies of one tensor."""
    arrays = {"w": np.ones((300, 400), np.float32)}
    text = json.dumps([{"$tensor": "w", "axes": [1, 0]}] * 1000)
    crc = str(safetensors_file._checksum(text, arrays))
    data = safetensors.numpy.save(arrays, {"refnet": text, "refnet.crc32": crc})
    tracemalloc.start()
    with pytest.raises(RuntimeError, match=r"has the mark of refnet\.save, which did not write it"):
        refnet.load(io.BytesIO(data))
    assert tracemalloc.get_traced_memory()[1] < 10 * len(data)
    tracemalloc.stop()


def test_arguments_without_a_meaning() -> None:
    with pytest.raises(NotImplementedError, match="does not load pickles"):
        refnet.load(io.BytesIO(), pickle_module=pickle)
    with pytest.raises(NotImplementedError, match="mmap"):
        refnet.load("x", mmap=True)


def test_without_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "safetensors", None)
    monkeypatch.setitem(sys.modules, "safetensors.numpy", None)
    with pytest.raises(ModuleNotFoundError, match=r'pip install "refnet\[checkpoint\]"'):
        saved(1)


def test_every_truncation_is_noticed() -> None:
    data = saved(CHECKPOINT)
    for n in range(len(data)):
        with pytest.raises(RuntimeError, match="damaged"):
            loaded(data[:n])


def test_every_changed_byte_is_noticed() -> None:
    """Or changes nothing that is loaded, as in the name of the format or the blanks at the end."""
    data, whole, unnoticed = saved(CHECKPOINT), plain(CHECKPOINT), 0
    for i in range(len(data)):
        for bit in (1, 32):
            changed = bytearray(data)
            changed[i] ^= bit
            try:
                found = loaded(bytes(changed))
            except RuntimeError:
                continue
            assert plain(found) == whole
            unnoticed += 1
    assert unnoticed < 40


def test_a_state_that_does_not_fit_changes_nothing(tmp_path: Path) -> None:
    model = nn.Sequential(nn.Linear(3, 2))
    before = plain(loaded(saved(model.state_dict())))
    for state in (
        {"0.weight": refnet.ones(2, 3)},
        {"0.weight": refnet.ones(3, 2), "0.bias": refnet.ones(2)},
        {"0.weight": refnet.ones(2, 3), "0.bias": refnet.ones(2), "1.bias": refnet.ones(2)},
        {"0.weight": refnet.ones(2, 3), "0.bias": 3},
    ):
        with pytest.raises(RuntimeError, match=r"Error.* in loading state_dict for Sequential"):
            model.load_state_dict(loaded(saved(state)))
        assert plain(loaded(saved(model.state_dict()))) == before


# --- whole or not at all --------------------------------------------------------------------------


def test_a_failed_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refnet.save(1, tmp_path / "c")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        refnet.save(2, tmp_path / "c")
    assert refnet.load(tmp_path / "c") == 1
    assert [p.name for p in tmp_path.iterdir()] == ["c"]


def test_a_link_stays_one_and_a_device_is_not_replaced(tmp_path: Path) -> None:
    refnet.save(1, tmp_path / "c")
    (tmp_path / "link").symlink_to(tmp_path / "c")
    refnet.save(2, tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert refnet.load(tmp_path / "c") == 2
    with pytest.raises(OSError, match="not a plain file"):
        refnet.save(1, tmp_path)
    if os.path.exists("/dev/null"):  # noqa: PTH110
        with pytest.raises(OSError, match="not a plain file"):
            refnet.save(1, "/dev/null")


WRITER = """
import itertools, sys, refnet
for i in itertools.count():
    refnet.save({"i": i, "x": refnet.full((200_000,), i)}, sys.argv[1])
    print(i, flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGKILL to a process")
def test_a_killed_writer_leaves_a_whole_file(tmp_path: Path) -> None:
    """The process is killed at random moments, most of them during a write."""
    path, rng = tmp_path / "c", np.random.default_rng(0)
    environment = {"PYTHONPATH": str(Path(refnet.__file__).resolve().parents[1])}
    for _ in range(5):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, path], stdout=subprocess.PIPE, text=True, env=environment
        ) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(float(rng.uniform(0, 0.03)))
            process.send_signal(signal.SIGKILL)
            last = [0, *map(int, process.stdout.read().split())][-1]
        found = refnet.load(path)
        assert found["i"] >= last
        assert found["x"].eq(found["i"]).all()
