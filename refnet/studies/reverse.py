r"""The cost of reverse mode, forward mode, finite differences and the sum over all paths.

The lecture notes claim of F = σ ∘ fᴸ ∘ … ∘ σ ∘ f¹ that "from the compositionality (and chain rule)
we have to make the same multiplications multiple times", and that reverse mode is the solution.

cost: the seconds for all derivatives, divided by the seconds for F, for F: ℝⁿ → ℝ with growing n
and F: ℝ¹⁶ → ℝᵐ with growing m. Reverse mode is one backward pass for each output; forward mode (the
complex step) and differences are one evaluation of F for each input.

paths: ∂F/∂xᵢ is the sum over the paths from xᵢ to F of the products of the derivatives on each
path. A cascade of width w has w^{L−1} paths from each input. refnet.studies.reverse_paths follows
them one by one on the graph of the tape. backward() passes each edge once, since it leaves a node
only after all contributions to it are added. The study counts both, which give the same
derivatives.

weights: ∂C/∂Wˡ for each l separately passes L + (L − 1) + … layers; for all l together L.

memory: reverse mode has to keep the values of the forward pass.

Assumptions: float64; processor time of one thread; F is the notes' cascade with tanh, of width 64,
averaged over 64 examples around x. The complex step also evaluates F without a direction, to check
itself.

Source:
    Baur & Strassen 1983, "The complexity of partial derivatives" (a gradient for a few
    evaluations); Griewank & Walther 2008, "Evaluating derivatives"; Linnainmaa 1970
"""

import tracemalloc
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np

import refnet
from refnet import nn
from refnet.autograd.functional import jacobian
from refnet.engine.tensor import Tensor
from refnet.kernels.threads import one_thread
from refnet.models import cascade
from refnet.ops.rule import Array
from refnet.studies import checks, reverse_paths
from refnet.studies.report import Report
from refnet.training.figures import BLUE, ORANGE, RED, figure, headline

Function = Callable[[Tensor], Tensor]
METHODS = {"reverse mode": (BLUE, "o-"), "forward mode": (ORANGE, "s-"), "differences": (RED, "^-")}


def run(report: Report, *, largest: int = 512, depth: int = 10, seed: int = 0) -> dict[str, Any]:
    """Runs the study.

    Args:
        report: the terminal and the folder
        largest: the largest n and m
        depth: the largest L of the cascades whose paths are counted, as far as w^L allows
        seed: the seed of weights and inputs

    Returns:
        the measured numbers by name

    Raises:
        InputError: for values out of range
    """
    checks.at_least(16, largest=largest)
    checks.between(3, 60, depth=depth)
    with one_thread():  # so that other programs hardly change the times
        found = _cost(report, largest, seed)
    found |= reverse_paths.measure(report, depth, seed) | _memory(report, seed)
    _pictures(report, seed)
    cost, m = found["cost"]["inputs"], found["crossing"]
    crossing = f"here from m ≈ {m} on, for n = 16" if m else f"not yet for n = 16 and m = {largest}"
    report.verdict(
        "from compositionality the same multiplications are made many times; reverse mode solves "
        "it",
        "holds with a condition",
        f"that the outputs are few. The sum over paths took {found['worst']['naive']:,} steps "
        f"where the tape took {found['worst']['tape']}, for the same gradient; and a gradient of "
        f"{cost['sizes'][-1]} numbers cost {cost['reverse mode'][-1]:.1f} forward passes, not "
        f"{cost['forward mode'][-1]:.0f} or {cost['differences'][-1]:.0f}. Adding up at "
        "the nodes avoids the repetition. Forward mode does that too, and is cheaper where the "
        f"outputs outnumber the inputs ({crossing}). And reverse mode has to keep the values of "
        "the forward pass.",
    )
    return found


# --- seconds ----------------------------------------------------------------------------------


def _function(n: int, m: int, seed: int) -> Function:
    """Returns F: ℝⁿ → ℝᵐ, the mean of a cascade's outputs over 64 examples around x."""
    refnet.manual_seed(seed)
    model = cascade.build(refnet, [n, 64, 64, m], nn.Tanh).double()
    X = refnet.randn(64, n, dtype=refnet.float64)
    for p in model.parameters():
        p.requires_grad_(False)
    return lambda x: model(X + x).mean(0)


