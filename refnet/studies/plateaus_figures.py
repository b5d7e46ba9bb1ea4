"""The figures of the study of plateaus: mini-batches' costs along a line, ratios of measures."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from refnet.ops.rule import Array
from refnet.studies.report import Report
from refnet.training.figures import BLUE, GREY, ORANGE, RED, figure, headline


class Family(NamedTuple):
    """Costs along a line through the solution that batches of this size have found.

    Attributes:
        size: the batch size of the training
        mean: (t,), the cost of all the data
        curves: (n, t), the costs of mini-batches
        alike: their mean correlation with the mean
    """

    size: int
    mean: Array
    curves: Array
    alike: float


def families(report: Report, t: Array, sides: list[Family], batch: int) -> None:
    """Draws plateaus-family.png and writes its numbers."""
    made, axes = figure(11, 4.6, columns=2, sharey=True)
    for ax, side in zip(axes.flat, sides, strict=True):
        ax.plot(t, side.curves.T, color=GREY, linewidth=0.6, alpha=0.6)
        ax.plot([], [], color=GREY, label=f"{len(side.curves)} mini-batches of {batch}")
        ax.plot(t, side.mean, color=BLUE, linewidth=2.5, label="all the data")
        title = f"at the solution found with batches of {side.size}"
        ax.set(xlabel="t, along d (1: the filters' own norms)", title=title)
    axes[0, 0].set_ylabel("cost (cross entropy, nats)")
    axes[0, 0].set_ylim(0, 1.1 * max(float(np.max(side.mean)) for side in sides))
    axes[0, 0].legend(frameon=False)
    headline(
        made,
        "Mini-batches give different but similar functions: "
        f"they correlate with the mean by {sides[0].alike:.2f} and {sides[1].alike:.2f}",
    )
    report.save(made, "plateaus-family")
    arrays = {
        f"{key}_{s.size}": a for s in sides for key, a in (("mean", s.mean), ("curves", s.curves))
    }
    report.numbers("plateaus-family", t=t, **arrays)


def measures(
    report: Report, factors: Mapping[str, Array], dinh: Mapping[str, float], scale: float
) -> None:
    """Draws plateaus-measures.png: the ratios large / small batch and rescaled / trained."""
    made, axes = figure(9, 4.5)
    ax = axes[0, 0]
    for i, name in enumerate(factors):
        ax.plot(factors[name], np.full(len(factors[name]), i), "o", color=BLUE, alpha=0.7)
        ax.plot(dinh[name], i, "D", color=RED, markersize=8)
    ax.plot([], [], "o", color=BLUE, label="large batch / small batch, one point a start")
    ax.plot([], [], "D", color=RED, label=f"the same function, layers × {scale:g} and / {scale:g}")
    ax.axvline(1, color=ORANGE, linewidth=1)
    ax.set_yticks(range(len(factors)), list(factors))
    ax.set(xscale="log", xlabel="ratio of the measure (1: equally flat)")
    ax.set_ylim(len(factors) - 0.4, -0.6)  # the first on top
    ax.legend(frameon=False, loc="upper center", bbox_to_anchor=(0.4, -0.15), ncols=2)
    medians = [float(np.median(f)) for f in factors.values()]
    headline(
        made,
        f"Batch size changes flatness by × {min(medians):.2g} to × {max(medians):.2g} (medians),\n"
        f"a rescaling that changes no output by up to × {max(dinh.values()):,.0f}: "
        "only adaptive sharpness stays the same",
    )
    report.save(made, "plateaus-measures")
