"""The counts of the study `reverse`: derivatives path by path, and by the tape."""

from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.ticker import MaxNLocator

import refnet
from refnet import nn
from refnet.engine.tape import Node, apply
from refnet.engine.tensor import Tensor
from refnet.models import cascade
from refnet.ops.rule import Array, Pullback
from refnet.ops.sigmoid import sigmoid
from refnet.studies.report import Report
from refnet.training.figures import BLUE, ORANGE, PURPLE, figure, headline

MOST = 200_000  # the largest number of pullbacks that are called one by one


def unit(*a: Array, w: Array) -> tuple[Array, Pullback]:
    """y = σ(Σⱼ wⱼ aⱼ), a unit of a cascade as one operation on numbers.

    Pullback:
        āⱼ = ȳ y (1 − y) wⱼ
    """
    y, back = sigmoid(np.asarray(w @ np.array(a)))

    def pullback(dy: Array) -> tuple[Array, ...]:
        (dz,) = back(dy)
        return tuple(np.asarray(dz * wj) for wj in w)

    return y, pullback


def scalar_cascade(width: int, depth: int, seed: int = 0) -> tuple[Tensor, list[Tensor]]:
    """Returns F(x) and x for a cascade made unit by unit, whose last layer has one unit."""
    rng = np.random.default_rng(seed)
    x = [
        refnet.tensor(v, dtype=refnet.float64, requires_grad=True)
        for v in rng.standard_normal(width)
    ]
    a = x
    for layer in range(depth):
        units = 1 if layer == depth - 1 else width
        a = [apply(unit, *a, w=rng.standard_normal(width)) for _ in range(units)]
    return a[0], x


def nodes(y: Tensor) -> list[Node]:
    """Returns the nodes of the graph of y."""
    found: dict[int, Node] = {}
    stack = [y.grad_fn]
    while stack:
        node = stack.pop()
        if node is not None and node.order not in found:
            found[node.order] = node
            stack += [before for before, _ in node.next_functions]
    return list(found.values())


def walk_paths(y: Tensor, x: list[Tensor]) -> tuple[list[float], int]:
    """Returns dy/dx as the sum over all paths, and the number of pullbacks called.

    It uses the graph of y and the pullbacks of the tape, for operations with one output.
    """
    total = {id(leaf): 0.0 for leaf in x}
    calls = 0
    stack: list[tuple[Any, Array]] = [(y.grad_fn, np.ones(()))]
    while stack:
        at, dy = stack.pop()
        if isinstance(at, Node):
            calls += 1
            assert at.pullback is not None
            stack += zip(at.edges, at.pullback(dy), strict=True)
        elif id(at) in total:
            total[id(at)] += float(dy)
    return list(total.values()), calls


def count_calls(y: Tensor, walk: Callable[[], Any]) -> int:
    """Returns the number of pullbacks of y's graph that walk() calls."""
    calls = 0

    def counted(pullback: Pullback) -> Pullback:
        def call(dy: Any) -> Any:
            nonlocal calls
            calls += 1
            return pullback(dy)

        return call

    for node in nodes(y):
        assert node.pullback is not None
        node.pullback = counted(node.pullback)
    walk()
    return calls


def measure(report: Report, depth: int, seed: int) -> dict[str, Any]:
    """Counts the pullbacks in cascades up to this depth, reports them, and returns the numbers."""
    rows: list[tuple[int, int, int, int, float]] = []
    todo = [(w, L) for w in (2, 3, 4) for L in range(2, depth + 1) if (w**L - 1) // (w - 1) <= MOST]
    for w, L in report.track(todo, "paths"):
        y, x = scalar_cascade(w, L, seed)
        by_paths, naive = walk_paths(y, x)
        tape = count_calls(y, y.backward)
        grads = [float(leaf.grad.item()) for leaf in x if leaf.grad is not None]
        off = float(np.max(np.abs(np.subtract(by_paths, grads))) / np.max(np.abs(grads)))
        rows.append((w, L, naive, tape, off))
    last = [max((r for r in rows if r[0] == w), key=lambda r: r[1]) for w in (2, 3, 4)]
    report.table(
        "Pullbacks called for the gradient of a cascade, unit by unit",
        ["width", "layers", "path by path", "backward()", "largest difference"],
        [list(r) for r in rows if r in last or r[1] == 3],
    )
    # Each Wˡ separately, on a cascade of whole layers.
    refnet.manual_seed(seed)
    model = cascade.build(refnet, [4] * (depth + 1), nn.Tanh)
    weights = [p for name, p in model.named_parameters() if name.endswith("weight")]
    y = model(refnet.randn(2, 4)).square().mean()
    together = count_calls(y, lambda: refnet.autograd.grad(y, weights, retain_graph=True))
    alone = count_calls(y, lambda: [refnet.autograd.grad(y, W, retain_graph=True) for W in weights])
    report.say(
        f"∂C/∂Wˡ of {depth} layers: {alone} pullbacks for one l after the other, {together} for "
        "all together."
    )
    worst = max(rows, key=lambda r: r[2] / r[3])
    made, axes = figure(7.5, 4.4)
    panel = axes[0, 0]
    for w, colour, mark in ((2, BLUE, "o"), (3, ORANGE, "s"), (4, PURPLE, "^")):
        layers, naive, tape = np.array([r[1:4] for r in rows if r[0] == w]).T
        panel.semilogy(layers, naive, f"{mark}-", color=colour, label=f"path by path, width {w}")
        panel.semilogy(
            layers, tape, f"{mark}--", ms=4, color=colour, label=f"backward(), width {w}"
        )
    panel.set(xlabel="layers L", ylabel="pullbacks called")
    panel.xaxis.set_major_locator(MaxNLocator(integer=True))
    headline(made, "Path by path the work grows as wᴸ; the tape goes through each node once")
    panel.legend(frameon=False, fontsize=9)
    report.save(made, "reverse-paths")
    return {
        "paths": rows,
        "worst": {"naive": worst[2], "tape": worst[3]},
        "weights": {"alone": alone, "together": together},
    }
