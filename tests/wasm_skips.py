"""What Pyodide lacks for some tests: a table, and the plugin of pytest that applies it there.

`nox -s wasm` runs all tests in WebAssembly. A test of the table must fail, or skip itself, with the
error of its row; it counts as skipped. The run fails for every other failure and every other skip,
and for an entry of the table whose tests pass. tests/test_wasm_skips.py finds entries that name no
test.
"""

import re
from collections.abc import Generator
from typing import Any, NamedTuple

import pytest


class Lack(NamedTuple):
    """What is missing, the error by which it shows, and the tests that need it.

    tests has names for each file: "*" for a file that cannot be imported, a test, which may need it
    in some of its cases alone, or a case.
    """

    reason: str
    error: str
    tests: dict[str, str]
    always: bool = True  # False: whether they fail depends on chance


LACKS = [
    Lack(
        "Pyodide has no processes: no subprocess, no fork, no pool of them",
        r"does not support processes|lacks multiprocessing|Function not implemented",
        {
            "test_architecture.py": "test_import_refnet_loads_numpy_and_the_standard_library_only",
            "test_cli.py": """
                test_a_real_ctrl_c
                test_a_terminal_without_the_symbols
                test_every_output_keeps_its_mode_and_what_a_killed_process_left_is_deleted
                test_python_m_refnet
            """,
            "test_diagram.py": "test_draw_is_loaded_when_it_is_asked_for",
            "test_import_paths.py": "test_paths_of_model_files",
            "test_kernels.py": "test_the_environment_chooses",
            "test_landscape_grid.py": """
                test_a_grid_is_the_function_at_the_planes_points_on_one_process_and_on_two
                test_after_sigkill_a_grid_is_resumed_to_the_same_bits
                test_an_error_in_a_worker_is_raised
                test_what_a_killed_process_left_is_deleted_and_the_mode_is_kept
            """,
            "test_live_files.py": "test_the_wheel_is_the_package_of_this_source",
            "test_lookup.py": """
                test_a_submodule_that_is_there_is_imported
                test_completion_knows_what_comes_later
                test_import_star
                test_what_comes_later_is_in_dir_and_there
            """,
            "test_notebook.py": "test_it_is_loaded_when_a_notebook_asks",
            "test_random.py": "test_importing_refnet_does_not_import_numpy_random",
            "test_resume.py": "test_only_temporary_files_of_dead_processes_are_deleted",
            "test_threads.py": "test_a_forked_child_has_threads_of_its_own",
        },
    ),
    Lack(
        "Pyodide starts no thread",
        r"can't start new thread|BrokenBarrierError",
        {
            "test_convolution.py": "test_threads_share_no_memory",
            "test_kernels.py": "test_the_choice_is_for_all_threads",
            "test_progress.py": "test_a_file_gets_no_bar_and_a_terminal_does",
            "test_tape.py": "test_grad_mode_is_per_thread",
            "test_threads.py": """
                test_a_child_forked_while_another_thread_works_can_work
                test_as_many_threads_work_as_are_set
                test_passes_in_several_threads_while_the_number_of_threads_changes
                test_several_threads_may_share_work_at_a_time
            """,
        },
    ),
    Lack(
        "the runtime has no safetensors, and no checkpoint without it",
        r"need the package safetensors|No module named 'safetensors'|in never_stopped",
        {
            "test_cli.py": "test_bad_input",
            "test_docstrings.py": """
                test_the_example_runs[refnet.load]
                test_the_example_runs[refnet.save]
            """,
            "test_resume.py": """
                test_a_schedule_that_is_laid_out_for_the_epochs
                test_a_second_training_with_the_same_checkpoint_stops
                test_another_machine_is_a_warning
                test_any_byte_changed_is_one_line
                test_any_field_changed_is_one_line_or_another_training
                test_ctrl_c_saves_and_says_how_to_go_on
                test_early_stopping_takes_the_best_weights
                test_files_that_cannot_be_gone_on_from
                test_going_on_with_every_kind_of_data
                test_killed_at_random_moments
                test_killed_while_a_checkpoint_is_written
                test_more_epochs_and_a_finished_training
                test_other_options
                test_other_signals_save_as_ctrl_c_does
                test_own_data_that_changed
            """,
            "test_serialization.py": "*",
            "test_tasks.py": """
                test_a_folder_of_pictures_and_a_text
                test_the_command_writes_and_draws_them
                test_the_first_line_of_the_metrics
            """,
        },
    ),
    Lack(
        "the runtime has no scikit-learn, with whose data the models are trained",
        r"No module named 'sklearn'|need scikit-learn|come with scikit-learn",
        {
            "test_claims.py": "*",
            "test_cli.py": """
                test_all_three_learn
                test_an_output_that_cannot_be_written
                test_bad_input
                test_ctrl_c_names_what_is_finished
                test_metrics_that_cannot_be_written_leave_the_old_ones
                test_no_epochs_shows_the_untrained_model
                test_the_seed_decides_everything
                test_too_high_a_learning_rate
                test_train_one_model
                test_without_pytorch_it_trains_and_says_how_to_get_the_twin
            """,
            "test_data.py": """
                test_the_built_in_data
                test_the_validation_part_is_taken_from_the_rows_to_train_on
            """,
            "test_data_files.py": """
                test_photographs_are_tiles_with_a_class_for_each_colour
                test_scenes_of_digits
            """,
            "test_examples.py": "*",
            "test_progress.py": "test_a_training_in_a_notebook_has_a_bar",
            "test_readme.py": "*",
            "test_resume.py": """
                test_a_folder_that_is_removed_meanwhile
                test_a_second_ctrl_c_does_not_wait
                test_accumulated_gradients_are_those_of_one_batch
                test_going_on_after_any_step
                test_going_on_with_accumulated_gradients
                test_going_on_with_dropout
                test_going_on_with_every_kind_of_data
                test_nohup_is_respected
                test_stopped_error_is_raised_with_the_checkpoint_written
                test_when_it_is_written
            """,
            "test_study_optimizers.py": "*",
            "test_study_plateaus.py": "*",
            "test_study_saddles.py": "*",
            "test_study_surface.py": "*",
            "test_tasks.py": """
                test_a_pyramid_is_judged_at_every_size
                test_a_training_without_twin_names_its_parts
                test_all_is_every_model_on_its_own_data
                test_bits_per_character
                test_data_name_their_model
                test_data_of_another_kind
                test_every_model_learns_something
                test_pictures_keep_their_form
                test_the_layers_have_types_and_norms_a_curve_of_their_own
                test_the_lengths_of_the_gradients
                test_the_picture_of_a_training_says_which_part_each_curve_is_of
                test_the_title_says_what_was_found
                test_what_is_right_has_the_full_score
            """,
            "test_watch.py": "test_the_training_says_when",
        },
    ),
    Lack(
        "WebAssembly has no flags for floating-point errors, so NumPy notices none",
        r"DID NOT RAISE.*FloatingPointError",
        {
            "test_tape.py": "test_warnings_of_numpy_are_off_inside_and_as_before_outside",
        },
    ),
    Lack(
        "a comparison of speeds, which are others here",
        r"assert [\d.]+ < [\d.]+$",
        {
            "test_study_reverse.py": "test_the_numbers_keep_the_claim",
        },
        always=False,
    ),
    Lack(
        "NumPy multiplies matrices without OpenBLAS here",
        r"NumPy's BLAS is not OpenBLAS",
        {
            "test_threads.py": """
                test_products_in_a_task_use_one_thread_and_afterwards_as_many_as_before
            """,
        },
    ),
    Lack(
        "the file system has no FIFOs",
        r"no FIFOs on this system",
        {
            "test_resume.py": "test_a_checkpoint_that_is_not_a_plain_file",
        },
    ),
]
ENTRIES = [
    (lack, file, name)
    for lack in LACKS
    for file, names in lack.tests.items()
    for name in names.split()
]
Reports = Generator[None, Any, Any]
_ran: set[int] = set()  # the numbers of the entries whose tests ran
_needed: set[int] = set()  # and of those for which one failed


