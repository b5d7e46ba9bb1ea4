"""Tests of the suite: it notices mistakes, and its messages describe them."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import refnet
from parity_tests.cases import case, randn
from parity_tests.planting import planted
from parity_tests.twins import CASES, run
from refnet import ops
from refnet.kernels.registry import active
from refnet.testing import ledger, page
from refnet.testing.parity import Twin, assert_parity, lift

X = np.random.default_rng(1).standard_normal((4, 4))


def tanh(x: Any, spoil: Any = lambda dx: dx) -> Any:
    y = np.tanh(x)
    return y, lambda dy: (spoil(dy * (1 - y * y)),)


def softmax(x: Any) -> Any:
    e = np.exp(x - x.max(-1, keepdims=True))
    y = e / e.sum(-1, keepdims=True)
    return y, lambda dy: (y * (dy - (y * dy).sum(-1, keepdims=True)),)


def softmax_without_backward(x: Any) -> Any:
    y, _ = softmax(x)
    return y, lambda dy: (np.zeros_like(dy),)


def problem(ours: Any, theirs: Any, *inputs: Any, **options: Any) -> str:
    """The message of the parity that has to fail."""
    with pytest.raises(AssertionError) as raised:
        assert_parity(ours, theirs, inputs, **options)
    return str(raised.value)


# --- the hole of the ones cotangent ----------------------------------------------------------


def test_under_ones_a_softmax_without_backward_looks_right() -> None:
    """∂ Σ softmax(x) / ∂x = 0 exactly: y.sum().backward() cannot tell the two apart."""
    x = np.random.default_rng(0).standard_normal((3, 5))
    theirs = torch.tensor(x, requires_grad=True)
    torch.softmax(theirs, 1).sum().backward()
    y, pullback = softmax_without_backward(x)
    np.testing.assert_allclose(pullback(np.ones_like(y))[0], theirs.grad.numpy(), atol=1e-15)


def test_a_random_cotangent_tells() -> None:
    text = problem(lift(softmax_without_backward), torch.nn.Softmax(-1), (3, 5))
    assert "gradient of input 0 is wrong" in text
    assert "it is zero everywhere" in text
    assert_parity(lift(softmax), torch.nn.Softmax(-1), [(3, 5)])


# --- the second cotangent: zeros -------------------------------------------------------------


def test_zeros_among_the_cotangents_show_what_a_pullback_makes_of_them() -> None:
    """2 dy / dy · dy is 2 dy, except that it is NaN where dy = 0."""

    def twice(x: Any) -> Any:
        return 2 * x, lambda dy: (2 * dy / dy * dy,)

    text = problem(lift(twice), lambda x: 2 * x, (3, 5))
    assert "[float64] gradient of input 0 where cotangents are 0 is wrong" in text
    assert "got nan" in text
    assert "gradient of input 0 is wrong" not in text


def test_a_single_output_gets_the_cotangent_0() -> None:
    def total(x: Any) -> Any:
        return x.sum(), lambda dy: (np.where(dy == 0, 1.0, dy) * np.ones_like(x),)

    text = problem(lift(total), torch.sum, (3, 4), variants=["float64"])
    assert "where cotangents are 0 is wrong" in text


def test_a_graph_of_pytorchs_for_one_pass_is_run_once() -> None:
    class Once(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.passes = 0
            return 2 * x

        @staticmethod
        def backward(ctx: Any, dy: Any) -> Any:
            ctx.passes += 1
            if ctx.passes > 1:
                raise RuntimeError("backward called twice")
            return 2 * dy

    assert_parity(lambda x: 2 * x, Once.apply, [(3, 4)])


# --- each entry's own error ------------------------------------------------------------------


SIZES = np.array([3e-9, -2e-6, 0.004, -0.7, 6.0, -9e-8, 5e-5, 2.0])


def entries(rule: Any, theirs: Any, *inputs: Any, judged: bool = True) -> list[str]:
    """What float32 finds of a function whose entries are judged one by one."""
    twin = Twin(lambda: lift(rule), lambda: theirs, inputs, [True] * len(inputs), entries=judged)
    return twin.compare("float32").problems


def expm1(spoil: Any = lambda y: y, spoil_gradient: Any = lambda dx: dx) -> Any:
    return lambda x: (spoil(np.expm1(x)), lambda dy: (spoil_gradient(dy * np.exp(x)),))


def careless_expm1(x: Any) -> Any:
    return np.exp(x) - 1, lambda dy: (dy * np.exp(x),)


def test_a_small_entry_that_is_wrong_is_hidden_beside_a_large_one_and_found_by_itself() -> None:
    assert not entries(careless_expm1, torch.expm1, SIZES, judged=False)
    narrow, wide = entries(careless_expm1, torch.expm1, SIZES)
    assert "[float32] output in float32: the entry at" in narrow
    assert "is less exact than PyTorch's" in narrow
    assert "output in float64" in wide
    assert not entries(expm1(), torch.expm1, SIZES)


def test_a_small_entry_is_judged_in_float64_and_in_the_gradient_too() -> None:
    def in_float64(y: Any) -> Any:
        return y + 1e-15 if y.dtype == np.float64 else y

    (text,) = entries(expm1(spoil=in_float64), torch.expm1, SIZES)
    assert "output in float64" in text
    x = np.where(SIZES > 0, SIZES, 30 * SIZES)
    for wrong in (lambda dx: dx + np.float32(1e-9), lambda dx: np.where(abs(dx) < 1e-6, 0, dx)):
        found = entries(expm1(spoil_gradient=wrong), torch.expm1, x - 12)
        assert found
        assert all("gradient of input 0" in text for text in found)


@pytest.mark.parametrize(
    ("f", "shapes", "expected"),
    [
        (torch.tanh, [(3, 5)], ["output", "gradient of input 0"]),
        (torch.mul, [(3, 5), (3, 1)], ["output", "gradient of input 0"]),
        (torch.mul, [(5,), (5,)], ["output", "gradient of input 0", "gradient of input 1"]),
        (lambda x: x.flip(0), [(6, 2)], []),
        (lambda x: x.softmax(1), [(3, 5)], []),
        (lambda x: x.cumsum(0), [(4,)], []),
        (lambda x: x @ x, [(3, 3)], []),
        (torch.sum, [(3, 5)], []),
        (lambda x: (x, x), [(3, 5)], []),
    ],
)
def test_what_works_entry_by_entry_is_found_out(f: Any, shapes: Any, expected: Any) -> None:
    rng = np.random.default_rng(0)
    inputs = [rng.standard_normal(shape) for shape in shapes]
    twin = Twin(lambda: f, lambda: f, inputs, [True] * len(inputs), entries=True)
    truth = twin.observe_theirs("float32", None, "float64")
    assert list(twin.entrywise(truth, None)) == expected


# --- NaN and infinities ----------------------------------------------------------------------


def _hides_nan(rule: Any) -> Any:
    def wrong(x: Any, **options: Any) -> Any:
        y, pullback = rule(x, **options)
        return y, lambda dy: (np.where(np.isnan(x), 0, pullback(dy)[0]),)

    return wrong


def test_a_gradient_that_hides_nan_is_noticed() -> None:
    """relu6 at NaN: PyTorch's gradient is the cotangent."""
    for name in ("relu6", "hardtanh"):
        keys = [k for k, c in CASES.items() if c.name == f"nn.functional.{name}" and c.special]
        with planted(active[ops.hardtanh], _hides_nan):
            found = [p for k in keys[:4] for p in run(k, "special").problems]
        assert any("special input 0" in p and "gradient of input 0" in p for p in found), name


