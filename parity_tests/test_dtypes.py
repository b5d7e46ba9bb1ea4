"""Functions of operands of any dtype have PyTorch's values, dtypes, shapes and errors.

Every public function is called with operands of all dtypes, mixed, as vectors, 0-d tensors and
Python numbers, some of them too large for the dtype; then with each value of each option. LEFT_OUT
lists the functions that are not called, ON_PURPOSE the intended differences, with reasons. A
function with an unknown parameter and an entry that is not needed fail.
"""

import functools
import inspect
import itertools
import math
import warnings
import zlib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

import numpy as np
import pytest
import torch

import refnet
from parity_tests.test_refusals import agree
from parity_tests.tracing import by_object, function_of, lookup, public, shortest

DTYPES = ["bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64"]
NUMBERS = [True, 2, -1, 300, 1.5]
VALUES = {  # operands are drawn from these; no float overflows as an integer
    "bool": [True, False],
    "uint8": [0, 1, 2, 3, 200, 255],
    "int8": [-128, -3, -2, -1, 0, 1, 2, 3, 100],
    "int": [-3, -2, -1, 0, 1, 2, 3, 300],
    "float": [-3, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2, 3],
}
EACH = 200  # calls of a function without options
PER_OPTION = 16  # calls with one value of an option


def _each(names: str, value: Any) -> dict[str, Any]:
    return dict.fromkeys(names.split(), value)