def reverse(F: Function, x: Tensor) -> Array:
    """Returns the Jacobian (m, n) by a backward pass for each output."""
    J: Array = jacobian(F, x).numpy()
    return J


def forward(F: Function, x: Tensor) -> Array:
    """Returns the Jacobian by the complex step for each input."""
    J: Array = jacobian(F, x, vectorize=True, strategy="forward-mode").numpy()
    return J


@refnet.no_grad()
def differences(F: Function, x: Tensor, h: float = 1e-7) -> Array:
    """Returns the Jacobian by (F(x + h eⱼ) − F(x)) / h for each input."""
    y = F(x)
    columns = [(F(x + h * e) - y) / h for e in refnet.eye(len(x), dtype=x.dtype)]
    J: Array = refnet.stack(columns, 1).numpy()
    return J


def _seconds(f: Callable[[], Any]) -> float:
    """Returns the mean processor time of a call, over calls that take 0.05 seconds together."""
    calls = 1
    while True:
        before = process_time()
        for _ in range(calls):
            f()
        taken = process_time() - before
        if taken >= 0.05:
            return taken / calls
        calls *= 2


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
                once = _seconds(partial(F, x))
            exact = reverse(F, x)
            for name, method in methods.items():
                result[name].append(_seconds(partial(method, F, x)) / once)
                off = abs(method(F, x) - exact).max() / abs(exact).max()
                worst[name] = max(worst[name], float(off))
        result["error"] = worst
        found[case] = result
        letter = {"inputs": "n", "outputs": "m"}[case]
        report.table(
            "All derivatives, in forward passes: "
            f"{'F: ℝⁿ → ℝ' if case == 'inputs' else 'F: ℝ¹⁶ → ℝᵐ'}",
            [letter, *methods],
            [[k, *(round(result[name][i], 1) for name in methods)] for i, k in enumerate(sizes)],
        )
    errors = {k: max(found[c]["error"][k] for c in found) for k in methods}
    report.say(
        f"Relative to the largest derivative, forward mode is {errors['forward mode']:.1e} off "
        f"reverse mode, and differences {errors['differences']:.1e}."
    )
    one = {
        k: found["outputs"][k][-1] / count
        for k, count in zip(methods, (sizes[-1], 16, 17), strict=True)
    }
    report.say(
        f"One backward pass costs {one['reverse mode']:.1f} forward passes, one direction by the "
        f"complex step {one['forward mode']:.0f} (NumPy's complex functions are slow; in "
        f"operations, and without i, it is at most 2.5), one difference {one['differences']:.1f}."
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
    """Returns the m at which forward mode becomes cheaper, by interpolation; 0 if it does not."""
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
        for name, (colour, style) in METHODS.items():
            line = f"{name}, complex step" if name == "forward mode" else name
            panel.loglog(found[case]["sizes"], found[case][name], style, color=colour, label=line)
        panel.set_title(title, fontsize=10)
        sizes = found[case]["sizes"]
        panel.set(xlabel=label, xticks=sizes, xticklabels=sizes)
        panel.minorticks_off()
        panel.grid(axis="y", alpha=0.25)
    axes[0, 0].set_ylabel("time of all derivatives / time of F")
    axes[0, 0].legend(frameon=False)
    headline(
        made,
        "Reverse mode costs more with each output, forward mode and differences with each input",
    )
    report.save(made, "reverse-cost")


# --- memory -----------------------------------------------------------------------------------


def _peak(f: Callable[[], Any]) -> float:
    """Returns the peak memory of a call in MB."""
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
    """Draws the notes' composition on the tape, by layers and by units."""
    refnet.manual_seed(seed)
    model = cascade.build(refnet, [8, 5, 4, 3])
    x = refnet.randn(16, 8)
    loss = nn.functional.mse_loss(model(x), refnet.zeros(16, 3))
    y, leaves = reverse_paths.scalar_cascade(3, 3, seed)
    for name, picture in {
        "reverse-tape": refnet.draw(loss, dict(model.named_parameters())),
        "reverse-units": refnet.draw(y, {f"x{'₁₂₃'[i]}": leaf for i, leaf in enumerate(leaves)}),
    }.items():
        svg = picture._repr_svg_()
        report.write(f"{name}.svg", partial(Path.write_text, data=svg, encoding="utf-8"))
        report.save(picture.figure, name)
