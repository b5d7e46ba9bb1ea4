r"""A slice evaluated on a grid, in several processes, saved row by row, and resumed after a kill.

    C[i, j] = f(θ₀ + αᵢ a + βⱼ b)

Each process makes its own f: `make` is a function without arguments, or a functools.partial, that
can be pickled, and returns f. (A network itself often cannot be pickled.) Each process computes in
one thread, so the result is the same, bit for bit, for every number of processes, and for a run
that was killed and resumed.

A row is saved when it is finished: a new file is written beside the old one and then renamed, so
the file is complete whenever the program ends.
"""

import hashlib
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from refnet.kernels.threads import one_thread, set_num_threads
from refnet.landscape.slices import Plane
from refnet.ops.rule import Array
from refnet.serialization.archive import Archive, ArchiveError
from refnet.serialization.atomic_write import delete_abandoned, require_writable, written_whole

Value = Callable[[Array], float]
Track = Callable[[Iterable[Any], int], Iterable[Any]]
MOST_POINTS = 10**7
"""Larger grids are refused: saving 80 MB after each row would take longer than computing it."""


class Slice(NamedTuple):
    """The problem: f, and the points of the grid.

    Example:
        >>> from refnet.landscape import classic, grid, slices
        >>> plane = slices.Plane(np.zeros(2), np.array([1.0, 0.0]), np.array([0.0, 1.0]))
        >>> make = lambda: classic.QUADRATIC.C.value
        >>> job = grid.Slice(make, plane, np.array([0.0, 1.0]), np.array([0.0, 2.0]))
        >>> job.row(job.make(), 1)  # α = 1: ½ (1 + 25 β²)
        array([ 0.5, 50.5])
    """

    make: Callable[[], Value]
    plane: Plane
    alpha: Array
    beta: Array

    def row(self, value: Value, i: int, beta: Array | None = None) -> Array:
        """Returns f at αᵢ and all β, or the given ones."""
        with np.errstate(all="ignore"):  # far from the origin a cost can be infinite
            at = self.beta if beta is None else beta
            return np.array([value(self.plane.at(self.alpha[i], β)) for β in at])


def require_size(n: int, m: int) -> None:
    """Raises ValueError for a grid of n × m points that is empty or too large for memory.

    Example:
        >>> refnet.landscape.grid.require_size(100, 100)
        >>> refnet.landscape.grid.require_size(100_000, 1000)
        Traceback (most recent call last):
            ...
        ValueError: a grid of 100000 x 1000 points takes 0.8 GB; at most 10,000,000 points
    """
    if n * m == 0:
        raise ValueError(f"grid(): expected at least one point, got {n} x {m}")
    if n * m > MOST_POINTS:
        raise ValueError(
            f"a grid of {n} x {m} points takes {n * m * 8 / 1e9:.3g} GB; at most "
            f"{MOST_POINTS:,} points"
        )