# --- assert_parity ---------------------------------------------------------------------------


def test_a_right_rule_passes_and_is_measured() -> None:
    found = assert_parity(lift(tanh), torch.nn.Tanh(), [(3, 5)])
    assert found.error64 < 1e-14
    assert found.multiple < 4
    assert found.compared > 10


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda dx: dx * 1.001, "it is 1.001 times the expected everywhere"),
        (lambda dx: -dx, "the sign is reversed"),
        (lambda dx: dx + 0.5, "it is the expected plus 0.5 everywhere"),
        (lambda dx: np.ascontiguousarray(dx.T), "it is transposed"),
        (lambda dx: np.where(dx == dx.max(), np.nan, dx), "got nan"),
        (lambda dx: None, "expected a tensor of shape [4, 4] (PyTorch), got None"),
    ],
)
def test_a_wrong_gradient_is_described(spoil: Any, said: str) -> None:
    text = problem(lift(lambda x: tanh(x, spoil)), torch.nn.Tanh(), (4, 4))
    assert "is not torch.nn.Tanh" in text
    assert "gradient of input 0" in text
    assert said in text


def test_the_message_names_the_place_and_the_numbers() -> None:
    def spoil(dx: Any) -> Any:
        dx[1, 2] += 0.25
        return dx

    x = np.zeros((3, 5))
    text = problem(lift(lambda x: tanh(x, spoil)), torch.tanh, x)
    assert "at index (1, 2) expected" in text
    assert "1 of 15 entries differ" in text


