"""What the live cells of the site run in the browser, run here: outputs, errors, grading."""

import base64
import builtins
import types
from collections.abc import Callable
from typing import Any

import live_session
import pytest
from live_session import MAX_OUTPUT, Session, grade

Output = list[tuple[str, str]]
Run = Callable[[str], tuple[bool, Output]]


@pytest.fixture
def run() -> Run:
    """Runs one cell after the other, and returns what each shows."""
    shown: Output = []
    session = Session(lambda kind, text: shown.append((kind, text)), {"__name__": "__main__"})
    count = iter(range(1, 100))

    def cell(source: str) -> tuple[bool, Output]:
        shown.clear()
        right = session.run(source, f"cell {next(count)}")
        texts = "".join(text for kind, text in shown if kind == "text")
        others = [pair for pair in shown if pair[0] != "text"]
        return right, ([("text", texts)] if texts else []) + others

    cell.session = session  # type: ignore[attr-defined]
    return cell


def test_a_cell_continues_those_above_and_shows_its_last_expression(run: Run) -> None:
    assert run("x = 3\nprint('x is', x)") == (True, [("text", "x is 3\n")])
    assert run("print(x)\nx + 1") == (True, [("text", "3\n4\n")])


@pytest.mark.parametrize("source", ["x = 1", "None", "1 + 1;", "print", "", "# nothing"])
def test_what_has_no_value_to_show(run: Run, source: str) -> None:
    right, shown = run(source)
    assert right
    assert shown == ([("text", f"{builtins.print!r}\n")] if source == "print" else [])


def test_a_long_container_is_broken_into_lines_in_its_order(run: Run) -> None:
    _, [(_, text)] = run("{'b' * 40: 1, 'a' * 40: 2}")
    assert text == "{'" + "b" * 40 + "': 1,\n '" + "a" * 40 + "': 2}\n"


def test_the_richest_form_is_shown(run: Run) -> None:
    run("class Rich:\n    def __repr__(self): return 'plain'")
    assert run("Rich()")[1] == [("text", "plain\n")]
    run("Rich._repr_png_ = lambda self: b'png'")
    assert run("Rich()")[1] == [("png", base64.b64encode(b"png").decode())]
    run("Rich._repr_svg_ = lambda self: '<svg>'")
    assert run("Rich()")[1] == [("svg", "<svg>")]
    run("Rich._repr_html_ = lambda self: None")
    assert run("Rich()")[1] == [("svg", "<svg>")]
    run("Rich._repr_html_ = lambda self: '<b>'")
    assert run("display(Rich(), None)")[1] == [("html", "<b>")]
    assert run("Rich")[1][0][0] == "text", "a class is not one of its instances"


def test_the_order_of_texts_and_shown_values_is_kept() -> None:
    shown: Output = []
    session = Session(lambda kind, text: shown.append((kind, text)), {})
    session.run("print('a')\ndisplay(1)\nprint('b')\n2", "cell 1")
    assert "".join(text for _, text in shown) == "a\n1\nb\n2\n"


def test_figures_are_shown_and_closed(run: Run) -> None:
    pyplot = pytest.importorskip("matplotlib.pyplot", reason="figures need it, refnet[cli]")
    pyplot.switch_backend("agg")
    right, shown = run(
        "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.figure()\nplt.show();"
    )
    assert right
    assert [kind for kind, _ in shown] == ["png", "png"]
    assert all(base64.b64decode(text).startswith(b"\x89PNG") for _, text in shown)
    assert pyplot.get_fignums() == []
    assert run("plt.figure();")[1] != []
    assert run("x = 1")[1] == []


def test_an_error_has_the_traceback_of_the_cell_alone(run: Run) -> None:
    run("def f(x):\n    return 1 / x")
    right, shown = run("print('before')\nf(0)")
    assert not right
    assert shown[0] == ("text", "before\n")
    kind, text = shown[1]
    assert kind == "error"
    assert text.startswith(
        'Traceback (most recent call last):\n  File "cell 2", line 2, in <module>'
    )
    assert 'File "cell 1", line 2, in f\n    return 1 / x' in text
    assert text.endswith("ZeroDivisionError: division by zero")
    assert "live_session" not in text


@pytest.mark.parametrize("source", ["x =", "print('a')\nreturn 1", "  x = 1"])
def test_a_syntax_error_shows_its_line(run: Run, source: str) -> None:
    right, [(kind, text)] = run(source)
    assert (right, kind) == (False, "error")
    assert text.startswith('  File "cell 1", line ')
    assert "live_session" not in text
    assert "ast.py" not in text


@pytest.mark.parametrize("source", ["raise SystemExit(3)", "raise KeyboardInterrupt", "exit()"])
def test_nothing_ends_the_session(run: Run, source: str) -> None:
    right, shown = run(source.replace("exit()", "import sys; sys.exit()"))
    assert (right, shown[0][0]) == (False, "error")
    assert run("1")[0]


