"""What `refnet explain` prints: a rule's formula, pullback and source, from its docstring.

The docstrings of the rules in refnet.ops are the only source. A layer or function leads to the rules that
its code calls, which are found in its bytecode, so that there is no second list to keep.
"""

import ast
import difflib
import dis
import functools
import inspect
import re
from collections.abc import Iterator
from types import CodeType, FunctionType, ModuleType
from typing import Any

import refnet
from refnet import ops
from refnet.ops.rule import Rule

SECTION = re.compile(r"^(Shape|Args|Returns|Raises|Note|Pullback|Source):$", re.MULTILINE)
PREFIXES = {"torch.": "", "refnet.": "", "F.": "nn.functional.", "functional.": "nn.functional."}
PLACES = (
    *(refnet, refnet.nn.functional, refnet.nn),
    *(refnet.Tensor, refnet.nn.utils, refnet.nn.utils.parametrizations),
)  # fmt: skip
ARRANGING = {"copy", "indexing", "padding", "shape"}
DEPTH = 5  # calls between a layer and its rules


def rules() -> dict[str, Rule]:
    """All rules of refnet.ops by name."""
    return {name: f for name, f in vars(ops).items() if isinstance(f, FunctionType)}


def families() -> dict[str, list[str]]:
    """The names of the rules by the file that they are in."""
    found: dict[str, list[str]] = {}
    for name, rule in sorted(rules().items()):
        found.setdefault(rule.__module__.rpartition(".")[2], []).append(name)
    return dict(sorted(found.items()))


# --- from a name to rules ------------------------------------------------------------------------


def rules_of(name: str) -> list[str]:
    """The names of the rules that a name leads to: a rule itself, or those that a layer, function or method
    calls, the nearest first. Empty for a name that refnet does not have, or that computes with none."""
    short = _short(name)
    if short.removeprefix("ops.") in rules():
        return [short.removeprefix("ops.")]
    found = next(_objects(short), None)
    return [] if found is None else _called(found, short.rpartition(".")[2])


def exists(name: str) -> bool:
    """Whether refnet has the name, with rules or without."""
    return next(_objects(_short(name)), None) is not None


def _short(name: str) -> str:
    for prefix, meant in PREFIXES.items():
        if name.startswith(prefix):
            name = meant + name.removeprefix(prefix)
    return name


def suggestions(name: str) -> list[str]:
    """Names like this one that lead to a rule."""
    wanted = name.rpartition(".")[2].casefold()
    known: dict[str, str] = {}
    for each in (*dir(refnet.nn), *dir(refnet.nn.functional), *rules()):
        known[each.casefold()] = each  # a rule's name before a layer's
    near = difflib.get_close_matches(wanted, known, n=5, cutoff=0.75)
    return [known[each] for each in near if rules_of(known[each])][:3]


def _objects(name: str) -> Iterator[Any]:
    """What the name is: below refnet, or in one of the usual places."""
    first, _, rest = name.partition(".")
    for place in PLACES:
        found = getattr(place, first, None)
        for part in rest.split(".") if rest else ():
            found = getattr(found, part, None)
        if isinstance(found, (type, FunctionType)):
            yield found


@functools.cache
def _called(start: Any, name: str) -> list[str]:
    """The rules in the docstrings and the code between the start and its rules.

    The first of these that finds any: a rule of that name; one that a docstring names; one that
    is called; one that is called, but only arranges entries. Each time the nearest.
    """
    names = {rule: name for name, rule in rules().items()}
    ranks: list[dict[str, None]] = [{}, {}, {}, {}]
    level, seen = [(start, start if isinstance(start, type) else None)], {start}
    wanted = re.sub("loss$|[123]d$|_", "", name.casefold())
    for _ in range(DEPTH):
        near: list[dict[str, None]] = [{}, {}, {}, {}]
        following = []
        for f, owner in level:
            for rule in re.findall(r"refnet\.ops\.(\w+)", f.__doc__ or ""):
                if rule in rules():
                    near[1][rule] = None
            for g, its_owner in _references(f, owner):
                if g in names and not g.__module__.endswith(".strided"):  # how views are stored
                    arranges = g.__module__.rpartition(".")[2] in ARRANGING
                    near[3 if arranges else 2][names[g]] = None
                    if re.sub("loss$|_", "", names[g]) == wanted:
                        near[0][names[g]] = None
                elif g not in seen:
                    seen.add(g)
                    following.append((g, its_owner))
        ranks = [found or new for found, new in zip(ranks, near, strict=True)]
        level = following
    return list(next((found for found in ranks if found), {}))