def test_only_the_wrong_one_of_two_gradients_is_named() -> None:
    def product(a: Any, b: Any) -> Any:
        return a * b, lambda dy: (dy * b, dy * b)

    text = problem(lift(product), torch.mul, (3, 4), (3, 4))
    assert "gradient of input 1" in text
    assert "gradient of input 0" not in text


def test_a_wrong_shape_or_dtype_of_an_output_is_named() -> None:
    text = problem(lambda x: (x * 1).reshape(6, 2), lambda x: x * 1, (3, 4))
    assert "output: expected shape [3, 4], got [6, 2]" in text
    text = problem(lambda x: x.float(), lambda x: x.double(), (3, 4), variants=["float64"])
    assert "output: expected dtype float64, got float32" in text


def test_another_number_or_kind_of_outputs_is_named() -> None:
    assert "length of output" in problem(lambda x: (x, x), lambda x: (x, x, x), (3,))
    assert "kind of output" in problem(lambda x: [x], lambda x: (x,), (3,))


def test_a_detached_output_is_noticed() -> None:
    text = problem(lambda x: (x * 2).detach(), lambda x: x * 2, (3,))
    assert "expected requires_grad=True, got False" in text


def test_an_input_changed_in_place_is_noticed() -> None:
    def changes(x: Any) -> Any:
        y = x * 2
        x.data[0] = 7.0
        return y

    assert "input 0 after the call" in problem(changes, lambda x: x * 2, (3,))


def test_an_error_of_ours_is_a_difference() -> None:
    def fails(x: Any) -> Any:
        raise RuntimeError("no such luck")

    assert "raised RuntimeError: no such luck" in problem(fails, torch.tanh, (3,))


def test_float32_that_is_worse_than_pytorchs_is_noticed() -> None:
    def careless(x: Any) -> Any:  # 1/(1+e⁻ˣ) − ½ cancels near 0; tanh does not
        e = np.exp(x)
        y = (e - 1 / e) / (e + 1 / e)
        return y, lambda dy: (dy * (1 - y * y),)

    x = np.random.default_rng(0).standard_normal((3, 5)) * 1e-3
    text = problem(lift(careless), torch.tanh, x)
    assert "[float32] output is less exact than PyTorch's" in text


def test_nan_and_inf_have_to_be_in_the_same_places() -> None:
    x = np.array([np.nan, np.inf, -np.inf, 1.0])
    assert_parity(lambda x: x * 2, lambda x: x * 2, [x])
    assert "output is wrong" in problem(lambda x: x.clamp(-9.0, 9.0), lambda x: x * 1, x)


def test_a_tolerance_needs_a_reason() -> None:
    with pytest.raises(ValueError, match="reason"):
        assert_parity(torch.tanh, torch.tanh, [(3,)], tol=1e-3)
    with pytest.raises(ValueError, match="reason"):
        case("tanh", lambda m, x: m.tanh(x), randn(3), tol=1e-3)


