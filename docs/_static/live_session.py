"""What runs in the reader's browser: the cells of a page and the checks of its exercises.

live-worker.js loads this file into the Python of the browser. It needs the standard library alone,
so that the tests can run it too.
"""

import ast
import base64
import contextlib
import io
import linecache
import pprint
import sys
import time
import traceback
import types
import warnings
from collections.abc import Callable, Iterator
from typing import Any

MAX_OUTPUT = 100_000  # characters that one run may print; a page with more becomes slow
MAX_RICH = 5_000_000  # characters of HTML and pictures that one run may show
# The richest form of a value comes first, in the order in which the static page chooses.
FORMS = (("html", "_repr_html_"), ("svg", "_repr_svg_"), ("png", "_repr_png_"))


class Stream(io.TextIOBase):
    """What replaces standard output: hands text on, at most 20 times a second."""

    def __init__(self, send: Callable[[str, str], None]) -> None:
        self.send, self.waiting, self.total, self.sent = send, "", 0, 0.0

    def write(self, text: str) -> int:
        """Takes text; what comes after MAX_OUTPUT characters is left out."""
        if self.total <= MAX_OUTPUT:
            self.waiting += text[: MAX_OUTPUT - self.total]
            self.total += len(text)
            if self.total > MAX_OUTPUT:
                self.waiting += f"\n… more than {MAX_OUTPUT} characters: the rest is left out\n"
            if time.monotonic() - self.sent > 0.05:
                self.flush()
        return len(text)

    def flush(self) -> None:
        """Hands on what waits."""
        if self.waiting:
            self.send("text", self.waiting)
        self.waiting, self.sent = "", time.monotonic()


class Keyboard(io.TextIOBase):
    """What replaces standard input, which a page does not have."""

    def readline(self, size: int | None = -1, /) -> str:  # type: ignore[override]
        """Raises OSError, which input() hands on."""
        raise OSError("input(): expected a value in the code, got a page, which reads no input")


class Session:
    """The names that the cells of one page share.

    Args:
        send: a function that takes a kind of output (text, html, svg, png, error, right, wrong)
            and the output as a string; a PNG comes in base64
        names: the namespace of the cells
    """

    def __init__(self, send: Callable[[str, str], None], names: dict[str, Any]) -> None:
        self.send, self.names = send, names
        self.stream, self.rich, self.full = Stream(send), 0, False
        self.missing = ""  # the module that the last run did not find
        names["display"] = self.display
        # A figure is shown when its cell ends, so plt.show() has nothing left to do.
        warnings.filterwarnings("ignore", "FigureCanvasAgg is non-interactive")

    def run(self, source: str, file: str) -> bool:
        """Runs a cell, shows its output, and returns whether it ended without an error."""
        self.missing = ""
        with self._output() as stream:
            try:
                self.display(self._value(source, file))
                self._figures()
            except BaseException as error:  # noqa: BLE001 - whatever it is, the reader sees it
                stream.flush()
                self.missing = missing(error)
                self.send("error", readable(error))
                return False
        return True

    def check(self, program: str, exercise: str, file: str) -> bool:
        """Grades the answer to an exercise, which is given as the source of its module."""
        with self._output() as stream:
            try:
                module = types.ModuleType("exercise")
                exec(_compiled(exercise, "exercise.py"), vars(module))
                grade(module, program, file)
            except AssertionError as error:
                stream.flush()
                self.send("wrong", str(error) or readable(error))
                return False
            except BaseException as error:  # noqa: BLE001 - whatever it is, the reader sees it
                stream.flush()
                self.send("error", readable(error))
                return False
        self.send("right", "Right: your answer passes every check.")
        return True

    def display(self, *values: Any) -> None:
        """Shows values in the richest form that they have; None is not shown."""
        for value in values:
            if value is not None:
                self._show(*_shown(value))

    def _show(self, kind: str, form: str) -> None:
        """Shows one form; what comes after MAX_RICH characters is left out."""
        if kind == "text":
            self.stream.write(form)
            return
        self.stream.flush()
        self.rich += len(form)
        if self.rich <= MAX_RICH:
            self.send(kind, form)
        elif not self.full:
            self.full = True
            self.stream.write(
                f"… more than {MAX_RICH} characters of HTML and pictures: the rest is left out\n"
            )

    @contextlib.contextmanager
    def _output(self) -> Iterator[Stream]:
        self.stream, self.rich, self.full = Stream(self.send), 0, False
        stdin, sys.stdin = sys.stdin, Keyboard()
        try:
            with (
                contextlib.redirect_stdout(self.stream),
                contextlib.redirect_stderr(self.stream),
            ):
                yield self.stream
                self.stream.flush()
        finally:
            sys.stdin = stdin

    def _value(self, source: str, file: str) -> Any:
        """Runs a program and returns the value of its last expression, or None."""
        body = ast.parse(source, file).body
        quiet = source.rstrip().endswith(";")
        last = body.pop() if body and isinstance(body[-1], ast.Expr) and not quiet else None
        exec(_compiled(source, file, ast.Module(body, [])), self.names)
        if last is None:
            return None
        assert isinstance(last, ast.Expr)
        return eval(_compiled(source, file, ast.Expression(last.value)), self.names)

    def _figures(self) -> None:
        """Shows and closes the figures of pyplot."""
        pyplot = sys.modules.get("matplotlib.pyplot")
        if pyplot is not None:
            for number in pyplot.get_fignums():
                self._show("png", _png(pyplot.figure(number)))
            pyplot.close("all")


