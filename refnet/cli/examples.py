"""The examples of `refnet explain`: for each rule a program that runs and checks its pullback."""

import ast
import inspect

from refnet.ops.rule import Rule

POSITIVE = "np.array([0.5, 1.0, 3.0])"
UNIT = "np.array([0.2, 0.5, 0.9])"
X = "randn((2, 3))"
PLACES = "np.array([[0, 2], [1, 0]])"
COLUMNS = "where=(slice(None), np.array([0, 2, 0]))"
CORNER = "order=(0, 1), offset=1, shape=(2, 2), strides=(3, 1)"
SLIDING = "sliding(4, 2, kernel=2, stride=2, padding=0, dilation=1)"
SHORT = 40  # characters of options that are written twice

# The arguments of the calls; by default each input is X. Options are those of USUAL.
CALLS = {
    "log log2 log10 log1p sqrt rsqrt": POSITIVE,
    "asin acos atanh logit": UNIT,
    "acosh": "np.array([1.5, 2.0, 3.0])",
    "pow": f"{POSITIVE}, 2.5",
    "xlogy": f"{POSITIVE}, {POSITIVE}",
    "threshold": f"{X}, threshold=0.5, value=0.0",
    "clamp": f"{X}, -1.0, 1.0",
    "prelu": f"{X}, np.array([[0.25]])",
    "rrelu": f"{X}, np.full((2, 3), 0.2)",
    "glu": "randn((2, 4))",
    "dropout alpha_dropout": "randn((4,)), np.array([True, False, True, True])",
    "drawn": "np.array([0.3, 0.8]), values=np.array([False, True])",
    # reductions and sorting
    "sum mean prod var std norm logsumexp amax amin": f"{X}, dim=(1,)",
    "p_norm": f"{X}, p=3.0, dim=(1,)",
    "topk": f"{X}, k=2",
    # products
    "matmul": "randn((2, 3)), randn((3, 4))",
    "addmm": "randn((2, 4)), randn((2, 3)), randn((3, 4)), beta=1.0, alpha=0.5",
    "einsum": 'randn((2, 3)), randn((3, 4)), equation="ij,jk->ik"',
    "linear": "randn((2, 3)), randn((4, 3)), randn((4,))",
    "bilinear": "randn((2, 3)), randn((2, 4)), randn((5, 3, 4)), randn((5,))",
    "solve": "randn((3, 3)), randn((3, 2))",
    "matrix_exp": "randn((3, 3))",
    "attention": "randn((4, 3)), randn((5, 3)), randn((5, 2)), None, None, scale=0.5",
    "weight_norm": "randn((3, 4)), randn((3, 1)), dim=(1,)",
    # normalization
    "layer_norm": f"{X}, randn((3,)), randn((3,)), dims=1",
    "rms_norm": f"{X}, randn((3,)), dims=1",
    "batch_norm": "randn((4, 3)), randn((3,)), randn((3,))",
    "fixed_batch_norm": "randn((4, 3)), np.zeros(3), np.ones(3), None, None",
    "group_norm": "randn((2, 4, 3)), randn((4,)), randn((4,)), groups=2",
    "local_response_norm": "randn((2, 4, 3)), size=3, alpha=0.1, beta=0.75, k=1.0",
    # losses
    "cross_entropy": f"{X}, np.array([2, 0]), None, label_smoothing=0.1",
    "soft_cross_entropy": f"{X}, np.full((2, 3), 1 / 3), None, label_smoothing=0.0",
    "linear_cross_entropy": "randn((4, 2)), randn((3, 2)), randn((3,)), np.array([2, 0, 1, 2]), "
    "None, rows=2",
    "nll_loss": f"{X}, np.array([2, 0]), None",
    "binary_cross_entropy": f"{UNIT}, {UNIT}, None",
    "binary_cross_entropy_with_logits": f"{X}, np.ones((2, 3)), None, None",
    "gaussian_nll_loss": f"{X}, {X}, np.ones((2, 3)), full=False",
    "huber_loss": f"{X}, {X}, delta=1.0",
    # shapes
    "cat stack": f"{X}, {X}, dim=0",
    "split": "randn((5, 2)), sizes=(2, 3), dim=0",
    "diagonal": "randn((3, 3)), offset=0, dim1=0, dim2=1",
    "expand": "randn((1, 3)), shape=(2, 3)",
    "flip": f"{X}, dims=(1,)",
    "roll": f"{X}, shifts=(1,), dims=(1,)",
    "permute": "randn((2, 3, 4)), dims=(2, 0, 1)",
    "repeat": f"{X}, repeats=(2, 1)",
    "reshape": f"{X}, shape=(3, 2)",
    "pad": f"{X}, widths=((0, 0), (1, 2))",
    "extend": f'{X}, widths=((0, 0), (1, 2)), mode="reflect"',
    "scale": f"{X}, factor=2.0",
    "read_window": f"{X}, {CORNER}",
    "write_window": f"{X}, randn((2, 2)), {CORNER}",
    "sliding_windows": "randn((2, 5)), size=2, step=1",
    # entries by their indices
    "gather": f"{X}, np.array([[0, 2], [1, 1]])",
    "scatter scatter_add scatter_amax scatter_amin scatter_prod": f"{X}, {PLACES}, {X}",
    "index": f"{X}, {COLUMNS}",
    "index_add": f"{X}, {X}, {COLUMNS}",
    "index_put": f"{X}, randn((2,)), where=(slice(None), np.array([0, 2]))",
    "masked_fill": f"{X}, np.array([True, False, False]), 0.0",
    "where": f"np.array([True, False, True]), {X}, {X}",
    "embedding": "randn((5, 3)), np.array([1, 4, 1]), padding=None",
    "embedding_bag": "randn((5, 3)), np.array([1, 4, 1]), randn((3,)), sizes=np.array([2, 1])",
    "embedding_bag_max": "randn((5, 3)), np.array([1, 4, 1]), sizes=np.array([2, 1])",
    # windows
    "convolution": "randn((1, 2, 5, 5)), randn((3, 2, 3, 3)), randn((3,)), "
    "padding=((1, 1), (1, 1))",
    "transposed_convolution": "randn((1, 3, 4, 4)), randn((3, 2, 3, 3)), randn((2,)), "
    "stride=(2, 2), padding=((1, 1), (1, 1)), output_padding=(1, 1)",
    "unfold": "randn((1, 2, 3, 4)), kernel=(2, 2), padding=(1, 1)",
    "fold": "randn((1, 4, 6)), size=(3, 4), kernel=(2, 2), padding=(0, 0)",
    "avg_pool": f"randn((2, 4)), windows=[{SLIDING}], divisor=2",
    "max_pool": "randn((2, 4)), windows=np.array([[0, 2], [1, 3]]), size=(2,)",
    "max_unpool": "randn((1, 2)), np.array([[1, 2]]), size=(4,)",
    "interpolate": f"{X}, windows=[Windows(np.array([[0, 0, 1], [1, 1, 2]]), "
    "np.full((2, 3), True), np.full((2, 3), 0.5))]",
    "grid_sample": "randn((1, 2, 3, 3)), np.array([[[[-0.4, 0.2], [0.5, 0.1]]]]), "
    'mode="bilinear", padding_mode="zeros", align_corners=True',
    # sequences
    "rnn": "randn((5, 3)), randn((2, 4)), randn((4, 3)), randn((4, 4)), randn((4,)), "
    'nonlinearity="tanh"',
    "gru": "randn((5, 3)), randn((2, 4)), randn((12, 3)), randn((12, 4)), randn((12,)), "
    "randn((12,))",
    "lstm": "randn((5, 3)), randn((2, 4)), randn((2, 4)), randn((16, 3)), randn((16, 4)), "
    "randn((16,)), None",
    "reverse_steps": "randn((5, 3))",
}
CALLS = {rule: call for rules, call in CALLS.items() for rule in rules.split()}
# Options without a default, if the call does not give them.
USUAL = {
    "dim": "1", "eps": "1e-5", "p": "0.25", "reduction": '"mean"', "ignore_index": "-100",
    "stride": "(1, 1)", "dilation": "(1, 1)", "groups": "1", "sizes": "[2, 2, 1]",
    "by_frequency": "False",
}  # fmt: skip
# Whole examples for rules that check_pullback alone cannot judge: cast changes the dtype, and the
# pullback of ctc_loss is correct only together with that of log_softmax.
PROGRAMS = {
    "cast": """
import numpy as np
from refnet import ops

x = np.random.default_rng(0).standard_normal(3)
value, pullback = ops.cast(x, dtype=np.dtype("float32"))
dy = np.array([1.0, -2.0, 0.5], np.float32)
(dx,) = pullback(dy)
assert value.dtype == "float32" and dx.dtype == "float64" and np.all(dx == dy)
""",
    "floor_divide": """
import numpy as np
from refnet import ops

value, pullback = ops.floor_divide(np.array([3.5, -3.5]), np.array([2.0, 2.0]))
assert np.all(value == [1, -2])  # the pullback raises, as PyTorch's does
""",
    "heaviside": """
import numpy as np
from refnet import ops

value, pullback = ops.heaviside(np.array([-1.5, 0.0, 2.0]), np.array([0.5, 0.5, 0.5]))
assert np.all(value == [0, 0.5, 1])  # the pullback raises, as PyTorch's does
""",
    "ctc_loss": """
import numpy as np
from refnet import ops
from refnet.testing import check_pullback

labels, frames, lengths = np.array([[1, 2]]), np.array([5]), np.array([2])

def loss(z):  # a function of logits, as the pullback assumes
    x, to_z = ops.log_softmax(z, dim=2)
    value, to_x = ops.ctc_loss(x, labels, frames, lengths, blank=0, zero_infinity=False)
    return value, lambda dy: to_z(to_x(dy)[0])

inputs = [np.random.default_rng(0).standard_normal((5, 1, 3))]
with np.errstate(divide="ignore"):  # the logarithm of 0, where no path is possible
    value, pullback = loss(*inputs)
    check_pullback(loss, inputs)  # by the complex step or differences
""",
    "zero_norm": """
import numpy as np
from refnet import ops

value, pullback = ops.zero_norm(np.array([[3.5, 0.0], [0.0, 0.0]]), dim=1)
assert np.all(value == [1, 0])
assert pullback(np.array([1.0, -2.0])) == (None,)  # no gradient, as in PyTorch
""",
}
# The inputs that have no gradient by convention.
CONSTANT = {"fixed_batch_norm": [1, 2], "ldexp": [1], "rrelu": [1]}