# The parameters that take operands, and the shapes of those with dimensions.
OPERANDS: dict[str, tuple[int, ...]] = {
    **_each("input other end weight exponent values tensor1 tensor2 min max value", (3,)),
    **_each("elements test_elements x y x1 x2 src source q s start mean", (3,)),
    **_each("vec vec1 vec2 tensor a b fill_value boundaries sorted_sequence", (3,)),
    **_each("tensors prepend append weights", (3,)),
    **_each("mat mat1 mat2 A B", (3, 3)),
    **_each("batch1 batch2", (2, 3, 3)),
}
# The arguments for other parameters without a default; a function makes one for a library.
GIVEN: dict[str, Any] = {
    **_each("dim dim0 dim1 axis0 axis1 select.index select_scatter.index", 0),
    **_each("k n p chunks row col window_length", 2),
    "steps": 4,
    **_each("size sizes", (2,)),
    "Tensor.sum_to_size.sizes": (1,),
    "index": lambda m: m.tensor([0, 2, 0]),
    "indices": lambda m: (m.tensor([0, 2, 0]),),
    "take_along_dim.indices": lambda m: m.tensor([0, 2, 0]),
    **_each("mask condition", lambda m: m.tensor([True, False, True])),
    "reduce": "sum",
    "threshold": 1,
}
# The values of an option; OPERAND means a drawn operand.
OPERAND = object()
OPTIONS: dict[str, list[Any]] = {
    "dtype": [lambda m, d=d: getattr(m, d) for d in DTYPES],
    **_each("alpha beta", [2, 1.5, True, -1, 300, 0]),
    "value": [2, 1.5, -1, 300],
    **_each("min max other prepend append", [OPERAND]),
    **_each("keepdim descending return_inverse return_counts right out_int32 accumulate", [True]),
    **_each("as_tuple increasing invert", [True]),
    **_each("largest unbiased include_self sorted", [False]),
    "rounding_mode": ["floor", "trunc"],
    "dim": [0, -1],
    "correction": [0, 1.5],
    "nan": [1.5],
    "posinf": [2],
    "decimals": [1, -1],
    "step": [2, 1.5],
    "base": [2, 2.5, -2],
    "reduction": ["none", "sum"],
}
# Functions (patterns) that are not called here, by the reason.
LEFT_OUT: dict[str, str] = {
    "it needs certain shapes, windows or weights: test_refusals.py passes other dtypes": (
        "*pool* *conv* *_loss* nn.functional.*_norm nn.functional.multi_head_* nn.functional.scaled_* "
        "nn.functional.affine_grid nn.functional.grid_sample nn.functional.*fold nn.functional.pad "
        "nn.functional.embedding* nn.functional.*cross_entropy* nn.functional.kl_div bilinear"
    ),
    "it draws random numbers: cases/random.py has its dtypes": (
        "Tensor.random_ *dropout* nn.functional.gumbel_softmax multinomial rand* normal"
    ),
    "it makes tensors from sizes or from data: test_lists below, cases/creation.py": (
        "Tensor.new Tensor.new_empty Tensor.new_tensor as_tensor asarray empty* from_numpy ones tensor zeros"
    ),
    "it answers questions about dtypes: cases/queries.py": (
        "Tensor.to Tensor.cuda can_cast is_tensor promote_types typename"
    ),
    "it moves entries without computing: cases/shape.py and others": (
        "Tensor.expand Tensor.repeat Tensor.unfold Tensor.view *channel_shuffle *split *split_with_sizes "
        "broadcast_shapes flip movedim narrow permute pixel_* reshape roll tile unflatten"
    ),
    "its arguments are not operands: cases/linear.py and tensor.py": (
        "Tensor.__array__ Tensor.__array_wrap__ Tensor.register_hook einsum"
    ),
    "PyTorch does not have it": "nn.functional.bipolar_sigmoid",
}
# Differences on purpose, by the reason: the function and a pattern of its calls and what they give.
ON_PURPOSE: dict[str, dict[str, str]] = {
    "PyTorch resizes the output tensor, which is deprecated": {
        "Tensor.addbmm_": "*: RuntimeError, PyTorch accepts",
    },
    "both refuse; the type depends on which check comes first": {
        "Tensor.__setitem__": "*: IndexError, PyTorch RuntimeError",
        "Tensor.index_add_": "*: RuntimeError, PyTorch IndexError",
        "baddbmm": "bool*: RuntimeError, PyTorch NotImplementedError",
        "cartesian_prod": "*: RuntimeError, PyTorch TypeError",
        "celu": "*, alpha=0: RuntimeError, PyTorch TypeError",
        "celu_": "*, alpha=0: RuntimeError, PyTorch TypeError",
        "cross": "*(), dim=*: RuntimeError, PyTorch IndexError",
        "index_add": "*: RuntimeError, PyTorch IndexError",
        "index_select": "*: IndexError, PyTorch RuntimeError",
        "mv": "*: RuntimeError, PyTorch IndexError",
    },
    "float16 is computed in float32, in which eps is not 0": {
        "cosine_similarity": "float16*: 0.0, PyTorch nan",
    },
    "refnet also accepts an integer for a float": {
        "hamming_window": "*: accepts, PyTorch TypeError",
    },
    "PyTorch does not specify which of two equal entries it takes; refnet takes the first": {
        "kthvalue": "int8(3), *",
    },
    "dim=None means all dimensions; PyTorch refuses keepdim without dim": {
        "mean": "*, keepdim=True: * PyTorch TypeError",
        "sum": "*, keepdim=True: accepts, PyTorch TypeError",
    },
}

Call = tuple[tuple[Any, ...], dict[str, Any]]


def parameters(name: str) -> list[inspect.Parameter]:
    """The parameters of the function; for an in-place form, of the function that it calls."""
    f = inspect.unwrap(function_of(public()[name]))
    closed = dict(zip(f.__code__.co_freevars, f.__closure__ or (), strict=True))
    f = closed["function"].cell_contents if "function" in closed else f
    return list(inspect.signature(f).parameters.values())


@functools.cache
def computing() -> list[str]:
    """The public functions of refnet.functions, each once."""
    found = []
    for name in map(shortest, by_object().values()):
        f = function_of(public()[name])
        if f and inspect.unwrap(f).__module__.startswith("refnet.functions"):
            found += [] if isinstance(public()[name], property) else [name]
    return sorted(found)


def left_out(name: str) -> bool:
    return any(fnmatchcase(name, p) for patterns in LEFT_OUT.values() for p in patterns.split())


def called() -> list[str]:
    return [name for name in computing() if not left_out(name)]


