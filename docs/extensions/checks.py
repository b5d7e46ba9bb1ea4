"""The last step of the build: every link of the site leads somewhere, and every picture has words.

Each fault is a warning, which `nox -s docs` treats as an error.
"""

from pathlib import Path

from faults import faults
from sphinx.application import Sphinx
from sphinx.util import logging

log = logging.getLogger(__name__)


def check(app: Sphinx, error: Exception | None) -> None:
    if error is None and app.builder.format == "html":
        for fault in faults(Path(app.outdir)):
            log.warning(fault)


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("build-finished", check, priority=900)
    return {"parallel_read_safe": True}
