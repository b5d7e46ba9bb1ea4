"""Mathematics as MathML, which browsers draw without a program, in a font of the site's own."""

import re
import shutil
from pathlib import Path

import ziamath
from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.writers.html5 import HTML5Translator

_BAR = re.compile(r'<mover>((?:(?!<mover>).)*?<mo stretchy="true">&#x000AF;)')
log = logging.getLogger(__name__)


def mathml(latex: str, display: str, where: nodes.Node) -> str:
    try:
        # An accent keeps its size; otherwise a bar is drawn as small as an index.
        return _BAR.sub(r'<mover accent="true">\1', convert(latex, display=display))
    except Exception as error:  # noqa: BLE001 - of many types, for LaTeX that it does not know
        log.warning("expected LaTeX that becomes MathML, got %r: %s", latex, error, location=where)
        return f"<code>{latex}</code>"


def inline(self: HTML5Translator, node: nodes.math) -> None:
    self.body.append(mathml(node.astext(), "inline", node))
    raise nodes.SkipNode


def block(self: HTML5Translator, node: nodes.math_block) -> None:
    number = ""
    if node["number"]:
        number = f'<span class="eqno">({node["number"]})</span>'
    ids = f' id="{node["ids"][0]}"' if node["ids"] else ""
    self.body.append(
        f'<div class="math"{ids}>{mathml(node.astext(), "block", node)}{number}</div>\n'
    )
    raise nodes.SkipNode


def copy_font(app: Sphinx, error: Exception | None) -> None:
    """Puts the font beside the pages; ziamath, which is made for this mathematics, has it."""
    if error is None:
        font = next(Path(ziamath.__file__).parent.rglob("STIXTwoMath-Regular.ttf"))
        shutil.copy(font, Path(app.outdir) / "_static" / font.name)


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_html_math_renderer("mathml", (inline, None), (block, None))
    app.connect("build-finished", copy_font)
    return {"parallel_read_safe": True}