def calls(name: str) -> Iterator[Call]:
    """Operands of every kind for the parameters without a default; then options, one at a time."""
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    choices = [
        drawn(p.name) if p.name in OPERANDS else [GIVEN.get(f"{name}.{p.name}", GIVEN.get(p.name))]
        for p in parameters(name)
        if p.default is p.empty
    ]
    if name.startswith("Tensor."):
        choices[0] = [x for x in choices[0] if isinstance(x, tuple)]
    if name.startswith("Tensor.__r"):  # of a number and a tensor
        choices[1] = NUMBERS
    for args in sampled(choices, EACH, rng):
        yield args, {}
    for p in parameters(name):
        for value in OPTIONS.get(p.name, []) if p.default is not p.empty else []:
            extra = drawn(p.name) if value is OPERAND else [value]
            for *args, option in sampled([*choices, extra], PER_OPTION, rng):
                yield tuple(args), {p.name: option}


def drawn(parameter: str) -> list[Any]:
    """The operands of a parameter: (dtype, shape), or a number; two of them for several tensors."""
    shape = OPERANDS[parameter]
    shapes = (shape, ()) if len(shape) < 2 else (shape,)
    one = [*((d, s) for d in DTYPES for s in shapes), *NUMBERS]
    return [list(pair) for pair in itertools.product(one, one)] if parameter == "tensors" else one


def sampled(choices: list[list[Any]], limit: int, rng: np.random.Generator) -> Iterator[Any]:
    """Every combination, or if there are more, this many at random."""
    if math.prod(map(len, choices)) <= limit:
        yield from itertools.product(*choices)
        return
    for _ in range(limit):
        yield tuple(c[rng.integers(len(c))] for c in choices)


def is_operand(x: Any) -> bool:
    return isinstance(x, tuple) and len(x) == 2 and x[0] in DTYPES


def built(m: Any, x: Any, seed: int) -> Any:
    """An operand or another argument in a library."""
    if isinstance(x, list):
        return [built(m, y, seed + i) for i, y in enumerate(x)]
    if not is_operand(x):
        return x(m) if callable(x) else x
    dtype, shape = x
    pool = VALUES.get(dtype) or VALUES[dtype.rstrip("0123456789")]
    picked = np.random.default_rng(seed).integers(len(pool), size=shape)
    return m.tensor(np.array(pool)[picked].tolist(), dtype=getattr(m, dtype))


def shown(x: Any) -> str:
    """An argument as ON_PURPOSE has it: int8(3), int8(), 1.5."""
    if isinstance(x, list):
        return f"({', '.join(map(shown, x))})"
    if is_operand(x):
        return f"{x[0]}({', '.join(map(str, x[1]))})"
    return str(x(refnet)).replace("refnet.", "") if callable(x) else repr(x)


def outcome(m: Any, name: str, call: Call) -> Any:
    """A call's result and its arguments after it, as plain data; or the type of its exception."""
    args = [built(m, x, seed) for seed, x in enumerate(call[0], 1)]
    spread = [p.kind for p in parameters(name)][:1] == [inspect.Parameter.VAR_POSITIONAL]
    kwargs = {k: built(m, x, 9) for k, x in call[1].items()}
    m.default_generator.manual_seed(0)
    try:
        result = lookup(m, name)(*(args[0] if spread else args), **kwargs)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is compared
        return type(error)
    return [plain(x) for x in (result, *args)]


def plain(x: Any) -> Any:
    """Arrays with their dtypes, in lists; other results as they are."""
    if isinstance(x, (tuple, list)):
        return [plain(y) for y in x]
    if isinstance(x, (refnet.Tensor, torch.Tensor)):
        return x.detach().numpy()
    if isinstance(x, (refnet.dtype, torch.dtype)) or callable(x):
        return str(x).rpartition(".")[2]
    return x.replace("refnet.", "torch.") if isinstance(x, str) else x


