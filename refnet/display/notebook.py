"""Representations of tensors and modules in a notebook; PyTorch shows their repr.

Loaded when a notebook asks for them. The colours are the notebook's own, light or dark; the lines
are a grey that is visible on both.
"""

from collections.abc import Sequence
from html import escape
from typing import Any

from refnet.display.printing import EDGE_ITEMS, THRESHOLD, edges, element_format
from refnet.engine.tensor import Tensor

_GREY = "rgba(128,128,128,.4)"
_NOTE = "opacity:.7;font-size:90%"
# On a narrow page, the continuation of a line does not look like a child.
_HANGING = "padding-left:2em;text-indent:-2em"
_LEAF = f"margin-left:1em;{_HANGING}"
_CELL = f"border:1px solid {_GREY};padding:.1em .5em;text-align:right;white-space:pre"
_INDEX = f"{_CELL};font-weight:normal;opacity:.6"
_CUT = "…"


def tensor_html(x: Tensor) -> str | None:
    """Returns a table of a tensor of one or two dimensions, shortened as its repr is.

    Returns None for other tensors, whose repr the notebook shows.
    """
    array = x._real()
    if array.ndim not in (1, 2) or not array.size:
        return None
    cut = array.size > THRESHOLD
    shown = edges(array) if cut else array
    write, _ = element_format(shown)
    *height, width = (_labels(n, cut) for n in array.shape)
    rows = [[write(v.item()).strip() for v in row] for row in shown.reshape(-1, shown.shape[-1])]
    if cut and len(width) < array.shape[-1]:
        rows = [_with_gap(row) for row in rows]
    names = height[0] if height else [""]
    if height and len(names) < array.shape[0]:
        rows.insert(EDGE_ITEMS, [_CUT] * len(rows[0]))
    return _wrapped(_caption(x), _table(names, width, rows))


def _labels(n: int, cut: bool) -> list[str]:
    """Returns the indices of a dimension; those of a summary have … in the middle."""
    labels = [str(i) for i in range(n)]
    if cut and n > 2 * EDGE_ITEMS:
        return [*labels[:EDGE_ITEMS], _CUT, *labels[-EDGE_ITEMS:]]
    return labels


def _with_gap(row: list[str]) -> list[str]:
    return [*row[:EDGE_ITEMS], _CUT, *row[EDGE_ITEMS:]]


def _caption(x: Tensor) -> str:
    notes = [f"shape {tuple(x.shape)}", repr(x.dtype).removeprefix("refnet.")]
    try:
        notes += ["requires_grad"] if x.requires_grad else []
    except RuntimeError:  # a view that lost its place: see views.Unplaced
        notes.append("no place on the tape")
    return f"<b>{escape(type(x).__name__)}</b> " + _note(notes)


def _note(notes: Sequence[str]) -> str:
    """Returns the notes as HTML; a line may break between two notes only."""
    whole = (f'<span style="white-space:nowrap">{escape(note)}</span>' for note in notes)
    return f'<span style="{_NOTE}">{" · ".join(whole)}</span>'


def _table(names: Sequence[str], columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f'<th style="{_INDEX}">{c}</th>' for c in ("", *columns))
    body = "".join(
        f'<tr><th style="{_INDEX}">{name}</th>'
        + "".join(f'<td style="{_CELL}">{escape(v)}</td>' for v in row)
        + "</tr>"
        for name, row in zip(names, rows, strict=True)
    )
    return (
        '<table style="border-collapse:collapse;background:transparent;color:inherit">'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _wrapped(caption: str, body: str) -> str:
    return (
        '<div style="color:inherit;font-family:monospace;overflow:auto;max-height:30em">'
        f"<div>{caption}</div>{body}</div>"
    )


# --- modules -------------------------------------------------------------------------------------


def module_html(module: Any) -> str:
    """Returns a foldable tree of a module's children, with the number of parameters of each."""
    tree = _tree("", module, depth=0)
    return f'<div style="color:inherit;font-family:monospace">{tree}</div>'


def _tree(name: str, module: Any, depth: int) -> str:
    label = f'<span style="opacity:.6">({escape(name)})</span> ' if name else ""
    if module is None:
        return f'<div style="{_LEAF}">{label}None</div>'
    extra = " ".join(module.extra_repr().split())
    label += f"<b>{escape(module._get_name())}</b>({escape(extra)}) {_note([_count(module)])}"
    if not module._modules:
        return f'<div style="{_LEAF}">{label}</div>'
    children = "".join(_tree(n, child, depth + 1) for n, child in module._modules.items())
    return (
        f'<details{" open" if depth < 2 else ""}><summary style="{_HANGING}">{label}</summary>'
        f'<div style="margin-left:.4em;padding-left:1em;border-left:1px solid {_GREY}">'
        f"{children}</div></details>"
    )


def _count(module: Any) -> str:
    """Returns the number of parameters, shared ones counted once, or ""."""
    try:
        n = sum(p.numel() for p in module.parameters())
    except (RuntimeError, ValueError):  # a lazy module, whose sizes are not known yet
        return "parameters of unknown size"
    return f"{n:,} parameter{'' if n == 1 else 's'}" if n else ""
