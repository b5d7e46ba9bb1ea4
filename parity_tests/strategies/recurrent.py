"""Calls of refnet.ops.rnn, .lstm, .gru and .sequence, with PyTorch's layer as the twin."""

from collections.abc import Callable
from typing import Any

import torch
from hypothesis import strategies as st

from parity_tests.strategies import Call, DrawFn, drawn, maybe, reals

SIZE = st.integers(1, 4)


def steps(draw: DrawFn) -> tuple[int, ...]:
    """The number of sequences at each step."""
    return tuple(sorted(draw(st.lists(SIZE, min_size=1, max_size=4)), reverse=True))


def twin(mode: str, sizes: tuple[int, ...], states: int, bias: str) -> Callable[..., Any]:
    """PyTorch's function of a packed sequence on the rule's arguments."""

    def run(x: Any, *rest: Any) -> Any:
        hx = [h[None] for h in rest[:states]]
        W, U, *more = rest[states:]
        if bias == "one":  # the rule's one bias is the sum of PyTorch's two
            more.insert(1, torch.zeros_like(more[0]))
        out = getattr(torch._VF, mode)(
            x, torch.tensor(sizes), hx if states > 1 else hx[0], [W, U, *more], bias != "none",
            1, 0.0, False, False,
        )  # fmt: skip
        return out[0], *(h[0] for h in out[1:])

    return run


def rnn(draw: DrawFn) -> Call:
    sizes, n, H = steps(draw), draw(SIZE), draw(SIZE)
    b = maybe(draw, reals(draw, (H,)))
    phi = draw(st.sampled_from(["tanh", "relu"]))
    return Call(
        [
            reals(draw, (sum(sizes), n)),
            reals(draw, (sizes[0], H)),
            reals(draw, (H, n)),
            reals(draw, (H, H)),
            b,
        ],
        {"sizes": sizes, "nonlinearity": phi},
        twin(f"rnn_{phi}", sizes, 1, "none" if b is None else "one"),
    )


def lstm(draw: DrawFn) -> Call:
    sizes, n, H = steps(draw), draw(SIZE), draw(SIZE)
    out = draw(st.integers(1, H))
    b = maybe(draw, reals(draw, (4 * H,)))
    return Call(
        [
            reals(draw, (sum(sizes), n)),
            reals(draw, (sizes[0], out)),
            reals(draw, (sizes[0], H)),
            reals(draw, (4 * H, n)),
            reals(draw, (4 * H, out)),
            b,
            None if out == H else reals(draw, (out, H)),
        ],
        {"sizes": sizes},
        twin("lstm", sizes, 2, "none" if b is None else "one"),
    )


def gru(draw: DrawFn) -> Call:
    sizes, n, H = steps(draw), draw(SIZE), draw(SIZE)
    biased = draw(st.booleans())
    return Call(
        [
            reals(draw, (sum(sizes), n)),
            reals(draw, (sizes[0], H)),
            reals(draw, (3 * H, n)),
            reals(draw, (3 * H, H)),
            reals(draw, (3 * H,)) if biased else None,
            reals(draw, (3 * H,)) if biased else None,
        ],
        {"sizes": sizes},
        twin("gru", sizes, 1, "two" if biased else "none"),
    )


def reverse_steps(draw: DrawFn) -> Call:
    sizes = steps(draw)

    def flipped(x: Any) -> Any:
        packed = torch.nn.utils.rnn.PackedSequence(x, torch.tensor(sizes))
        sequences = torch.nn.utils.rnn.unpack_sequence(packed)
        return torch.nn.utils.rnn.pack_sequence([s.flip(0) for s in sequences]).data

    return Call([reals(draw, (sum(sizes), draw(SIZE)))], {"sizes": sizes}, flipped)


STRATEGIES = {
    "rnn": drawn(rnn),
    "lstm": drawn(lstm),
    "gru": drawn(gru),
    "reverse_steps": drawn(reverse_steps),
}