def _references(f: Any, owner: type | None) -> Iterator[tuple[Any, type | None]]:
    """The functions and rules that f's code names; of a class that its forward does."""
    if isinstance(f, type):
        forward = getattr(f, "forward", None)
        if isinstance(forward, FunctionType):
            yield forward, f
        return
    f = inspect.unwrap(f)
    for names in _names(f.__code__):
        if names[0] == "self" and owner is not None:
            found = getattr(owner, names[1], None) if len(names) > 1 else None
        else:
            found = f.__globals__.get(names[0])
            for name in names[1:]:
                if not isinstance(found, ModuleType):
                    break
                found = getattr(found, name, None)
        if isinstance(found, FunctionType) and found.__module__.startswith("refnet"):
            yield found, owner if names[0] == "self" else None


def _names(code: CodeType) -> Iterator[list[str]]:
    """The dotted names in the code, and in the functions inside it: ["ops", "relu"], ["self", "run"]."""
    chain: list[str] = []
    for step in dis.get_instructions(code):
        if step.opname in ("LOAD_ATTR", "LOAD_METHOD") and chain:
            chain.append(str(step.argval))
            continue
        if chain:
            yield chain
        chain = []
        if step.opname == "LOAD_GLOBAL" or (
            step.opname.startswith("LOAD_FAST") and step.argval == "self"
        ):
            chain = [str(step.argval)]
        elif isinstance(step.argval, CodeType):
            yield from _names(step.argval)
    if chain:
        yield chain


# --- what is said of a rule ----------------------------------------------------------------------


def description(rule: str) -> list[tuple[str, str]]:
    """The parts of a rule's docstring: ("", the formula), ("Shape", ...), ("Pullback", ...), ..."""
    text = inspect.cleandoc(rules()[rule].__doc__ or "")
    first, _, rest = text.partition("\n\n")
    text = f"{inspect.cleandoc(first)}\n\n{inspect.cleandoc(rest)}"
    pieces = SECTION.split(text)
    parts = [("", pieces[0].strip())]
    for head, body in zip(pieces[1::2], pieces[2::2], strict=True):
        parts.append((head, inspect.cleandoc(body)))
    return parts


def signature(rule: str) -> str:
    """The call of a rule: layer_norm(x, gamma, beta, *, dims, eps)."""
    found = inspect.signature(rules()[rule])
    bare = [p.replace(annotation=p.empty) for p in found.parameters.values()]
    return f"{rule}{inspect.Signature(bare)}"


def code(rule: str) -> str:
    """The rule as it is written."""
    return inspect.getsource(rules()[rule])


