"""Times the same work on refnet and on PyTorch, in alternating rounds.

A workload is written once, as a function that takes the library (refnet or torch) and returns the
function to time. `compare` builds it on both libraries, runs each once, asserts that the results
are equal, and then times them in turn: PyTorch, refnet, PyTorch, refnet, ... Whatever slows the
machine down for a while slows both down. A round lasts ROUND_SECONDS, after one call that is not
timed. The ratio is that of the medians. PyTorch's rounds run in the set-up of refnet's, so
pytest-benchmark's own table shows refnet's times. The times of both are in extra_info.

Python's garbage collector stays on: refnet's tape is made of Python objects, so collecting them is
part of refnet's cost. Objects that exist before the timing are frozen. PyTorch's import leaves
150,000 of them, which a program that uses refnet alone does not have. Walking them made a chain of
10⁴ operations up to four times as slow.

Two thread pools in one process
    NumPy's OpenBLAS and PyTorch's OpenMP each keep a worker for the second core. After its work
    the worker spins for a while and holds the core. The other library's worker then waits until
    the scheduler's next tick. Measured on two cores (µs, medians):

        product of float32       128 × 128              512 × 512
                                 NumPy    PyTorch       NumPy    PyTorch
        each alone                  24         25        1230       1384
        in turn, one call each     101      15858        3773       4272
        in turn, 10 ms each         34         50        2188       3189
        the same, 20 ms apart       24         50        1224       2966
        the same, 150 ms apart      24         26        1419       1447
        as it is done here          24         26        1218       1380

    OpenMP's worker sleeps after about 6 ms, OpenBLAS's only after about 100. Therefore a pause of
    20 ms goes before each round, and OPENBLAS_THREAD_TIMEOUT=24 (2²⁴ cycles) lets OpenBLAS's
    worker sleep after 6 ms too. PyTorch keeps its default settings: OMP_WAIT_POLICY=PASSIVE would
    also help, but PyTorch alone then takes 107 µs for the small product.
"""

import gc
import math
import os
import platform
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

# Before either library is loaded: both read their settings then.
THREADS = 2
for _name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[_name] = str(THREADS)
os.environ["OPENBLAS_THREAD_TIMEOUT"] = "24"

import numpy as np  # noqa: E402 - the settings come first
import pytest  # noqa: E402
import torch  # noqa: E402

import refnet  # noqa: E402

LIBRARIES: tuple[ModuleType, ModuleType] = (refnet, torch)
ROUNDS = 25
ROUND_SECONDS = 0.01
PAUSE_SECONDS = 0.02

Step = Callable[[], Any]


@pytest.fixture(autouse=True, scope="session")
def _threads() -> None:
    torch.set_num_threads(THREADS)


class Compare:
    """Times a workload on both libraries, and records what the report needs."""

    def __init__(self, benchmark: Any) -> None:
        self.benchmark = benchmark

    def __call__(
        self,
        workload: Callable[[Any], Step],
        *,
        tolerance: float = 1e-5,
        rounds: int = ROUNDS,
        **noted: Any,
    ) -> None:
        """Builds the workload on both libraries, checks that they agree, and times them.

        Args:
            workload: takes refnet or torch, and returns the function to time, which returns a
                tensor
            tolerance: largest difference of the two results, relative to the largest entry
            rounds: number of rounds of each library
            noted: entries for the report: target (the ratio to reach), flops, ...
        """
        ours, theirs = (workload(library) for library in LIBRARIES)
        assert_equal(ours(), theirs(), tolerance)
        self.functions(ours, theirs, rounds=rounds, **noted)

    def functions(self, ours: Step, theirs: Step, *, rounds: int = ROUNDS, **noted: Any) -> None:
        """Times two functions against each other."""
        if self.benchmark.disabled:
            rounds, calls = 1, 1
        else:
            calls = math.ceil(ROUND_SECONDS / min(timed(ours, 3), timed(theirs, 3)))
        seconds: list[float] = []  # PyTorch's

        def other_first() -> None:
            time.sleep(PAUSE_SECONDS)
            theirs()
            seconds.append(timed(theirs, calls))
            time.sleep(PAUSE_SECONDS)
            ours()

        gc.collect()
        gc.freeze()
        self.benchmark.pedantic(repeat, args=(ours, calls), setup=other_first, rounds=rounds)
        gc.unfreeze()
        if not self.benchmark.disabled:
            own = [round_ / calls for round_ in self.benchmark.stats.stats.data]
            self.note(own, seconds, calls=calls, **noted)

    def note(self, ours: list[float], theirs: list[float], **noted: Any) -> None:
        """Adds the measurements of alternating rounds to the benchmark's results."""
        quartiles = statistics.quantiles([a / b for a, b in zip(ours, theirs, strict=True)], n=4)
        medians = statistics.median(ours), statistics.median(theirs)
        self.benchmark.extra_info |= {
            "refnet": medians[0],
            "pytorch": medians[1],
            "ratio": medians[0] / medians[1],
            "quartiles": [quartiles[0], quartiles[2]],
            **noted,
        }


def repeat(step: Step, calls: int) -> None:
    """Calls step `calls` times."""
    for _ in range(calls):
        step()


def timed(step: Step, calls: int) -> float:
    """Returns the mean seconds of one call."""
    start = time.perf_counter()
    repeat(step, calls)
    return (time.perf_counter() - start) / calls


def assert_equal(ours: Any, theirs: Any, tolerance: float) -> None:
    """Raises AssertionError unless the tensors are equal up to the tolerance."""
    a, b = ours.detach().numpy(), theirs.detach().numpy()
    assert a.shape == b.shape
    assert a.dtype == b.dtype
    np.testing.assert_allclose(a, b, rtol=0, atol=tolerance * float(np.abs(b).max()))


@pytest.fixture
def compare(benchmark: Any) -> Compare:
    """Returns the function that times a workload on both libraries."""
    return Compare(benchmark)


@pytest.fixture(scope="session")
def ceiling(pytestconfig: pytest.Config) -> Callable[[str], float]:
    """Returns the machine's peak in GFLOP/s for a dtype: the best of many large GEMMs by either."""
    n, found = 3072, {}

    def best(dtype: str) -> float:
        if dtype not in found:
            a, b = (np.random.default_rng(s).standard_normal((n, n)).astype(dtype) for s in (0, 1))
            out, x, y = np.empty_like(a), torch.from_numpy(a), torch.from_numpy(b)
            tries = 1 if pytestconfig.getoption("benchmark_disable") else 5
            seconds = []
            for _ in range(tries):
                for gemm in (lambda: np.matmul(a, b, out=out), lambda: torch.mm(x, y)):
                    seconds.append(timed(gemm, 1))
                    time.sleep(PAUSE_SECONDS)
            found[dtype] = 2 * n**3 / min(seconds) / 1e9
        return found[dtype]

    return best


def _processor() -> str:
    try:
        with Path("/proc/cpuinfo").open(encoding="utf-8") as lines:
            return next(line.split(": ")[1].strip() for line in lines if "model name" in line)
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


@pytest.fixture(autouse=True)
def _versions(benchmark: Any) -> Iterator[None]:
    yield
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    benchmark.extra_info |= {
        "threads": THREADS,
        "processor": _processor(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "blas": f"{blas['name']} {blas['version']}",
        "torch": torch.__version__,
    }
