"""The threads that kernels share, and their number.

A NumPy function runs on one thread, but releases Python's lock while it computes. So two threads
that call it on different parts of an array take half the time if the parts are large: a call holds
the lock for about 1 µs, and a thread that waits for the lock sleeps for 20 µs.

The calling thread works, too. The other threads, its workers, are started when they are first
needed, and sleep between calls; waking one takes 20 µs.
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


# --- the number of threads ---------------------------------------------------------------------


def _cores() -> int:
    """Returns the number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _at_start() -> int:
    """Returns OMP_NUM_THREADS, as in PyTorch, but at most the number of processors."""
    asked = os.environ.get("OMP_NUM_THREADS", "").partition(",")[0].strip()
    return min(int(asked) if asked.isdecimal() and int(asked) > 0 else _cores(), _cores())


_threads = _at_start()


def get_num_threads() -> int:
    """Returns the number of threads of an operation on large arrays.

    The default is the number of processors, or OMP_NUM_THREADS if that is smaller.

    Example:
        >>> before = refnet.get_num_threads()
        >>> refnet.set_num_threads(1)
        >>> refnet.get_num_threads()
        1
        >>> refnet.set_num_threads(before)
    """
    return _threads


def set_num_threads(num_threads: int, /) -> None:
    """Sets the number of threads of an operation on large arrays.

    Products of matrices use the same number if NumPy's BLAS is OpenBLAS.

    Args:
        num_threads: the number of threads, including the calling one

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
    """Limits operations to one thread in a `with` block; for small matrices this is faster."""
    before = get_num_threads()
    try:
        try:
            set_num_threads(1)
            yield
        finally:
            set_num_threads(before)
    except KeyboardInterrupt:  # Ctrl-C can raise it at any line, also inside set_num_threads
        set_num_threads(before)
        raise


# --- their work --------------------------------------------------------------------------------

_inside = contextvars.ContextVar("_inside", default=False)  # whether a task is running


def share(task: Callable[[int], Any], count: int) -> list[Any]:
    """Returns [task(0), …, task(count − 1)], computed by all threads.

    A thread that has finished a task takes the next one. So the result must not depend on their
    order, and no task may write where another one reads or writes. Inside a task, neither `share`
    nor a matrix product uses further threads. NumPy's errstate is the caller's.

    An exception in a task (also Ctrl-C) is raised when all tasks that were started have ended.
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
    """The tasks of one call of `share`; each of its threads calls run."""

    def __init__(self, task: Callable[[int], Any], count: int) -> None:
        self.task = task
        self.results: list[Any] = [None] * count
        self.error: BaseException | None = None
        self.left = iter(range(count))  # next() is thread-safe
        self.done = itertools.count(1)
        self.ended = threading.Lock()
        self.ended.acquire()

    def run(self) -> None:
        """Runs tasks until none is left. It changes the context, which must be a copy."""
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
        """Discards the tasks that have not started."""
        for _ in self.left:
            pass


_Calls: TypeAlias = "SimpleQueue[tuple[contextvars.Context, _Work]]"
_calls: _Calls | None = None
_workers = 0
_starting = threading.Lock()


def _call(workers: int, work: _Work) -> None:
    """Lets workers run the work in copies of this thread's context, which has NumPy's errstate."""
    global _calls, _workers
    with _starting:
        if _calls is None:
            from queue import SimpleQueue  # here, so that `import refnet` stays quick

            _calls = SimpleQueue()
        calls = _calls
        with suppress(RuntimeError):  # the system may refuse to start a thread
            while _workers < workers:
                threading.Thread(target=_work_on, args=(calls,), name="refnet", daemon=True).start()
                _workers += 1
    for _ in range(min(workers, _workers)):
        calls.put((contextvars.copy_context(), work))


def _work_on(calls: _Calls) -> None:
    while True:
        context, work = calls.get()
        context.run(work.run)
        del context, work  # which free their arrays


def _after_fork() -> None:
    """Forgets the threads in a child process, which has only the one that forked."""
    global _calls, _workers, _starting
    _calls, _workers, _starting = None, 0, threading.Lock()
    blas.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
