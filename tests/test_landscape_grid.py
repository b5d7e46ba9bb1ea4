"""A grid is the same in one process, in two, and after a kill; bad files are refused."""

import os
import random
import signal
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import refnet
from refnet import nn
from refnet.landscape import Surface
from refnet.landscape.grid import grid
from refnet.landscape.slices import Plane, random_plane

ALPHA, BETA = np.linspace(-1, 1, 9), np.linspace(-2, 2, 4)


def surface() -> Surface:
    refnet.manual_seed(0)
    model = nn.Sequential(nn.Linear(40, 50), nn.Tanh(), nn.Linear(50, 3))
    return Surface(
        model, nn.CrossEntropyLoss(), refnet.randn(300, 40), refnet.randint(0, 3, (300,))
    )


def cost(pause: float = 0.0) -> Callable[[np.ndarray], float]:
    C = surface()

    def value(theta: np.ndarray) -> float:
        time.sleep(pause)
        return C.value(theta)

    return value


def plane() -> Plane:
    C = surface()
    return random_plane(C, C.theta, 0)


def run(file: Path, pause: float) -> None:
    """The program of the process that is killed."""
    grid(partial(cost, pause), plane(), ALPHA, BETA, file=file, resume=True)


def test_a_grid_is_the_function_at_the_planes_points_on_one_process_and_on_two() -> None:
    C, P = surface(), plane()
    threads = refnet.get_num_threads()
    one = grid(cost, P, ALPHA, BETA, processes=1)
    two = grid(cost, P, ALPHA, BETA, processes=2)
    np.testing.assert_array_equal(one, two)
    expected = [[C.value(P.origin + α * P.a + β * P.b) for β in BETA] for α in ALPHA]
    np.testing.assert_allclose(one, expected, rtol=1e-13)
    assert refnet.get_num_threads() == threads


def kept_rows(file: Path) -> int:
    if not file.exists():
        return 0
    with np.load(file) as found:  # whole at every moment
        return int(found["done"].sum())


def test_after_sigkill_a_grid_is_resumed_to_the_same_bits(tmp_path: Path) -> None:
    file = tmp_path / "grid.npz"
    program = f"import pathlib, test_landscape_grid as t; t.run(pathlib.Path({str(file)!r}), 0.05)"
    path = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "PYTHONPATH": path},
    )  # fmt: skip
    deadline = time.monotonic() + 120
    while kept_rows(file) < 2:
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)  # ends when the workers, which have its streams, have ended too
    rows = kept_rows(file)
    assert 2 <= rows < len(ALPHA), "it was killed on the way"
    taken = []

    def track(items: object, total: int) -> object:
        taken.append(total)
        return items

    resumed = grid(cost, plane(), ALPHA, BETA, file=file, resume=True, track=track)
    assert taken == [len(ALPHA) - rows], "what was finished is not computed again"
    np.testing.assert_array_equal(resumed, grid(cost, plane(), ALPHA, BETA, processes=1))
    with np.load(file) as found:
        np.testing.assert_array_equal(found["values"], resumed)
    assert [p.name for p in tmp_path.iterdir() if p.name == file.name]


def test_a_file_of_another_problem_is_not_resumed_from(tmp_path: Path) -> None:
    file = tmp_path / "grid.npz"
    P = plane()
    grid(cost, P, ALPHA, BETA, processes=1, file=file)
    for other, alpha in ((P, 2 * ALPHA), (P._replace(a=2 * P.a), ALPHA)):
        with pytest.raises(ValueError, match="another network, plane or grid"):
            grid(cost, other, alpha, BETA, processes=1, file=file, resume=True)
    twice = partial(partial, lambda theta: 2 * surface().value(theta))
    with pytest.raises(ValueError, match="another network, plane or grid"):
        grid(twice, P, ALPHA, BETA, processes=1, file=file, resume=True)


