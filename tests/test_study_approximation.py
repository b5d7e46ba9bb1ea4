"""The study of universal approximation: a small run agrees with the theorems."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import Ran, run_study

pytest.importorskip("matplotlib", reason="the figures are drawn with matplotlib, refnet[landscape]")
pytest.importorskip("rich", reason="the tables are printed with rich, refnet[landscape]")


from examples import claims
from refnet.studies import approximation as study
from refnet.studies.report import Report
from refnet.training.errors import InputError


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    folder = tmp_path_factory.mktemp("study")
    return run_study(study.run, folder, units=32, eps=0.2, trainings=1, steps=30)


def test_figures_and_numbers_are_written_whole(ran: Ran) -> None:
    _, folder, _ = ran
    names = {p.name for p in folder.iterdir()}
    assert names == {
        *(f"approximation-{n}.png" for n in ("rates", "proof", "exceptions", "width")),
        "approximation-rates.npz",
    }
    assert all(p.read_bytes()[:4] in (b"\x89PNG", b"PK\x03\x04") for p in folder.iterdir())


def test_the_error_falls_with_n_for_each_sigma(ran: Ran) -> None:
    found, _, _ = ran
    assert len(found["errors"]) == 3 * 4
    assert all(errors[-1] < errors[0] / 2 for errors in found["errors"].values())
    assert found["rates"]["smooth, m = 1", "sigmoid"] > 2 * found["rates"]["smooth, m = 1", "ReLU"]


def test_each_built_network_keeps_its_eps(ran: Ran) -> None:
    found, _, _ = ran
    assert {m for *_, m in found["proof"]} == {1, 2}
    assert all(error <= proved < eps for _, eps, error, proved, _ in found["proof"])


def test_polynomials_stay_above_their_bound_and_the_sigmoid_does_not(
    ran: Ran,
) -> None:
    found, _, _ = ran
    values = study.kink(np.linspace(0, 1, 9999)[:, None])
    assert found["constant"] == pytest.approx((values.max() - values.min()) / 2, abs=1e-6)
    for _, _, few, many, bound in found["exceptions"]:
        assert min(few, many) >= bound > 0
    assert found["sigmoid_error"] < min(row[4] for row in found["exceptions"])


def test_width_n_stays_above_its_bounds_and_width_n_plus_4_keeps_eps(
    ran: Ran,
) -> None:
    found, _, _ = ran
    assert all(width == n + 4 and l1 <= eps for n, eps, width, _, l1, _ in found["narrow"])
    for n, width, _, l1, _, largest, bound in found["trained"]:
        assert width == n
        assert largest >= bound - (0.0 if n == 1 else 0.02)  # the edge is seen at some points only
        assert n > 1 or l1 >= found["bound_monotone"]
    assert found["bound_monotone"] == pytest.approx(1 / 6, abs=1e-3)


def test_the_page_of_claims_has_its_figures(
    ran: Ran,
    told_on_the_page: Any,
) -> None:
    told_on_the_page("approximation", claims.of_approximation(ran[0]))


def test_it_ends_in_three_verdicts(ran: Ran) -> None:
    text = ran[2]
    assert text.count("The notes: ") == 3
    assert text.count("\nholds with a condition: ") == 2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"units": 8}, "--units must be at least 16, got 8"),
        ({"eps": 0.0}, "--eps must be between 0.025 and 0.25, got 0.0"),
        ({"trainings": 0}, "--trainings must be at least 1, got 0"),
    ],
)
def test_bad_options_are_one_line(tmp_path: Path, options: dict, message: str) -> None:  # type: ignore[type-arg]
    with pytest.raises(InputError, match=message):
        study.run(Report(tmp_path), **options)
