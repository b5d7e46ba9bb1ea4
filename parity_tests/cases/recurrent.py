"""Recurrent layers and cells, one line a case."""

from typing import Any

from parity_tests.cases import (
    TWO_ROUNDINGS,
    extreme,
    ints,
    layer,
    raises,
    randn,
    special,
    ties,
)


def network(name: str, *args: Any, **options: Any) -> Any:
    """A case of a layer."""
    if options.get("random"):
        options |= TWO_ROUNDINGS
    return layer(name, *args, **options)


def packing(m: Any, net: Any, lengths: list[int], **options: Any) -> Any:
    """The network on packed sequences."""

    class Packing(m.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = net

        def forward(self, x: Any, *states: Any) -> Any:
            pack = m.nn.utils.rnn.pack_padded_sequence
            hx = states if len(states) == 2 else (*states, None)[0]
            return self.net(pack(x, lengths, **options), hx)

    return Packing()


def h_and_c(net: Any, x: Any, h: Any, c: Any) -> Any:
    return net(x, (h, c))


UNSORTED = {"enforce_sorted": False}
_TAIL = (
    "gates of 1e-12 times inputs of 1e4: σ is computed with tanh, so its error is an ulp of 1, not of its tail. "
    "The error was 102 ulp of the largest entry, PyTorch's 44"
)

RNN = [
    network("RNN", lambda nn: nn.RNN(3, 4), randn(4, 2, 3)),
    network("RNN", lambda nn: nn.RNN(3, 4), randn(5, 2, 3), randn(1, 2, 4)),
    network("RNN", lambda nn: nn.RNN(3, 4), randn(5, 3)),
    network(
        "RNN", lambda nn: nn.RNN(3, 4, 2, bias=False, bidirectional=True), randn(4, 3), randn(4, 4)
    ),
    network("RNN", lambda nn: nn.RNN(2, 3, 2, "relu"), randn(4, 3, 2), randn(2, 3, 3)),
    network("RNN", lambda nn: nn.RNN(2, 3, nonlinearity="relu", bias=False), ties(3, 2, 2)),
    network("RNN", lambda nn: nn.RNN(3, 2, bias=False, batch_first=True), randn(2, 4, 3)),
    network("RNN", lambda nn: nn.RNN(3, 4, 2, dropout=0.4), randn(2, 3, 3), random=True),
    network("RNN", lambda nn: nn.RNN(3, 4, 2, dropout=1.0), randn(2, 2, 3), random=True),
    network("RNN", lambda nn, m: nn.RNN(3, 4, device="cpu", dtype=m.float64), randn(1, 1, 3)),
    network("RNN", lambda nn: nn.RNN(1, 1), randn(1, 1, 1)),
    network("RNN", lambda nn: nn.RNN(3, 4), randn(2, 0, 3)),
    network("RNN", lambda nn: nn.RNN(3, 4), special(3, 3, 3)),
    network(
        "RNN",
        lambda nn: nn.RNN(3, 4),
        extreme(3, 2, 3),
        ulp=4.0,
        reason="with sums of 1e4 tanh is saturated in nearly all places; 2.9 ulp beyond twice PyTorch's error were needed",
    ),
    network("RNN", lambda nn, m: packing(m, nn.RNN(3, 5, 2), [4, 2, 1]), randn(4, 3, 3)),
    network(
        "RNN",
        lambda nn, m: packing(
            m, nn.RNN(3, 4, 2, "relu", bidirectional=True), [2, 4, 3], **UNSORTED
        ),
        randn(4, 3, 3),
        randn(4, 3, 4),
    ),
    network(
        "RNNBase",
        lambda nn: nn.RNNBase("GRU", 3, 4, 2, False, True, 0.5, True),
        randn(3),
        call=lambda base, x: x * base.all_weights[0][0],
    ),
    network(
        "RNNBase",
        lambda nn, m: nn.RNNBase("LSTM", 3, 4, proj_size=2, device="cpu", dtype=m.float64),
        randn(4),
        call=lambda base, x: x * base.all_weights[0][-1],
    ),
]

LSTM = [
    network("LSTM", lambda nn: nn.LSTM(3, 4), randn(5, 2, 3)),
    network(
        "LSTM",
        lambda nn: nn.LSTM(4, 4),
        randn(6, 4, 4),
        randn(1, 4, 4),
        randn(1, 4, 4),
        call=h_and_c,
    ),
    network("LSTM", lambda nn: nn.LSTM(3, 4), randn(5, 3)),
    network(
        "LSTM",
        lambda nn: nn.LSTM(3, 4, 2, bidirectional=True, batch_first=True),
        randn(5, 3),
        randn(4, 4),
        randn(4, 4),
        call=h_and_c,
    ),
    network("LSTM", lambda nn: nn.LSTM(3, 2, 2, bias=False, batch_first=True), randn(2, 4, 3)),
    network("LSTM", lambda nn: nn.LSTM(3, 5, 2, bidirectional=True, proj_size=2), randn(4, 2, 3)),
    network(
        "LSTM",
        lambda nn: nn.LSTM(3, 5, proj_size=4),
        randn(4, 2, 3),
        randn(1, 2, 4),
        randn(1, 2, 5),
        call=h_and_c,
    ),
    network("LSTM", lambda nn: nn.LSTM(3, 4, bias=False, proj_size=1), randn(4, 3)),
    network(
        "LSTM",
        lambda nn: nn.LSTM(3, 4, 3, dropout=0.4, bidirectional=True),
        randn(3, 2, 3),
        random=True,
    ),
    network("LSTM", lambda nn, m: nn.LSTM(3, 4, device="cpu", dtype=m.float64), randn(1, 1, 3)),
    network("LSTM", lambda nn: nn.LSTM(1, 1), randn(1, 1, 1)),
    network("LSTM", lambda nn: nn.LSTM(3, 4), randn(2, 0, 3)),
    network("LSTM", lambda nn: nn.LSTM(3, 4), special(2, 3, 3)),
    network("LSTM", lambda nn: nn.LSTM(3, 4), extreme(2, 2, 3), ulp=20.0, reason=_TAIL),
    network("LSTM", lambda nn, m: packing(m, nn.LSTM(3, 4, 2), [4, 2, 1]), randn(4, 3, 3)),
    network(
        "LSTM",
        lambda nn, m: packing(
            m, nn.LSTM(3, 4, 2, bidirectional=True, proj_size=2), [2, 4, 3], **UNSORTED
        ),
        randn(4, 3, 3),
        randn(4, 3, 2),
        randn(4, 3, 4),
    ),
    network(
        "LSTM",
        lambda nn, m: packing(m, nn.LSTM(3, 4, 2, dropout=0.5), [3, 3], batch_first=True),
        randn(2, 4, 3),
        random=True,
    ),
]

GRU = [
    network("GRU", lambda nn: nn.GRU(3, 4), randn(5, 2, 3)),
    network("GRU", lambda nn: nn.GRU(4, 4), randn(6, 4, 4), randn(1, 4, 4)),
    network("GRU", lambda nn: nn.GRU(3, 4), randn(5, 3)),
    network("GRU", lambda nn: nn.GRU(3, 4, 2, bidirectional=True), randn(5, 3), randn(4, 4)),
    network("GRU", lambda nn: nn.GRU(3, 2, 2, bias=False, batch_first=True), randn(2, 4, 3)),
    network(
        "GRU",
        lambda nn: nn.GRU(3, 4, 3, dropout=0.4, bidirectional=True),
        randn(3, 2, 3),
        random=True,
    ),
    network("GRU", lambda nn, m: nn.GRU(3, 4, device="cpu", dtype=m.float64), randn(1, 1, 3)),
    network("GRU", lambda nn: nn.GRU(1, 1), randn(1, 1, 1)),
    network("GRU", lambda nn: nn.GRU(3, 4), randn(2, 0, 3)),
    network("GRU", lambda nn: nn.GRU(3, 4), special(2, 3, 3)),
    network("GRU", lambda nn: nn.GRU(3, 4), extreme(3, 2, 3)),
    network("GRU", lambda nn, m: packing(m, nn.GRU(3, 4, 2), [4, 2, 1]), randn(4, 3, 3)),
    network(
        "GRU",
        lambda nn, m: packing(m, nn.GRU(3, 4, 2, bidirectional=True), [2, 4, 3], **UNSORTED),
        randn(4, 3, 3),
        randn(4, 3, 4),
    ),
]

CELLS = [
    network("RNNCell", lambda nn: nn.RNNCell(3, 4), randn(4, 3)),
    network("RNNCell", lambda nn: nn.RNNCell(3, 4), randn(2, 3), randn(2, 4)),
    network("RNNCell", lambda nn: nn.RNNCell(3, 6, False, "relu"), randn(3), randn(6)),
    network("RNNCell", lambda nn: nn.RNNCell(3, 0), randn(2, 3)),
    network("RNNCell", lambda nn, m: nn.RNNCell(3, 4, device="cpu", dtype=m.float64), randn(0, 3)),
    network("LSTMCell", lambda nn: nn.LSTMCell(3, 4), randn(2, 3)),
    network(
        "LSTMCell",
        lambda nn: nn.LSTMCell(3, 4),
        randn(2, 3),
        randn(2, 4),
        randn(2, 4),
        call=h_and_c,
    ),
    network(
        "LSTMCell", lambda nn: nn.LSTMCell(3, 4, False), randn(3), randn(4), randn(4), call=h_and_c
    ),
    network("LSTMCell", lambda nn: nn.LSTMCell(3, 0), randn(2, 3)),
    network(
        "LSTMCell", lambda nn, m: nn.LSTMCell(3, 4, device="cpu", dtype=m.float64), randn(0, 3)
    ),
    network("GRUCell", lambda nn: nn.GRUCell(3, 4), randn(2, 3)),
    network("GRUCell", lambda nn: nn.GRUCell(3, 4), randn(2, 3), randn(2, 4)),
    network("GRUCell", lambda nn: nn.GRUCell(3, 4, False), randn(3), randn(4)),
    network("GRUCell", lambda nn: nn.GRUCell(3, 0), randn(2, 3)),
    network("GRUCell", lambda nn, m: nn.GRUCell(3, 4, device="cpu", dtype=m.float64), randn(0, 3)),
    network(
        "RNNCellBase",
        lambda nn: nn.RNNCellBase(3, 4, True, 2),
        randn(3),
        call=lambda cell, x: x * cell.weight_ih,
    ),
    network(
        "RNNCellBase",
        lambda nn, m: nn.RNNCellBase(3, 4, False, 2, "cpu", m.float64),
        randn(4),
        call=lambda cell, x: x * cell.weight_hh,
    ),
    raises("nn.RNNCell", lambda m: m.nn.RNNCell(3, -1)),
    raises(
        "nn.RNNCell",
        lambda m, x: m.nn.RNNCell(3, 4, nonlinearity="sigmoid").double()(x),
        randn(2, 3),
    ),
    raises("nn.RNNCell", lambda m, x: m.nn.RNNCell(3, 4).double()(x), randn(2, 2, 3)),
    raises("nn.RNNCell", lambda m, x: m.nn.RNNCell(3, 4).double()(x), randn(2, 4)),
    raises("nn.RNNCell", lambda m, x: m.nn.RNNCell(3, 4)(x), randn(2, 3)),
    raises(
        "nn.RNNCell", lambda m, x, h: m.nn.RNNCell(3, 4).double()(x, h), randn(2, 3), randn(1, 2, 4)
    ),
    raises(
        "nn.RNNCell", lambda m, x, h: m.nn.RNNCell(3, 4).double()(x, h), randn(2, 3), randn(1, 4)
    ),
    raises(
        "nn.RNNCell", lambda m, x, h: m.nn.RNNCell(3, 4).double()(x, h), randn(2, 3), randn(2, 3)
    ),
    raises("nn.RNNCell", lambda m, x, h: m.nn.RNNCell(3, 4).double()(x, h), randn(3), randn(1, 4)),
    raises(
        "nn.RNNCell",
        lambda m, x, h: m.nn.RNNCell(3, 4).double()(x, h.float()),
        randn(2, 3),
        randn(2, 4),
    ),
    raises(
        "nn.LSTMCell", lambda m, x, h: m.nn.LSTMCell(3, 4).double()(x, h), randn(2, 3), randn(2, 4)
    ),
    raises(
        "nn.LSTMCell",
        lambda m, x, h: m.nn.LSTMCell(3, 4).double()(x, (h,)),
        randn(2, 3),
        randn(2, 4),
    ),
    raises(
        "nn.LSTMCell",
        lambda m, x, h: m.nn.LSTMCell(3, 4).double()(x, (h, h, h)),
        randn(2, 3),
        randn(2, 4),
    ),
    raises(
        "nn.LSTMCell",
        lambda m, x, h: m.nn.LSTMCell(3, 4).double()(x, (h, h[0])),
        randn(2, 3),
        randn(2, 4),
    ),
    raises(
        "nn.LSTMCell",
        lambda m, x, h: m.nn.LSTMCell(3, 4).double()(x, (h, h[None])),
        randn(2, 3),
        randn(2, 4),
    ),
    raises("nn.LSTMCell", lambda m, x: m.nn.LSTMCell(3, 4).double()(x), ints(2, 3)),
    raises("nn.GRUCell", lambda m, x: m.nn.GRUCell(3, 4).double()(x), randn()),
    raises(
        "nn.GRUCell", lambda m, x, h: m.nn.GRUCell(3, 4).double()(x, h), randn(2, 3), randn(3, 4)
    ),
    raises("nn.GRUCell", lambda m, x: m.nn.GRUCell(3, 4).double()(x), randn(2, 2)),
    raises("nn.GRUCell", lambda m, x, h: m.nn.GRUCell(3, 4).double()(x, h), randn(2, 3), randn(4)),
    raises(
        "nn.LSTMCell", lambda m, x, h: m.nn.LSTMCell(3, 4).double()(x, (h,)), randn(3), randn(4)
    ),
    network(
        "LSTMCell",
        lambda nn: nn.LSTMCell(3, 4),
        randn(3),
        randn(4),
        randn(4),
        call=lambda cell, x, h, c: cell(
            x, (h, c, x)
        ),  # without a batch only the first two are read
    ),
]

ERRORS = [
    *(
        line
        for name in ("RNN", "LSTM", "GRU")
        for line in (
            raises(f"nn.{name}", lambda m, name=name: getattr(m.nn, name)(0, 4)),
            raises(f"nn.{name}", lambda m, name=name: getattr(m.nn, name)(3, 0)),
            raises(f"nn.{name}", lambda m, name=name: getattr(m.nn, name)(3, 4, 0)),
            raises(f"nn.{name}", lambda m, name=name: getattr(m.nn, name)(3, 4.0)),
            raises(f"nn.{name}", lambda m, name=name: getattr(m.nn, name)("3", 4)),
            raises(f"nn.{name}", lambda m, name=name: getattr(m.nn, name)(3, 4, bias=1)),
            raises(f"nn.{name}", lambda m, name=name: getattr(m.nn, name)(3, 4, batch_first=None)),
            raises(f"nn.{name}", lambda m, name=name: getattr(m.nn, name)(3, 4, dropout=1.5)),
            raises(f"nn.{name}", lambda m, name=name: getattr(m.nn, name)(3, 4, dropout=True)),
            raises(f"nn.{name}", lambda m, name=name: getattr(m.nn, name)(3, 4, dropout=None)),
            raises(
                f"nn.{name}",
                lambda m, x, name=name: getattr(m.nn, name)(3, 4, bidirectional=1).double()(x),
                randn(2, 2, 3),
            ),
            raises(f"nn.{name}", lambda m, name=name: getattr(m.nn, name)(3, 4, proj_size=4)),
            raises(f"nn.{name}", lambda m, name=name: getattr(m.nn, name)(3, 4, proj_size=-1)),
            raises(f"nn.{name}", lambda m, name=name: getattr(m.nn, name)(3, 4, device="nowhere")),
            raises(
                f"nn.{name}",
                lambda m, x, name=name: getattr(m.nn, name)(3, 4).double()(x),
                randn(3),
            ),
            raises(
                f"nn.{name}",
                lambda m, x, name=name: getattr(m.nn, name)(3, 4).double()(x),
                randn(2, 2, 2, 3),
            ),
            raises(
                f"nn.{name}",
                lambda m, x, name=name: getattr(m.nn, name)(3, 4).double()(x),
                randn(2, 2, 4),
            ),
            raises(
                f"nn.{name}",
                lambda m, x, name=name: getattr(m.nn, name)(3, 4).double()(x),
                randn(0, 2, 3),
            ),
            raises(
                f"nn.{name}", lambda m, x, name=name: getattr(m.nn, name)(3, 4)(x), randn(2, 2, 3)
            ),
            raises(
                f"nn.{name}", lambda m, x, name=name: getattr(m.nn, name)(3, 4)(x), ints(2, 2, 3)
            ),
            raises(
                f"nn.{name}", lambda m, x, name=name: getattr(m.nn, name)(3, 4)([x]), randn(2, 2, 3)
            ),
            raises(
                f"nn.{name}",
                lambda m, x, name=name: getattr(m.nn, name)(3, 4).double()(
                    m.nn.utils.rnn.PackedSequence(x, m.tensor([1, 1]))
                ),
                randn(2, 2, 3),
            ),
        )
    ),
    raises("nn.RNN", lambda m: m.nn.RNN(3, 4, nonlinearity="sigmoid")),
    raises(
        "nn.LSTM",
        lambda m, x: m.nn.LSTM(3, 4).double()(m.nn.utils.rnn.PackedSequence(x, m.tensor([1, 2]))),
        randn(3, 3),
    ),
    raises(
        "nn.GRU",
        lambda m, x: m.nn.GRU(3, 4).double()(m.nn.utils.rnn.PackedSequence(x, m.tensor([2, 2]))),
        randn(3, 3),
    ),
    raises("nn.RNNBase", lambda m: m.nn.RNNBase("TANH", 3, 4)),
    raises("nn.RNNBase", lambda m, x: m.nn.RNNBase("GRU", 3, 4)(x), randn(2, 2, 3)),
    raises("nn.RNN", lambda m, x, h: m.nn.RNN(3, 4).double()(x, h), randn(2, 2, 3), randn(2, 4)),
    raises("nn.RNN", lambda m, x, h: m.nn.RNN(3, 4).double()(x, h), randn(2, 3), randn(1, 1, 4)),
    raises("nn.RNN", lambda m, x, h: m.nn.RNN(3, 4).double()(x, h), randn(2, 2, 3), randn(1, 3, 4)),
    raises(
        "nn.RNN",
        lambda m, x, h: m.nn.RNN(3, 4).double()(x, h.float()),
        randn(2, 2, 3),
        randn(1, 2, 4),
    ),
    raises(
        "nn.RNN", lambda m, x, h: m.nn.RNN(3, 4).double()(x, (h, h)), randn(2, 2, 3), randn(1, 2, 4)
    ),
    raises(
        "nn.GRU", lambda m, x, h: m.nn.GRU(3, 4, 2).double()(x, h), randn(2, 2, 3), randn(1, 2, 4)
    ),
    raises(
        "nn.LSTM", lambda m, x, h: m.nn.LSTM(3, 4).double()(x, h), randn(2, 2, 3), randn(1, 2, 4)
    ),
    raises(
        "nn.LSTM", lambda m, x, h: m.nn.LSTM(3, 4).double()(x, (h,)), randn(2, 2, 3), randn(1, 2, 4)
    ),
    raises(
        "nn.LSTM",
        lambda m, x, h: m.nn.LSTM(3, 4).double()(x, (h, None)),
        randn(2, 2, 3),
        randn(1, 2, 4),
    ),
    raises(
        "nn.LSTM",
        lambda m, x, h: m.nn.LSTM(3, 4).double()(x, (h, h, h)),
        randn(2, 2, 3),
        randn(1, 2, 4),
    ),
    raises(
        "nn.LSTM",
        lambda m, x, h: m.nn.LSTM(3, 4).double()(x, (h, h[0])),
        randn(2, 2, 3),
        randn(1, 2, 4),
    ),
    raises(
        "nn.LSTM",
        lambda m, x, h: m.nn.LSTM(3, 4, proj_size=2).double()(x, (h, h)),
        randn(2, 2, 3),
        randn(1, 2, 4),
    ),
]

CASES = [*RNN, *LSTM, *GRU, *CELLS, *ERRORS]
