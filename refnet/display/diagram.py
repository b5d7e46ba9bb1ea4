"""refnet.draw: the tape as a picture.

    refnet.draw(loss, params=dict(model.named_parameters())).save("tape.svg")

A round box is a recorded operation with the name of its rule, a square one a leaf that requires a
gradient. An arrow leads from the box that computes a value to the one that uses it, with the
value's shape. backward() follows the arrows in the other direction, through each box once. Values
without a gradient are not on the tape and so not in the picture.

The layout is that of Sugiyama et al. 1981: layers by the longest path to the result, an order in
each layer by the mean position of the neighbours, then positions as near to them as the order
allows.

Needs matplotlib, which the extra `landscape` brings.
"""

import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from refnet.display import graph_values
from refnet.engine.replay import box_of, reached
from refnet.engine.tape import Node
from refnet.engine.tensor import Tensor
from refnet.ops.rule import Array
from refnet.serialization.atomic_write import written_whole

MOST = 300  # boxes of a readable picture
NEEDS = 'refnet.draw needs {}, which is not installed; get it with: pip install "refnet[landscape]"'
FILL = {"rule": "#dcebf0", "leaf": "#fbe8d6", "result": "#dff0e4"}
EDGE = {"rule": "#1a6fd4", "leaf": "#dd7a00", "result": "#2ca06c"}
SHAPE = {"rule": "round,pad=0.45", "leaf": "square,pad=0.45", "result": "round4,pad=0.55"}
GREY = "#70757e"


def draw(
    tensor: Tensor,
    params: Mapping[str, Tensor] | None = None,
    *,
    values: bool = False,
    gradient: Tensor | None = None,
) -> "Diagram":
    """Draws the graph of the operations that computed a tensor.

    The graph is unchanged: backward() can still be called. To find the shapes, each pullback runs
    once. With values=True each operation runs once more too, and the picture and a table show what
    it computed and the gradient of the result with respect to that.

    Args:
        tensor: the result of operations on tensors of which one requires a gradient
        params: names of the leaves, such as dict(model.named_parameters())
        values: whether to show the values and gradients; print(...) of the Diagram is the table
        gradient: with values=True, the gradient of the tensor, as in tensor.backward(gradient);
            by default 1, for a tensor with one number

    Returns:
        a Diagram, which notebooks show and whose method save(path) writes it to a file

    Raises:
        ImportError: without matplotlib
        TypeError: for an argument that is not a Tensor
        ValueError: for a tensor without a grad_fn, for more than 300 boxes, for a gradient of
            another shape, and for values of a tensor of several numbers without a gradient
        RuntimeError: for a graph that backward() freed, and for values that cannot be computed
            again because a tensor was changed in place

    Example:
        >>> w = refnet.tensor([1.0, 2.0], requires_grad=True)
        >>> refnet.draw((w * w).sum(), params={"w": w}, values=True)
        name  operation  value  gradient
        w                [1 2]  [2 4]
        v1    mul(w, w)  [1 4]  [1 1]
        v2    sum(v1)    5      1
    """
    if not isinstance(tensor, Tensor):
        raise TypeError(f"draw(): expected a Tensor, got {type(tensor).__name__}")
    if not tensor._edge:
        raise ValueError(
            "draw(): expected a tensor with a grad_fn, got a leaf or the result of an operation "
            "that was not recorded"
        )
    seed = _seed(tensor, values, gradient)
    boxes = _boxes(tensor._edge)
    if len(boxes) > MOST:
        raise ValueError(
            f"draw(): expected at most {MOST} boxes, got {len(boxes)}; draw a part of the graph"
        )
    try:
        import matplotlib.figure  # noqa: F401 - to raise the error for _figure here
    except ModuleNotFoundError as error:
        raise ImportError(NEEDS.format(error.name)) from error
    names = {id(p): name for name, p in (params or {}).items()}
    labels, kinds = {0: "result"}, {0: "result"}
    for key, box in boxes.items():
        leaf = isinstance(box, Tensor)
        labels[key] = names.get(id(box), "leaf") if leaf else box.rule.__name__.strip("_")
        kinds[key] = "leaf" if leaf else "rule"
    grads, uses = graph_values.cotangents(tensor, seed)
    arrows = _arrows(tensor, uses)
    lines: list[graph_values.Line] = []
    if values:
        found = graph_values.replayed(boxes, tensor)
        lines = graph_values.table(boxes, labels, found, grads)
        for key in boxes:
            labels[key] += f"\n{_short(found[key])}\n∂ {_short(grads.get(key))}"
    places = _placed(_layers(arrows), arrows, kinds)
    return Diagram(_figure(places, arrows, labels, kinds, *((X, Y), (1.9, 1.3))[values]), lines)


