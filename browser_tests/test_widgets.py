"""The drawings with sliders: their numbers are refnet's, and they work by keyboard."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

import refnet
from refnet import nn
from refnet.nn import functional as F

ROOT = Path(__file__).parent.parent
SCRIPTS = ROOT / "docs" / "_static" / "widgets"
NAMES = sorted(path.stem for path in SCRIPTS.glob("*.js") if path.stem != "core")
ACTIVATIONS = ["sigmoid", "tanh", "relu", "leaky_relu", "gelu", "silu", "softplus"]
CHAINS = ["sigmoid", "tanh", "relu"]  # the activations of the vanishing gradient
KERNELS = ["vertical edge", "horizontal edge", "mean", "sharpen"]


@pytest.fixture(scope="module")
def scripts(browser: Browser) -> Iterator[Page]:
    """An empty page with the scripts of all drawings."""
    page = browser.new_page()
    for name in ("core", *NAMES):
        page.add_script_tag(path=SCRIPTS / f"{name}.js")
    yield page
    page.close()


@pytest.fixture(scope="module")
def computed(scripts: Page) -> Any:
    """computed(widget, ...): the numbers that a drawing shows."""
    call = "([name, values]) => window.refnetWidgets[name].compute(values)"
    return lambda widget, /, **values: scripts.evaluate(call, [widget, values])


def close(mine: Any, refnets: Any) -> None:
    np.testing.assert_allclose(np.asarray(mine, float), np.asarray(refnets, float), atol=1e-6)


def descent(start: tuple[float, float], curvature: Any, steps: int, **options: float) -> Any:
    """The path of SGD on ½ Σ curvature · x²."""
    x = refnet.tensor(start, dtype=refnet.float64, requires_grad=True)
    optimizer, c = refnet.optim.SGD([x], **options), refnet.tensor(curvature, dtype=refnet.float64)
    path = [x.detach().numpy().copy()]
    for _ in range(steps):
        optimizer.zero_grad()
        (0.5 * c * x * x).sum().backward()
        optimizer.step()
        path.append(x.detach().numpy().copy())
    return path


@pytest.mark.quick
@pytest.mark.parametrize(("rate", "momentum"), [(0.05, 0.0), (0.1, 0.9), (0.21, 0.3)])
def test_learning_rate(computed: Any, rate: float, momentum: float) -> None:
    found = computed("learning-rate", rate=rate, momentum=momentum)
    path = descent((-4.0, 1.0), (1.0, 10.0), 40, lr=rate, momentum=momentum)
    close(found["path"], path)
    close(found["losses"], [0.5 * (x * x + 10 * y * y) for x, y in path])


@pytest.mark.parametrize("x", [-3.2, -0.1, 0.0, 0.7, 5.0])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activation(computed: Any, name: str, x: float) -> None:
    found = computed("activation", name=name, x=x)
    point = refnet.tensor(x, dtype=refnet.float64, requires_grad=True)
    y = getattr(F, name)(point)
    y.backward()
    close([found["y"], found["slope"]], [y.item(), point.grad.item()])
    grid, values = np.transpose(found["curve"])
    points = refnet.tensor(grid, requires_grad=True)
    curve = getattr(F, name)(points)
    dy = np.random.default_rng(0).standard_normal(len(grid))
    curve.backward(refnet.tensor(dy))
    close(values, curve.detach().numpy())
    close(np.transpose(found["slopes"])[0], grid)
    close(dy * np.transpose(found["slopes"])[1], points.grad.numpy())


@pytest.mark.parametrize(("start", "rate"), [(-3, 0.1), (-6, 0.3)])
def test_saddle(computed: Any, start: float, rate: float) -> None:
    found = computed("saddle", start=start, rate=rate)
    path = descent((1.0, 10.0**start), (1.0, -1.0), found["steps"], lr=rate)
    close(found["path"], path)
    close(found["losses"], [0.5 * (x * x - y * y) for x, y in path])
    assert abs(found["path"][-1][1]) >= 1 > abs(found["path"][-2][1])


@pytest.mark.parametrize(("depth", "weight"), [(2, 0.2), (6, 1.3), (30, 4.0)])
@pytest.mark.parametrize("name", CHAINS)
def test_vanishing_gradient(computed: Any, name: str, depth: int, weight: float) -> None:
    found = computed("vanishing-gradient", name=name, depth=depth, weight=weight)["errors"]
    a, zs = refnet.tensor(1.0, dtype=refnet.float64), []
    for _ in range(depth):
        zs.append((weight * a).requires_grad_() if not zs else weight * a)
        zs[-1].retain_grad()
        a = getattr(F, name)(zs[-1])
    zs[-1].backward()
    errors = [z.grad.item() for z in zs]
    np.testing.assert_allclose(found, errors, rtol=1e-6)  # they are as small as 1e-20


@pytest.mark.parametrize("padding", [0, 1])
@pytest.mark.parametrize("kernel", KERNELS)
def test_convolution_window(computed: Any, kernel: str, padding: int) -> None:
    found = computed("convolution-window", kernel=kernel, padding=padding, row=1, column=2)
    image, weights = (
        refnet.tensor(found[name], dtype=refnet.float64)[None, None]
        for name in ("image", "weights")
    )
    close(found["output"], F.conv2d(image, weights, padding=padding)[0, 0].numpy())
    assert (found["row"], found["column"]) == (1, 2)


def test_the_window_stays_in_the_image(computed: Any) -> None:
    found = computed("convolution-window", kernel="mean", padding=0, row=7, column=6)
    assert (found["row"], found["column"]) == (5, 5)


@pytest.mark.parametrize(
    ("forget", "opening", "output"), [(3.0, 6.0, 1.0), (-1.0, 2.5, -4.0), (6.0, 0.0, 4.0)]
)
def test_lstm_gates(computed: Any, forget: float, opening: float, output: float) -> None:
    """An LSTMCell whose gates do not see h; it gets x and x², with which the input gate opens."""
    rows = computed("lstm-gates", forget=forget, input=opening, output=output)["rows"]
    cell = nn.LSTMCell(2, 1, dtype=refnet.float64)
    for parameter in cell.parameters():
        nn.init.zeros_(parameter)
    with refnet.no_grad():
        cell.weight_ih[0, 1] = opening
        cell.weight_ih[2, 0] = 2.0
        cell.bias_ih.copy_(refnet.tensor([-3.0, forget, 0.0, output]))
    state = None
    for row in rows:
        x = refnet.tensor([[row["x"], row["x"] ** 2]], dtype=refnet.float64)
        i, f, _, o = refnet.sigmoid(F.linear(x, cell.weight_ih, cell.bias_ih))[0].tolist()
        close([row["i"], row["f"], row["o"]], [i, f, o])
        state = cell(x, state)
        close([row["h"], row["c"]], [state[0].item(), state[1].item()])


@pytest.mark.parametrize(
    ("widget", "control", "choices"),
    [
        ("activation", "name", ACTIVATIONS),
        ("convolution-window", "kernel", KERNELS),
        ("vanishing-gradient", "name", CHAINS),
    ],
)
def test_every_choice_is_compared(
    scripts: Page, widget: str, control: str, choices: list[str]
) -> None:
    call = "([w, c]) => window.refnetWidgets[w].controls.find(x => x.id === c).options"
    assert scripts.evaluate(call, [widget, control]) == choices


USED = {
    name: path.stem
    for path in sorted((ROOT / "docs" / "book").glob("*.md"))
    for name in NAMES
    if f"{{widget}} {name}\n" in path.read_text("utf-8")
}


def test_every_drawing_is_in_a_chapter() -> None:
    assert sorted(USED) == NAMES


@pytest.mark.parametrize("name", sorted(USED))
def test_every_control_moves_the_picture_and_the_sentence_by_keyboard(
    page: Page, site: str, name: str
) -> None:
    page.goto(f"{site}book/{USED[name]}.html")
    figure = page.locator(f"figure[data-widget={name}]").first
    caption = figure.locator("figcaption").inner_text()
    expect(figure.get_by_role("img")).to_have_accessible_name(caption)
    for role, key in (("slider", "ArrowRight"), ("combobox", "ArrowDown")):
        for control in figure.get_by_role(role).all():
            label = control.evaluate("x => [...x.labels].map(x => x.textContent.trim()).join()")
            assert label, "the control has no label"
            before = figure.locator("svg").inner_html(), figure.locator("p").inner_text()
            control.focus()
            page.keyboard.press(key)
            after = figure.locator("svg").inner_html(), figure.locator("p").inner_text()
            assert before[0] != after[0], f"{label}: the picture is the same"
            assert before[1] != after[1], f"{label}: the sentence is the same"