def damage(file: Path, kind: str) -> None:
    """Make of a grid's file one that cannot be resumed from."""
    whole = file.read_bytes()
    with np.load(file) as kept:
        arrays = {name: kept[name] for name in kept.files}
    if kind == "empty":
        file.write_bytes(b"")
    elif kind == "cut":
        file.write_bytes(whole[: len(whole) // 2])
    elif kind == "half":
        file.write_bytes(b"PK\x03\x04 half a file")
    elif kind == "text":
        file.write_text("something else")
    elif kind == "a single array":
        with file.open("wb") as to:
            np.save(to, arrays["values"])
    elif kind == "a bit":
        at = whole.index(arrays["values"].tobytes()) + 100
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
    elif kind == "a folder":
        file.unlink()
        file.mkdir()
    else:
        np.savez(file, **{**arrays, **CHANGED[kind]})


# The problem matches; the computed values do not.
CHANGED: dict[str, dict[str, Any]] = {
    "another file": {"problem": np.zeros(3)},
    "rows": {"values": np.zeros((8, 4))},
    "columns": {"values": np.zeros((9, 3)), "done": np.zeros(9, bool)},
    "done": {"done": np.ones(8, bool)},
    "integers": {"values": np.zeros((9, 4), int)},
    "text in it": {"values": np.full((9, 4), "a")},
    "objects": {"values": np.full((9, 4), None)},
    "numbers for done": {"done": np.ones(9)},
    "other values": {"values": np.full((9, 4), 1.5)},
    "NaN": {"values": np.full((9, 4), np.nan)},
}
KINDS = ["empty", "cut", "half", "text", "a single array", "a bit", "a folder", *CHANGED]


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_file_is_one_line(tmp_path: Path, kind: str) -> None:
    file = tmp_path / "grid.npz"
    P = plane()
    grid(cost, P, ALPHA, BETA, processes=1, file=file)
    damage(file, kind)
    with pytest.raises((RuntimeError, OSError)) as error:
        grid(cost, P, ALPHA, BETA, processes=1, file=file, resume=True)
    said = str(error.value)
    assert "\n" not in said
    assert str(file) in said
    if kind == "a folder":
        assert "it is not a plain file" in said
    else:
        assert "grid.npz cannot be resumed from, remove it to start again: " in said


def test_a_grid_that_is_larger_than_it_was_is_not_unpacked(tmp_path: Path) -> None:
    file = tmp_path / "grid.npz"
    P = plane()
    grid(cost, P, ALPHA, BETA, processes=1, file=file)
    with np.load(file) as kept:
        arrays = {name: kept[name] for name in kept.files}
    np.savez_compressed(file, **{**arrays, "values": np.zeros((5000, 2000))})
    tracemalloc.start()
    with pytest.raises(RuntimeError, match=r"values: expected float64 of shape \(9, 4\), got"):
        grid(cost, P, ALPHA, BETA, processes=1, file=file, resume=True)
    assert tracemalloc.get_traced_memory()[1] < 10**7
    tracemalloc.stop()


def test_any_byte_of_a_grid_changed_is_one_line(tmp_path: Path) -> None:
    """Or the same grid: some bytes have no meaning, and α and β are not read."""
    file, rng, P = tmp_path / "grid.npz", random.Random(), plane()
    expected = grid(cost, P, ALPHA, BETA, processes=1, file=file)
    whole = file.read_bytes()
    for _ in range(60):
        changed = bytearray(whole)
        at = rng.randrange(len(changed))
        changed[at] ^= 1 << rng.randrange(8)
        file.write_bytes(changed)
        try:
            found = grid(cost, P, ALPHA, BETA, processes=1, file=file, resume=True)
        except (RuntimeError, ValueError) as error:
            assert str(error).count("\n") == 0, at  # noqa: PT017 - it may also not be raised
            assert str(file) in str(error)  # noqa: PT017
        else:
            np.testing.assert_array_equal(found, expected)


@pytest.mark.skipif(
    os.name != "posix", reason="only POSIX has modes, and tells which processes live"
)
def test_what_a_killed_process_left_is_deleted_and_the_mode_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "grid.npz"
    file.touch(0o600)
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    dead, alive = (f".grid.npz.{pid}.1.0.partial" for pid in (ended.pid, os.getppid()))
    for name in (dead, alive, f".other{dead}"):
        (tmp_path / name).touch()
    grid(cost, plane(), ALPHA[:2], BETA, processes=1, file=file)
    assert {p.name for p in tmp_path.iterdir()} == {"grid.npz", alive, f".other{dead}"}
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_file_that_cannot_be_written_is_known_before_anything_is_computed(tmp_path: Path) -> None:
    def never() -> Callable[[np.ndarray], float]:
        raise AssertionError("it was computed")

    with pytest.raises(OSError, match=r"none.grid\.npz"):
        grid(never, plane(), ALPHA, BETA, processes=1, file=tmp_path / "none" / "grid.npz")


def test_without_resume_a_grid_is_begun_anew(tmp_path: Path) -> None:
    file = tmp_path / "grid.npz"
    file.write_text("something else")
    values = grid(cost, plane(), ALPHA, BETA, processes=1, file=file)
    with np.load(file) as found:
        np.testing.assert_array_equal(found["values"], values)


def test_a_grid_that_is_too_large_is_refused_with_its_size() -> None:
    many = np.zeros(4000)
    with pytest.raises(ValueError, match=r"4000 x 4000 points takes 0\.128 GB"):
        grid(cost, plane(), many, many)
    with pytest.raises(
        ValueError, match=r"9 x 300 points takes about [0-9.]+ minutes .* more than 0\.2"
    ):
        grid(partial(cost, 0.02), plane(), ALPHA, np.zeros(300), minutes=0.2)
    with pytest.raises(ValueError, match="expected at least one point, got 0 x 4"):
        grid(cost, plane(), np.zeros(0), BETA)
    with pytest.raises(ValueError, match="expected processes ≥ 1, got 0"):
        grid(cost, plane(), ALPHA, BETA, processes=0)


def test_an_error_in_a_worker_is_raised() -> None:
    P = plane()
    bad = P._replace(a=P.a[:-1])
    with pytest.raises(ValueError, match="broadcast"):
        grid(cost, bad, ALPHA, BETA, processes=2)
