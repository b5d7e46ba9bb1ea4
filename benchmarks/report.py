"""From pytest-benchmark's JSON: a table of ratios with their targets, and a plot of throughput.

    python benchmarks/report.py bench-out/benchmarks.json

prints the table and writes throughput.png beside the file.
"""

import json
import sys
from itertools import groupby
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from refnet.training.figures import BLUE, ORANGE

Noted = dict[str, Any]


def read(path: Path) -> list[Noted]:
    """Returns what `compare` noted for each benchmark, in the order in which they ran."""
    return [b["extra_info"] for b in json.loads(path.read_text(encoding="utf-8"))["benchmarks"]]


def amount(value: float, unit: str) -> str:
    """Writes seconds or bytes with three digits and a fitting unit."""
    steps = (
        [(1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (0.0, "ns")]
        if unit == "s"
        else [(2.0**20, "MiB"), (2.0**10, "KiB"), (0.0, "B")]
    )
    size, name = next((size, name) for size, name in steps if value >= size)
    return f"{value / (size or (1e-9 if unit == 's' else 1.0)):.3g} {name}"


def verdict(noted: Noted) -> str:
    """Returns "<= TARGET reached" or "<= TARGET MISSED", or "" without a target."""
    if "target" not in noted:
        return ""
    return f"<= {noted['target']:<5} {'reached' if noted['ratio'] <= noted['target'] else 'MISSED'}"


def table(results: list[Noted]) -> list[str]:
    """Returns the lines of the table, a section for each group."""
    width = max(len(r["label"]) + len(r.get("dtype", "")) + 1 for r in results)
    lines = []
    for group, members in groupby(results, key=lambda r: r["group"]):
        heads = f"{'refnet':>9} {'PyTorch':>9} {'ratio':>6}  {'quartiles':11} target"
        lines += ["", group, f"  {'':{width}} {heads}"]
        for r in members:
            unit = r.get("unit", "s")
            label = f"{r['label']} {r.get('dtype', '')}"
            spread = "–".join(f"{q:.2f}" for q in r.get("quartiles", ()))
            speed = ""
            if "flops" in r:
                ours, theirs = (r["flops"] / r[name] / 1e9 for name in ("refnet", "pytorch"))
                peak = r["ceiling"]
                speed = f"   {ours:5.1f} and {theirs:5.1f} GFLOP/s, {ours / peak:4.0%} of the peak"
            lines.append(
                f"  {label:{width}} {amount(r['refnet'], unit):>9} {amount(r['pytorch'], unit):>9} "
                f"{r['ratio']:6.2f}  {spread:11} {verdict(r):15}{speed}".rstrip()
            )
    return lines


def plot(results: list[Noted], path: Path) -> None:
    """Draw the throughput of square products against their size, with the peak as the ceiling."""
    square = [r for r in results if "size" in r]
    dtypes = list(dict.fromkeys(r["dtype"] for r in square))
    with mpl.rc_context({"font.size": 10, "axes.spines.top": False, "axes.spines.right": False}):
        figure = Figure(figsize=(4.6 * len(dtypes), 3.6), layout="constrained")
        for axes, dtype in zip(
            figure.subplots(1, len(dtypes), squeeze=False)[0], dtypes, strict=True
        ):
            chosen = [r for r in square if r["dtype"] == dtype]
            sizes = [r["size"] for r in chosen]
            for name, label, style in (
                ("refnet", "refnet", {"color": BLUE, "marker": "o"}),
                ("pytorch", "PyTorch", {"color": ORANGE, "marker": "s", "mfc": "white"}),
            ):
                speeds = [r["flops"] / r[name] / 1e9 for r in chosen]
                axes.plot(sizes, speeds, label=label, **style)
            peak = chosen[0]["ceiling"]
            axes.axhline(peak, color="gray", linestyle="--", linewidth=1)
            axes.annotate(
                f"the machine's peak: {peak:.0f}",
                (sizes[0], peak),
                xytext=(0, 4),
                textcoords="offset points",
                color="gray",
            )
            axes.set_xscale("log", base=2)
            axes.set_xticks(sizes, [str(n) for n in sizes])
            axes.set_ylim(0, 1.12 * peak)
            axes.set(title=dtype, xlabel="n", ylabel="GFLOP/s, (n, n) by (n, n)")
            axes.legend(frameon=False, loc="lower right")
        figure.savefig(path, dpi=150)


def main(source: str) -> None:
    """Prints the table, and write the plot beside the JSON."""
    path = Path(source)
    results = read(path)
    if not results:
        sys.exit(f"{path} holds no benchmark")
    machine = results[0]
    print(
        f"{machine['processor']}, {machine['threads']} threads; Python {machine['python']}, "
        f"NumPy {machine['numpy']} with {machine['blas']}, PyTorch {machine['torch']}"
    )
    print("\n".join(table(results)))
    aimed = [r for r in results if "target" in r]
    reached = sum(r["ratio"] <= r["target"] for r in aimed)
    print(f"\n{reached} of {len(aimed)} targets reached")
    if any("size" in r for r in results):
        plot(results, path.with_name("throughput.png"))
        print(f"wrote {path.with_name('throughput.png')}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python benchmarks/report.py RESULTS.json")
    main(sys.argv[1])
