"""Below each docstring of the reference: PyTorch's page, the chapter, and the parity cases."""

import re
from functools import cache
from pathlib import Path
from typing import Any

from parity import ledger
from reference import PAGES
from sphinx.application import Sphinx

DOCS = Path(__file__).parent.parent
TORCH = "https://docs.pytorch.org/docs/stable/"
# Modules whose functions PyTorch documents on one page, and not on a page each.
ONE_PAGE = {
    "nn.init": "nn.init.html",
    "utils.data": "data.html",
    "nn.utils.parametrize": "generated/torch.nn.utils.parametrize.html",
    "optim.swa_utils": "optim.html",
}
OURS = ("ops", "kernels", "testing", "models", "landscape", "approximation", "optim.surface")


@cache
def chapters() -> dict[str, list[tuple[str, str]]]:
    """Returns for each name the chapters that are about it: (file, title)."""
    found: dict[str, list[tuple[str, str]]] = {}
    for path in sorted((DOCS / "book").glob("*.md")):
        text = path.read_text(encoding="utf-8")
        title = re.search(r"^# (.+)$", text, re.MULTILINE)
        names = " ".join(re.findall(r"\{parity\} (.+)", text)).split()
        names += [f"ops.{rule}" for rule in re.findall(r"\{definition\} (\w+)", text)]
        for name in dict.fromkeys(names):
            found.setdefault(name, []).append((path.stem, title[1] if title else path.stem))
    return found


def twin(name: str) -> str:
    """Returns the address of PyTorch's page for a name below refnet, or an empty text."""
    module = name.rpartition(".")[0]
    if any(module == own or module.startswith(f"{own}.") for own in OURS):
        return ""
    if name not in ledger()["names"]:
        return ""
    if module in ONE_PAGE:
        page = ONE_PAGE[module]
        return TORCH + page + ("" if page.startswith("generated") else f"#torch.{name}")
    return f"{TORCH}generated/torch.{name}.html"


def lines(name: str) -> list[str]:
    """Returns the line of links for a name below refnet."""
    parts = []
    if address := twin(name):
        parts.append(f"PyTorch: `torch.{name} <{address}>`__")
    parts += [f"Chapter: :doc:`{title} </book/{stem}>`" for stem, title in chapters().get(name, [])]
    row = ledger()["names"].get(name)
    if row:
        files = ", ".join(f":case:`{file} <{name}>`" for file in row["files"][:3])
        parts.append(
            f"Parity: :ledger:`{row['verdict']} <{name}>` in {row['cases']} cases of {files}"
        )
    return parts


def add(app: Sphinx, what: str, name: str, obj: Any, options: Any, doc: list[str]) -> None:
    module = name.rpartition(".")[0]
    if what not in ("class", "function") or module not in PAGES:
        return
    parts = lines(name.removeprefix("refnet."))
    if parts:
        doc += ["", ".. container:: see-also", "", "   " + " · ".join(parts), ""]


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("autodoc-process-docstring", add, priority=600)  # after napoleon
    return {"parallel_read_safe": True}
