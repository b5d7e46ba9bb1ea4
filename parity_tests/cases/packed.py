"""nn.utils.rnn: padded and packed sequences, one line a case."""

from typing import Any

from parity_tests.cases import case, const, ints, permutation, raises, randn, values


def pack(m: Any, x: Any, lengths: Any, **options: Any) -> Any:
    return m.nn.utils.rnn.pack_padded_sequence(x, lengths, **options)


CASES = [
    case("nn.utils.rnn.pack_padded_sequence", lambda m, x: pack(m, x, [4, 2, 1]), randn(4, 3, 2)),
    case(
        "nn.utils.rnn.pack_padded_sequence",
        lambda m, x, n: m.nn.utils.rnn.pack_padded_sequence(
            x, n, batch_first=True, enforce_sorted=False
        ),
        randn(3, 5),
        values([2, 4, 2]),
    ),
    case(
        "nn.utils.rnn.pack_padded_sequence",
        lambda m, x: m.nn.utils.rnn.pack_padded_sequence(x, m.tensor([2.7, 1.2])),
        ints(3, 2, 1),
    ),
    case(
        "nn.utils.rnn.pad_packed_sequence",
        lambda m, x: m.nn.utils.rnn.pad_packed_sequence(pack(m, x, [4, 2, 1])),
        randn(4, 3, 2),
    ),
    case(
        "nn.utils.rnn.pad_packed_sequence",
        lambda m, x: m.nn.utils.rnn.pad_packed_sequence(
            pack(m, x, [2, 4, 2], enforce_sorted=False), True, -1.5, 6
        ),
        randn(4, 3),
    ),
    case(
        "nn.utils.rnn.pad_packed_sequence",
        lambda m, x: m.nn.utils.rnn.pad_packed_sequence(pack(m, x, [2, 1]), padding_value=1.7),
        ints(2, 2),
    ),
    case(
        "nn.utils.rnn.pad_sequence",
        lambda m, x, y, z: m.nn.utils.rnn.pad_sequence([x, y, z]),
        randn(2, 3),
        randn(4, 3),
        randn(0, 3),
    ),
    case(
        "nn.utils.rnn.pad_sequence",
        lambda m, x, y: m.nn.utils.rnn.pad_sequence((x, y), True, 2.5, "left"),
        randn(2),
        randn(4),
    ),
    case(
        "nn.utils.rnn.pad_sequence",
        lambda m, x, y: m.nn.utils.rnn.pad_sequence([x, y], padding_side="left"),
        randn(3, 2),
        randn(1, 1),
    ),
    case(
        "nn.utils.rnn.pad_sequence",
        lambda m, x, y: m.nn.utils.rnn.pad_sequence([x, y], padding_value=1.7),
        ints(1),
        randn(2),
    ),
    case("nn.utils.rnn.pad_sequence", lambda m, x: m.nn.utils.rnn.pad_sequence(x), randn(2, 3)),
    case(
        "nn.utils.rnn.pad_sequence",
        lambda m, x, y: m.nn.utils.rnn.pad_sequence([x, y]).view(-1),
        randn(2, 3),
        randn(1, 3),
    ),
    case(
        "nn.utils.rnn.unpad_sequence",
        lambda m, x, n: m.nn.utils.rnn.unpad_sequence(x * 1, n),
        randn(4, 3, 2),
        values([4, 0, 2]),
    ),
    case(
        "nn.utils.rnn.unpad_sequence",
        lambda m, x, n: m.nn.utils.rnn.unpad_sequence(x, n, batch_first=True),
        randn(3, 4),
        values([1, 7, 2]),
    ),
    case(
        "nn.utils.rnn.pack_sequence",
        lambda m, x, y: m.nn.utils.rnn.pack_sequence([x, y]),
        randn(3, 2),
        randn(1, 2),
    ),
    case(
        "nn.utils.rnn.pack_sequence",
        lambda m, x, y: m.nn.utils.rnn.pack_sequence([x, y], enforce_sorted=False),
        randn(1),
        randn(3),
    ),
    case(
        "nn.utils.rnn.unpack_sequence",
        lambda m, x: m.nn.utils.rnn.unpack_sequence(pack(m, x, [2, 4, 3], enforce_sorted=False)),
        randn(4, 3, 2),
    ),
    case(
        "nn.utils.rnn.invert_permutation",
        lambda m, p: m.nn.utils.rnn.invert_permutation(p),
        permutation(6),
    ),
    case("nn.utils.rnn.invert_permutation", lambda m: m.nn.utils.rnn.invert_permutation(None)),
    case(
        "nn.utils.rnn.PackedSequence",
        lambda m, x: m.nn.utils.rnn.PackedSequence(x, m.tensor([2]), m.tensor([1, 0])).double(),
        randn(2, 2),
    ),
    case(
        "nn.utils.rnn.PackedSequence",
        lambda m, x: m.nn.utils.rnn.PackedSequence((x, m.tensor([1, 1]))).to(m.float32).cpu(),
        randn(2, 2),
    ),
    case(
        "nn.utils.rnn.PackedSequence",
        lambda m, x: [
            getattr(pack(m, x, [2, 1]), to)()
            for to in ("float", "half", "long", "int", "short", "char", "double")
        ],
        const(randn(2, 2)),
    ),
    case(
        "nn.utils.rnn.PackedSequence",
        lambda m, x: (pack(m, x, [2, 1]).byte(), pack(m, x, [2, 1]).is_cuda),
        ints(2, 2),
    ),
    raises(
        "nn.utils.rnn.PackedSequence", lambda m, x: pack(m, x, [2, 1]).to("nowhere"), randn(2, 2)
    ),
    raises(
        "nn.utils.rnn.pack_padded_sequence",
        lambda m, x: m.nn.utils.rnn.PackedSequence(pack(m, x, [2, 1]).data),
        randn(2, 2),
    ),
    raises("nn.utils.rnn.pack_padded_sequence", lambda m, x: pack(m, x, [1, 2]), randn(3, 2)),
    raises("nn.utils.rnn.pack_padded_sequence", lambda m, x: pack(m, x, [2, 0]), randn(3, 2)),
    raises("nn.utils.rnn.pack_padded_sequence", lambda m, x: pack(m, x, [2, 1, 1]), randn(3, 2)),
    raises("nn.utils.rnn.pack_padded_sequence", lambda m, x: pack(m, x, [2, 1]), randn(3, 2, 0)),
    raises("nn.utils.rnn.pack_padded_sequence", lambda m, x: pack(m, x, [2]), randn(3)),
    raises(
        "nn.utils.rnn.pack_padded_sequence",
        lambda m, x: pack(m, x, m.tensor([[2, 1]])),
        randn(3, 2),
    ),
    raises(
        "nn.utils.rnn.pack_padded_sequence",
        lambda m, x: pack(m, x.detach().numpy(), [2, 1]),
        randn(3, 2),
    ),
    raises(
        "nn.utils.rnn.pad_packed_sequence",
        lambda m, x: m.nn.utils.rnn.pad_packed_sequence(pack(m, x, [3, 1]), total_length=2),
        randn(3, 2),
    ),
    raises(
        "nn.utils.rnn.pad_packed_sequence",
        lambda m, x: m.nn.utils.rnn.pad_packed_sequence(x),
        randn(3, 2),
    ),
    raises("nn.utils.rnn.pad_sequence", lambda m: m.nn.utils.rnn.pad_sequence([])),
    raises("nn.utils.rnn.pad_sequence", lambda m: m.nn.utils.rnn.pad_sequence(5)),
    *(
        raises(
            "nn.utils.rnn.pad_sequence",
            lambda m, x, options=options: m.nn.utils.rnn.pad_sequence([x], **options),
            randn(2),
        )
        for options in ({"padding_value": None}, {"padding_value": "0"}, {"padding_side": 1})
    ),
    raises(
        "nn.utils.rnn.pad_packed_sequence",
        lambda m, x: m.nn.utils.rnn.pad_packed_sequence(pack(m, x, [2]), padding_value="0"),
        randn(2, 1),
    ),
    raises("nn.utils.rnn.pack_padded_sequence", lambda m, x: pack(m, x, [[2, 1]]), randn(3, 2)),
    raises("nn.utils.rnn.pack_sequence", lambda m, x: m.nn.utils.rnn.pack_sequence([x]), randn()),
    raises("nn.utils.rnn.pad_sequence", lambda m: m.nn.utils.rnn.pad_sequence([1, 2])),
    raises("nn.utils.rnn.pad_sequence", lambda m, x: m.nn.utils.rnn.pad_sequence([x]), randn()),
    raises(
        "nn.utils.rnn.pad_sequence",
        lambda m, x: m.nn.utils.rnn.pad_sequence([x], padding_side="top"),
        randn(2),
    ),
    raises(
        "nn.utils.rnn.pad_sequence",
        lambda m, x, y: m.nn.utils.rnn.pad_sequence([x, y]),
        randn(2, 3),
        randn(2, 2),
    ),
    raises(
        "nn.utils.rnn.pad_sequence",
        lambda m, x, y: m.nn.utils.rnn.pad_sequence([x, y]),
        randn(2, 3),
        randn(2),
    ),
    raises("nn.utils.rnn.pack_sequence", lambda m: m.nn.utils.rnn.pack_sequence([])),
    raises(
        "nn.utils.rnn.pack_sequence",
        lambda m, x, y: m.nn.utils.rnn.pack_sequence([x, y]),
        randn(1),
        randn(2),
    ),
    raises(
        "nn.utils.rnn.unpad_sequence",
        lambda m, x: m.nn.utils.rnn.unpad_sequence(x * 1, m.tensor([2, 1, 1])),
        randn(3, 2),
    ),
    raises(
        "nn.utils.rnn.invert_permutation",
        lambda m: m.nn.utils.rnn.invert_permutation(m.tensor([1.0, 0.0])),
    ),
    raises(
        "nn.utils.rnn.invert_permutation",
        lambda m: m.nn.utils.rnn.invert_permutation(m.tensor([[1, 0]])),
    ),
    raises(
        "nn.utils.rnn.invert_permutation",
        lambda m: m.nn.utils.rnn.invert_permutation(m.tensor([1, 3])),
    ),
]
