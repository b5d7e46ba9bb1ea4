"""docs/claims.md is what its command writes, from figures that the studies as they stand have
measured.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("matplotlib", reason="the studies draw with matplotlib, refnet[landscape]")
pytest.importorskip("sklearn", reason="the digits come with scikit-learn, refnet[landscape]")

from examples import claims, claims_page
from examples.claims_page import Claim, Measured, Shares, Values

ROOT = Path(__file__).parent.parent


@pytest.fixture
def kept() -> dict[str, Any]:
    return json.loads((ROOT / "docs" / "claims.json").read_text(encoding="utf-8"))


def test_the_page_is_what_the_command_writes(kept: dict[str, Any]) -> None:
    written = (ROOT / "docs" / "claims.md").read_text(encoding="utf-8")
    assert written == claims_page.page(kept), "python -m examples.claims writes docs/claims.md"


def test_the_figures_are_those_of_the_studies_as_they_stand(kept: dict[str, Any]) -> None:
    """A study with another default, or other seeds, has to be run again."""
    assert list(kept["studies"]) == list(claims.STUDIES)
    for name, study in claims.STUDIES.items():
        saved = kept["studies"][name]
        assert saved["settings"] == json.loads(json.dumps(claims.settings(name))), name
        assert saved["seeds"] == list(claims.SEEDS[: study.seeds]), name
        assert len(saved["figures"]) == len(saved["processor seconds"]) == study.seeds, name
        assert study.seeds > 1, "a spread needs several seeds"


def test_each_claim_has_its_row_with_verdict_spread_command_and_time(kept: dict[str, Any]) -> None:
    rows = [line for line in claims_page.page(kept).splitlines() if line.startswith("| ")]
    assert len(rows) == 1 + len(claims_page.CLAIMS) + 1
    for claim, row in zip(claims_page.CLAIMS, rows[2:], strict=True):
        notes, verdict, found, command, time = (
            cell.strip() for cell in row.strip("|").split(" | ")
        )
        assert notes == " ".join(claim.notes.split())
        stands = re.fullmatch(r"(.+) \((\d) of (\d)\)", verdict)
        assert stands is not None
        assert stands[1] in {claims_page.HOLDS, claims_page.CONDITION, claims_page.NOT, "hold"}
        assert int(stands[3]) == claims.STUDIES[claim.study].seeds
        assert re.search(r"\d", found)
        assert "nan" not in found
        assert not re.search(r"\binf\b", found)
        assert command.startswith(("`", "the same"))
        assert re.fullmatch(r"(under 1|\d+) s × \d|the same", time)
    assert {claim.study for claim in claims_page.CLAIMS} == set(claims.STUDIES)


def test_the_commands_of_the_page_are_there(kept: dict[str, Any]) -> None:
    commands = re.findall(r"`(refnet landscape|python -m|pytest) ([\w./]+)", claims_page.page(kept))
    for kind, what in commands:
        if kind == "refnet landscape":
            assert what in claims.RUNS
        else:
            path = ROOT / (what if kind == "pytest" else what.replace(".", "/") + ".py")
            assert path.exists(), path


@pytest.mark.parametrize(
    ("values", "form", "text"),
    [
        ((1.0, 2.0, 3.0), ".1f", "2.0 ± 1.0"),
        ((0.424, 0.424), ".2f", "0.42"),
        ((0.4241, 0.4242), ".2f", "0.42"),
        ((-0.5, -0.4), ".2f", "−0.45 ± 0.07"),
        ((3.0,), ".0f", "3"),
        ((1e4, 2e4, 9e4), ",.0f|", "20,000 (10,000 to 90,000)"),
        ((5.0, 5.0), ".0f|", "5"),
        ((1e-16, 4e-16), ".0e^", "4e-16"),
    ],
)
def test_a_figure_is_its_mean_and_spread_over_the_seeds(
    values: tuple[float, ...], form: str, text: str
) -> None:
    assert format(Values(values), form) == text


def test_shares_sum_counts_over_the_seeds_and_leave_out_seeds_without() -> None:
    m = Measured(
        [
            {"minima, x": 1, "all, x": 4},
            {"minima, x": 3, "all, x": 4},
            {"minima, x": 0, "all, x": 0},
        ]
    )
    assert Shares(m)["x"] == "4 of 8 (0.50 ± 0.35)"
    assert Shares(Measured([{"minima, x": 0, "all, x": 0}]))["x"] == "0 of 0"


def test_figures_that_a_seed_lacks_are_those_of_the_others() -> None:
    m = Measured([{"a, 5": 1.0, "a, 10": 2.0}, {"a, 5": 3.0}])
    assert m.among("a, ") == ["5", "10"]
    assert m["a, 10"] == (2.0,)
    with pytest.raises(KeyError, match="b"):
        m["b"]


def test_a_verdict_stands_by_most_of_the_seeds_or_is_open() -> None:
    claim = Claim("notes", "holds", lambda f: f["x"] > 0, "x is {m[x]:.0f}", "none", "`none`")
    assert claims_page.found(claim, [{"x": 1}, {"x": 1}, {"x": -2}]) == (
        "holds (2 of 3)", "x is 0 ± 2",
    )  # fmt: skip
    verdict, _ = claims_page.found(claim, [{"x": 1}, {"x": -1}])
    assert verdict == "open: the figures say otherwise (1 of 2)"


def test_a_study_runs_over_its_seeds_in_processes_and_leaves_the_others_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: dict[str, Any]
) -> None:
    (tmp_path / "claims.json").write_text(json.dumps(kept), encoding="utf-8")
    monkeypatch.setattr(claims, "DOCS", tmp_path)
    monkeypatch.setattr(claims, "SEEDS", (7, 8))
    claims.main(["backprop"], tmp_path / "runs")
    now = json.loads((tmp_path / "claims.json").read_text(encoding="utf-8"))
    again = now["studies"].pop("backprop")
    del kept["studies"]["backprop"]
    assert now["studies"] == kept["studies"]
    assert again["seeds"] == [7, 8]
    assert all(0 <= figures["off"] < 1e-12 for figures in again["figures"])
    page = (tmp_path / "claims.md").read_text(encoding="utf-8")
    assert "| hold (2 of 2) |" in page


def test_the_example_studies_give_the_figures_of_the_page(
    tmp_path: Path, told_on_the_page: Any
) -> None:
    for module, figures in (
        (claims.average_gradients, claims.of_gradients),
        (claims.reduce_dimension, claims.of_dimensions),
        (claims.ensemble, claims.of_ensemble),
        (claims.extract_features, claims.of_features),
    ):
        name = module.__name__.removeprefix("examples.")
        told_on_the_page(name, figures(module.main(tmp_path, quick=True, seed=1)))
    told_on_the_page("backprop", claims.four_equations(1))


@pytest.mark.parametrize("page", ["README.md", "examples/README.md", "docs/notes-errata.md"])
def test_other_pages_leave_the_figures_to_the_page(page: str) -> None:
    """Where they tell of the studies; so no figure can disagree with the page's."""
    text = (ROOT / page).read_text(encoding="utf-8")
    if page == "README.md":
        text = text[text.index("refnet landscape surface") : text.index("docs/claims.md)")]
    assert not re.search(r"\d ?%|\d\.\d", text)
