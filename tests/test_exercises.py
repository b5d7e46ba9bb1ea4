"""The exercises of the book: each solution passes, and the empty answer and typical mistakes do
not.
"""

import types
from pathlib import Path
from typing import Any

import pytest
from sources import FOLDER, load

NAMES = sorted(path.stem for path in FOLDER.glob("*.py"))


def grade(exercise: types.ModuleType, program: str) -> None:
    """The check of the last function that the program defines, as the page grades it."""
    names: dict[str, Any] = {}
    exec(program, names)
    functions = [f for f in names.values() if isinstance(f, types.FunctionType)]
    exercise.check(functions[-1])


@pytest.mark.parametrize("name", NAMES)
def test_the_solution_passes(name: str) -> None:
    exercise = load(name)
    grade(exercise, exercise.SOLUTION)


@pytest.mark.parametrize("name", NAMES)
def test_the_empty_answer_fails(name: str) -> None:
    exercise = load(name)
    with pytest.raises(AssertionError, match="returned None"):
        grade(exercise, exercise.START)


@pytest.mark.parametrize(
    ("name", "mistake"), [(name, mistake) for name in NAMES for mistake in load(name).MISTAKES]
)
def test_a_typical_mistake_fails(name: str, mistake: str) -> None:
    exercise = load(name)
    assert len(exercise.MISTAKES) >= 2
    with pytest.raises(AssertionError, match=r"expected|this is"):
        grade(exercise, exercise.MISTAKES[mistake])


CHAPTERS = sorted(path for path in FOLDER.parent.glob("*.md") if path.stem != "index")


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_has_three_to_five_exercises(path: Path) -> None:
    used = [
        line.split()[1] for line in path.read_text("utf-8").splitlines() if "{exercise}" in line
    ]
    assert 3 <= len(used) <= 5
    assert set(used) <= set(NAMES)