def difference(ours: Any, theirs: Any) -> str | None:
    if isinstance(ours, type) or isinstance(theirs, type):
        refused = [x if isinstance(x, type) else None for x in (ours, theirs)]
        names = ["accepts" if r is None else r.__name__ for r in refused]
        return None if agree(*refused) else f"{names[0]}, PyTorch {names[1]}"
    if isinstance(theirs, list):
        if not isinstance(ours, list) or len(ours) != len(theirs):
            return f"{ours}, PyTorch {theirs}"
        return next((d for a, b in zip(ours, theirs, strict=True) if (d := difference(a, b))), None)
    if not isinstance(theirs, np.ndarray):
        same = type(ours) is type(theirs) and (ours == theirs or ours != ours)
        return None if same else f"{ours!r}, PyTorch {theirs!r}"
    if not isinstance(ours, np.ndarray) or ours.dtype != theirs.dtype:
        return f"{getattr(ours, 'dtype', ours)}, PyTorch {theirs.dtype}"
    if ours.shape != theirs.shape:
        return f"{ours.shape}, PyTorch {theirs.shape}"
    return None if close(ours, theirs) else f"{ours.tolist()}, PyTorch {theirs.tolist()}"


def close(x: Any, y: Any) -> bool:
    if x.dtype.kind in "biu":
        return bool(np.array_equal(x, y))
    # 4.2e-4, 8.6e-8 and 1.0e-16 were measured, relative to 1 + |y|
    tol = {"float16": 1e-3, "float32": 5e-7, "float64": 1e-15}[x.dtype.name]
    return bool(np.allclose(x.astype(float), y.astype(float), rtol=tol, atol=tol, equal_nan=True))


def differences(name: str) -> Iterator[str]:
    for call in calls(name):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = difference(outcome(refnet, name, call), outcome(torch, name, call))
        if found:
            args = [*map(shown, call[0]), *(f"{k}={shown(x)}" for k, x in call[1].items())]
            yield f"{', '.join(args)}: {found}"


@pytest.mark.parametrize("name", called())
def test_every_dtype_gives_what_pytorch_gives(name: str) -> None:
    meant = [by_name[name] for by_name in ON_PURPOSE.values() if name in by_name]
    found = list(differences(name))
    wrong = [d for d in found if not any(fnmatchcase(d, pattern) for pattern in meant)]
    stale = [p for p in meant if not any(fnmatchcase(d, p) for d in found)]
    wrong += [f"not needed any more: {pattern}" for pattern in stale]
    if wrong:
        pytest.fail(f"{name}: {len(wrong)} calls differ\n" + "\n".join(wrong[:20]), pytrace=False)


def test_every_function_is_called_or_left_out() -> None:
    wrong = [
        f"{name}: nobody knows what to give for {p.name}"
        for name in called()
        for p in parameters(name)
        if p.default is p.empty and not {p.name, f"{name}.{p.name}"} & {*OPERANDS, *GIVEN}
    ]
    patterns = [p for patterns in LEFT_OUT.values() for p in patterns.split()]
    wrong += [
        f"{p}: not needed" for p in patterns if not any(fnmatchcase(n, p) for n in computing())
    ]
    wrong += [
        f"{n}: not called" for names in ON_PURPOSE.values() for n in names if n not in called()
    ]
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)


# --- arguments that are not operands --------------------------------------------------------------

BAD = [-1, 9, 2.5, 1.0, True, math.nan, math.inf, "x", [0], [1.5], (), 1j, object()]
# Parameters for which PyTorch refuses more than refnet does, by the reason.
LENIENT: dict[str, str] = {
    "PyTorch takes it only positionally, or only together with others": (
        "Tensor.scatter_(src) scatter(src) "
        "Tensor.uniform_(from_) hamming_window(alpha) hamming_window(beta) std(dim) std_mean(dim) var(dim) "
        "var_mean(dim)"
    ),
    "an empty list of dimensions or indices has a meaning": (
        "index_put(indices) index_put_(indices) linalg.norm(dim) logsumexp(dim)"
    ),
}


