"""The shared threads: each task runs once, settings of the caller, errors, nesting, fork."""

import linecache
import os
import signal
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import numpy as np
import pytest

import refnet
from refnet.kernels import blas, threads
from refnet.kernels.threads import share


@pytest.fixture(autouse=True, params=[1, 2, 5])
def count(request: pytest.FixtureRequest) -> Iterator[int]:
    """Runs each test with one thread, two, and more than there are processors."""
    before = refnet.get_num_threads()
    refnet.set_num_threads(request.param)
    yield request.param
    refnet.set_num_threads(before)


def test_every_task_runs_once_and_results_are_in_order() -> None:
    ran: list[int] = []

    def task(i: int) -> int:
        ran.append(i)
        return i * i

    for n in (0, 1, 2, 3, 100):
        ran.clear()
        assert share(task, n) == [i * i for i in range(n)]
        assert sorted(ran) == list(range(n))


def test_as_many_threads_work_as_are_set(count: int) -> None:
    together = threading.Barrier(count)

    def task(_: int) -> int:
        together.wait(10)  # until all threads are here
        return threading.get_ident()

    assert len(set(share(task, count))) == count


def test_tasks_have_the_callers_errstate() -> None:
    def task(_: int) -> str:
        time.sleep(0.001)
        return np.geterr()["over"]

    for over in ("ignore", "raise"):
        with np.errstate(over=over):
            assert set(share(task, 20)) == {over}
    assert np.getbufsize() == 8192


@pytest.mark.parametrize("bad", [0, 7, 19])
def test_an_error_in_a_task_is_raised_and_ends_the_work(bad: int) -> None:
    ended = []

    def task(i: int) -> None:
        if i == bad:
            raise ZeroDivisionError("in a task")
        time.sleep(0.0005)
        ended.append(i)

    with pytest.raises(ZeroDivisionError, match="in a task"):
        share(task, 20)
    number = len(ended)
    time.sleep(0.005)
    assert len(ended) == number
    assert share(lambda i: i, 20) == list(range(20))


def test_inside_of_a_task_share_has_no_further_threads() -> None:
    def inner(_: int) -> int:
        return threading.get_ident()

    def task(_: int) -> bool:
        return set(share(inner, 4)) == {threading.get_ident()}

    assert all(share(task, 8))


def test_several_threads_may_share_work_at_a_time() -> None:
    sums: dict[int, int] = {}

    def caller(k: int) -> None:
        sums[k] = sum(sum(share(lambda i: i * k, 50)) for _ in range(20))

    callers = [threading.Thread(target=caller, args=(k,)) for k in range(6)]
    for c in callers:
        c.start()
    for c in callers:
        c.join(30)
    assert sums == {k: 20 * 1225 * k for k in range(6)}


def test_products_in_a_task_use_one_thread_and_afterwards_as_many_as_before(count: int) -> None:
    functions = blas._functions()
    if functions is None:
        pytest.skip("NumPy's BLAS is not OpenBLAS")
    get, _ = functions
    assert get() == count
    assert set(share(lambda i: get(), 8)) == {1}
    assert get() == count


def test_no_array_is_kept() -> None:
    def shared() -> weakref.ref[np.ndarray]:
        a = np.zeros(10)
        share(lambda i: a[i], 10)
        return weakref.ref(a)

    ref = shared()
    deadline = time.monotonic() + 5
    while ref() is not None and time.monotonic() < deadline:
        time.sleep(0.001)  # until a late worker has seen that no task is left
    assert ref() is None


def test_ctrl_c_ends_the_work() -> None:
    def task(i: int) -> None:
        if i == 3:
            os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.002)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    start = time.monotonic()
    try:
        with pytest.raises(KeyboardInterrupt):
            share(task, 5000)
    finally:
        signal.signal(signal.SIGINT, before)
    assert time.monotonic() - start < 5
    assert share(lambda i: i, 20) == list(range(20))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
