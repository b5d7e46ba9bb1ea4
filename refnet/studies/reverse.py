r"""Reverse mode's price, beside forward mode, finite differences and the chain rule taken literally.

The notes claim of F = σ ∘ fᴸ ∘ … ∘ σ ∘ f¹ that "from the compositionality (and chain rule) we have to make
the same multiplications multiple times", and that reverse mode differentiation is the way out.

    cost         seconds for all derivatives, over seconds for F itself: of F: ℝⁿ → ℝ as n grows, and of
                 F: ℝ¹⁶ → ℝᵐ as m grows. Reverse mode is a walk back for each output; forward mode (the
                 complex step) and differences are a run of F for each input
    paths        ∂F/∂xᵢ is a sum over the paths from xᵢ to F of the products of the derivatives along each.
                 In a cascade of width w there are w^{L−1} from each input. `walk_paths` goes them one by one,
                 on the tape's own graph; backward() goes each edge once, since it leaves a node when all that
                 reaches it has been added up. Both are counted, and give the same
    each alone   ∂C/∂Wˡ for each l by itself, from the output on, goes L + (L − 1) + … layers; together, L
    memory       what reverse mode needs in return: the values of the forward pass

Assumptions: float64; processor time of one thread; F is the notes' cascade with tanh, of width 64, averaged
over 64 examples around x. The complex step runs F without a direction too, to check itself.

Sources: Baur & Strassen 1983, "The complexity of partial derivatives" (a gradient for a few evaluations);
Griewank & Walther 2008, "Evaluating derivatives"; Linnainmaa 1970.
"""

import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import process_time
from typing import Any

import numpy as np

import refnet
from refnet import nn
from refnet.autograd.functional import jacobian
from refnet.models import cascade
from refnet.ops.rule import Array, Pullback
from refnet.ops.sigmoid import sigmoid
from refnet.studies.report import BLUE, ORANGE, PURPLE, RED, Report, figure
from refnet.tape import Node, apply
from refnet.tensor import Tensor
from refnet.training.errors import InputError

Function = Callable[[Tensor], Tensor]
METHODS = {"reverse mode": BLUE, "forward mode": ORANGE, "differences": RED}
MOST = 200_000  # so many pullbacks are called one by one


def run(report: Report, *, largest: int = 512, depth: int = 10, seed: int = 0) -> dict[str, Any]:
    """Measure, count, draw and judge.

    Arguments
        largest  the largest n and m
        depth    the largest L of the cascades that are counted, as far as w^L allows
    Raises InputError for values that make no sense.
    """
    if largest < 16:
        raise InputError(f"largest must be at least 16, got {largest}")
    if not 3 <= depth <= 60:
        raise InputError(f"depth must be between 3 and 60, got {depth}")
    with one_thread():
        found = _cost(report, largest, seed)
    found |= _paths(report, depth, seed) | _memory(report, seed)
    _pictures(report, seed)
    cost, m = found["cost"]["inputs"], found["crossing"]
    crossing = f"here from m ≈ {m} on, for n = 16" if m else f"not yet for n = 16 and m = {largest}"
    report.verdict(
        "from compositionality the same multiplications are made many times; reverse mode solves it",
        "holds with a condition",
        f"that the outputs are few. The sum over paths took {found['worst']['naive']:,} steps where the "
        f"tape took {found['worst']['tape']}, with the same gradient; and a gradient of {cost['sizes'][-1]} "
        f"numbers cost {cost['reverse mode'][-1]:.1f} forward passes, not {cost['forward mode'][-1]:.0f} "
        f"or {cost['differences'][-1]:.0f}. What ends the repetition is adding up at the nodes, which "
        f"forward mode does too: it is the cheaper one where the outputs outnumber the inputs ({crossing}). "
        "And the values of the forward pass have to be kept.",
    )
    return found


# --- seconds ----------------------------------------------------------------------------------


def _function(n: int, m: int, seed: int) -> Function:
    """F: ℝⁿ → ℝᵐ: the mean of a cascade's outputs over 64 examples around x."""
    refnet.manual_seed(seed)
    model = cascade.build(refnet, [n, 64, 64, m], nn.Tanh).double()
    X = refnet.randn(64, n, dtype=refnet.float64)
    for p in model.parameters():
        p.requires_grad_(False)
    return lambda x: model(X + x).mean(0)


def reverse(F: Function, x: Tensor) -> Array:
    """The Jacobian (m, n), by a walk back for each output."""
    J: Array = jacobian(F, x).numpy()
    return J


def forward(F: Function, x: Tensor) -> Array:
    """The Jacobian, by the complex step for each input."""
    J: Array = jacobian(F, x, vectorize=True, strategy="forward-mode").numpy()
    return J


@refnet.no_grad()
def differences(F: Function, x: Tensor, h: float = 1e-7) -> Array:
    """The Jacobian, by (F(x + h eⱼ) − F(x)) / h for each input."""
    y = F(x)
    columns = [(F(x + h * e) - y) / h for e in refnet.eye(len(x), dtype=x.dtype)]
    J: Array = refnet.stack(columns, 1).numpy()
    return J