def grid(
    make: Callable[[], Value],
    plane: Plane,
    alpha: Array,
    beta: Array,
    *,
    processes: int = 2,
    file: Path | None = None,
    resume: bool = False,
    minutes: float = 60,
    track: Track = lambda rows, total: rows,
) -> Array:
    """Returns f on the grid, an array (len(alpha), len(beta)).

    Files that a killed process left beside `file` are deleted.

    Args:
        make: makes f, in each process
        plane: the plane
        alpha: the coordinates along its first axis
        beta: the coordinates along its second axis
        processes: the number of processes
        file: where to save, as .npz: alpha, beta, values, done (by row), problem; None does not
            save
        resume: whether to take the finished rows from the file, if it exists
        minutes: the longest time for the remaining rows, estimated from one evaluation
        track: gets the finished rows and their final number, and yields the rows; a progress bar

    Raises:
        ValueError: the grid is empty, has too many points or would take too long, or the file to
            resume from belongs to another problem
        ArchiveError: the file to resume from is damaged, or is not that of a grid
        OSError: the file cannot be written; nothing was computed

    An error that f raises is passed on.

    Example:
        >>> from refnet.landscape import classic, grid, slices
        >>> plane = slices.Plane(np.zeros(2), np.array([1.0, 0.0]), np.array([0.0, 1.0]))
        >>> make = lambda: classic.QUADRATIC.C.value
        >>> grid.grid(make, plane, np.array([0.0, 1.0]), np.array([0.0, 2.0]), processes=1)
        array([[ 0. , 50. ],
               [ 0.5, 50.5]])
    """
    job = Slice(make, plane, np.asarray(alpha, float), np.asarray(beta, float))
    n, m = len(job.alpha), len(job.beta)
    require_size(n, m)
    if processes < 1:
        raise ValueError(f"grid(): expected processes ≥ 1, got {processes}")
    if file is not None:
        require_writable(file)
        delete_abandoned(file)
    with one_thread():
        value = make()
        with np.errstate(all="ignore"):
            centre = value(plane.origin)
            start = time.perf_counter()
            value(plane.origin)
            seconds = time.perf_counter() - start
        problem = _problem(job, centre)
        values, done = np.full((n, m), np.nan), np.zeros(n, bool)
        if resume and file is not None and file.exists():
            values, done = _read(file, problem, n, m)
            for i in np.flatnonzero(done)[:1]:
                again = job.row(value, i, job.beta[:1])
                if not np.array_equal(again, values[i, :1], equal_nan=True):
                    raise ArchiveError(
                        f"{file} cannot be resumed from, remove it to start again: it holds "
                        f"{values[i, 0]:g} where the function is {again[0]:g}"
                    )
        todo = np.flatnonzero(~done).tolist()
        takes = len(todo) * m * seconds / processes / 60
        if takes > minutes:
            raise ValueError(
                f"a grid of {n} x {m} points takes about {takes:.3g} minutes ({seconds:.2g} s a "
                f"point, {processes} processes), more than {minutes:g}: take fewer points, or "
                "allow more minutes"
            )
        finished = (
            ((i, job.row(value, i)) for i in todo)
            if processes == 1
            else _in_processes(job, todo, processes)
        )
        for i, row in track(finished, len(todo)):
            values[i], done[i] = row, True
            if file is not None:
                _write(
                    file,
                    {"alpha": job.alpha, "beta": job.beta, "values": values, "done": done,
                     "problem": np.array(problem)},
                )  # fmt: skip
    return values


# --- processes -------------------------------------------------------------------------------


_job: Slice
_value: Value


def _in_processes(job: Slice, todo: list[int], processes: int) -> Iterator[tuple[int, Array]]:
    """Yields (i, row) for each row when it is finished."""
    context = multiprocessing.get_context("spawn")  # the same on every system; no lock is inherited
    with ProcessPoolExecutor(processes, context, _start, (job,)) as pool:
        rows = [pool.submit(_row, i) for i in todo]
        try:
            for row in as_completed(rows):
                yield row.result()
        finally:  # after an error or Ctrl-C, only started rows are finished
            pool.shutdown(wait=False, cancel_futures=True)


def _start(job: Slice) -> None:
    """Prepares a worker process."""
    global _job, _value
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends the work
    threading.Thread(target=_end_with_parent, daemon=True).start()
    set_num_threads(1)
    _job, _value = job, job.make()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _row(i: int) -> tuple[int, Array]:
    return i, _job.row(_value, i)


# --- the file --------------------------------------------------------------------------------


def _problem(job: Slice, centre: float) -> str:
    """Returns what identifies a problem: a hash of the points and of f at one of them."""
    parts = (*job.plane, job.alpha, job.beta, np.array(centre))
    return hashlib.sha256(b"".join(np.ascontiguousarray(a).tobytes() for a in parts)).hexdigest()


def _read(file: Path, problem: str, n: int, m: int) -> tuple[Array, Array]:
    """Returns the values (n, m) so far, and for each row whether it is done."""
    try:
        with Archive(file) as kept:
            found = str(kept.read_as("problem", (), f"U{len(problem)}"))
            if found != problem:
                raise ValueError(
                    f"{file} is of another network, plane or grid: give the settings that it was "
                    "started with, or start again"
                )
            return kept.read_as("values", (n, m), float), kept.read_as("done", (n,), bool)
    except (OSError, ArchiveError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ArchiveError(
            f"{file} cannot be resumed from, remove it to start again: {reason}"
        ) from error


def _write(file: Path, arrays: dict[str, Array]) -> None:
    with written_whole(file) as partial, partial.open("wb") as to:
        np.savez(to, **arrays)  # type: ignore[arg-type]
