"""The exercises of the book: each solution passes; the empty answer and typical mistakes fail."""

import types
from pathlib import Path

import pytest
from live_files import checker
from live_session import grade
from sources import FOLDER, load

NAMES = sorted(path.stem for path in FOLDER.glob("*.py"))


@pytest.mark.parametrize("name", NAMES)
def test_the_solution_passes(name: str) -> None:
    exercise = load(name)
    grade(exercise, exercise.SOLUTION)


@pytest.mark.parametrize("name", NAMES)
def test_the_check_of_the_page_works_without_the_solution_and_does_not_show_it(name: str) -> None:
    exercise, page = load(name), types.ModuleType(name)
    source = checker((FOLDER / f"{name}.py").read_text(encoding="utf-8"))
    for text in (exercise.SOLUTION, *exercise.HINTS, *exercise.MISTAKES.values()):
        assert text.strip() not in source
    exec(source, vars(page))
    grade(page, exercise.SOLUTION)
    with pytest.raises(AssertionError, match="returned None"):
        grade(page, exercise.START)


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
