"""Write docs/claims.md: each claim of the notes, a verdict, and figures over several seeds.

    python -m examples.claims                  run every study
    python -m examples.claims saddles surface  run these again; the figures of the others stay

A study runs as its command does, with several seeds in place of one. What the page says of a run is
kept in docs/claims.json as soon as the study is done; after an interruption, name the studies that
are left. The page is made of that file alone. The pictures of each run are drawn into --out.
"""

import argparse
import inspect
import json
import multiprocessing
import os
import platform
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from rich.console import Console

import refnet
from examples import average_gradients, ensemble, extract_features, reduce_dimension
from examples.claims_page import page
from refnet import nn
from refnet.kernels.threads import set_num_threads
from refnet.models import backprop, cascade
from refnet.serialization.atomic_write import written_whole
from refnet.studies import approximation, optimizers, plateaus, reverse, saddles, surface
from refnet.studies.report import Report
from refnet.training import progress
from refnet.training.progress import track

DOCS = Path(__file__).parent.parent / "docs"
SEEDS = (0, 100, 200, 300, 400)  # far apart: a study of several networks uses seed, seed + 1, ...
PROCESSES = 2

Figures = dict[str, float]


class Study(NamedTuple):
    """A study that the page reports.

    Attributes:
        run: takes a folder for its pictures, a console and a seed; returns what it measured
        figures: takes what it measured; returns the page's figures by name
        seeds: the number of seeds
    """

    run: Callable[[Path, Console, int], Any]
    figures: Callable[[Any], Figures]
    seeds: int


# --- what the page says of each study -----------------------------------------------------------


def of_approximation(found: dict[str, Any]) -> Figures:
    """Of the three theorems: rates, the proof's networks, what width n + 4 and width n can."""
    built = [row for row in found["proof"] if row[4] == 1]
    figures: Figures = {
        "constant": found["constant"],
        "ε": built[-1][1],
        "units": built[-1][0],
        "proved / ε": max(proved / eps for _, eps, _, proved, _ in found["proof"]),
        "rate, ReLU, smooth": found["rates"]["smooth, m = 1", "ReLU"],
        "rate, sigmoid, smooth": found["rates"]["smooth, m = 1", "sigmoid"],
        "rate, ReLU, cone": found["rates"]["a cone, m = 2", "ReLU"],
        "monotone": found["bound_monotone"],
        "trained, width 1": found["trained"][0][3],
        "trained, width 2, near": found["growing"][2][-2],
        "trained, width 2, far": found["growing"][2][-1],
        "built, max": found["narrow_max_error"],
    }
    figures |= dict(
        zip(("gap ε", "gap units", "gap error", "gap proved"), found["gap"], strict=False)
    )
    for n in (1, 2):
        *_, (_, eps, _, layers, error, _) = (row for row in found["narrow"] if row[0] == n)
        figures |= {
            f"L¹, n = {n}": error,
            f"L¹ / ε, n = {n}": error / eps,
            f"layers, n = {n}": layers,
        }
    return figures


def of_saddles(found: dict[str, Any]) -> Figures:
    """Of critical points: minima and all, by layers, width and search; who leaves a saddle, and
    when.
    """
    figures: Figures = {
        "rank correlation": found["rank correlation"],
        "stuck, %": 100 * found["stuck"],
    }

    def counts(name: str, pairs: Sequence[tuple[int, int]]) -> None:
        for word, column in zip(("minima", "all"), zip(*pairs, strict=True), strict=True):
            figures[f"{word}, {name}"] = sum(column)

    shares = found["shares"]
    for L, pair in shares["by layers"].items():
        counts(f"L = {L}", [pair])
    for (L, width), pair in shares["by layers and width"].items():
        counts(f"L = {L}, width {width}", [pair])
    counts("deep", [pair for L, pair in shares["by layers"].items() if L > 1])
    first, *_, last = shares["by start"].values()
    counts("from random points", [first])
    counts("from descents", [last])
    counts("L-BFGS", [shares["of descents"][""]])
    on_it, noisy, *_, network = found["steps"].values()
    figures |= {
        "optimizers": len(on_it),
        "leave, on it": int(np.isfinite(list(on_it.values())).sum()),
        "leave, noise": int(np.isfinite(list(noisy.values())).sum()),
        "leave, network": int(np.isfinite(list(network.values())).sum()),
        "steps of SGD, noise": noisy["SGD"],
        "steps of Adam, noise": noisy["Adam"],
        "SAM stays": float(np.isinf(noisy["SAM"])),
        "steps of Laplacian SGD from (1, 10⁻³)": found["steps"]["(1, 10⁻³)"]["Laplacian SGD"],
        "steps of Laplacian SGD from (0, 10⁻³)": found["steps"]["(0, 10⁻³)"]["Laplacian SGD"],
    }
    return figures


