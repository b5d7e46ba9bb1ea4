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
# The richest form of a value comes first, in the order in which the static page chooses.
FORMS = (("html", "_repr_html_"), ("svg", "_repr_svg_"), ("png", "_repr_png_"))


class Stream(io.TextIOBase):
    """What replaces standard output: hands text on, at most 20 times a second."""

    def __init__(self, send: Callable[[str, str], None]) -> None:
        self.send, self.waiting, self.total, self.sent = send, "", 0, 0.0

    def write(self, text: str) -> int:
        """Takes text; what comes after MAX_OUTPUT characters is left out."""
        if self.total <= MAX_OUTPUT:
            self.total += len(text)
            self.waiting += text
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


class Session:
    """The names that the cells of one page share.

    Args:
        send: a function that takes a kind of output (text, html, svg, png, error, right, wrong)
            and the output as a string; a PNG comes in base64
        names: the namespace of the cells
    """

    def __init__(self, send: Callable[[str, str], None], names: dict[str, Any]) -> None:
        self.send, self.names = send, names
        self.missing = ""  # the module that the last run did not find
        names["display"] = self.display
        # A figure is shown when its cell ends, so plt.show() has nothing left to do.
        warnings.filterwarnings("ignore", "FigureCanvasAgg is non-interactive")

    def run(self, source: str, file: str) -> bool:
        """Runs a cell, shows its output, and returns whether it ended without an error."""
        self.missing = ""
        with self._output() as stream:
            try:
                value = self._value(source, file)
                stream.flush()
                self.display(value)
                self._figures()
            except BaseException as error:  # noqa: BLE001 - whatever it is, the reader sees it
                stream.flush()
                self.send("error", readable(error))
                self.missing = missing(error)
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
                sys.stdout.flush()
                self.send(*_shown(value))

    @contextlib.contextmanager
    def _output(self) -> Iterator[Stream]:
        stream = Stream(self.send)
        with contextlib.redirect_stdout(stream), contextlib.redirect_stderr(stream):
            yield stream
            stream.flush()

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
                self.send("png", _png(pyplot.figure(number)))
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
    """Returns the traceback of an error without the lines that belong to this file."""
    own = (__file__, ast.parse.__code__.co_filename)
    rows = error.__traceback__
    while rows is not None and rows.tb_frame.f_code.co_filename in own:
        rows = rows.tb_next
    return "".join(traceback.format_exception(type(error), error, rows)).rstrip()


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