def _seconds(f: Callable[[], Any]) -> float:
    """Processor time of a call, the mean over so many calls that they take 0.05 seconds."""
    calls = 1
    while True:
        before = process_time()
        for _ in range(calls):
            f()
        taken = process_time() - before
        if taken >= 0.05:
            return taken / calls
        calls *= 2


@contextmanager
def one_thread() -> Iterator[None]:
    """In here one thread computes: what others do on the machine changes its time little."""
    before = refnet.get_num_threads()
    refnet.set_num_threads(1)
    try:
        yield
    finally:
        refnet.set_num_threads(before)


def _cost(report: Report, largest: int, seed: int) -> dict[str, Any]:
    sizes = [k for k in 4 ** np.arange(8) if k < largest] + [largest]
    found: dict[str, Any] = {}
    methods = {"reverse mode": reverse, "forward mode": forward, "differences": differences}
    for case, pairs in {
        "inputs": [(int(k), 1) for k in sizes],
        "outputs": [(16, int(k)) for k in sizes],
    }.items():
        result: dict[str, Any] = {"sizes": [int(k) for k in sizes], **{k: [] for k in methods}}
        worst = dict.fromkeys(methods, 0.0)
        for n, m in report.track(pairs, f"time against {case}"):
            F, x = _function(n, m, seed), refnet.zeros(n, dtype=refnet.float64)
            with refnet.no_grad():
                once = _seconds(lambda F=F, x=x: F(x))  # type: ignore[misc]
            exact = reverse(F, x)
            for name, method in methods.items():
                result[name].append(_seconds(lambda g=method, F=F, x=x: g(F, x)) / once)  # type: ignore[misc]
                off = abs(method(F, x) - exact).max() / abs(exact).max()
                worst[name] = max(worst[name], float(off))
        result["error"] = worst
        found[case] = result
        letter = {"inputs": "n", "outputs": "m"}[case]
        report.table(
            f"All derivatives, in forward passes: {'F: ℝⁿ → ℝ' if case == 'inputs' else 'F: ℝ¹⁶ → ℝᵐ'}",
            [letter, *methods],
            [[k, *(round(result[name][i], 1) for name in methods)] for i, k in enumerate(sizes)],
        )
    errors = {k: max(found[c]["error"][k] for c in found) for k in methods}
    report.say(
        f"Relative to the largest derivative, forward mode is {errors['forward mode']:.1e} off reverse "
        f"mode, and differences {errors['differences']:.1e}."
    )
    one = {
        k: found["outputs"][k][-1] / count
        for k, count in zip(methods, (sizes[-1], 16, 17), strict=True)
    }
    report.say(
        f"One walk back costs {one['reverse mode']:.1f} forward passes, one direction by the complex step "
        f"{one['forward mode']:.0f} (NumPy's complex functions are slow; in operations, and without i, it "
        f"is at most 2.5), one difference {one['differences']:.1f}."
    )
    crossing = _crossing(found["outputs"])
    _draw_cost(report, found)
    report.numbers(
        "reverse-cost",
        sizes=np.array(sizes),
        **{f"{c}_{k.replace(' ', '_')}": np.array(found[c][k]) for c in found for k in methods},
    )
    return {"cost": found, "errors": errors, "crossing": crossing}


def _crossing(outputs: dict[str, Any]) -> int:
    """The m from which on forward mode is the cheaper one, between the sizes by interpolation; 0 for none."""
    gap = np.log(np.array(outputs["reverse mode"]) / np.array(outputs["forward mode"]))
    m = np.log(outputs["sizes"])
    for i in range(1, len(gap)):
        if gap[i - 1] < 0 <= gap[i]:
            at = m[i - 1] + (m[i] - m[i - 1]) * -gap[i - 1] / (gap[i] - gap[i - 1])
            return round(float(np.exp(at)))
    return 0


def _draw_cost(report: Report, found: dict[str, Any]) -> None:
    made, axes = figure(10.5, 4.2, columns=2, sharey=True)
    titles = {
        "inputs": ("F: ℝⁿ → ℝ, one output", "inputs n"),
        "outputs": ("F: ℝ¹⁶ → ℝᵐ, sixteen inputs", "outputs m"),
    }
    for panel, (case, (title, label)) in zip(axes[0], titles.items(), strict=True):
        for name, colour in METHODS.items():
            line = f"{name}, complex step" if name == "forward mode" else name
            panel.loglog(found[case]["sizes"], found[case][name], "o-", color=colour, label=line)
        panel.set_title(title, fontsize=10)
        sizes = found[case]["sizes"]
        panel.set(xlabel=label, xticks=sizes, xticklabels=sizes)
        panel.minorticks_off()
        panel.grid(axis="y", alpha=0.25)
    axes[0, 0].set_ylabel("time of all derivatives / time of F")
    axes[0, 0].legend(frameon=False)
    made.suptitle("Reverse mode pays by the output, forward mode and differences by the input")
    report.save(made, "reverse-cost")