def of_surface(found: Figures) -> Figures:
    """Of slices: how rough they are at each depth, the means over the statistics of batch norm."""
    figures: Figures = {"chaotic from": found["chaotic from"], "depth": found["depth"]}
    depths = {int(key.split(", ")[-1].split()[0]) for key in found if key.endswith(" blocks")}
    for depth in sorted(depths):
        for name in surface.NAMES:
            for key in (surface.BENT, surface.ROUGH, surface.MINIMA, "cost", "test accuracy, %"):
                values = [found[f"{key} {name}, {s}, {depth} blocks"] for s in ("running", "data")]
                figures[f"{key} {name}, {depth}"] = float(np.mean(values))
    return figures


def of_optimizers(found: dict[str, Any]) -> Figures:
    """Of two kinds of optimizers: how many reach the tolerance and the flat minimum; smoothing."""
    figures: Figures = {}
    for kind, names in (("step", optimizers.STEP), ("surface", optimizers.SURFACE)):
        steps = [count[name] for count in found["steps"].values() for name in names]
        ends = [found["minima"][name] for name in names if name in found["minima"]]
        figures |= {
            f"reached, {kind}": int(np.isfinite(steps).sum()),
            f"cases, {kind}": len(steps),
            f"flat, smallest rate, {kind}": sum(wells[0] == 1 for wells in ends),
            f"flat, largest rate, {kind}": sum(wells[-1] == 1 for wells in ends),
            f"runs, {kind}": len(ends),
        }
    smoothing = found["smoothing"]
    network = {name: np.mean(run["test accuracy"]) for name, run in found["network"].items()}
    computed, _, noise, _ = smoothing[1.0]
    return figures | {
        "white noise off, %": 100 * max(abs(w / c - 1) for c, w, *_ in smoothing.values()),
        "mean changed": found["mean"],
        "computed": computed,
        "noise left": noise,
        "accuracies apart": float(np.ptp(list(network.values()))),
    }


def of_plateaus(found: Figures) -> Figures:
    """Of wide plateaus: all medians over the starts; of mini-batches, the means of both solutions."""
    both = ("correlation with the mean", "spread's power of B", "cosine of the gradients")
    pairs = {name: [found[f"{name}, {size}"] for size in ("small", "large")] for name in both}
    return found | {name: float(np.mean(pair)) for name, pair in pairs.items()}


def of_reverse(found: dict[str, Any]) -> Figures:
    """Of reverse mode: paths and pullbacks, forward passes, where forward mode is cheaper, memory."""
    cost = found["cost"]["inputs"]
    _, alone, both = found["memory"][-1]
    return {
        "paths": found["worst"]["naive"],
        "pullbacks": found["worst"]["tape"],
        "inputs": cost["sizes"][-1],
        **{name: cost[name][-1] for name in reverse.METHODS},
        "crossing": found["crossing"],
        "memory, F": alone,
        "memory, gradient": both,
    }


def of_gradients(found: dict[str, float]) -> Figures:
    """Of averaged gradients: how far the mean is from the batch's gradient."""
    return dict(zip(("off", "off, batch norm"), found.values(), strict=True))


def of_dimensions(found: dict[str, list[float]]) -> Figures:
    """Of autoencoders: the errors with the codes of 2 and 8 numbers."""
    sizes = (2, 8) if len(found["autoencoder"]) == 2 else reduce_dimension.SIZES
    by_size = {name: dict(zip(sizes, errors, strict=True)) for name, errors in found.items()}
    return {f"{name}, {k}": by_size[name][k] for name in found for k in (2, 8)}


def of_ensemble(found: Figures) -> Figures:
    """Of ensembles: the accuracies."""
    names = ("one", "averaged", "thinned", "thinned, averaged", "whole")
    return dict(zip(names, found.values(), strict=True))


def of_features(found: dict[str, list[float]]) -> Figures:
    """Of features: the accuracies from 80 and 320 examples."""
    return {
        f"{name}, {n}": accuracies[i]
        for name, accuracies in zip(("probe", "pixels", "kernel"), found.values(), strict=True)
        for n, i in ((80, -2 if len(accuracies) == 2 else -3), (320, -1))
    }


def four_equations(seed: int) -> Figures:
    """How far the four equations by hand are from the tape, in units of the largest entry."""
    rng = np.random.default_rng(seed)
    refnet.manual_seed(seed)
    model = cascade.build(refnet, [64, 30, 20, 10], nn.Tanh).double()
    x, y = rng.standard_normal((50, 64)), rng.standard_normal((50, 10))
    (0.5 * (model(refnet.from_numpy(x)) - refnet.from_numpy(y)).square().sum(1).mean()).backward()
    parameters = list(model.parameters())
    arrays = [p.detach().numpy() for p in parameters]
    layers = [backprop.Layer(W, b) for W, b in zip(arrays[::2], arrays[1::2], strict=True)]
    by_hand = [g for layer in backprop.backprop(layers, x, y, backprop.TANH) for g in layer]
    tape = [p.grad.numpy() for p in parameters if p.grad is not None]
    off = [np.abs(a - b).max() / np.abs(b).max() for a, b in zip(by_hand, tape, strict=True)]
    return {"off": float(max(off))}


def _landscape(run: Callable[..., Any], **options: Any) -> Callable[[Path, Console, int], Any]:
    return lambda folder, console, seed: run(Report(folder, console), seed=seed, **options)


