"""The tests that cannot run in WebAssembly, with reasons: a plugin of pytest that only `nox -s wasm`
loads.

FILES are not even imported there. SKIPS are names of tests with wildcards, as pytest prints them
without "tests/". An entry that names nothing fails a run of all tests.
"""

from fnmatch import fnmatchcase
from pathlib import Path

import pytest

CLI = "imports the command line, whose packages the runtime of the tests does not have"
FILES: dict[str, str] = {
    "test_cli.py": CLI,
    "test_explain.py": CLI,
    "test_readme.py": CLI,
    "test_resume.py": CLI,
    "test_tasks.py": CLI,
    "test_serialization.py": "imports safetensors, which is not pure Python",
}

THREADS = "WebAssembly has one thread"
PROCESSES = "WebAssembly starts no other process"
DATA = "the data sets are scikit-learn's, which the runtime of the tests does not have"
SAFETENSORS = "needs safetensors"
SIGNALS = "WebAssembly's arithmetic raises no floating-point signals, so NumPy cannot warn"
SKIPS: dict[str, str] = {
    "test_architecture.py::test_import_refnet_loads_numpy*": PROCESSES,
    "test_convolution.py::test_threads_share_no_memory": THREADS,
    "test_data.py::test_the_built_in_data*": DATA,
    "test_data.py::test_the_validation_part_is_taken_from_the_rows_to_train_on*": DATA,
    "test_data_files.py::test_scenes_of_digits": DATA,
    "test_data_files.py::test_photographs_are_tiles*": DATA,
    "test_docstrings.py::test_the_example_runs[[]refnet.draw[]]": "needs matplotlib",
    "test_docstrings.py::test_the_example_runs[[]refnet.load[]]": SAFETENSORS,
    "test_docstrings.py::test_the_example_runs[[]refnet.save[]]": SAFETENSORS,
    "test_import_paths.py::test_paths_of_model_files": PROCESSES,
    "test_kernels.py::test_the_choice_is_for_all_threads": THREADS,
    "test_kernels.py::test_the_environment_chooses*": PROCESSES,
    "test_landscape_grid.py::test_a_grid_is_the_function*": PROCESSES,
    "test_landscape_grid.py::test_after_sigkill*": PROCESSES,
    "test_landscape_grid.py::test_what_a_killed_process*": PROCESSES,
    "test_landscape_grid.py::test_an_error_in_a_worker*": PROCESSES,
    "test_live_files.py::test_the_wheel_is_the_package*": PROCESSES,
    "test_lookup.py::test_a_submodule_that_is_there*": PROCESSES,
    "test_lookup.py::test_what_comes_later*": PROCESSES,
    "test_lookup.py::test_completion_knows*": PROCESSES,
    "test_lookup.py::test_import_star": PROCESSES,
    "test_notebook.py::test_it_is_loaded_when_a_notebook_asks": PROCESSES,
    "test_random.py::test_importing_refnet*": PROCESSES,
    "test_tape.py::test_warnings_of_numpy_are_off*": SIGNALS,
    "test_tape.py::test_grad_mode_is_per_thread": THREADS,
    "test_tape.py::test_a_long_chain_is_freed_piece_by_piece": "counts objects that Pyodide keeps, too",
    "test_threads.py::*": THREADS,
    "test_watch.py::test_the_training_says_when": DATA,
}


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leaves out the files."""
    return True if collection_path.name in FILES else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Marks the tests, and looks for entries that name none."""
    used = {name for name in FILES if Path(__file__).with_name(name).is_file()}
    for item in items:
        name = item.nodeid.removeprefix("tests/")
        for pattern, reason in SKIPS.items():
            if fnmatchcase(name, pattern):
                item.add_marker(pytest.mark.skip(reason=reason))
                used.add(pattern)
    stale = {*FILES, *SKIPS} - used
    if stale and config.args == ["tests"]:
        raise pytest.UsageError(f"wasm_skips: expected tests of these names: {sorted(stale)}")