POSITIVE = "np.array([0.5, 1.0, 3.0])"
UNIT = "np.array([0.2, 0.5, 0.9])"
X = "randn((2, 3))"
SHORT = 40  # characters of options that are written twice
SLIDING = "sliding(4, 2, kernel=2, stride=2, padding=0, dilation=1)"
# The inputs and options of an example, where they are not standard normal matrices and the defaults.
CALLS = {
    **dict.fromkeys(("log", "log2", "log10", "log1p", "sqrt", "rsqrt"), POSITIVE),
    **dict.fromkeys(("asin", "acos", "atanh", "logit"), UNIT),
    **dict.fromkeys(("sum", "mean", "prod", "var", "std", "norm"), f"{X}, dim=(1,)"),
    **dict.fromkeys(("logsumexp", "amax", "amin"), f"{X}, dim=(1,)"),
    **dict.fromkeys(("scatter", "scatter_add"), f"{X}, np.array([[0, 2], [1, 0]]), {X}, dim=1"),
    **dict.fromkeys(("scatter_amax", "scatter_amin"), f"{X}, np.array([[0, 2], [1, 0]]), {X}, dim=1"),
    "scatter_prod": f"{X}, np.array([[0, 2], [1, 0]]), {X}, dim=1",
    **dict.fromkeys(("softmax", "log_softmax", "cumsum", "cumprod", "unbind"), f"{X}, dim=1"),
    **dict.fromkeys(("max", "min", "median"), f"{X}, dim=1"),
    **dict.fromkeys(("cat", "stack"), f"{X}, {X}, dim=0"),
    **dict.fromkeys(("mse_loss",), f'{X}, {X}, reduction="mean"'),
    **dict.fromkeys(("cross_entropy",), f'{X}, np.array([2, 0]), None, ignore_index=-100, '
                    'label_smoothing=0.1, reduction="mean"'),
    "acosh": "np.array([1.5, 2.0, 3.0])",
    "addmm": "randn((2, 4)), randn((2, 3)), randn((3, 4)), beta=1.0, alpha=0.5",
    "attention": "randn((4, 3)), randn((5, 3)), randn((5, 2)), None, None, scale=0.5",
    "batch_norm": "randn((4, 3)), randn((3,)), randn((3,)), eps=1e-5",
    "bilinear": "randn((2, 3)), randn((2, 4)), randn((5, 3, 4)), randn((5,))",
    "binary_cross_entropy": f'{UNIT}, {UNIT}, None, reduction="mean"',
    "binary_cross_entropy_with_logits": f'{X}, np.ones((2, 3)), None, None, reduction="mean"',
    "convolution": "randn((1, 2, 5, 5)), randn((3, 2, 3, 3)), randn((3,)), stride=(1, 1), "
    "padding=((1, 1), (1, 1)), dilation=(1, 1), groups=1",
    "clamp": f"{X}, -1.0, 1.0",
    "cosine_similarity": f"{X}, {X}, dim=1, eps=1e-8",
    "diagonal": "randn((3, 3)), offset=0, dim1=0, dim2=1",
    "dropout": "randn((4,)), np.array([True, False, True, True]), p=0.25",
    "einsum": 'randn((2, 3)), randn((3, 4)), equation="ij,jk->ik"',
    "embedding": "randn((5, 3)), np.array([1, 4, 1]), padding=None, by_frequency=False",
    "expand": "randn((1, 3)), shape=(2, 3)",
    "fixed_batch_norm": "randn((4, 3)), np.zeros(3), np.ones(3), None, None, eps=1e-5",
    "flip": f"{X}, dims=(1,)",
    "gather": f"{X}, np.array([[0, 2], [1, 1]]), dim=1",
    "gaussian_nll_loss": f"{X}, {X}, np.ones((2, 3)), full=False, eps=1e-6",
    "glu": "randn((2, 4)), dim=1",
    "group_norm": "randn((2, 4, 3)), randn((4,)), randn((4,)), groups=2, eps=1e-5",
    "gru": "randn((5, 3)), randn((2, 4)), randn((12, 3)), randn((12, 4)), randn((12,)), randn((12,)), "
    "sizes=[2, 2, 1]",
    "huber_loss": f'{X}, {X}, delta=1.0, reduction="mean"',
    "layer_norm": "randn((2, 3)), randn((3,)), randn((3,)), dims=1, eps=1e-5",
    "linear": "randn((2, 3)), randn((4, 3)), randn((4,))",
    "lstm": "randn((5, 3)), randn((2, 4)), randn((2, 4)), randn((16, 3)), randn((16, 4)), randn((16,)), "
    "None, sizes=[2, 2, 1]",
    "masked_fill": f"{X}, np.array([True, False, False]), 0.0",
    "matmul": "randn((2, 3)), randn((3, 4))",
    "matrix_exp": "randn((3, 3))",
    "nll_loss": f'{X}, np.array([2, 0]), None, ignore_index=-100, reduction="mean"',
    "p_norm": f"{X}, p=3.0, dim=(1,)",
    "pad": f"{X}, widths=((0, 0), (1, 2))",
    "permute": "randn((2, 3, 4)), dims=(2, 0, 1)",
    "pow": f"{POSITIVE}, 2.5",
    "prelu": "randn((2, 3)), np.array([[0.25]])",
    "repeat": f"{X}, repeats=(2, 1)",
    "reshape": f"{X}, shape=(3, 2)",
    "rms_norm": "randn((2, 3)), randn((3,)), dims=1, eps=1e-5",
    "rrelu": f"{X}, np.full((2, 3), 0.2)",
    "rnn": "randn((5, 3)), randn((2, 4)), randn((4, 3)), randn((4, 4)), randn((4,)), sizes=[2, 2, 1], "
    'nonlinearity="tanh"',
    "roll": f"{X}, shifts=(1,), dims=(1,)",
    "scale": f"{X}, factor=2.0",
    "soft_cross_entropy": f'{X}, np.full((2, 3), 1 / 3), None, label_smoothing=0.0, reduction="mean"',
    "solve": "randn((3, 3)), randn((3, 2))",
    "split": "randn((5, 2)), sizes=(2, 3), dim=0",
    "threshold": f"{X}, threshold=0.5, value=0.0",
    "topk": f"{X}, k=2, dim=1",
    "where": f"np.array([True, False, True]), {X}, {X}",
    "local_response_norm": "randn((2, 4, 3)), size=3, alpha=0.1, beta=0.75, k=1.0",
    "weight_norm": "randn((3, 4)), randn((3, 1)), dim=(1,)",
    "xlogy": f"{POSITIVE}, {POSITIVE}",
    "alpha_dropout": "randn((4,)), np.array([True, False, True, True]), p=0.25",
    "avg_pool": f"randn((2, 4)), windows=[{SLIDING}], divisor=2",
    "drawn": "np.array([0.3, 0.8]), values=np.array([False, True])",
    "embedding_bag": "randn((5, 3)), np.array([1, 4, 1]), randn((3,)), sizes=np.array([2, 1]), "
    "by_frequency=False",
    "embedding_bag_max": "randn((5, 3)), np.array([1, 4, 1]), sizes=np.array([2, 1])",
    "extend": f'{X}, widths=((0, 0), (1, 2)), mode="reflect"',
    "fold": "randn((1, 4, 6)), size=(3, 4), kernel=(2, 2), stride=(1, 1), padding=(0, 0), "
    "dilation=(1, 1)",
    "grid_sample": "randn((1, 2, 3, 3)), np.array([[[[-0.4, 0.2], [0.5, 0.1]]]]), "
    'mode="bilinear", padding_mode="zeros", align_corners=True',
    "index": f"{X}, where=(slice(None), np.array([0, 2, 0]))",
    "index_add": f"{X}, {X}, where=(slice(None), np.array([0, 2, 0]))",
    "index_put": f"{X}, randn((2,)), where=(slice(None), np.array([0, 2]))",
    "interpolate": f"{X}, windows=[Windows(np.array([[0, 0, 1], [1, 1, 2]]), "
    "np.full((2, 3), True), np.full((2, 3), 0.5))]",
    "linear_cross_entropy": 'randn((4, 2)), randn((3, 2)), randn((3,)), np.array([2, 0, 1, 2]), '
    'None, rows=2, ignore_index=-100, reduction="mean"',
    "max_pool": "randn((2, 4)), windows=np.array([[0, 2], [1, 3]]), size=(2,)",
    "max_unpool": "randn((1, 2)), np.array([[1, 2]]), size=(4,)",
    "read_window": f"{X}, order=(0, 1), offset=1, shape=(2, 2), strides=(3, 1)",
    "reverse_steps": "randn((5, 3)), sizes=[2, 2, 1]",
    "sliding_windows": "randn((2, 5)), dim=1, size=2, step=1",
    "transposed_convolution": "randn((1, 3, 4, 4)), randn((3, 2, 3, 3)), randn((2,)), "
    "stride=(2, 2), padding=((1, 1), (1, 1)), output_padding=(1, 1), dilation=(1, 1), groups=1",
    "unfold": "randn((1, 2, 3, 4)), kernel=(2, 2), stride=(1, 1), padding=(1, 1), dilation=(1, 1)",
    "write_window": f"{X}, randn((2, 2)), order=(0, 1), offset=1, shape=(2, 2), strides=(3, 1)",
}  # fmt: skip
# Whole examples, of rules for which check_pullback is not enough: cast changes the dtype, and the
# pullback of ctc_loss is right only together with that of log_softmax.
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

