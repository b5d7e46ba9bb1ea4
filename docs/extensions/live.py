"""Live cells: a reader runs the cells of a page and has exercises checked in the browser.

Adds docs/_static/live.js to the pages that have a cell or an exercise, and writes its settings and
what it fetches at the first click: refnet as a wheel of this very source, and the checks of the
exercises, without their solutions. The setting `live_runtime` is the address that Pyodide is loaded
from, absolute or relative to _static.
"""

from pathlib import Path
from typing import Any

import runtime
from docutils import nodes
from live_files import files
from sphinx.application import Sphinx


def add_script(app: Sphinx, page: str, template: str, context: dict[str, Any], tree: Any) -> None:
    """Adds the script to a page with a cell or an exercise."""
    boxes = () if tree is None else tree.findall(nodes.container)
    if any({"cell_input", "exercise-start"} & set(box["classes"]) for box in boxes):
        app.add_js_file("live-settings.js", loading_method="defer")
        app.add_js_file("live.js", loading_method="defer")
        app.add_css_file("live.css")


def write(app: Sphinx, error: Exception | None) -> None:
    """Writes the files beside the script."""
    if error is None and app.builder.format == "html":
        for name, data in files(app.config.live_runtime).items():
            path = Path(app.outdir, "_static", name)
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(data)


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_config_value("live_runtime", runtime.CDN, "", str)
    app.connect("html-page-context", add_script)
    app.connect("build-finished", write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
