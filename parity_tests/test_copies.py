"""copy.copy, copy.deepcopy and pickle: one program on both libraries, and every layer of the cases."""

import copy
import pickle
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

import refnet
from parity_tests.outcomes import plain
from parity_tests.twins import CASES, twin
from refnet.testing.observation import _leaves, _prepare, _tensor


def pickled(x: Any) -> Any:
    return pickle.loads(pickle.dumps(x))


WAYS: dict[str, Callable[[Any], Any]] = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle": pickled,
}


class OurSub(refnet.Tensor):
    pass


class TheirSub(torch.Tensor):
    pass


def matrix(m: Any) -> Any:
    return m.arange(6.0).reshape(2, 3)


def layout(x: Any) -> Any:
    return x.tolist(), x.stride(), x.storage_offset(), x.requires_grad, x.is_leaf


def written(m: Any, f: Any, xs: Any) -> Any:
    """All of them after a write into the first one in no_grad mode."""
    xs = f(xs)
    with m.no_grad():
        xs[0].mul_(-2)
    return [layout(x) for x in xs]


def recorded(m: Any, f: Any, xs: Any) -> Any:
    """All of them after a recorded change of the first one, and the gradient through it."""
    xs = f(xs)
    p = m.full((), 3.0, requires_grad=True)
    xs[0].mul_(p)
    xs[0].backward(m.arange(float(xs[0].numel())).reshape(xs[0].shape))
    return [x.tolist() for x in xs], [x.requires_grad for x in xs], p.grad


def attributes(m: Any, x: Any, f: Any) -> Any:
    x.note = ["kept"]
    y = f(x)
    return type(y).__name__, getattr(y, "note", None), getattr(y, "note", None) is x.note, layout(y)


def with_grad(m: Any, x: Any, f: Any) -> Any:
    x.grad = m.full(tuple(x.shape), 2.0)
    y = f(x)
    return y.requires_grad, y.grad, x.grad is y.grad


def hooked(m: Any, f: Any) -> Any:
    x = m.ones(3, requires_grad=True)
    x.register_hook(lambda d: d * 2)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        y = f(x)
    (y * y).backward(m.arange(3.0))
    return y.grad, x.grad, [w.category.__name__ for w in caught]


def subclass(m: Any, f: Any) -> Any:
    cls = OurSub if m is refnet else TheirSub
    x = cls([1.0, 2.0])
    x.note = 3
    y = f(x)
    return type(y) is cls, y.note, y.tolist()


def middle(m: Any, f: Any, retained: bool) -> Any:
    x = m.ones(3, requires_grad=True) * 2
    if retained:
        x.retain_grad()
    y = f(x)
    return layout(y), y.retains_grad, y.grad


def module(m: Any, f: Any) -> Any:
    n = m.nn.Sequential(m.nn.Linear(4, 3), m.nn.BatchNorm1d(3))
    n.tied = n[0]
    for p in n.parameters():
        p.grad = 3 * p.detach()
    n.register_buffer("window", n[1].running_mean[1:])
    copied = f(n)
    with m.no_grad():
        copied[1].running_mean.fill_(5.0)
    return [
        copied.window,
        copied[0] is copied.tied,
        [p.grad is None for p in copied.parameters()],
        list(copied.state_dict()),
        n[1].running_mean,
    ]


def tied(m: Any, f: Any) -> Any:
    """A parameter that is a window of another one."""
    n = m.nn.Module()
    n.a = m.nn.Parameter(m.arange(3.0))
    n.b = m.nn.Parameter(n.a.data[1:])
    copied = f(n)
    with m.no_grad():
        copied.a.fill_(5.0)
    return copied.b, n.b


def generator(m: Any, f: Any) -> Any:
    g = m.Generator().manual_seed(3)
    m.rand(5, generator=g)
    h = f(g)
    drawn = [m.rand(3, generator=x) for x in (h, g, g, h)]
    return [*drawn, g.initial_seed() == h.initial_seed()]


def optimizer(m: Any, f: Any) -> Any:
    p = m.nn.Parameter(m.arange(3.0))
    o = m.optim.Adam([p], lr=0.1)
    s = m.optim.lr_scheduler.StepLR(o, 2, gamma=0.5)
    for _ in range(3):
        p.grad = m.ones(3)
        o.step()
        s.step()
    t = f(s)
    t.optimizer.step()
    t.step()
    return t.state_dict()["last_epoch"], t.optimizer.state_dict(), t.optimizer is o, p


