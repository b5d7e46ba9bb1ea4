"""Recurrent layers: packing, directions and the order of a batch do not change the values."""

from typing import Any

import numpy as np
import pytest

import refnet
from refnet import nn, ops
from refnet.kernels import tuning
from refnet.kernels.registry import active
from refnet.nn.utils import rnn

LAYERS = ("RNN", "LSTM", "GRU")
LENGTHS = [3, 6, 1, 4]


def sequences() -> list[refnet.Tensor]:
    rng = np.random.default_rng(0)
    return [refnet.from_numpy(rng.standard_normal((n, 2))) for n in LENGTHS]


def layer(name: str, **options: Any) -> Any:
    refnet.manual_seed(0)
    return getattr(nn, name)(2, 3, 2, **options).double()


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("name", LAYERS)
def test_a_packed_batch_is_its_sequences_one_by_one(name: str, bidirectional: bool) -> None:
    network, xs = layer(name, bidirectional=bidirectional), sequences()
    packed, last = network(rnn.pack_sequence(xs, enforce_sorted=False))
    ys = rnn.unpack_sequence(packed)
    states = last if name == "LSTM" else (last,)
    for i, x in enumerate(xs):
        y, alone = network(x)
        np.testing.assert_allclose(
            ys[i].detach().numpy(), y.detach().numpy(), atol=1e-15, rtol=1e-12
        )
        for s, t in zip(states, alone if name == "LSTM" else (alone,), strict=True):
            np.testing.assert_allclose(
                s[:, i].detach().numpy(), t.detach().numpy(), atol=1e-15, rtol=1e-12
            )


@pytest.mark.parametrize("name", LAYERS)
def test_the_backward_direction_is_the_forward_one_of_the_reversed_sequence(name: str) -> None:
    both = getattr(nn, name)(2, 3, bidirectional=True)
    one = getattr(nn, name)(2, 3)
    one.load_state_dict({k: both.state_dict()[f"{k}_reverse"] for k in one.state_dict()})
    x = refnet.randn(5, 4, 2)
    np.testing.assert_array_equal(
        both(x)[0][..., 3:].detach().numpy(), one(x.flip(0))[0].flip(0).detach().numpy()
    )


@pytest.mark.parametrize("name", LAYERS)
def test_a_sequence_can_be_run_in_two_parts(name: str) -> None:
    network = layer(name)
    x = refnet.from_numpy(np.random.default_rng(0).standard_normal((7, 3, 2)))
    whole, last = network(x)
    first, state = network(x[:4])
    second, end = network(x[4:], state)
    parts = refnet.cat([first, second]).detach().numpy()
    np.testing.assert_allclose(parts, whole.detach().numpy(), atol=1e-15, rtol=1e-12)
    a, b = (last[1], end[1]) if name == "LSTM" else (last, end)
    np.testing.assert_allclose(b.detach().numpy(), a.detach().numpy(), atol=1e-15, rtol=1e-12)


def arguments(name: str, sizes: tuple[int, ...], hidden: int) -> list[Any]:
    """Arguments of the rule, with normal values."""
    rows = {"rnn": 1, "lstm": 4, "gru": 3}[name] * hidden
    shapes = [(sum(sizes), 2), (sizes[0], hidden), (rows, 2), (rows, hidden), (rows,)]
    if name == "lstm":
        shapes.insert(2, shapes[1])
        shapes.append((hidden, hidden))
    if name == "gru":
        shapes.append((rows,))
    rng = np.random.default_rng(0)
    return [rng.standard_normal(shape) * 0.3 for shape in shapes]


@pytest.mark.parametrize("sizes", [(5, 5, 5), (5, 4, 2, 1), (1, 1)])
@pytest.mark.parametrize("name", ["rnn", "lstm", "gru"])
def test_parts_and_panels_change_nothing(
    monkeypatch: pytest.MonkeyPatch, name: str, sizes: tuple[int, ...]
) -> None:
    """The values do not depend on threads that share sequences, or on weights in panels."""
    xs = arguments(name, sizes, 2 * tuning.PANEL)
    options: dict[str, Any] = {"sizes": sizes}
    kernel = active[getattr(ops, name)]
    if name == "rnn":
        options["nonlinearity"] = "tanh"

    def run() -> list[Any]:
        ys, pullback = kernel(*xs, **options)
        dys = [np.random.default_rng(i).standard_normal(y.shape) for i, y in enumerate(ys)]
        return [*ys, *(dx() if callable(dx) else dx for dx in pullback(tuple(dys)))]

    expected = run()
    monkeypatch.setattr(tuning, "STEP", 1)
    monkeypatch.setattr(tuning, "PANELLED", 1)
    for a, b in zip(run(), expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-12)


def test_padding_and_unpadding_are_inverse() -> None:
    xs = sequences()
    padded = rnn.pad_sequence(xs, batch_first=True, padding_value=9.0)
    assert padded.shape == (4, 6, 2)
    assert (padded.numpy() == 9.0).all(-1).sum() == 4 * 6 - sum(LENGTHS)
    for x, y in zip(xs, rnn.unpad_sequence(padded, refnet.tensor(LENGTHS), True), strict=True):
        np.testing.assert_array_equal(x.numpy(), y.numpy())


def test_unpad_sequence_leaves_its_argument_as_it_is() -> None:
    padded = rnn.pad_sequence(sequences())
    rnn.unpad_sequence(padded, refnet.tensor(LENGTHS))
    assert padded.shape == (6, 4, 2)


def test_a_length_beyond_the_input_is_refused() -> None:
    with pytest.raises(RuntimeError, match="expected lengths of at most 6, got 7"):
        rnn.pack_padded_sequence(refnet.zeros(6, 2, 3), [7, 1])


def test_a_packed_sequence_has_no_gpu_to_go_to() -> None:
    packed = rnn.pack_sequence([refnet.zeros(3), refnet.zeros(2)])
    assert packed.cpu() is packed
    assert packed.to(refnet.float32) is packed
    with pytest.raises(RuntimeError, match="CUDA"):
        packed.cuda()


def test_the_states_are_the_callers_own() -> None:
    network, x = layer("LSTM"), refnet.randn(4, 3, 2, dtype=refnet.float64)
    with refnet.no_grad():
        y, (h, c) = network(x)
        before = y.numpy().copy()
        h.zero_()
        c.zero_()
    np.testing.assert_array_equal(y.numpy(), before)


def test_dropout_between_layers_warns_where_there_is_only_one() -> None:
    with pytest.warns(UserWarning, match="num_layers=1"):
        nn.GRU(2, 3, dropout=0.5)


@pytest.mark.parametrize("name", ["plain", "numpy"])
def test_an_infinite_cotangent_of_an_inactive_unit_goes_nowhere(name):
    """The gradient of relu is 0 there, but 0 times infinity is NaN."""
    rng = np.random.default_rng(3)
    x, h0 = rng.standard_normal((2, 4)), np.zeros((2, 3))
    W, U = rng.standard_normal((3, 4)), rng.standard_normal((3, 3))
    with refnet.kernels.use(name), np.errstate(invalid="ignore"):
        rule = active.get(ops.rnn, ops.rnn)
        (y, _), pullback = rule(x, h0, W, U, None, sizes=[2], nonlinearity="relu")
        assert (y == 0).any()
        dx = pullback((np.where(y == 0, np.inf, rng.standard_normal(y.shape)), np.zeros((2, 3))))[0]
    assert np.isfinite(dx() if callable(dx) else dx).all()
