"""refnet.draw: what is on the tape is in the picture, once, with its shapes."""

import subprocess
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

pytest.importorskip("matplotlib", reason="the picture is drawn with matplotlib, refnet[landscape]")

import refnet
from refnet import nn
from refnet.display import diagram, graph_values


def texts(picture: Any) -> Counter[str]:
    """The texts of the SVG, each with how often it stands there."""
    root = ElementTree.fromstring(picture._repr_svg_())
    return Counter("".join(e.itertext()).strip() for e in root.findall(".//{*}text"))


def network() -> tuple[nn.Module, refnet.Tensor]:
    refnet.manual_seed(0)
    model = nn.Sequential(nn.Linear(6, 5), nn.ReLU(), nn.Linear(5, 3))
    loss = nn.functional.cross_entropy(model(refnet.randn(4, 6)), refnet.tensor([0, 1, 2, 0]))
    return model, loss


def test_operations_names_and_shapes_are_in_the_picture() -> None:
    model, loss = network()
    found = texts(refnet.draw(loss, dict(model.named_parameters())))
    assert found == Counter(
        {
            "linear": 2, "relu": 1, "cross_entropy": 1, "result": 1,
            "0.weight": 1, "0.bias": 1, "2.weight": 1, "2.bias": 1,
            "(5, 6)": 1, "(5,)": 1, "(3, 5)": 1, "(3,)": 1,
            "(4, 5)": 2, "(4, 3)": 1, "scalar": 1,
        }
    )  # fmt: skip


def test_leaves_without_a_name_and_constants() -> None:
    x = refnet.ones(2, requires_grad=True)
    found = texts(refnet.draw(x * refnet.ones(3, 2)))
    assert found == Counter({"leaf": 1, "mul": 1, "result": 1, "(2,)": 1, "(3, 2)": 1})


def test_a_value_used_twice_is_one_arrow_and_each_box_is_met_once() -> None:
    x = refnet.ones(2, requires_grad=True)
    y = x
    for _ in range(60):  # 2⁶⁰ ways from the result to x
        y = y + y
    found = texts(refnet.draw(y, {"x": x}))
    assert found["add"] == 60
    assert found["2 × (2,)"] == 60
    assert found["x"] == 1


def test_each_output_of_an_operation_has_its_own_shape() -> None:
    layer = nn.LSTM(3, 4)
    output, (h, _) = layer(refnet.randn(5, 2, 3))
    found = texts(refnet.draw(output.sum() + h.sum(), dict(layer.named_parameters())))
    assert found["lstm"] == 1
    assert {"weight_ih_l0", "bias_hh_l0", "(16, 3)", "(5, 2, 4)"} <= set(found)