PROGRAMS: dict[str, Callable[[Any, Any], Any]] = {
    "a row": lambda m, f: layout(f(matrix(m)[1])),
    "a transpose": lambda m, f: layout(f(matrix(m).t())),
    "a part with gaps": lambda m, f: layout(f(matrix(m)[:, 1:])),
    "an expanded row": lambda m, f: layout(f(m.arange(3.0).expand(2, 3))),
    "axes in another order": lambda m, f: layout(
        f(m.arange(24.0).reshape(2, 3, 4).permute(1, 0, 2))
    ),
    "nothing": lambda m, f: tuple(f(m.zeros(0, 3)).shape),
    "a number": lambda m, f: layout(f(m.tensor(3))),
    "booleans": lambda m, f: layout(f(m.tensor([True, False])[1:])),
    "half": lambda m, f: layout(f(m.arange(4.0).half()[::2])),
    "a tensor and its row": lambda m, f: written(m, f, (x := matrix(m), x[0])),
    "a row and its tensor": lambda m, f: written(m, f, ((x := matrix(m))[0], x)),
    "a tensor and its transpose": lambda m, f: written(m, f, [x := matrix(m), x.t()]),
    "twice the same": lambda m, f: written(m, f, [x := matrix(m), x]),
    "a tensor and what is detached": lambda m, f: written(m, f, [x := matrix(m), x.detach()[1]]),
    "a parameter and a view": lambda m, f: written(
        m, f, [x := m.nn.Parameter(matrix(m)), x.detach()[1]]
    ),
    "a row, changed while recorded": lambda m, f: recorded(m, f, [(x := matrix(m))[0], x]),
    "a part, changed while recorded": lambda m, f: recorded(m, f, [matrix(m)[:, 1:]]),
    "attributes": lambda m, f: attributes(m, matrix(m)[0], f),
    "attributes of a parameter": lambda m, f: attributes(m, m.nn.Parameter(matrix(m)), f),
    "gradient of a tensor": lambda m, f: with_grad(m, matrix(m).clone().requires_grad_(), f),
    "gradient of a parameter": lambda m, f: with_grad(m, m.nn.Parameter(matrix(m)), f),
    "hooks": hooked,
    "a subclass": subclass,
    "of an operation": lambda m, f: middle(m, f, False),
    "of an operation, retained": lambda m, f: middle(m, f, True),
    "a module with a view": module,
    "tied parameters": tied,
    "spectral_norm": lambda m, f: list(f(m.nn.utils.spectral_norm(m.nn.Linear(3, 2))).state_dict()),
    "generator": generator,
    "optimizer and schedule": optimizer,
    "size": lambda m, f: (s := f(matrix(m).shape), s == matrix(m).shape, type(s).__name__),
    "dtype": lambda m, f: f(m.float64) is m.float64,
    "device": lambda m, f: f(m.device("cpu")) == m.device("cpu"),
    "named result": lambda m, f: f(matrix(m).max(1)),
    "packed sequence": lambda m, f: f(m.nn.utils.rnn.pack_sequence([m.ones(2, 1), m.ones(1, 1)])),
    "grad mode": lambda m, f: type(f(m.no_grad())).__name__,
    "lazy": lambda m, f: f(m.nn.LazyLinear(2)),
}

# What refnet copies and PyTorch cannot, with PyTorch's reason.
MORE = {("a subclass", "deepcopy"): "its new_empty() forgets the class"}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", PROGRAMS)
def test_programs(name: str, way: str) -> None:
    results = []
    for m in (refnet, torch):
        m.manual_seed(0)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                results.append(plain(PROGRAMS[name](m, WAYS[way])))
        except (RuntimeError, TypeError, AttributeError) as error:
            results.append(type(error).__name__)
    ours, theirs = results
    if (name, way) in MORE:
        assert not isinstance(ours, str)
        assert theirs == "RuntimeError"
    else:
        assert ours == theirs


LAYERS = [key for key, c in CASES.items() if c.kind == "layer" and "float64" in c.dtypes]


@pytest.mark.parametrize("way", ["deepcopy", "pickle"])
@pytest.mark.parametrize("key", LAYERS)
@pytest.mark.filterwarnings("ignore")
def test_layers(key: str, way: str) -> None:
    """A layer's copy has its repr, its keys and its outputs, or cannot be made, as in PyTorch."""
    t = twin(key)

    def made(m: Any) -> Any:
        layer = (t.ours if m is refnet else t.theirs)()
        _prepare(m, layer, "float64", "eval", t._state("float64"))
        return layer

    layer = made(refnet)
    try:
        copied = WAYS[way](layer)
    except Exception:  # noqa: BLE001 - where PyTorch's layer raises, too
        with pytest.raises(Exception):  # noqa: B017, PT011 - whatever it is
            WAYS[way](made(torch))
        return
    assert repr(copied) == repr(layer)
    assert list(copied.state_dict()) == list(layer.state_dict())
    outputs = []
    for side in (layer, copied):
        refnet.manual_seed(0)
        xs = [_tensor(refnet, x, False, "float64", False) for x in t.inputs]
        result = side(*xs) if t.call is None else t.call(side, *xs)
        outputs.append([y for _, y in _leaves("", result) if isinstance(y, refnet.Tensor)])
    assert outputs[0]
    for a, b in zip(*outputs, strict=True):
        np.testing.assert_array_equal(a.detach().numpy(), b.detach().numpy())