@pytest.mark.filterwarnings(
    "ignore:This process:DeprecationWarning"
)  # threads and fork, from 3.12 on
def test_a_forked_child_has_threads_of_its_own() -> None:
    share(lambda i: i, 20)
    child = os.fork()
    if child == 0:
        right = share(lambda i: i, 20) == list(range(20))
        os._exit(0 if right else 1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0


def openblas_threads() -> int:
    functions = blas._functions()
    return functions[0]() if functions is not None else refnet.get_num_threads()


@contextmanager
def interrupt_at(line: int, modules: tuple[str, ...]) -> Iterator[list[int]]:
    """Raises KeyboardInterrupt before the n-th line that runs in these modules, as Ctrl-C may.

    At the end of a `with` the tracer sees its line again; Python handles no signal there.
    """
    count = [0]
    entered: set[tuple[int, int]] = set()

    def trace(frame: FrameType, event: str, _: object) -> Any:
        if frame.f_globals.get("__name__") not in modules:
            return None
        if event == "line":
            place = id(frame), frame.f_lineno
            text = linecache.getline(frame.f_code.co_filename, frame.f_lineno).strip()
            if text.startswith("with ") and place in entered:
                return trace
            entered.add(place)
            count[0] += 1
            if count[0] == line:
                raise KeyboardInterrupt
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield count
    finally:
        sys.settrace(before)


def multiply() -> None:
    with blas.one_thread():
        assert openblas_threads() == 1 or blas._functions() is None


def work_alone() -> None:
    with threads.one_thread():
        assert refnet.get_num_threads() == 1


@pytest.mark.parametrize("f", [multiply, work_alone, lambda: share(str, 8)])
def test_ctrl_c_between_any_two_lines_leaves_the_number_of_threads(f: Callable[[], object]) -> None:
    before = refnet.get_num_threads(), openblas_threads()
    line, interrupted = 0, True
    while interrupted:
        line += 1
        interrupted = False
        with interrupt_at(line, (blas.__name__, threads.__name__)) as count:
            try:
                f()
            except KeyboardInterrupt:
                interrupted = True
        assert (refnet.get_num_threads(), openblas_threads()) == before, f"line {line}"
        assert not blas._inside
    assert (
        line > count[0] > 3
    )  # the number of lines varies with the number of tasks that the caller takes


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_child_forked_while_another_thread_works_can_work() -> None:
    """BLAS keeps its number of threads, and no lock of the parent stays held."""
    before, stop = openblas_threads(), threading.Event()

    def work() -> None:
        while not stop.is_set():
            share(lambda i: time.sleep(1e-4), 4)

    thread = threading.Thread(target=work)
    thread.start()
    codes = []
    try:
        for _ in range(20):
            child = os.fork()
            if child == 0:
                signal.alarm(20)  # a deadlock ends the child
                right = openblas_threads() == before and share(str, 3) == ["0", "1", "2"]
                os._exit(0 if right and openblas_threads() == before else 1)
            codes.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
            time.sleep(0.001)
    finally:
        stop.set()
        thread.join()
    assert codes == [0] * 20


def test_passes_in_several_threads_while_the_number_of_threads_changes() -> None:
    """Values and gradients are the same as in one thread, bit for bit except for products."""
    nn, functional = refnet.nn, refnet.nn.functional
    model = nn.Sequential(
        nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), nn.SiLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(8 * 16 * 16, 5),
    ).double()  # fmt: skip
    model.eval()
    x, y = refnet.randn(16, 3, 32, 32, dtype=refnet.float64), refnet.randint(0, 5, (16,))

    def gradients() -> list[np.ndarray]:
        loss = functional.cross_entropy(model(x), y)
        found = refnet.autograd.grad(loss, list(model.parameters()))
        return [loss.detach().numpy(), *(g.numpy() for g in found)]

    expected, wrong, running = gradients(), [], True

    def repeat() -> None:
        try:
            for _ in range(8):
                for a, b in zip(gradients(), expected, strict=True):
                    np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-14)
        except BaseException as error:  # noqa: BLE001 - it is told below
            wrong.append(error)

    workers = [threading.Thread(target=repeat) for _ in range(3)]
    for worker in workers:
        worker.start()
    n = 0
    while running:
        n += 1
        refnet.set_num_threads(n % 4 + 1)
        time.sleep(0.002)
        running = any(worker.is_alive() for worker in workers)
    assert wrong == []
    assert n > 1


def test_omp_num_threads_says_how_many_there_are_at_the_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(threads, "_cores", lambda: 4)
    for setting, expected in {"1": 1, "3": 3, "2,3": 2, " 2 ": 2, "9": 4}.items():
        monkeypatch.setenv("OMP_NUM_THREADS", setting)
        assert threads._at_start() == expected
    for setting in ("0", "-1", "many", ""):
        monkeypatch.setenv("OMP_NUM_THREADS", setting)
        assert threads._at_start() == 4


def test_a_system_that_refuses_threads_gets_the_work_done(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threads, "_workers", 0)
    monkeypatch.setattr(threading.Thread, "start", refuse)
    assert share(lambda i: i, 20) == list(range(20))
