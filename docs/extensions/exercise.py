"""A directive for an exercise: its text, where to start, hints, and a solution that the tests have
checked.

    ```{exercise} bias
    ```

docs/book/exercises/bias.py has all of it, and a function that grades an answer.
"""

from docutils import nodes
from docutils.statemachine import StringList
from sources import FOLDER, load
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective


class Exercise(SphinxDirective):
    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        (name,) = self.arguments
        if not (FOLDER / f"{name}.py").is_file():
            raise self.error(f"exercise: expected a file of docs/book/exercises, got {name!r}")
        self.env.note_dependency(str(FOLDER / f"{name}.py"))
        exercise = load(name)
        title, _, text = (exercise.__doc__ or "").partition("\n")
        lines = [f"::::{{admonition}} Exercise: {title}", ":class: tip", "", text.strip(), ""]
        lines += [*_code(exercise.START), ""]
        for number, hint in enumerate(exercise.HINTS, 1):
            lines += [f":::{{dropdown}} Hint {number}", hint, ":::", ""]
        lines += [":::{dropdown} Solution", *_code(exercise.SOLUTION), ":::", "::::"]
        box = nodes.container()
        self.state.nested_parse(StringList("\n".join(lines).splitlines(), name), 0, box)
        blocks = box.findall(nodes.literal_block)
        start = next(x for x in blocks if x.astext().strip() == exercise.START.strip())
        cell = nodes.container(classes=["exercise-start"], ids=[f"exercise-{name}"])
        start.replace_self(cell)
        cell += start
        return box.children


def _code(program: str) -> list[str]:
    return ["```python", program.strip(), "```"]


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("exercise", Exercise)
    return {"parallel_read_safe": True}
