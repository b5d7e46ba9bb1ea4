"""A small study of plateaus: the reparametrisation of Dinh and mini-batches have known answers."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("matplotlib", reason="the pictures are drawn with matplotlib, refnet[cli]")
pytest.importorskip("sklearn", reason="the digits come with scikit-learn, refnet[cli]")

from examples import claims
from refnet.studies import plateaus
from refnet.studies.report import Report
from refnet.training.errors import InputError, TrainingError

SMALL = {"starts": 1, "examples": 200, "large": 200, "width": 16, "curves": 5, "target": 0.05}


def test_the_same_function_is_sharper_by_all_measures_but_the_adaptive_one(
    tmp_path: Path, told_on_the_page: Any
) -> None:
    found = plateaus.run(Report(tmp_path), **SMALL, scale=32.0)
    told_on_the_page("plateaus", claims.of_plateaus(found))
    assert found["outputs apart"] < 1e-12
    ratios = {name: found[f"rescaled / trained: {name}"] for name in plateaus.MEASURES}
    assert ratios.pop(plateaus.MEASURES[-1]) == pytest.approx(1, rel=1e-9)
    assert min(ratios.values()) > 5
    for which in ("small", "large"):
        assert found[f"correlation with the mean, {which}"] > 0.8
        assert found[f"spread's power of B, {which}"] == pytest.approx(-0.5, abs=0.15)
        assert 0 < found[f"cosine of the gradients, {which}"] < 1
    assert {p.name for p in tmp_path.iterdir()} == {
        "plateaus-family.png", "plateaus-family.npz", "plateaus-measures.png", "plateaus.npz",
    }  # fmt: skip
    with np.load(tmp_path / "plateaus.npz") as kept:
        assert kept["accuracies"].shape == (1, 2)
        small, large = kept["trace"][0]
    assert large / small == pytest.approx(found["large / small: trace"])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"starts": 0}, "--starts must be at least 1, got 0"),
        ({"large": 16}, "--large must be at least 17, got 16"),
        ({"lr": 0.0}, "--lr must be a positive number, got 0"),
        ({"examples": 5000}, "--examples must be below 1438 and --large at most --examples"),
        ({"examples": 100, "large": 101}, "got 100 and 101"),
    ],
)
def test_bad_arguments_are_input_errors(
    tmp_path: Path, given: dict[str, float], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        plateaus.run(Report(tmp_path), **given)  # type: ignore[arg-type]


def test_a_target_that_is_not_reached_ends_in_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plateaus, "MOST_STEPS", 20)
    with pytest.raises(TrainingError, match="not below 1e-09; another --lr or --target may do"):
        plateaus.run(Report(tmp_path), **{**SMALL, "target": 1e-9})