def grade(exercise: types.ModuleType, program: str, file: str = "answer") -> None:
    """Hands the function that an answer defines to `check` of the exercise, which raises
    AssertionError for a wrong one.

    The function is the last one of START. A reader need not import numpy as np and refnet, which
    the cells of the chapter have imported already.
    """
    wanted = [x.name for x in ast.parse(exercise.START).body if isinstance(x, ast.FunctionDef)][-1]
    names: dict[str, Any] = {"__name__": "answer"}
    exec("import numpy as np, refnet", names)
    exec(_compiled(program, file), names)
    assert wanted in names, f"expected a function {wanted}(), got a program that defines none"
    exercise.check(names[wanted])


def missing(error: BaseException | None) -> str:
    """Returns the name of the module that an error, or one that led to it, says is missing."""
    while error is not None:
        if isinstance(error, ModuleNotFoundError):
            return error.name or ""
        error = error.__cause__ or error.__context__
    return ""


def readable(error: BaseException) -> str:
    """Returns the traceback of an error without the lines that belong to this file, and with a
    word about a module that the page does not have.
    """
    own = (__file__, ast.parse.__code__.co_filename)
    rows = error.__traceback__
    while rows is not None and rows.tb_frame.f_code.co_filename in own:
        rows = rows.tb_next
    text = "".join(traceback.format_exception(type(error), error, rows)).rstrip()
    if len(text) > MAX_OUTPUT // 10:
        half = MAX_OUTPUT // 20
        text = f"{text[:half]}\n… the middle of a long message is left out …\n{text[-half:]}"
    if name := missing(error):
        text += (
            f"\n\nThis page could not load {name}. Its Python has the standard library, NumPy, "
            "matplotlib and refnet."
        )
    return text


def _compiled(source: str, file: str, tree: Any = None) -> types.CodeType:
    """Compiles a program, or a part of it, and keeps its lines, which tracebacks show."""
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    mode = "eval" if isinstance(tree, ast.Expression) else "exec"
    return compile(source if tree is None else tree, file, mode, dont_inherit=True)


def _shown(value: Any) -> tuple[str, str]:
    """Returns the kind and the text of the richest form of a value."""
    if hasattr(value, "savefig"):
        return "png", _png(value)
    for kind, method in FORMS:
        draw = getattr(value, method, None)
        form = None if draw is None or isinstance(value, type) else draw()
        if form is not None:
            return kind, base64.b64encode(form).decode() if isinstance(form, bytes) else form
    if isinstance(value, (dict, list, set, tuple)):
        return "text", pprint.pformat(value, width=79, sort_dicts=False) + "\n"
    return "text", repr(value) + "\n"


def _png(figure: Any) -> str:
    """Returns a figure of matplotlib as a PNG in base64."""
    file = io.BytesIO()
    figure.savefig(file, format="png", bbox_inches="tight")
    return base64.b64encode(file.getvalue()).decode()