def test_boxes_keep_apart_and_arrows_go_down() -> None:
    class Block(nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.a, self.b = nn.Linear(3, 3), nn.Linear(3, 3)

        def forward(self, x: refnet.Tensor) -> refnet.Tensor:
            return x + self.b(self.a(x).tanh()).relu()

    y = nn.Sequential(nn.Linear(3, 3), Block(), Block(), Block())(refnet.randn(2, 3))
    _, uses = graph_values.cotangents(y, np.zeros((2, 3)))
    arrows = diagram._arrows(y, uses)
    level = {0: 0}
    for _ in arrows:  # the longest way to the result
        for source, target in arrows:
            if target in level:
                level[source] = max(level.get(source, 0), level[target] + 1)
    layers = [[k for k in level if level[k] == i] for i in range(max(level.values()) + 1)]
    places = diagram._placed(layers, arrows, dict.fromkeys(level, "rule"))
    for source, target in arrows:
        assert places[source][1] > places[target][1]
    for i in range(len(layers)):
        row = sorted(x for x, y in places.values() if y == i)
        assert all(b - a > 1 - 1e-9 for a, b in pairwise(row))
    passing = [key for key in places if isinstance(key, tuple)]
    assert len(passing) >= 3 * 4, "a skip connection goes past the four layers of its block"


def test_places_are_as_near_as_the_order_allows() -> None:
    assert diagram._apart([0.0, 5.0], [1.0, 1.0]) == [0.0, 5.0]
    assert diagram._apart([0.0, 0.0], [1.0, 1.0]) == [-0.5, 0.5]
    assert diagram._apart([3.0, 3.0, 9.0], [1.0, 0.0, 1.0]) == [3.0, 4.0, 9.0]


def test_the_graph_is_as_before() -> None:
    model, loss = network()
    expected = refnet.autograd.grad(loss, list(model.parameters()), retain_graph=True)
    refnet.draw(loss)
    assert all(p.grad is None for p in model.parameters())
    loss.backward()
    for p, dp in zip(model.parameters(), expected, strict=True):
        assert refnet.equal(p.grad, dp)


def test_saved_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = refnet.draw(network()[1])
    target = tmp_path / "tape.svg"
    picture.save(target)
    assert target.read_text(encoding="utf-8") == picture._repr_svg_(), "the same each time"
    assert [p.name for p in tmp_path.iterdir()] == ["tape.svg"]

    def fail(self: Path, *args: Any, **options: Any) -> None:
        self.write_bytes(b"<svg")
        raise OSError("no space left")

    monkeypatch.setattr(Path, "write_text", fail)
    with pytest.raises(OSError, match="no space left"):
        picture.save(target)
    assert target.read_text(encoding="utf-8") == picture._repr_svg_()
    assert [p.name for p in tmp_path.iterdir()] == ["tape.svg"]
    with pytest.raises(ValueError, match=r"expected a path that ends in \.svg, got 'tape\.png'"):
        picture.save("tape.png")


def test_what_cannot_be_drawn_says_why() -> None:
    with pytest.raises(TypeError, match="expected a Tensor, got list"):
        refnet.draw([1])  # type: ignore[arg-type]
    for leaf in (refnet.ones(2), refnet.ones(2, requires_grad=True)):
        with pytest.raises(ValueError, match="expected a tensor with a grad_fn"):
            refnet.draw(leaf)
    _, loss = network()
    loss.backward()
    with pytest.raises(RuntimeError, match=r"a graph that backward\(\) has not freed"):
        refnet.draw(loss)
    y = refnet.ones(1, requires_grad=True)
    for _ in range(10_000):
        y = y * 2
    with pytest.raises(ValueError, match="expected at most 300 boxes, got 10001"):
        refnet.draw(y)


def test_without_matplotlib_the_error_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ImportError, match=r'needs matplotlib.*pip install "refnet\[landscape\]"'):
        refnet.draw(network()[1])


def test_a_box_is_above_all_boxes_that_use_it_and_as_near_as_that_allows() -> None:
    arrows = [(1, 0), (2, 1), (3, 2), (3, 1), (4, 3), (4, 0), (5, 2)]  # (source, user)
    assert diagram._layers(arrows) == [[0], [1], [2], [3, 5], [4]]
    rng = np.random.default_rng(0)
    for _ in range(20):
        found = {(i, int(rng.integers(i))) for i in range(1, 30) for _ in range(2)}
        level = {x: n for n, layer in enumerate(diagram._layers(found)) for x in layer}
        assert sorted(level) == list(range(30))
        for box in range(1, 30):
            assert level[box] == 1 + max(level[user] for x, user in found if x == box)


