"""Live cells: a reader runs the cells of a page and has exercises checked in the browser.

Adds docs/_static/live.js to the pages that have a cell or an exercise, and writes its settings and
what it fetches at the first click: refnet as a wheel of this very source, and the checks of the
exercises, without their solutions. The setting `live_runtime` is the address that Pyodide is loaded
from, absolute or relative to _static.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import runtime
from docutils import nodes
from sources import FOLDER, checker, wheel
from sphinx.application import Sphinx

import refnet

DOCS = Path(__file__).parent.parent
WHEEL = f"refnet-{refnet.__version__}-py3-none-any.whl"


def files(address: str) -> dict[str, bytes]:
    """Returns what is written into _static, by name.

    Args:
        address: what Pyodide is loaded from
    """
    made = {WHEEL: wheel(), "matplotlibrc": (DOCS / "matplotlibrc").read_bytes()}
    for path in FOLDER.glob("*.py"):
        made[f"exercises/{path.name}"] = checker(path.read_text(encoding="utf-8")).encode()
    scripts = [path.read_bytes() for path in sorted((DOCS / "_static").glob("live*"))]
    settings = {
        "runtime": address,
        "wheel": WHEEL,
        # It keeps browsers from using what they have cached of an older build.
        "mark": hashlib.sha256(b"".join([*made.values(), *scripts])).hexdigest()[:12],
        "megabytes": {
            "numpy": round((runtime.SIZES["python"] + len(made[WHEEL])) / 1e6),
            "matplotlib": round(runtime.SIZES["matplotlib"] / 1e6),
        },
    }
    made["live-settings.js"] = f"const liveSettings = {json.dumps(settings, indent=2)};\n".encode()
    return made


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