def test_output_without_end_is_cut(run: Run) -> None:
    right, [(_, text)] = run("for i in range(100_000): print('0123456789')")
    assert right
    assert len(text) < MAX_OUTPUT + 200
    assert "the rest is left out" in text
    assert run("print('next')")[1] == [("text", "next\n")]


def test_output_is_handed_on_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(live_session.time, "monotonic", lambda: now[0])
    shown: Output = []
    stream = live_session.Stream(lambda kind, text: shown.append((kind, text)))
    for step in range(100):
        now[0] = 1 + step / 100
        stream.write("x")
    assert 15 <= len(shown) <= 21


def test_a_missing_module_is_named_also_when_another_error_hides_it(run: Run) -> None:
    session: Session = run.session  # type: ignore[attr-defined]
    run("import not_there.at_all")
    assert session.missing == "not_there"
    run("try:\n    import neither\nexcept ImportError as error:\n    raise ValueError from error")
    assert session.missing == "neither"
    run("1 / 0")
    assert session.missing == ""


# --- exercises -----------------------------------------------------------------------------------

EXERCISE = '''
START = """
def half(x):
    ...

def twice(x):
    ...
"""

def check(twice):
    assert twice(2) == 4, f"expected 4, got {twice(2)}"
'''


def checked(program: str) -> tuple[bool, Output]:
    shown: Output = []
    session = Session(lambda kind, text: shown.append((kind, text)), {})
    return session.check(program, EXERCISE, "your answer"), shown


def test_a_right_answer_is_praised() -> None:
    right, [(kind, text)] = checked("def twice(x):\n    return 2 * x\ndef other(): ...")
    assert (right, kind) == (True, "right")
    assert text.startswith("Right")


def test_a_wrong_answer_gets_the_message_of_the_check() -> None:
    program = "print('hello')\ndef twice(x):\n    return x"
    right, shown = checked(program)
    assert not right
    assert "".join(text for kind, text in shown if kind == "text") == "hello\n"
    assert shown[-1] == ("wrong", "expected 4, got 2")


def test_a_program_without_the_function_is_told_its_name() -> None:
    message = "expected a function twice(), got a program that defines none"
    assert checked("def thrice(x): ...") == (False, [("wrong", message)])


def test_an_answer_with_an_error_gets_its_traceback() -> None:
    right, [(kind, text)] = checked("def twice(x):\n    return 2 * y")
    assert (right, kind) == (False, "error")
    assert 'File "your answer", line 2, in twice' in text
    assert text.endswith("NameError: name 'y' is not defined")
    right, [(kind, text)] = checked("def twice(x):\n    assert x == 1")
    assert (right, kind) == (False, "wrong")
    assert 'File "your answer", line 2, in twice' in text, "an assert of the reader, without words"


def test_an_answer_need_not_import_what_the_chapter_has_imported() -> None:
    exercise = types.ModuleType("exercise")
    exec(EXERCISE, vars(exercise))
    grade(exercise, "def twice(x): return int(np.add(x, x))")
    grade(exercise, "def twice(x): return refnet.tensor(x).item() * 2")


def test_cells_and_answers_do_not_share_names(run: Run) -> None:
    session: Session = run.session  # type: ignore[attr-defined]
    run("def twice(x): return 2 * x")
    assert not session.check("", EXERCISE, "your answer")
    names: dict[str, Any] = session.names
    assert "np" not in names


def test_a_value_an_error_and_pictures_are_cut_too(run: Run) -> None:
    _, [(_, text)] = run(f"'x' * {3 * MAX_OUTPUT}")
    assert len(text) < MAX_OUTPUT + 100
    assert "the rest is left out" in text
    _, [(_, text)] = run(f"raise ValueError('begin' + 'y' * {MAX_OUTPUT} + 'end')")
    assert len(text) < MAX_OUTPUT // 5
    assert "begin" in text
    assert text.endswith("end")
    run("class Wide:\n    def _repr_html_(self): return 'z' * 2_000_000")
    _, shown = run("for _ in range(5): display(Wide())")
    assert [len(text) for kind, text in shown if kind == "html"] == [2_000_000] * 2
    assert sum(text.count("the rest is left out") for _, text in shown) == 1
    assert run("Wide()")[1] == [("html", "z" * 2_000_000)]


def test_a_missing_module_and_input_get_a_clear_error(run: Run) -> None:
    assert "This page could not load not_there." in run("import not_there")[1][0][1]
    _, shown = run("input('name? ')")
    assert shown[0] == ("text", "name? ")
    assert "got a page, which reads no input" in shown[1][1]
    assert "could not load" not in shown[1][1]