# --- steps, counted ---------------------------------------------------------------------------


def unit(*a: Array, w: Array) -> tuple[Array, Pullback]:
    """y = σ(Σⱼ wⱼ aⱼ): a unit of a cascade as one operation, with a number from each unit before.

    Pullback  āⱼ = ȳ y (1 − y) wⱼ
    """
    y, back = sigmoid(np.asarray(w @ np.array(a)))

    def pullback(dy: Array) -> tuple[Array, ...]:
        (dz,) = back(dy)
        return tuple(np.asarray(dz * wj) for wj in w)

    return y, pullback


def scalar_cascade(width: int, depth: int, seed: int = 0) -> tuple[Tensor, list[Tensor]]:
    """A cascade unit by unit, `depth` layers of which the last has one unit. -> F(x) and the numbers x"""
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
    """The nodes of y's graph."""
    found: dict[int, Node] = {}
    stack = [y.grad_fn]
    while stack:
        node = stack.pop()
        if node is not None and node.order not in found:
            found[node.order] = node
            stack += [before for before, _ in node.next_functions]
    return list(found.values())


def walk_paths(y: Tensor, x: list[Tensor]) -> tuple[list[float], int]:
    """dy/dx by the chain rule taken literally: each path by itself. -> it, and the pullbacks called

    On the graph of y, with the pullbacks of the tape; for operations with one output each.
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
    """How many pullbacks of y's graph are called by walk()."""
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


def _paths(report: Report, depth: int, seed: int) -> dict[str, Any]:
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
    # Each Wˡ by itself, on the cascade of whole layers.
    refnet.manual_seed(seed)
    model = cascade.build(refnet, [4] * (depth + 1), nn.Tanh)
    weights = [p for name, p in model.named_parameters() if name.endswith("weight")]
    y = model(refnet.randn(2, 4)).square().mean()
    together = count_calls(y, lambda: refnet.autograd.grad(y, weights, retain_graph=True))
    alone = count_calls(y, lambda: [refnet.autograd.grad(y, W, retain_graph=True) for W in weights])
    report.say(
        f"∂C/∂Wˡ of {depth} layers: {alone} pullbacks for one l after the other, {together} for all together."
    )
    worst = max(rows, key=lambda r: r[2] / r[3])
    made, axes = figure(7.5, 4.4)
    panel = axes[0, 0]
    for w, colour in ((2, BLUE), (3, ORANGE), (4, PURPLE)):
        layers, naive, tape = np.array([r[1:4] for r in rows if r[0] == w]).T
        panel.semilogy(layers, naive, "o-", color=colour, label=f"path by path, width {w}")
        panel.semilogy(layers, tape, "s--", ms=4, color=colour, label=f"backward(), width {w}")
    panel.set(xlabel="layers L", ylabel="pullbacks called")
    panel.set_title(
        "Path by path the work grows as wᴸ; the tape goes through each node once", fontsize=11
    )
    panel.legend(frameon=False, fontsize=9)
    report.save(made, "reverse-paths")
    return {
        "paths": rows,
        "worst": {"naive": worst[2], "tape": worst[3]},
        "weights": {"alone": alone, "together": together},
    }


# --- memory -----------------------------------------------------------------------------------


def _peak(f: Callable[[], Any]) -> float:
    """The most memory that is held at once in a call, in MB."""
    tracemalloc.start()
    try:
        f()
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()


def _memory(report: Report, seed: int) -> dict[str, Any]:
    rows: list[list[Any]] = []
    for depth in (4, 8, 16, 32):
        refnet.manual_seed(seed)
        model = cascade.build(refnet, [64] * depth, nn.Tanh)
        x = refnet.randn(1024, 64)

        def plain(model: Any = model, x: Tensor = x) -> None:
            with refnet.no_grad():
                model(x).mean()

        alone = _peak(plain)
        both = _peak(lambda model=model, x=x: model(x).mean().backward())  # type: ignore[misc]
        rows.append([depth, alone, both])
    report.table(
        "Memory at the peak, in MB: a cascade of width 64, 1024 examples",
        ["layers", "F alone", "F and its gradient"],
        rows,
    )
    return {"memory": rows}


# --- pictures ---------------------------------------------------------------------------------


def _pictures(report: Report, seed: int) -> None:
    """The notes' composition as it stands on the tape: of whole layers, and unit by unit."""
    refnet.manual_seed(seed)
    model = cascade.build(refnet, [8, 5, 4, 3])
    x = refnet.randn(16, 8)
    loss = nn.functional.mse_loss(model(x), refnet.zeros(16, 3))
    y, leaves = scalar_cascade(3, 3, seed)
    for name, picture in {
        "reverse-tape": refnet.draw(loss, dict(model.named_parameters())),
        "reverse-units": refnet.draw(y, {f"x{'₁₂₃'[i]}": leaf for i, leaf in enumerate(leaves)}),
    }.items():
        report.write(f"{name}.svg", picture.save)
        report.save(picture.figure, name)
