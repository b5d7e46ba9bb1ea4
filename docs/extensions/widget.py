"""A directive for a small drawing with sliders, which docs/_static/widgets/NAME.js makes.

```{widget} learning-rate
What the drawing shows, in words, for those who do not see it or whose browser runs no scripts.
```
"""

from html import escape
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

FOLDER = Path(__file__).parent.parent / "_static" / "widgets"


class Widget(SphinxDirective):
    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        (name,) = self.arguments
        text = " ".join(self.content).strip()
        if not text:
            raise self.error(f"widget: expected a text that describes {name}, got none")
        if not (FOLDER / f"{name}.js").is_file():
            raise self.error(f"widget: expected a file of {FOLDER}, got {name!r}")
        figure = (
            f'<figure class="refnet-widget" data-widget="{name}">'
            f"<figcaption>{escape(text)}</figcaption></figure>"
        )
        self.env.metadata[self.env.docname].setdefault("widgets", []).append(name)
        return [nodes.raw("", figure, format="html")]


def scripts(app: Sphinx, page: str, template: str, context: object, doctree: object) -> None:
    """Adds the scripts to the pages that use them."""
    names = app.env.metadata[page].get("widgets", ()) if page in app.env.metadata else ()
    for name in ["core", *dict.fromkeys(names)] if names else []:
        app.add_js_file(f"widgets/{name}.js", loading_method="defer")


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("widget", Widget)
    app.connect("html-page-context", scripts)
    return {"parallel_read_safe": True}