def loss(z):  # of logits, for which the pullback is made
    x, to_z = ops.log_softmax(z, dim=2)
    value, to_x = ops.ctc_loss(x, labels, frames, lengths, blank=0, zero_infinity=False)
    return value, lambda dy: to_z(to_x(dy)[0])

inputs = [np.random.default_rng(0).standard_normal((5, 1, 3))]
with np.errstate(divide="ignore"):  # the logarithm of 0, where no path can be
    value, pullback = loss(*inputs)
    check_pullback(loss, inputs)  # by the complex step or differences
""",
    "zero_norm": """
import numpy as np
from refnet import ops

value, pullback = ops.zero_norm(np.array([[3.5, 0.0], [0.0, 0.0]]), dim=1)
assert np.all(value == [1, 0])
assert pullback(np.array([1.0, -2.0])) == (None,)  # it has no gradient, as in PyTorch
""",
}
# Inputs that have no gradient by convention.
CONSTANT = {"fixed_batch_norm": [1, 2], "ldexp": [1], "rrelu": [1]}


def example(rule: str) -> str:
    """A program that calls the rule and checks its pullback."""
    if rule in PROGRAMS:
        return PROGRAMS[rule].strip()
    call = CALLS.get(rule)
    if call is None:
        parameters = inspect.signature(rules()[rule]).parameters.values()
        call = ", ".join(X for p in parameters if p.default is p.empty)
    inputs, options = _split(call)
    given = "".join(f", {option}" for option in options)
    told = []
    if len(given) > SHORT:
        told, given = [_listed("options = dict", "()", options)], ", **options"
    constant = f", constant={CONSTANT[rule]}" if rule in CONSTANT else ""
    return "\n".join(
        [
            *["import numpy as np"] * ("np." in call or "randn" in call),
            "from refnet import ops",
            *[
                f"from refnet.ops.windows import {w}"
                for w in ("Windows", "sliding")
                if f"{w}(" in call
            ],
            "from refnet.testing import check_pullback",
            "",
            *["randn = np.random.default_rng(0).standard_normal"] * ("randn" in call),
            _listed("inputs = ", "[]", inputs),
            *told,
            f"value, pullback = ops.{rule}(*inputs{given})",
            f"check_pullback(ops.{rule}, inputs{given}{constant})  # by the complex step or differences",
        ]
    )


def _listed(begin: str, brackets: str, parts: list[str]) -> str:
    """The parts in brackets, on one line if they fit there."""
    line = f"{begin}{brackets[0]}{', '.join(parts)}{brackets[1]}"
    if len(line) <= 80:
        return line
    return f"{begin}{brackets[0]}\n" + "".join(f"    {x},\n" for x in parts) + brackets[1]


def _split(call: str) -> tuple[list[str], list[str]]:
    """The positional and the keyword arguments in the text of a call."""
    tree = ast.parse(f"f({call})", mode="eval").body
    assert isinstance(tree, ast.Call)
    return [ast.unparse(x) for x in tree.args], [
        f"{k.arg}={ast.unparse(k.value)}" for k in tree.keywords
    ]
