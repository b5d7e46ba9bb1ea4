"""The threads that the rules share, and how many there are.

A NumPy function runs on one thread, but releases Python's lock while it computes. So two threads
that call it on different parts of an array take half the time, if the parts are large: a call holds
the lock for about a microsecond, and a thread that finds it held sleeps for twenty.

The thread that calls works itself. The others, its workers, are started when they are first needed,
and sleep while there is nothing to do; waking one takes 20 µs.
"""

from __future__ import annotations

import contextvars
import itertools
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from refnet.kernels import blas, tuning

if TYPE_CHECKING:
    from queue import SimpleQueue


# --- how many ----------------------------------------------------------------------------------


def _cores() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _at_start() -> int:
    """As for PyTorch, what OMP_NUM_THREADS says, but no more than there are processors."""
    asked = os.environ.get("OMP_NUM_THREADS", "").partition(",")[0].strip()
    return min(int(asked) if asked.isdecimal() and int(asked) > 0 else _cores(), _cores())


_threads = _at_start()


def get_num_threads() -> int:
    """Returns how many threads an operation on large arrays uses.

    Until set_num_threads is called: one for each processor, or OMP_NUM_THREADS if that is less.

    Example:
        >>> before = refnet.get_num_threads()
        >>> refnet.set_num_threads(1)
        >>> refnet.get_num_threads()
        1
        >>> refnet.set_num_threads(before)
    """
    return _threads


def set_num_threads(num_threads: int, /) -> None:
    """Sets how many threads an operation on large arrays uses.

    Products of matrices use the same number if NumPy's BLAS is OpenBLAS.

    Args:
        num_threads: number of threads, the calling one included

    Raises:
        RuntimeError: num_threads is not a positive int

    Example:
        >>> before = refnet.get_num_threads()
        >>> refnet.set_num_threads(2)
        >>> refnet.get_num_threads()
        2
        >>> refnet.set_num_threads(before)
    """
    global _threads
    if type(num_threads) is not int:
        raise RuntimeError(f"set_num_threads expects an int, but got {type(num_threads).__name__}")
    if num_threads < 1:
        raise RuntimeError(f"set_num_threads expects a positive integer, but got {num_threads}")
    _threads = num_threads
    blas.set_threads(num_threads)


@contextmanager
def one_thread() -> Iterator[None]:
    """Lets operations use one thread in a with-block: for small matrices two wait for each other."""
    before = get_num_threads()
    try:
        try:
            set_num_threads(1)
            yield
        finally:
            set_num_threads(before)
    except (
        KeyboardInterrupt
    ):  # which Ctrl-C raises between any two lines, those of set_num_threads too
        set_num_threads(before)
        raise


# --- work for them -----------------------------------------------------------------------------

_inside = contextvars.ContextVar("_inside", default=False)  # whether this code runs in a task


def share(task: Callable[[int], Any], count: int) -> list[Any]:
    """[task(0), …, task(count − 1)], by all threads together

    Each takes the next task when it is done with one. So the result must not depend on their order,
    and no task may write where another one reads or writes. Inside of a task there are no further
    threads: neither for share nor for a product of matrices. NumPy's errstate is the caller's.

    An exception in a task (also Ctrl-C) is raised here, when all tasks that were begun have ended.
    """
    if count < 2 or _inside.get():
        return [task(i) for i in range(count)]
    work = _Work(task, count)
    workers = min(_threads, count) - 1
    with blas.one_thread():
        try:
            _call(workers, work)
            contextvars.copy_context().run(work.run)
            work.ended.acquire()
        finally:
            work.stop()
    if work.error is not None:
        raise work.error
    return work.results


class _Work:
    """Tasks, for every thread that calls run."""

    def __init__(self, task: Callable[[int], Any], count: int) -> None:
        self.task = task
        self.results: list[Any] = [None] * count
        self.error: BaseException | None = None
        self.left = iter(range(count))  # next() is safe among threads
        self.done = itertools.count(1)
        self.ended = threading.Lock()
        self.ended.acquire()

    def run(self) -> None:
        """Take tasks until none is left. It changes the context, which must be a copy."""
        _inside.set(True)
        np.setbufsize(tuning.BUFFER)
        for i in self.left:
            try:
                if self.error is None:
                    self.results[i] = self.task(i)
            except BaseException as error:  # noqa: BLE001 - share raises it
                self.error = error
            if next(self.done) == len(self.results):
                self.ended.release()

    def stop(self) -> None:
        """Leave nothing for a worker to begin."""
        for _ in self.left:
            pass


_Calls: TypeAlias = "SimpleQueue[tuple[contextvars.Context, _Work]]"
_calls: _Calls | None = None
_workers = 0
_starting = threading.Lock()


def _call(workers: int, work: _Work) -> None:
    """Have this many workers run the work, in copies of this thread's context: it holds NumPy's
    errstate.
    """
    global _calls, _workers
    with _starting:
        if _calls is None:
            from queue import SimpleQueue  # here, so that `import refnet` stays quick

            _calls = SimpleQueue()
        calls = _calls
        with suppress(RuntimeError):  # the system may refuse: then there are fewer
            while _workers < workers:
                threading.Thread(target=_work_on, args=(calls,), name="refnet", daemon=True).start()
                _workers += 1
    for _ in range(min(workers, _workers)):
        calls.put((contextvars.copy_context(), work))


def _work_on(calls: _Calls) -> None:
    while True:
        context, work = calls.get()
        context.run(work.run)
        del context, work  # and the arrays with them


def _after_fork() -> None:
    """A child process has no thread but the one that forked."""
    global _calls, _workers, _starting
    _calls, _workers, _starting = None, 0, threading.Lock()
    blas.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