def _example(main: Callable[..., Any]) -> Callable[[Path, Console, int], Any]:
    return lambda folder, console, seed: main(folder, quick=False, seed=seed)


STUDIES = {  # the longest first
    "surface": Study(_landscape(surface.run, processes=1), of_surface, 3),
    "saddles": Study(_landscape(saddles.run), of_saddles, 3),
    "optimizers": Study(_landscape(optimizers.run), of_optimizers, 3),
    "approximation": Study(_landscape(approximation.run), of_approximation, 3),
    "extract_features": Study(_example(extract_features.main), of_features, 5),
    "ensemble": Study(_example(ensemble.main), of_ensemble, 5),
    "reduce_dimension": Study(_example(reduce_dimension.main), of_dimensions, 5),
    "reverse": Study(_landscape(reverse.run), of_reverse, 3),
    "plateaus": Study(_landscape(plateaus.run), of_plateaus, 5),
    "average_gradients": Study(_example(average_gradients.main), of_gradients, 5),
    "backprop": Study(lambda folder, console, seed: four_equations(seed), dict, 5),
}
RUNS = {"surface": surface.run, "saddles": saddles.run, "optimizers": optimizers.run,
        "approximation": approximation.run, "reverse": reverse.run, "plateaus": plateaus.run}  # fmt: skip


def settings(name: str) -> dict[str, Any]:
    """The settings of a study's command: the defaults of its function."""
    parameters = inspect.signature(RUNS[name]).parameters if name in RUNS else {}
    left_out = ("report", "seed", "processes", "minutes", "resume")
    found = {key: p.default for key, p in parameters.items() if key not in left_out}
    return {key: list(v) if isinstance(v, tuple) else v for key, v in found.items()}


# --- running ------------------------------------------------------------------------------------


def measure(name: str, seed: int, folder: Path) -> tuple[Figures, float]:
    """Run a study; what the page says of it, and its processor time in seconds."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "log.txt").open("w", encoding="utf-8") as log, redirect_stdout(log):
        before = time.process_time()
        found = STUDIES[name].run(folder, Console(file=log, width=120), seed)
        took = time.process_time() - before
    return rounded(STUDIES[name].figures(found)), took


def rounded(figures: Figures) -> Figures:
    """To six digits, as they are kept."""
    return {key: float(f"{value:.6g}") for key, value in figures.items()}


def run(names: Sequence[str], out: Path, console: Console) -> Iterator[tuple[str, dict[str, Any]]]:
    """Run the studies over their seeds, with a progress bar; each one's results when it is done."""
    seeds = {name: SEEDS[: STUDIES[name].seeds] for name in names}
    jobs = [(name, seed) for name in names for seed in seeds[name]]
    context = multiprocessing.get_context("spawn")
    found: dict[str, dict[int, tuple[Figures, float]]] = {name: {} for name in names}
    with ProcessPoolExecutor(PROCESSES, context, set_num_threads, (1,)) as pool:
        running = {
            pool.submit(measure, name, seed, out / f"{name}-{seed}"): (name, seed)
            for name, seed in jobs
        }
        try:
            done = as_completed(running)
            for job in track(done, "studies and seeds", len(jobs), console):
                name, seed = running[job]
                found[name][seed] = job.result()
                if len(found[name]) == len(seeds[name]):
                    yield name, as_kept(name, found[name])
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def as_kept(name: str, found: Mapping[int, tuple[Figures, float]]) -> dict[str, Any]:
    """What docs/claims.json has of a study."""
    seeds = sorted(found)
    return {
        "settings": settings(name),
        "seeds": seeds,
        "processor seconds": [round(found[seed][1], 1) for seed in seeds],
        "figures": [found[seed][0] for seed in seeds],
    }


def machine() -> str:
    """What the studies ran on, as far as it changes their figures and times."""
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}, "
        f"NumPy {np.__version__}, refnet {refnet.__version__}"
    )


def main(names: Sequence[str], out: Path) -> None:
    """Run the studies; keep the figures of each when it is done; write the page."""
    kept = DOCS / "claims.json"
    results = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {"studies": {}}
    results["machine"] = machine()
    studies = results["studies"]
    for name, result in run(names, out, progress.console()):
        studies[name] = result
        results["studies"] = {n: studies[n] for n in STUDIES if n in studies}
        write(kept, json.dumps(results, ensure_ascii=False, indent=1) + "\n")
    if missing := [name for name in STUDIES if name not in studies]:
        print(f"the page is not written before these are run: {' '.join(missing)}")
        return
    write(DOCS / "claims.md", page(results))
    print(f"wrote {kept} and {DOCS / 'claims.md'}")


def write(path: Path, text: str) -> None:
    """Writes a file whole."""
    with written_whole(path) as partial:
        partial.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("studies", nargs="*", metavar="STUDY", help=", ".join(STUDIES))
    parser.add_argument(
        "--out", type=Path, default=Path("runs/claims"), help="where the pictures go"
    )
    given = parser.parse_args()
    unknown = [name for name in given.studies if name not in STUDIES]
    if unknown:
        parser.error(f"expected studies among {', '.join(STUDIES)}, got {', '.join(unknown)}")
    main(given.studies or list(STUDIES), given.out)
