"""Lazy modules against PyTorch: before, during and after the call that sets their sizes."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

import refnet
from parity_tests.outcomes import assert_same_result, assert_same_type_of_error


def network(m: Any) -> Any:
    nn = m.nn
    return nn.Sequential(
        nn.LazyConv2d(3, 2), nn.LazyBatchNorm2d(), nn.Flatten(), nn.Linear(12, 4), nn.LazyLinear(2)
    )


def before(m: Any) -> Any:
    net = network(m)
    kinds = [type(p).__name__ for p in net.parameters()], [type(b).__name__ for b in net.buffers()]
    unknown = [x.has_uninitialized_params() for x in net if hasattr(x, "cls_to_become")]
    return [repr(net), kinds, unknown, {k: repr(v) for k, v in net.state_dict().items()}]


def after(m: Any) -> Any:
    """The values are drawn at the first call, in the order of the calls."""
    net = network(m)
    weight = net[0].weight
    y = net(m.ones(2, 1, 3, 3))
    same = weight is net[0].weight, type(weight).__name__
    return [y, repr(net), same, net.state_dict(), [type(x).__name__ for x in net], m.rand(2)]


def trained(m: Any) -> Any:
    """The optimizer is made before the parameters have a shape.

    In float64, because rounding errors grow.
    """
    net = network(m).double()
    optim = m.optim.SGD(net.parameters(), lr=0.1)
    for _ in range(2):
        optim.zero_grad()
        y = net(m.arange(18.0).double().reshape(2, 1, 3, 3))
        y.square().backward(m.arange(float(y.numel())).double().reshape(y.shape).cos())
        optim.step()
    return net.state_dict()


def loaded(m: Any) -> Any:
    full, net = network(m), network(m)
    full(m.ones(2, 1, 3, 3))
    result = net.load_state_dict(full.state_dict())
    kinds = [type(x).__name__ for x in net], [x.training for x in net], repr(net)
    y, z = net(m.ones(2, 1, 3, 3)), full(m.ones(2, 1, 3, 3))
    return [result, kinds, m.equal(y, z), repr(net), net.state_dict()]


def loaded_lazy(m: Any) -> Any:
    net = network(m)
    return [net.load_state_dict(network(m).state_dict()), repr(net[0].weight)]


def loaded_wrong(m: Any) -> Any:
    full, net = network(m), network(m)
    full(m.ones(2, 1, 3, 3))
    net.load_state_dict(full.state_dict())
    net[4].in_features = 0
    net[4](m.ones(2, 5))


def one_by_one(m: Any, name: str, *shape: int, **options: Any) -> Any:
    """The class that each becomes, its initial values, and its repr before and after."""
    net = getattr(m.nn, name)(**options)
    shown = repr(net)
    net(m.ones(*shape))
    return [shown, repr(net), type(net).__name__, net.state_dict(), m.rand(1)]


def copied(m: Any) -> Any:
    net = m.nn.LazyLinear(2)
    twin = copy.deepcopy(net)
    twin(m.ones(1, 3))
    return [repr(net), repr(twin), repr(net.weight), twin.weight.shape == (2, 3)]


def cast(m: Any) -> Any:
    net = m.nn.LazyBatchNorm1d().double()
    dtypes = [str(x.dtype) for x in net.state_dict(keep_vars=True).values()]
    net(m.ones(2, 3).double())
    return [dtypes, [str(x.dtype) for x in net.state_dict().values()]]


def own(m: Any) -> Any:
    """A lazy module as a user writes one."""

    class Scale(m.nn.modules.lazy.LazyModuleMixin, m.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = m.nn.UninitializedParameter()
            self.count = m.nn.UninitializedBuffer()
            self.gone = m.nn.UninitializedBuffer(persistent=False)

        def initialize_parameters(self, x: Any, *, factor: float = 1.0) -> None:
            if self.has_uninitialized_params():
                self.weight.materialize(x.shape[1:])
                self.count.materialize(())
                self.gone.materialize((1,))
                m.nn.init.constant_(self.weight, factor)
                m.nn.init.zeros_(self.count)

        def forward(self, x: Any, *, factor: float = 1.0) -> Any:
            return x * self.weight

    net = Scale()
    first = [repr(net), list(net.state_dict()), [n for n, _ in net.named_buffers()]]
    y = net(m.ones(2, 3), factor=3.0)
    return [first, y, net(m.ones(1, 3)), repr(net), net.state_dict(), type(net.count).__name__]


def unfinished(m: Any) -> Any:
    class Lazy(m.nn.modules.lazy.LazyModuleMixin, m.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = m.nn.UninitializedParameter()

        def initialize_parameters(self, x: Any) -> None:
            pass

    Lazy()(m.ones(1))


def undefined(m: Any) -> Any:
    class Lazy(m.nn.modules.lazy.LazyModuleMixin, m.nn.Module):
        pass

    Lazy()(m.ones(1))


def parts_loaded(m: Any) -> Any:
    net = m.nn.LazyConv1d(2, 1)
    net.load_state_dict({"weight": m.ones(2, 3, 1)}, strict=False)
    net(m.ones(1, 3, 2))


BY_NAME = {
    "LazyLinear": ((2, 4), {"out_features": 3}),
    "LazyConv1d": ((2, 3, 4), {"out_channels": 2, "kernel_size": 2}),
    "LazyConv2d": ((3, 4, 4), {"out_channels": 2, "kernel_size": 2, "bias": False}),
    "LazyConv3d": ((1, 2, 3, 3, 3), {"out_channels": 4, "kernel_size": 2, "groups": 2}),
    "LazyConvTranspose1d": ((2, 3, 4), {"out_channels": 2, "kernel_size": 2}),
    "LazyConvTranspose2d": ((3, 4, 4), {"out_channels": 2, "kernel_size": 2, "bias": False}),
    "LazyConvTranspose3d": ((1, 2, 3, 3, 3), {"out_channels": 4, "kernel_size": 2, "groups": 2}),
    "LazyBatchNorm1d": ((2, 3), {}),
    "LazyBatchNorm2d": ((2, 3, 2, 2), {"affine": False}),
    "LazyBatchNorm3d": ((2, 3, 2, 2, 2), {"track_running_stats": False, "bias": False}),
    "LazyInstanceNorm1d": ((2, 3, 4), {}),
    "LazyInstanceNorm2d": ((2, 3, 2, 2), {"affine": False}),
    "LazyInstanceNorm3d": ((2, 3, 2, 2, 2), {"affine": False, "track_running_stats": False}),
}

PROGRAMS: dict[str, Callable[[Any], Any]] = {
    "before": before,
    "after": after,
    "trained": trained,
    "loaded": loaded,
    "loaded with one that knows as little": loaded_lazy,
    "copied": copied,
    "cast": cast,
    "a user's own": own,
    "zero_grad": lambda m: m.nn.LazyLinear(2).zero_grad(),
    "is_lazy": lambda m: [
        m.nn.parameter.is_lazy(x) for x in (m.nn.LazyLinear(1).weight, m.nn.Linear(1, 1).weight, 3)
    ],
    **{
        name: (lambda m, name=name, shape=shape, o=o: one_by_one(m, name, *shape, **o))
        for name, (shape, o) in BY_NAME.items()
    },
}


ERRORS: dict[str, Callable[[Any], Any]] = {
    "loaded, then another input": loaded_wrong,
    "left unfinished": unfinished,
    "without initialize_parameters": undefined,
    "loaded in parts": parts_loaded,
    "into one that has a shape": lambda m: m.nn.Linear(1, 2).load_state_dict(
        m.nn.LazyLinear(2).state_dict()
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_program(name: str) -> None:
    assert_same_result(PROGRAMS[name])


@pytest.mark.parametrize("name", ERRORS)
def test_error(name: str) -> None:
    assert_same_type_of_error(ERRORS[name])


def test_a_load_that_fails_leaves_no_shape() -> None:
    """PyTorch would have loaded the first layer."""
    full, net = network(refnet), network(refnet)
    full(refnet.ones(2, 1, 3, 3))
    state = full.state_dict()
    with pytest.raises(RuntimeError, match="Missing"):
        net.load_state_dict({k: v for k, v in state.items() if k != "4.bias"})
    assert net[0].has_uninitialized_params()
    net.register_load_state_dict_post_hook(lambda *_: (_ for _ in ()).throw(OSError("a hook")))
    with pytest.raises(OSError, match="a hook"):
        net.load_state_dict(state)
    assert repr(net[0].weight) == "<UninitializedParameter>"
    assert net[0].has_uninitialized_params()
    assert net[4](refnet.ones(1, 3)).shape == (1, 2)