def _seed(tensor: Tensor, values: bool, gradient: Tensor | None) -> Array:
    """Returns the cotangent of the result."""
    if gradient is None:
        if values and tensor._array.size != 1:
            raise ValueError(
                f"draw(): expected a gradient for values of a tensor of shape "
                f"{list(tensor.shape)}, got None"
            )
        return np.ones_like(tensor._array) if values else np.zeros_like(tensor._array)
    if not isinstance(gradient, Tensor):
        raise TypeError(f"draw(): expected gradient to be a Tensor, got {type(gradient).__name__}")
    if gradient.shape != tensor.shape:
        raise ValueError(
            f"draw(): expected a gradient of shape {list(tensor.shape)}, got {list(gradient.shape)}"
        )
    if not values:
        raise ValueError("draw(): expected values=True with a gradient, got values=False")
    return gradient._array


def _short(x: Any) -> str:
    """Returns at most four numbers, or a range."""
    text = graph_values.numbers(x, 4)
    return text if len(text) <= 24 or isinstance(x, (tuple, list)) else text.replace(", ", "\n", 1)


class Diagram:
    """A picture of the tape.

    Args:
        figure: the matplotlib Figure with the picture, which is also an attribute
        lines: the lines of the table, which is empty without values=True; also an attribute
    """

    def __init__(self, figure: Any, lines: Sequence[graph_values.Line] = ()) -> None:
        self.figure = figure
        self.lines = list(lines)

    def __repr__(self) -> str:
        return graph_values.as_text(self.lines) if self.lines else super().__repr__()

    def _repr_html_(self) -> str | None:
        if not self.lines:
            return None  # a notebook shows the picture
        svg = self._repr_svg_()
        named = '<svg role="img" aria-label="The tape: a box for each leaf and operation"'
        return named + svg[svg.index("<svg") + 4 :] + graph_values.as_html(self.lines)

    def _repr_svg_(self) -> str:
        import matplotlib as mpl

        file = BytesIO()
        with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "refnet"}):
            self.figure.savefig(file, format="svg", metadata={"Date": None})
        return file.getvalue().decode()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the picture as SVG, whole or not at all.

        Args:
            path: a name that ends in .svg

        Raises:
            ValueError: for another name
            OSError: for a file that cannot be written
        """
        target = Path(path)
        if target.suffix != ".svg":
            raise ValueError(f"save(): expected a path that ends in .svg, got {str(path)!r}")
        with written_whole(target) as partial:
            partial.write_text(self._repr_svg_(), encoding="utf-8")


# --- the boxes and arrows --------------------------------------------------------------------


def _boxes(root: Any) -> dict[int, Any]:
    """Returns the nodes and leaves that the root leads to, by id."""
    found = reached([root])
    if any(isinstance(box, Node) and box.pullback is None for box in found.values()):
        raise RuntimeError(
            "draw(): expected a graph that backward() has not freed; draw it before, or "
            "call backward(retain_graph=True)"
        )
    return found


def _arrows(
    tensor: Tensor, uses: Sequence[tuple[int, int, Any]]
) -> dict[tuple[int, int], Counter[Any]]:
    """Returns the arrows between boxes (0 is the result) with the shapes of their values."""
    root = id(box_of(tensor._edge))
    arrows: dict[tuple[int, int], Counter[Any]] = {(root, 0): Counter([tensor._array.shape])}
    for source, user, shape in uses:
        arrows.setdefault((source, user), Counter())[shape] += 1
    return arrows


# --- the positions of the boxes --------------------------------------------------------------

Place = tuple[float, float]


def _layers(arrows: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Returns the boxes by the length of the longest path to the result, the result first."""
    sources: dict[int, list[int]] = {}
    waiting: Counter[int] = Counter()  # how many users of a box have no layer yet
    for source, user in arrows:
        sources.setdefault(user, []).append(source)
        waiting[source] += 1
    layers = [[0]]
    while layers[-1]:
        waiting.subtract(found := [x for user in layers[-1] for x in sources.get(user, ())])
        layers.append([x for x in dict.fromkeys(found) if not waiting[x]])
    return layers[:-1]


def _placed(
    layers: list[list[int]], arrows: Mapping[tuple[int, int], Any], kinds: dict[int, str]
) -> dict[Any, Place]:
    """Returns the positions of the boxes, and of (arrow, layer) where an arrow crosses a layer."""
    level = {key: i for i, layer in enumerate(layers) for key in layer}
    rows: list[list[Any]] = [sorted(layer, key=lambda k: kinds[k] == "leaf") for layer in layers]
    above: dict[Any, list[Any]] = {}
    below: dict[Any, list[Any]] = {}
    for arrow in arrows:
        source, target = arrow
        way = [target, *((arrow, i) for i in range(level[target] + 1, level[source])), source]
        for i, stop in enumerate(way[1:-1], level[target] + 1):
            rows[i].append(stop)
        for lower, upper in pairwise(way):
            above.setdefault(lower, []).append(upper)
            below.setdefault(upper, []).append(lower)
    x: dict[Any, float] = {key: float(i) for row in rows for i, key in enumerate(row)}
    for sweep in range(24):
        near, order = (below, rows) if sweep % 2 == 0 else (above, rows[::-1])
        for row in order:
            want = {k: _middle([(x[n], kinds.get(n)) for n in near.get(k, [k])]) for k in row}
            row.sort(key=want.__getitem__)  # stable, so equal positions keep their order
            weight = [0.1 if kinds.get(k) == "leaf" else 1.0 for k in row]
            x.update(zip(row, _apart([want[k] for k in row], weight), strict=True))
    return {key: (x[key], float(i)) for i, row in enumerate(rows) for key in row}