def example(name: str, rule: Rule) -> str:
    """Returns a program that calls the rule of this name and checks its pullback."""
    if name in PROGRAMS:
        return PROGRAMS[name].strip()
    inputs, options = _arguments(name, rule)
    text = ", ".join([*inputs, *options])
    given = "".join(f", {option}" for option in options)
    named = []
    if len(given) > SHORT:
        named, given = [_listed("options = dict", "()", options)], ", **options"
    windows = [w for w in ("Windows", "sliding") if f"{w}(" in text]
    constant = f", constant={CONSTANT[name]}" if name in CONSTANT else ""
    lines = [
        "import numpy as np" if "np." in text or "randn" in text else "",
        "from refnet import ops",
        *(f"from refnet.ops.windows import {w}" for w in windows),
        "from refnet.testing import check_pullback\n",
        "randn = np.random.default_rng(0).standard_normal" if "randn" in text else "",
        _listed("inputs = ", "[]", inputs),
        *named,
        f"value, pullback = ops.{name}(*inputs{given})",
        f"check_pullback(ops.{name}, inputs{given}{constant})  # by complex step or differences",
    ]
    return "\n".join(filter(None, lines))


def _arguments(name: str, rule: Rule) -> tuple[list[str], list[str]]:
    """Returns the inputs and the options ("dim=1") of the rule's example."""
    needed = [p for p in inspect.signature(rule).parameters.values() if p.default is p.empty]
    inputs = [p.name for p in needed if p.kind is not p.KEYWORD_ONLY]
    tree = ast.parse(f"f({CALLS.get(name) or ', '.join(X for _ in inputs)})", mode="eval").body
    assert isinstance(tree, ast.Call)
    given = {str(k.arg): ast.unparse(k.value).replace("'", '"') for k in tree.keywords}
    missing = {p.name: USUAL[p.name] for p in needed if p.name not in (*inputs, *given)}
    return [ast.unparse(x) for x in tree.args], [f"{k}={v}" for k, v in (given | missing).items()]


def _listed(begin: str, brackets: str, parts: list[str]) -> str:
    """Returns the parts in brackets, on one line if they fit."""
    line = f"{begin}{brackets[0]}{', '.join(parts)}{brackets[1]}"
    if len(line) <= 80:
        return line
    return f"{begin}{brackets[0]}\n" + "".join(f"    {x},\n" for x in parts) + brackets[1]