def test_draw_is_loaded_when_it_is_asked_for() -> None:
    program = (
        "import sys, refnet; assert 'refnet.display.diagram' not in sys.modules; "
        "refnet.draw; assert callable(refnet.draw); assert 'matplotlib' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


# --- values=True ---------------------------------------------------------------------------------


def test_values_and_gradients_by_hand() -> None:
    w = refnet.tensor([1.0, 2.0], requires_grad=True)
    loss = (w * refnet.tensor([3.0, -1.0])).exp().sum()
    lines = refnet.draw(loss, {"w": w}, values=True).lines
    assert [(line.name, line.operation) for line in lines] == [
        ("w", ""), ("v1", "mul(w, [3 -1])"), ("v2", "exp(v1)"), ("v3", "sum(v2)"),
    ]  # fmt: skip
    e = np.exp([3.0, -2.0])
    for line, value, gradient in zip(
        lines,
        ([1, 2], [3, -2], e, e.sum()),
        (e * [3, -1], e, [1, 1], 1),
        strict=True,
    ):
        np.testing.assert_allclose(line.value, value, rtol=1e-6)
        np.testing.assert_allclose(line.gradient, gradient, rtol=1e-6)


def test_gradients_are_those_of_autograd_and_the_graph_is_unchanged() -> None:
    model, _ = network()
    x, target = refnet.randn(4, 6), refnet.tensor([0, 1, 2, 0])
    hidden = model[0](x)
    used_twice = hidden.tanh() * hidden
    loss = nn.functional.cross_entropy(model[2](used_twice), target)
    by_name = {line.name: line for line in refnet.draw(loss, values=True).lines}
    gradients = refnet.autograd.grad(loss, [hidden, used_twice], retain_graph=True)
    np.testing.assert_array_equal(by_name["v1"].value, hidden.detach().numpy())
    np.testing.assert_array_equal(by_name["v3"].value, used_twice.detach().numpy())
    np.testing.assert_allclose(by_name["v1"].gradient, gradients[0].numpy(), rtol=1e-6)
    np.testing.assert_allclose(by_name["v3"].gradient, gradients[1].numpy(), rtol=1e-6)
    loss.backward()


def test_an_operation_with_several_values_shows_each() -> None:
    layer = nn.LSTM(3, 4)
    _, (h, c) = layer(refnet.randn(5, 2, 3))
    lines = refnet.draw(h.sum(), dict(layer.named_parameters()), values=True).lines
    (lstm,) = [line for line in lines if line.operation.startswith("lstm(")]
    assert [value.shape for value in lstm.value] == [(10, 4), (2, 4), (2, 4)]
    np.testing.assert_array_equal(lstm.value[1], h[0].detach().numpy())
    np.testing.assert_array_equal(lstm.value[2], c[0].detach().numpy())
    np.testing.assert_array_equal(lstm.gradient[1], np.ones((2, 4)))
    assert lstm.gradient[0] is lstm.gradient[2] is None


def test_half_precision_and_a_gradient_of_ones_own() -> None:
    x = refnet.tensor([1.0, 2.0], dtype=refnet.float16, requires_grad=True)
    diagram = refnet.draw(x * x, {"x": x}, values=True, gradient=refnet.tensor([1.0, -1.0]))
    np.testing.assert_array_equal(diagram.lines[0].gradient, [2, -4])


def test_the_table_as_text_and_for_notebooks() -> None:
    x = refnet.tensor([1.0, 2.0], requires_grad=True)
    big = refnet.arange(20.0).requires_grad_()
    shown = refnet.draw((x.sum() * big).sum(), {"x": x, "a<b": big}, values=True)
    assert [line.split() for line in repr(shown).splitlines()[:3]] == [
        ["name", "operation", "value", "gradient"],
        ["x", "[1", "2]", "[190", "190]"],
        ["a<b", "(20,),", "0", "…", "19", "(20,),", "3", "…", "3"],
    ]
    page = shown._repr_html_()
    assert page is not None
    assert page.startswith('<svg role="img"')
    assert "<td>a&lt;b</td>" in page
    assert refnet.draw(x.sum(), {"x": x})._repr_html_() is None


def test_values_that_cannot_be_shown() -> None:
    x = refnet.ones(2, requires_grad=True)
    with pytest.raises(
        ValueError, match=r"expected a gradient for values .* shape \[2\], got None"
    ):
        refnet.draw(x * 2, values=True)
    with pytest.raises(ValueError, match=r"expected a gradient of shape \[2\], got \[3\]"):
        refnet.draw(x * 2, values=True, gradient=refnet.ones(3))
    with pytest.raises(TypeError, match="expected gradient to be a Tensor, got float"):
        refnet.draw(x * 2, values=True, gradient=1.0)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="expected values=True with a gradient"):
        refnet.draw(x * 2, gradient=refnet.ones(2))
    y = (x * 2).sum()
    with refnet.no_grad():
        x.add_(1)
    with pytest.raises(RuntimeError, match="leaves that were not changed in place"):
        refnet.draw(y, values=True)