# --- what assert_parity takes -----------------------------------------------------------------


def test_a_plain_rule_needs_no_lift() -> None:
    assert assert_parity(softmax, torch.nn.Softmax(-1), [(3, 5)]).compared > 10
    text = problem(softmax_without_backward, torch.nn.Softmax(-1), (3, 5))
    assert "softmax_without_backward is not torch.nn.Softmax" in text
    assert "gradient of input 0 is wrong" in text
    text = problem(lambda x: tanh(x, lambda dx: dx * 2), torch.tanh, (3,))
    assert "it is 2 times the expected everywhere" in text


def test_what_is_wrong_in_both_modes_is_said_once() -> None:
    lines = problem(softmax_without_backward, torch.nn.Softmax(-1), (3, 5)).splitlines()
    assert all(line.startswith("  [float64, train and eval mode] ") for line in lines[1:])
    assert len(lines) == len(set(lines)) == 3
    text = problem(refnet.nn.Dropout(0.5), torch.nn.Dropout(0.7), (9, 9), random=True)
    assert "train mode]" in text
    assert "eval" not in text


@pytest.mark.parametrize("inputs", [(3, 5), ((3, 5),), [(3, 5)], [[[1.0, 2.0]]], X])
def test_one_input_in_each_form(inputs: Any) -> None:
    assert assert_parity(refnet.nn.Tanh(), torch.nn.Tanh(), inputs).error64 < 1e-14
    assert "gradient of input 0 is wrong" in problem_of(lambda x: tanh(x, np.negative), inputs)


def problem_of(rule: Any, inputs: Any) -> str:
    with pytest.raises(AssertionError) as raised:
        assert_parity(rule, torch.nn.Tanh(), inputs)
    return str(raised.value)


def test_tensors_are_inputs() -> None:
    for x in (torch.ones(3, requires_grad=True), refnet.ones(3, requires_grad=True)):
        assert assert_parity(refnet.tanh, torch.tanh, [x]).compared > 10


@pytest.mark.parametrize("inputs", [[(5, 2, 4), ((1, 2, 3), (1, 2, 3))], [X[None], None]])
def test_nested_inputs_and_none(inputs: Any) -> None:
    assert assert_parity(refnet.nn.LSTM(4, 3), torch.nn.LSTM(4, 3), inputs).error64 < 1e-14


def test_an_input_in_a_tuple_is_compared_and_named() -> None:
    def ours(x: Any, pair: Any) -> Any:
        return x + 2 * pair[0] + 3 * pair[1]

    def theirs(x: Any, pair: Any) -> Any:
        return x + 2 * pair[0] + 4 * pair[1]

    text = problem(ours, theirs, (3,), ((3,), (3,)))
    assert "gradient of input 1[1] is wrong" in text
    assert "gradient of input 1[0]" not in text
    text = problem(ours, theirs, (3,), ((3,), (3,)), needs=[True, False])
    assert "output is wrong" in text
    assert "gradient" not in text


def test_integers_and_nan_are_compared() -> None:
    assert "output" in problem(lambda x: x + 1, lambda x: x + 2, np.arange(4))
    assert "got 0" in problem(refnet.nan_to_num, lambda x: x, np.array([1.0, np.nan]))
    assert assert_parity(refnet.tanh, torch.tanh, [np.array([1.0, np.nan, np.inf])]).compared > 10


