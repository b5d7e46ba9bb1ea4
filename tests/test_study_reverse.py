"""The study of the cost of reverse mode: the methods agree, the counts are the known ones."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import Ran, run_study

pytest.importorskip("matplotlib", reason="the figures are drawn with matplotlib, refnet[landscape]")
pytest.importorskip("rich", reason="the tables are printed with rich, refnet[landscape]")


import refnet
from examples import claims
from refnet.ops.rule import Array
from refnet.studies import reverse as study, reverse_paths as paths
from refnet.studies.report import Report
from refnet.testing import check_pullback
from refnet.training.errors import InputError


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return run_study(study.run, tmp_path_factory.mktemp("study"), largest=16, depth=4)


def test_three_ways_to_the_same_jacobian() -> None:
    def f(x: refnet.Tensor) -> refnet.Tensor:
        return refnet.stack([x[0] * x[1], x[1].sin(), x[0] + 3 * x[2]])

    x = refnet.tensor([2.0, 0.5, -1.0], dtype=refnet.float64)
    J = [[0.5, 2, 0], [0, np.cos(0.5), 0], [1, 0, 3]]
    np.testing.assert_allclose(study.reverse(f, x), J, rtol=1e-14)
    np.testing.assert_allclose(study.forward(f, x), J, rtol=1e-14)
    np.testing.assert_allclose(study.differences(f, x), J, rtol=1e-6, atol=1e-7)


def test_a_unit_is_a_rule_with_its_pullback() -> None:
    rng = np.random.default_rng(0)
    w = rng.standard_normal(3)

    def rule(a: Array, b: Array, c: Array) -> Any:
        return paths.unit(a, b, c, w=w.astype(a.dtype))

    check_pullback(rule, [np.array(v) for v in rng.standard_normal(3)])


@pytest.mark.parametrize(("width", "depth"), [(2, 2), (2, 6), (3, 4), (4, 3)])
def test_paths_and_nodes_are_as_many_as_the_formulas_say(width: int, depth: int) -> None:
    y, x = paths.scalar_cascade(width, depth)
    by_paths, naive = paths.walk_paths(y, x)
    assert naive == sum(width**layer for layer in range(depth))
    assert len(paths.nodes(y)) == 1 + width * (depth - 1)
    assert paths.count_calls(y, y.backward) == 1 + width * (depth - 1)
    grads = [leaf.grad.item() for leaf in x if leaf.grad is not None]
    np.testing.assert_allclose(by_paths, grads, rtol=1e-13)


def test_the_numbers_keep_the_claim(ran: Ran) -> None:
    found, _, _ = ran
    assert found["errors"]["forward mode"] < 1e-12
    assert 1e-12 < found["errors"]["differences"] < 1e-5
    for case in found["cost"].values():
        assert all(len(case[k]) == len(case["sizes"]) for k in study.METHODS)
    inputs, outputs = found["cost"]["inputs"], found["cost"]["outputs"]
    assert inputs["reverse mode"][-1] < inputs["differences"][-1] < inputs["forward mode"][-1]
    assert outputs["reverse mode"][-1] > 3 * outputs["reverse mode"][0]
    # A loss and `depth` layers of two operations, together; one by one, each from the loss on.
    assert found["weights"]["alone"] > 1.5 * found["weights"]["together"]
    assert all(both > alone for _, alone, both in found["memory"])
    memory = [both for _, _, both in found["memory"]]
    assert memory[-1] > 3 * memory[0]


def test_the_page_of_claims_has_its_figures(ran: Ran, told_on_the_page: Any) -> None:
    told_on_the_page("reverse", claims.of_reverse(ran[0]))


def test_where_two_curves_cross() -> None:
    curves = {"sizes": [1, 4, 16], "reverse mode": [1.0, 4, 16], "forward mode": [8.0, 8, 8]}
    assert study._crossing(curves) == 8
    assert study._crossing({**curves, "forward mode": [99.0, 99, 99]}) == 0


def test_figures_graphs_and_numbers_are_written_whole(
    ran: Ran,
) -> None:
    _, folder, text = ran
    assert {p.name for p in folder.iterdir()} == {
        "reverse-cost.npz",
        *(f"reverse-{n}.png" for n in ("cost", "paths", "tape", "units")),
        *(f"reverse-{n}.svg" for n in ("tape", "units")),
    }
    assert "mse_loss" in (folder / "reverse-tape.svg").read_text(encoding="utf-8")
    assert text.count("The notes: ") == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"largest": 4}, "--largest must be at least 16, got 4"),
        ({"depth": 2}, "--depth must be between 3 and 60, got 2"),
    ],
)
def test_bad_options_are_one_line(tmp_path: Path, options: dict[str, int], message: str) -> None:
    with pytest.raises(InputError, match=message):
        study.run(Report(tmp_path), **options)
