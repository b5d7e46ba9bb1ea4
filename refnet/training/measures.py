"""The scores of a model in words."""

import math


def measures(score: dict[str, float]) -> str:
    """Returns the scores in words, such as "accuracy 97.5 %" or "R² 0.517, RMSE 54.3"."""
    return ", ".join(f"{name} {_number(name, value)}" for name, value in score.items())


def _number(name: str, value: float) -> str:
    if math.isnan(value):
        return "undefined"  # R², where all targets are equal
    if name.startswith("accuracy"):
        return f"{100 * value:.1f} %"
    return f"{value:.3f}" if name in ("R²", "IoU", "bits per character") else f"{value:.4g}"