def bad_calls(name: str) -> Iterator[tuple[str, Call]]:
    """Calls with one bad argument, for each parameter that takes neither operands nor bools."""
    plain = {p.name: first(p.name, name) for p in parameters(name) if p.default is p.empty}
    for p in parameters(name):
        operands = p.name in OPERANDS and p.default is p.empty
        if operands or isinstance(p.default, bool) or p.name in ("device", "memory_format"):
            continue
        for bad in BAD:
            given = {**plain, p.name: bad} if p.name in plain else plain
            kwargs = {} if p.name in plain else {p.name: bad}
            yield p.name, (tuple(given.values()), kwargs)


def first(parameter: str, name: str) -> Any:
    if parameter in OPERANDS:
        x = ("float32", OPERANDS[parameter])
        return [x, x] if parameter == "tensors" else x
    return GIVEN.get(f"{name}.{parameter}", GIVEN.get(parameter))


@pytest.mark.parametrize(
    "name", [n for n in called() if n != "range"]
)  # range with a step of 0 ends PyTorch's process
def test_nothing_is_accepted_that_pytorch_refuses(name: str) -> None:
    lenient = {p for parameters in LENIENT.values() for p in parameters.split()}
    wrong, needed = [], set()
    for parameter, call in bad_calls(name):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            accepted = not isinstance(outcome(refnet, name, call), type)
            if not accepted or not isinstance(outcome(torch, name, call), type):
                continue
        needed.add(f"{name}({parameter})")
        if f"{name}({parameter})" not in lenient:
            wrong.append(f"{parameter}: {', '.join(map(repr, (*call[0], call[1])))}")
    wrong += [f"not needed any more: {p}" for p in lenient - needed if p.startswith(f"{name}(")]
    if wrong:
        pytest.fail(f"{name} accepts\n" + "\n".join(wrong), pytrace=False)


# --- tensors of lists ----------------------------------------------------------------------------

ENTRIES = [  # of a nested list: numbers, tensors and arrays of one element, and invalid entries
    *(2, -3, 1.5, True, False, 300, 2**40, -1, np.float64(2.5), np.float32(0.5), np.int32(7)),
    *(np.float16(1), np.uint8(200), np.bool(True)),
    *((d, (), 2) for d in DTYPES),
    *((d, (1,), 1) for d in DTYPES),
    *(
        ("float32", (1, 1), 1.5),
        ("int64", (2,), 2),
        ("float64", (0,), 0),
        "array",
        None,
        "a",
        2**63,
    ),
]


def entry(m: Any, x: Any) -> Any:
    if isinstance(x, tuple):
        dtype, shape, value = x
        return m.full(shape, value).to(getattr(m, dtype))
    return np.ones(2) if isinstance(x, str) and x == "array" else x


def nested(rng: np.random.Generator) -> Any:
    """A nested list, mostly regular, mostly of numbers."""
    shape = [int(n) for n in rng.integers(1, 4, rng.integers(1, 4))]
    usual = ENTRIES if rng.random() < 0.5 else ENTRIES[: int(rng.integers(1, 30))]

    def part(depth: int) -> Any:
        if depth == len(shape):
            return usual[rng.integers(len(usual))]
        n = shape[depth] + int(rng.random() < 0.03)
        return [part(depth + 1 if rng.random() > 0.01 else len(shape)) for _ in range(n)]

    return part(0)


def test_lists() -> None:
    """A tensor of nested lists has PyTorch's values and dtype, or PyTorch's error."""
    rng = np.random.default_rng(5)
    wrong = []
    for _ in range(3000):
        data = nested(rng)
        dtype = [None, *DTYPES][rng.integers(len(DTYPES) + 1)]

        def result(m: Any, data: Any = data, dtype: str | None = dtype) -> Any:
            def made(x: Any) -> Any:
                return [made(y) for y in x] if isinstance(x, list) else entry(m, x)

            try:
                return plain(m.tensor(made(data), dtype=dtype and getattr(m, dtype)))
            except Exception as error:  # noqa: BLE001 - whatever it is, it is compared
                return type(error)

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if found := difference(result(refnet), result(torch)):
                wrong.append(f"{data}, {dtype}: {found}")
    if wrong:
        pytest.fail(f"{len(wrong)} lists differ\n" + "\n".join(wrong[:20]), pytrace=False)