RELU, THEIRS = refnet.nn.ReLU, torch.nn.ReLU


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: assert_parity(RELU, THEIRS(), [(3,)]), "ours: expected a refnet Module, a function"),
        (lambda: assert_parity(RELU, THEIRS(), [(3,)]), "the class ReLU; pass an instance, ReLU("),
        (lambda: assert_parity(RELU(), THEIRS, [(3,)]), "theirs: expected a torch Module or a fun"),
        (lambda: assert_parity(THEIRS(), RELU(), [(3,)]), "refnet's goes first, PyTorch's second"),
        (lambda: assert_parity(None, THEIRS(), [(3,)]), "a function or a rule, got NoneType"),
        (lambda: assert_parity(RELU(), THEIRS(), [3, 5]), "a shape is a tuple: [(3, 5)]"),
        (lambda: assert_parity(RELU(), THEIRS(), 3), "expected a list of inputs, got int"),
        (lambda: assert_parity(RELU(), THEIRS(), [[[1.0], [1.0, 2.0]]]), "input 0: expected an arr"),
        (lambda: assert_parity(RELU(), THEIRS(), [X + 1j]), "of dtype complex128"),
        (lambda: assert_parity(RELU(), THEIRS(), [(3,), "x"]), "input 1: expected an array"),
        (lambda: assert_parity(RELU(), THEIRS(), [(3,)], needs=[]), "expected needs for 1 inputs"),
        (lambda: assert_parity(RELU(), THEIRS(), [(3,)], variants="float64"), "variants: expected"),
        (lambda: assert_parity(RELU(), THEIRS(), [(3,)], modes=["test"]), "modes: expected some of"),
        (lambda: assert_parity(stacked, torch.stack, [((3,), (3,))]), "the rule stacked takes arr"),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_is_said_in_one_line(call: Any, said: str) -> None:
    with pytest.raises((TypeError, ValueError)) as raised:
        call()
    assert said in str(raised.value)
    assert str(raised.value).startswith("assert_parity(): ")
    assert "\n" not in str(raised.value)


def test_a_layer_with_forward_and_backward_is_told_how() -> None:
    class Layer:
        def forward(self, x: Any) -> Any: ...

        def backward(self, dy: Any) -> Any: ...

    with pytest.raises(TypeError, match=r"got Layer; pass lift\(lambda x: \(layer\.forward"):
        assert_parity(Layer(), torch.tanh, [(3,)])


def stacked(xs: Any) -> Any:
    return np.stack(xs), lambda dy: tuple(dy)


# --- modules ---------------------------------------------------------------------------------


