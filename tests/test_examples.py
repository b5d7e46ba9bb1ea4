"""The examples run, and show what they say, briefly trained."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("matplotlib", reason="the pictures are drawn with matplotlib, refnet[cli]")
pytest.importorskip("sklearn", reason="the digits come with scikit-learn, refnet[cli]")

from examples import average_gradients, ensemble, extract_features, reduce_dimension

PNG = b"\x89PNG\r\n"


def drawn(folder: Path) -> bool:
    (path,) = folder.iterdir()
    return path.suffix == ".png" and path.read_bytes().startswith(PNG)


def test_principal_components_lose_less_with_each_further_number(tmp_path: Path) -> None:
    errors = reduce_dimension.main(tmp_path, quick=True)
    two, eight = errors["principal components"]
    assert eight < two < 0.075
    assert all(np.isfinite(errors["autoencoder"]))
    assert drawn(tmp_path)


def test_principal_components_are_the_directions_of_greatest_variance() -> None:
    x = np.random.default_rng(0).standard_normal((500, 3)) * [1, 5, 2] + 7
    mean, W = reduce_dimension.principal_components(x, 2)
    np.testing.assert_allclose(mean, x.mean(0), rtol=1e-12)
    np.testing.assert_allclose(np.abs(W @ np.eye(3)[[1, 2]].T), np.eye(2), atol=0.1)


def test_networks_averaged_are_no_worse_than_each_alone(tmp_path: Path) -> None:
    found = ensemble.main(tmp_path, quick=True)
    assert found["3 networks averaged"] >= found["one network, mean"]
    assert drawn(tmp_path)


def test_a_trunk_is_frozen_and_probed(tmp_path: Path) -> None:
    found = extract_features.main(tmp_path, quick=True)
    assert {len(values) for values in found.values()} == {2}
    assert min(min(values) for values in found.values()) > 10
    assert drawn(tmp_path)


def test_the_gradient_of_a_batch_is_the_mean_of_its_examples(tmp_path: Path) -> None:
    alone, normed = average_gradients.main(tmp_path, quick=True).values()
    assert alone < 1e-13
    assert normed > 1e-3, "with batch norm it is not"
    assert drawn(tmp_path)
