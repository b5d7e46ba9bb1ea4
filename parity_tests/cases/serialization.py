"""save and load, one line a case: what one library saves, the same library loads."""

import io
from typing import Any

from parity_tests.cases import bools, case, const, extreme, ints, raises, randn, special


def again(m: Any, obj: Any, **options: Any) -> Any:
    """What load makes of what save has written."""
    file = io.BytesIO()
    m.save(obj, file)
    file.seek(0)
    return m.load(file, **options)


def trained(m: Any) -> Any:
    """A model and its optimizer after a step."""
    m.manual_seed(0)
    model = m.nn.Sequential(m.nn.BatchNorm1d(3), m.nn.Linear(3, 2))
    optimizer = m.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    model(m.randn(5, 3)).backward(m.randn(5, 2))
    optimizer.step()
    return model, optimizer


CASES = [
    case("save", lambda m, x: again(m, x), randn(2, 3)),
    case("save", lambda m, x: again(m, {"0.weight": x, "a.b": x[0], "": x.T}), randn(2, 3)),
    case("save", lambda m, x, y: again(m, [x, (y, [x, None])]), special(7), extreme(12)),
    case("save", lambda m, x, y: again(m, {"i": x, "b": y}), ints(3, 2), bools(4)),
    case("save", lambda m, x: again(m, {3: x, -1: {True: x}, None: [], 2.5: ()}), randn()),
    case("save", lambda m, x: again(m, {"$tensor": "a", "b": {"$tuple": [1]}, "x": x}), randn(0, 3)),
    case(
        "save",
        lambda m: again(m, [1, -(2**70), 0.1, float("inf"), -0.0, True, None, 'a\n"é\x00', {}, [], ()]),
    ),
    case(
        "save",
        lambda m, x: again(m, [x.to(getattr(m, f)) for f in ("half", "int8", "uint8", "int16", "int32")]),
        const(ints(3)),
    ),
    case("save", lambda m, x: again(m, {"a": {"b.c": x}, "a.b": {"c": 2 * x}, "a.b.c": 3 * x}), randn(2)),
    case("save", lambda m, x: again(m, {"__metadata__": x, "x": m.nn.Parameter(x)}), const(randn(2))),
    case("load", lambda m: [again(m, part.state_dict()) for part in trained(m)]),
    case("load", lambda m: trained(m)[0].load_state_dict(again(m, trained(m)[0].state_dict()))),
    case("load", lambda m: trained(m)[1].load_state_dict(again(m, trained(m)[1].state_dict()))),
    case("load", lambda m: (m.set_rng_state(again(m, m.get_rng_state())), m.randn(3))),
    case("load", lambda m, x: again(m, [x], map_location="cpu", weights_only=True), randn(2)),
    case("load", lambda m, x: again(m, [x], map_location=m.device("cpu")), randn(2)),
    case("load", lambda m, x: again(m, x, map_location=lambda storage, place: storage), randn(2)),
    case("load", lambda m, x: again(m, x, map_location={"cuda:0": "cpu"}), randn(2)),
    raises("load", lambda m: m.load("there/is/no.such")),
    raises("load", lambda m: m.load(".")),
    raises("load", lambda m: again(m, m.ones(1), map_location="nowhere")),
    raises("save", lambda m: m.save({}, "there/is/no.such")),
]  # fmt: skip