def scale(nn: Any, library: Any, *, momentum: float, order: str = "ab") -> Any:
    """A layer with a parameter and a running mean, in both libraries."""

    class Scale(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            for name in order:
                setattr(self, name, nn.Parameter(library.ones(4)))
            self.register_buffer("mean", library.zeros(4))

        def forward(self, x: Any) -> Any:
            if self.training:
                with library.no_grad():
                    self.mean.mul_(1 - momentum).add_(momentum * x.detach().mean(0))
            return x * self.a + self.b - self.mean

    return Scale()


def test_a_module_with_parameters_and_buffers() -> None:
    theirs = scale(torch.nn, torch, momentum=0.1)
    assert_parity(scale(refnet.nn, refnet, momentum=0.1), theirs, [(3, 4)])
    text = problem(scale(refnet.nn, refnet, momentum=0.2), theirs, (3, 4))
    assert "[float64, train mode] buffer mean after the call is wrong" in text
    text = problem(scale(refnet.nn, refnet, momentum=0.1, order="ba"), theirs, (3, 4))
    assert (
        "state_dict: expected the keys ['a', 'b', 'mean'] (PyTorch), got ['b', 'a', 'mean']" in text
    )


def test_the_users_own_modules_stay_as_they_are() -> None:
    ours, theirs = refnet.nn.Linear(4, 3), torch.nn.Linear(4, 3)
    before = ours.weight.detach().numpy().copy(), theirs.weight.detach().numpy().copy()
    assert_parity(ours, theirs, [(2, 4)])
    assert np.array_equal(ours.weight.detach().numpy(), before[0])
    assert np.array_equal(theirs.weight.detach().numpy(), before[1])
    assert ours.weight.grad is None


def test_the_gradient_of_a_parameter_is_named() -> None:
    with planted(active[ops.linear], _zero_bias_gradient):
        text = problem(refnet.nn.Linear(4, 3), torch.nn.Linear(4, 3), (2, 4))
    assert "gradient of parameter bias is wrong" in text
    assert "parameter weight" not in text


def _zero_bias_gradient(rule: Any) -> Any:
    def wrong(x: Any, W: Any, b: Any) -> Any:
        y, pullback = rule(x, W, b)
        return y, lambda dy: (*pullback(dy)[:2], np.zeros_like(b))

    return wrong


# --- planting, and the ledger ----------------------------------------------------------------


def test_planting_reaches_every_reference_and_ends() -> None:
    reference = ops.linear
    before = reference(X, X, None)[0]
    with planted(ops.linear, lambda rule: lambda *arrays: ("planted", None)):
        assert reference(X, X, None)[0] == "planted"
    assert np.array_equal(reference(X, X, None)[0], before)


def test_planting_in_a_closure() -> None:
    def make(factor: float) -> Any:
        def rule(x: Any, *, more: float = 0.0) -> Any:
            return factor * x + more

        return rule

    double, triple = make(2.0), make(3.0)
    with planted(double, lambda rule: lambda x, **options: -rule(x, **options)):
        assert (double(1.0), triple(1.0), double(1.0, more=1.0)) == (-2.0, 3.0, -3.0)
    assert double(1.0) == 2.0


def record(name: str, **other: Any) -> dict[str, Any]:
    return {
        "name": name, "case": name, "variant": "float64", "error64": 0.0, "multiple": 0.0,
        "ulp": (0.0, 0.0), "compared": 3, "problems": [], "reason": "", **other,
    }  # fmt: skip


def test_the_ledger_folds_records_and_writes_a_page(tmp_path: Path) -> None:
    found = ledger.rows(
        [
            record("tanh", error64=1e-16),
            record(
                "tanh", case="activation/tanh/2", variant="float32", multiple=1.5, ulp=(3.0, 2.0)
            ),
            record("tanh", case="tanh 2", variant="float16", multiple=1.25),
            record("nn.Linear", case="nn.Linear 2", variant="float16", compared=0),
            record("nn.Linear", problems=["gradient of parameter bias <wrong>"]),
            record("exp", reason="it overflows"),
        ]
    )
    assert [(row.name, row.verdict) for row in found] == [
        ("exp", "equal*"), ("tanh", "equal"), ("nn.Linear", "differs"),
    ]  # fmt: skip
    assert any(
        "tanh" in line and "1.0e-16" in line and "1.50×" in line for line in ledger.table(found)
    )
    assert any("tanh" in line and "1.25×" in line for line in ledger.table(found))
    assert "float16: 1 cases are not compared" in "\n".join(ledger.totals(found))
    mutants = [{"rule": "tanh", "planted": 9, "killed": 8, "excused": 0, "survived": ["value × 2"]}]
    assert "mutation score 8/9" in "\n".join(ledger.totals(found, mutants))
    kept = ledger.as_dict(found, mutants, "NumPy 2")
    assert kept["names"]["tanh"]["ulp"] == {"float32": [3.0, 2.0], "float16": [0.0, 0.0]}
    assert kept["names"]["tanh"]["files"] == ["activation", "tanh", "tanh 2"]
    assert kept["names"]["exp"]["reasons"] == ["it overflows"]
    page.write(found, tmp_path / "page.html", mutants=mutants, versions="NumPy 2")
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "gradient of parameter bias &lt;wrong&gt;" in text
    assert "tanh: value × 2" in text
    # Each colour also has a mark, and neither colour is red or green.
    marked = '<span aria-hidden="true">{} </span>'
    assert text.count(f"<td class=good>{marked.format('✓')}equal") == 2
    assert f"<td class=bad>{marked.format('✗')}differs</td>" in text
    assert f'<div class="tile bad"><b>{marked.format("✗")}2 / 3</b>' in text
    colours = re.findall(r"--(?:good|bad): light-dark\(#(\w{6}), #(\w{6})\)", text)
    for good, bad in zip(*colours, strict=True):
        assert int(good[4:], 16) > int(good[2:4], 16) > int(good[:2], 16), "blue"
        assert int(bad[4:], 16) < int(bad[2:4], 16) < int(bad[:2], 16), "orange"