def _judge(report: Any, file: str, names: set[str]) -> None:
    """Makes a skip of a failure that the table has, and a failure of a skip that it has not."""
    entries = [i for i, (_, f, name) in enumerate(ENTRIES) if f == file and name in names]
    _ran.update(entries)
    if report.passed or hasattr(report, "wasxfail"):
        return
    told = report.longreprtext + "".join(text for _, text in report.sections)
    for i in entries:
        lack = ENTRIES[i][0]
        if re.search(lack.error, told, re.MULTILINE):
            _needed.add(i)
            report.outcome = "skipped"
            report.longrepr = f"tests/{file}", 0, f"Skipped: {lack.reason}"
            return
    if report.skipped:
        report.outcome, report.longrepr = (
            "failed",
            f"expected an entry of tests/wasm_skips.py: {told}",
        )


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Reports:
    report = yield
    if isinstance(collector, pytest.Module):
        _judge(report, collector.path.name, {"*"})
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Function) -> Reports:
    report = yield
    _judge(report, item.path.name, {item.name, item.originalname})
    return report


def _stale() -> list[str]:
    return [
        f"tests/wasm_skips.py: {file}: {name} passes, so it does not need: {lack.reason}"
        for i, (lack, file, name) in enumerate(ENTRIES)
        if lack.always and i in _ran - _needed
    ]


def pytest_sessionfinish(session: pytest.Session) -> None:
    if _stale() and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any) -> None:
    for line in _stale():
        terminalreporter.write_line(f"ERROR {line}", red=True)
