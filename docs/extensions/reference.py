"""The pages of the API reference: one for each module with PyTorch's names, made when the site is
built.
"""

import inspect
import re
from pathlib import Path
from typing import Any

from sources import exported
from sphinx.application import Sphinx
from sphinx.util import logging

log = logging.getLogger(__name__)

PAGES = {
    "refnet": "Tensors and functions",
    "refnet.nn": "Layers and losses",
    "refnet.nn.functional": "Functions of layers",
    "refnet.nn.init": "Initialisation",
    "refnet.nn.utils": "Utilities of modules",
    "refnet.nn.utils.rnn": "Packed sequences",
    "refnet.nn.utils.parametrizations": "Parametrizations",
    "refnet.nn.utils.parametrize": "Parametrize",
    "refnet.nn.utils.fusion": "Fused layers",
    "refnet.nn.grad": "Gradients of convolutions",
    "refnet.nn.parallel": "Parallel modules",
    "refnet.func": "Functional calls",
    "refnet.optim": "Step optimizers",
    "refnet.optim.lr_scheduler": "Learning-rate schedules",
    "refnet.optim.swa_utils": "Averaged weights",
    "refnet.optim.surface": "Surface optimizers",
    "refnet.autograd": "Differentiation",
    "refnet.autograd.functional": "Jacobians and Hessians",
    "refnet.linalg": "Linear algebra",
    "refnet.random": "Random numbers",
    "refnet.utils.data": "Data",
    "refnet.utils.checkpoint": "Recomputation",
    "refnet.cuda": "Devices",
    "refnet.ops": "Definitions",
    "refnet.kernels": "Kernels",
    "refnet.testing": "Checks",
    "refnet.models": "Models",
    "refnet.landscape": "Loss landscapes",
    "refnet.approximation": "Universal approximation",
}


def page(module: str) -> str:
    """Returns the name of a module's page."""
    return module.removeprefix("refnet").removeprefix(".") or "refnet"


def write(app: Sphinx) -> None:
    folder = Path(app.srcdir) / "reference"
    folder.mkdir(exist_ok=True)
    seen: dict[int, str] = {}
    for module, title in PAGES.items():
        lines = [module, "=" * len(module), "", f"{title}.", "", f".. py:module:: {module}", ""]
        for name, x in exported(module).items():
            if id(inspect.unwrap(x)) in seen:
                same = seen[id(inspect.unwrap(x))]
                lines += [f".. py:function:: {name}", "", f"   The same as `{same}`.", ""]
                continue
            seen[id(inspect.unwrap(x))] = f"{module}.{name}"
            kind = "class" if isinstance(x, type) else "function"
            lines += [f".. auto{kind}:: {module}.{name}"]
            if kind == "class":
                lines += ["   :members:", "   :exclude-members: forward, extra_repr, step, get_lr"]
            lines += [""]
            if module == "refnet.ops":
                lines += [".. dropdown:: The definition", "", f"   .. definition:: {name}", ""]
        path = folder / f"{page(module)}.rst"
        text = "\n".join(lines)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
    index = ["Reference", "=========", "", ".. toctree::", "   :maxdepth: 1", ""]
    index += [f"   {page(module)}" for module in PAGES]
    (folder / "index.rst").write_text("\n".join(index) + "\n", encoding="utf-8")


def missing(app: Sphinx, env: Any, node: Any, shown: Any) -> None:
    """Warns of a name of refnet without a place in the reference; other code is only code."""
    name = re.fullmatch(r"refnet(\.\w+)+", node["reftarget"])
    if name and not node.get("optional"):
        log.warning("the reference has no %s", node["reftarget"], location=node)


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("missing-reference", missing)
    app.connect("builder-inited", write)
    return {"parallel_read_safe": True}