def _middle(neighbours: list[tuple[float, str | None]]) -> float:
    """Returns the mean position of the neighbours; of leaves only if there are no others."""
    xs = [x for x, kind in neighbours if kind != "leaf"] or [x for x, _ in neighbours]
    return sum(xs) / len(xs)


def _apart(wanted: list[float], weight: list[float]) -> list[float]:
    """Returns numbers in the same order, at least 1 apart, with the least weighted squared error.

    Σ weight (number − wanted)²
    """
    blocks: list[list[float]] = []  # isotonic regression of wanted − index: mean, weight, length
    for i, (want, w) in enumerate(zip(wanted, weight, strict=True)):
        blocks.append([want - i, w, 1])
        while len(blocks) > 1 and blocks[-2][0] >= blocks[-1][0]:
            m, v, n = blocks.pop()
            last = blocks[-1]
            blocks[-1] = [(last[0] * last[1] + m * v) / (last[1] + v), last[1] + v, last[2] + n]
    means = [m for m, _, n in blocks for _ in range(int(n))]
    return [m + i for i, m in enumerate(means)]


# --- the drawing -----------------------------------------------------------------------------

X, Y = 1.35, 0.85  # inches from one box to the next


def _figure(
    places: dict[Any, Place],
    arrows: Mapping[tuple[int, int], Counter[Any]],
    labels: dict[int, str],
    kinds: dict[int, str],
    step_x: float,
    step_y: float,
) -> Any:
    from matplotlib.figure import Figure
    from matplotlib.patches import FancyArrowPatch
    from matplotlib.path import Path as Line

    xs, ys = zip(*places.values(), strict=True)
    size = ((max(xs) - min(xs) + 1.4) * step_x, (max(ys) - min(ys) + 1.0) * step_y)
    figure = Figure(figsize=size)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(min(xs) - 0.7, max(xs) + 0.7)
    axes.set_ylim(min(ys) - 0.5, max(ys) + 0.5)
    # A value with several users has its shape once, below the box that computes it.
    leaving: dict[int, list[Counter[Any]]] = {}
    for (source, _), shapes in arrows.items():
        leaving.setdefault(source, []).append(shapes)
    shared = {k: v[0] for k, v in leaving.items() if len(v) > 1 and all(c == v[0] for c in v)}

    def note(at: Array, shapes: Counter[Any]) -> None:
        axes.text(
            at[0], at[1], _shapes(shapes), ha="center", va="center", fontsize=7.5, color=GREY,
            zorder=2, bbox={"fc": "white", "ec": "none", "pad": 0.6},
        )  # fmt: skip

    for arrow, shapes in arrows.items():
        stops = sorted(
            (k for k in places if isinstance(k, tuple) and k[0] == arrow), key=lambda k: -k[1]
        )
        way = np.array([places[arrow[0]], *(places[k] for k in stops), places[arrow[1]]])
        way[0, 1] -= 0.23
        way[-1, 1] += 0.23
        axes.add_patch(
            FancyArrowPatch(
                path=Line(way), arrowstyle="-|>", mutation_scale=9, color=GREY, lw=0.9,
                joinstyle="round", zorder=1,
            )
        )  # fmt: skip
        if arrow[0] not in shared:
            note(0.6 * way[0] + 0.4 * way[1], shapes)
    for source, shapes in shared.items():
        note(places[source] - np.array([0, 0.35]), shapes)
    for key, label in labels.items():
        x, y = places[key]
        axes.text(
            x, y, label, ha="center", va="center", fontsize=9, zorder=3, parse_math=False,
            bbox={"boxstyle": SHAPE[kinds[key]], "fc": FILL[kinds[key]], "ec": EDGE[kinds[key]]},
        )  # fmt: skip
    return figure


def _shapes(shapes: Counter[Any]) -> str:
    """Returns a text such as (3, 4), or 2 × (3, 4) for a value that is used twice."""
    lines = []
    for shape, n in shapes.items():
        text = "" if shape is None else str(shape) if shape else "scalar"
        lines.append(f"{n} × {text}" if n > 1 else text)
    return "\n".join(lines)
