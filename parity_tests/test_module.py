"""Module and containers against PyTorch: one program on both gives the same text and errors."""

import copy
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch

import refnet


def outcome(program: Callable[[Any], Any], library: Any) -> Any:
    """What the program gives, or the type and text of its error, without the library's name."""
    library.manual_seed(3)
    try:
        return plain(program(library))
    except Exception as error:  # noqa: BLE001 - the error is what is compared
        return type(error).__name__, plain(str(error))


def plain(x: Any) -> Any:
    if isinstance(x, (torch.Tensor, refnet.Tensor)):
        kind = "Parameter" if isinstance(x, (torch.nn.Parameter, refnet.nn.Parameter)) else "Tensor"
        return kind, x.detach().numpy().round(5).tolist(), x.requires_grad
    if isinstance(x, str):
        return x.replace("torch.", "").replace("refnet.", "")
    if isinstance(x, dict):
        return {k: plain(v) for k, v in x.items()}
    if isinstance(x, (list, tuple, Iterator)):
        return [plain(v) for v in x]
    return x if isinstance(x, (int, float, bool, type(None))) else plain(repr(x))


def net(m: Any) -> Any:
    """A class as a model file would have it, with every kind of member."""
    nn = m.nn

    class Block(nn.Module):
        def __init__(self, n: int) -> None:
            super().__init__()
            self.layer = nn.Linear(n, n)
            self.act = nn.Tanh()
            self.scale = nn.Parameter(m.ones(n))

        def forward(self, x: Any) -> Any:
            return x + self.scale * self.act(self.layer(x))

        def extra_repr(self) -> str:
            return "first line\nsecond line"

    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.register_buffer("mean", m.zeros(3))
            self.register_buffer("cache", m.zeros(2), persistent=False)
            self.register_buffer("nothing", None)
            self.stack = nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Dropout(0.25))
            self.blocks = nn.ModuleList([Block(3), Block(3), Block(3)])
            self.by_name = nn.ModuleDict({"a": nn.Linear(3, 3, bias=False), "b": nn.Identity()})
            self.free = nn.ParameterList([m.zeros(2, 3), m.ones(1)])
            self.named = nn.ParameterDict({"z": m.zeros(2), "y": m.ones(3)})
            self.register_parameter("absent", None)
            self.tied = self.stack[0]
            self.late = nn.Buffer(m.ones(1))
            self.alone = nn.Parameter(m.ones(2, 2))

        def forward(self, x: Any) -> Any:
            x = self.stack(x) - self.mean
            for block in self.blocks:
                x = block(x)
            return self.by_name["a"](x)

    return Net()


PROGRAMS: dict[str, Callable[[Any], Any]] = {
    "repr": lambda m: repr(net(m)),
    "state_dict": lambda m: net(m).state_dict(),
    "state_dict under a prefix": lambda m: list(net(m).state_dict(prefix="a.b.")),
    "state_dict into a dictionary": lambda m: net(m).state_dict(destination={"mine": 1}),
    "state_dict keep_vars": lambda m: m.nn.Linear(2, 1).state_dict(keep_vars=True),
    "named_parameters": lambda m: net(m).named_parameters(),
    "named_parameters, tied ones twice": lambda m: [
        n for n, _ in net(m).named_parameters("p", remove_duplicate=False)
    ],
    "named_parameters, own": lambda m: [n for n, _ in net(m).named_parameters(recurse=False)],
    "named_buffers": lambda m: net(m).named_buffers(),
    "named_buffers, own": lambda m: net(m).named_buffers("q", recurse=False),
    "named_modules": lambda m: [n for n, _ in net(m).named_modules()],
    "named_modules, tied ones twice": lambda m: [
        n for n, _ in net(m).named_modules(prefix="x", remove_duplicate=False)
    ],
    "named_children": lambda m: [n for n, _ in net(m).named_children()],
    "counts": lambda m: [
        len(list(f(net(m)))) for f in map(lambda n: lambda x: getattr(x, n)(), COUNTED)
    ],
    "apply order": lambda m: (log := [], net(m).apply(lambda x: log.append(type(x).__name__)))[0],
    "forward": lambda m: net(m).eval()(m.ones(2, 4)),
    "training": lambda m: [x.training for x in net(m).eval().modules()],
    "train one": lambda m: [x.training for x in net(m).eval().train().modules()],
    "requires_grad_": lambda m: [
        p.requires_grad for p in net(m).requires_grad_(False).parameters()
    ],
    "double": lambda m: [str(x.dtype) for x in net(m).double().state_dict().values()],
    "to dtype": lambda m: str(m.nn.Linear(2, 2).to(m.float64).weight.dtype),
    "to tensor": lambda m: str(m.nn.Linear(2, 2).to(m.zeros(1).double()).weight.dtype),
    "to device, dtype": lambda m: str(m.nn.Linear(2, 2).to("cpu", m.float64).bias.dtype),
    "to keeps integers": lambda m: with_integers(m).double().state_dict(),
    "float": lambda m: str(m.nn.Linear(2, 2).double().float().weight.dtype),
    "type": lambda m: str(m.nn.Linear(2, 2).type(m.float64).weight.dtype),
    "get_submodule": lambda m: net(m).get_submodule("blocks.1.act"),
    "get_parameter": lambda m: net(m).get_parameter("blocks.1.scale"),
    "get_buffer": lambda m: net(m).get_buffer("late"),
    "set_submodule": lambda m: set_and_print(m, "blocks.1.act", m.nn.ReLU()),
    "set_submodule, new": lambda m: set_and_print(m, "stack.extra", m.nn.ReLU()),
    "set_submodule, strict": lambda m: net(m).set_submodule(
        "stack.extra", m.nn.ReLU(), strict=True
    ),
    "set_submodule, no name": lambda m: net(m).set_submodule("", m.nn.ReLU()),
    "delete": lambda m: delete_and_list(net(m), ["mean", "absent", "stack", "alone"]),
    "dir": lambda m: [n for n in dir(net(m)) if n in ("stack", "mean", "alone", "absent", "0")],
    "dir of Sequential": lambda m: "0" in dir(m.nn.Sequential(m.nn.ReLU())),
    "a parameter becomes a buffer's name": lambda m: reassign(m),
    "set a parameter to None": lambda m: no_bias(m),
    "Parameter": lambda m: repr(m.nn.Parameter(m.tensor([1.0, 2.0]))),
    "Parameter, frozen": lambda m: repr(m.nn.Parameter(m.tensor([1.0]), requires_grad=False)),
    "Parameter, empty": lambda m: m.nn.Parameter(),
    "Parameter shares memory": lambda m: shared_memory(m),
    "deepcopy": lambda m: copies(m),
    "zero_grad": lambda m: cleared(m, True),
    "zero_grad to zeros": lambda m: cleared(m, False),
    "extra state": lambda m: with_extra_state(m),
    "state_dict hooks": lambda m: state_dict_hooks(m),
    "load_state_dict hooks": lambda m: load_hooks(m),
    "load_state_dict assign": lambda m: assigned(m),
    "load, not strict": lambda m: m.nn.Linear(2, 1).load_state_dict(
        {"weight": m.ones(1, 2), "z": m.ones(1)}, strict=False
    ),
    "load, all matched": lambda m: m.nn.Linear(2, 1).load_state_dict(
        m.nn.Linear(2, 1).state_dict()
    ),
    "load casts": lambda m: loaded(m, m.nn.Linear(2, 1), m.nn.Linear(2, 1).double().state_dict()),
    "load tied": lambda m: (n := net(m), n.load_state_dict(net(m).state_dict()))[0].state_dict(),
    # Sequential
    "Sequential slice": lambda m: three(m)[1:],
    "Sequential slice of names": lambda m: named_three(m)[::2],
    "Sequential names": lambda m: [named_three(m), named_three(m).b, named_three(m)[-1]],
    "Sequential set": lambda m: (s := three(m), s.__setitem__(-1, m.nn.Identity()))[0],
    "Sequential del": lambda m: (s := named_three(m), s.__delitem__(1))[0],
    "Sequential del slice": lambda m: (s := three(m), s.__delitem__(slice(0, 2)))[0],
    "Sequential append": lambda m: three(m).append(m.nn.Identity()),
    "Sequential insert": lambda m: three(m).insert(1, m.nn.Identity()),
    "Sequential insert at the end": lambda m: three(m).insert(3, m.nn.Identity()),
    "Sequential insert negative": lambda m: three(m).insert(-1, m.nn.Identity()),
    "Sequential extend": lambda m: three(m).extend([m.nn.Identity()] * 2),
    "Sequential +": lambda m: three(m) + three(m),
    "Sequential +=": lambda m: (s := three(m), s.__iadd__(three(m)))[0],
    "Sequential *": lambda m: [three(m) * 2, 2 * three(m)],
    "Sequential *=": lambda m: (s := three(m), s.__imul__(2))[0],
    "Sequential pop": lambda m: [(s := three(m)).pop(1), s],
    "Sequential None": lambda m: m.nn.Sequential(None),
    "Sequential empty": lambda m: [repr(m.nn.Sequential()), m.nn.Sequential()(m.ones(1))],
    # ModuleList, ModuleDict
    "ModuleList repr": lambda m: m.nn.ModuleList(
        [m.nn.ReLU(), m.nn.ReLU(), m.nn.Tanh(), three(m), three(m), m.nn.ReLU()]
    ),
    "ModuleList slice": lambda m: listed(m)[1:],
    "ModuleList set": lambda m: (s := listed(m), s.__setitem__(1, m.nn.Identity()))[0],
    "ModuleList del": lambda m: (s := listed(m), s.__delitem__(0))[0],
    "ModuleList del slice": lambda m: (s := listed(m), s.__delitem__(slice(0, 2)))[0],
    "ModuleList append": lambda m: listed(m).append(m.nn.Identity()),
    "ModuleList insert": lambda m: (s := listed(m), s.insert(1, m.nn.Identity()))[0],
    "ModuleList +": lambda m: listed(m) + [m.nn.Identity()],
    "ModuleList +=": lambda m: (s := listed(m), s.__iadd__([m.nn.Identity()]))[0],
    "ModuleList pop": lambda m: [(s := listed(m)).pop(-1), s],
    "ModuleList iteration": lambda m: [len(listed(m)), list(listed(m)), listed(m)[-1]],
    "ModuleDict": lambda m: dict_operations(m),
    "ModuleDict of pairs": lambda m: m.nn.ModuleDict([["b", m.nn.ReLU()], ("a", m.nn.Tanh())]),
    "ParameterList": lambda m: list_of_parameters(m),
    "ParameterDict": lambda m: dict_of_parameters(m),
    # errors
    "dtype is an integer": lambda m: m.nn.Linear(1, 1).to(m.int64),
    "train('x')": lambda m: m.nn.Linear(1, 1).train("x"),
    "unknown attribute": lambda m: m.nn.Linear(1, 1).foo,
    "unknown attribute deleted": lambda m: delattr(m.nn.Linear(1, 1), "foo"),
    "no forward": lambda m: m.nn.Module()(1),
    "not a string": lambda m: m.nn.Linear(1, 1).register_parameter(3, None),
    "parameter ''": lambda m: m.nn.Linear(1, 1).register_parameter("", None),
    "parameter forward": lambda m: m.nn.Linear(1, 1).register_parameter("forward", None),
    "buffer weight": lambda m: m.nn.Linear(1, 1).register_buffer("weight", None),
    "module weight": lambda m: m.nn.Linear(1, 1).add_module("weight", m.nn.ReLU()),
    "module a.b": lambda m: m.nn.Linear(1, 1).add_module("a.b", m.nn.ReLU()),
    "module 3": lambda m: m.nn.Linear(1, 1).add_module("a", 3),
    "no module of that name": lambda m: net(m).get_submodule("blocks.7"),
    "a parameter is no module": lambda m: net(m).get_submodule("alone"),
    "no parameter of that name": lambda m: net(m).get_parameter("blocks.foo"),
    "a method is no parameter": lambda m: net(m).get_parameter("stack.forward"),
    "a parameter is no buffer": lambda m: net(m).get_buffer("alone"),
    "ModuleList(3)": lambda m: m.nn.ModuleList(3),
    "ModuleList([3])": lambda m: m.nn.ModuleList([3]),
    "ModuleDict(3)": lambda m: m.nn.ModuleDict(3),
    "ModuleDict of triples": lambda m: m.nn.ModuleDict([[1, 2, 3]]),
    "Sequential out of range": lambda m: three(m)[3],
    "Sequential insert out of range": lambda m: three(m).insert(9, m.nn.ReLU()),
    "ModuleList out of range": lambda m: listed(m)[-4],
    "ParameterList(3)": lambda m: m.nn.ParameterList(3),
    "ParameterList(tensor)": lambda m: m.nn.ParameterList(m.ones(2)),
    "state_dict is a number": lambda m: m.nn.Linear(1, 1).load_state_dict(3),
    "missing keys": lambda m: m.nn.Linear(1, 1).load_state_dict({}),
    "unexpected keys": lambda m: three(m).load_state_dict(
        {**three(m).state_dict(), "9.x": m.ones(1)}
    ),
    "Dropout(2)": lambda m: m.nn.Dropout(2),
    "Bilinear(0, 1, 2)": lambda m: m.nn.Bilinear(0, 1, 2),
    "Unflatten(1, (2, 'a'))": lambda m: m.nn.Unflatten(1, (2, "a")),
}

COUNTED = ("parameters", "buffers", "modules", "children")


def with_integers(m: Any) -> Any:
    layer = m.nn.Linear(1, 1)
    layer.register_buffer("count", m.tensor(3))
    return layer


def set_and_print(m: Any, target: str, module: Any) -> Any:
    n = net(m)
    n.set_submodule(target, module)
    return n


def delete_and_list(n: Any, names: list[str]) -> list[str]:
    for name in names:
        delattr(n, name)
    return [*n.state_dict(), *(name for name, _ in n.named_modules())]


def reassign(m: Any) -> Any:
    layer = m.nn.Linear(2, 2)
    layer.extra = 3
    layer.extra = m.nn.Parameter(m.ones(1))
    seen: list[Any] = [list(layer.state_dict())]
    for name in ("extra", "part", "mean"):
        for value in (m.nn.ReLU(), m.nn.Buffer(m.ones(2)), m.zeros(2), 3, None, m.nn.Tanh()):
            error = outcome(lambda m, n=name, v=value: setattr(layer, n, v), m)
            seen.append(error[0] if error else None)
            seen.append([*layer.state_dict(), *(n for n, _ in layer.named_children())])
    layer.late = m.nn.Buffer(m.ones(2), persistent=False)
    layer.late = m.nn.Parameter(m.zeros(2))
    layer.late_too = 3
    return [
        *seen,
        layer.state_dict(),
        outcome(lambda m: setattr(layer, "late_too", m.nn.Buffer()), m),
    ]


def no_bias(m: Any) -> Any:
    layer = m.nn.Linear(2, 2)
    layer.bias = None
    return [repr(layer), list(layer.state_dict()), layer.bias]


def shared_memory(m: Any) -> Any:
    x = m.ones(2)
    p = m.nn.Parameter(x)
    x += 1
    return p


def copies(m: Any) -> Any:
    n = net(m)
    n.alone.grad = m.ones(2, 2)
    twin = copy.deepcopy(n)
    with m.no_grad():
        n.alone += 1
    tied = twin.tied is twin.stack[0] and twin.tied is not n.tied
    return [twin.alone, twin.alone.grad, tied, repr(twin) == repr(n), type(twin).__name__]


def cleared(m: Any, set_to_none: bool) -> Any:
    layer = m.nn.Linear(2, 1)
    (layer(m.ones(3, 2)) ** 2).mean().backward()
    layer.zero_grad(set_to_none)
    return [layer.weight.grad, layer.bias.grad]


def with_extra_state(m: Any) -> Any:
    class Counting(m.nn.Module):
        count = 0

        def get_extra_state(self) -> Any:
            return {"count": self.count}

        def set_extra_state(self, state: Any) -> None:
            self.count = state["count"]

    a, b = m.nn.Sequential(Counting()), m.nn.Sequential(Counting())
    a[0].count = 7
    b.load_state_dict(a.state_dict())
    return [a.state_dict(), b[0].count, str(outcome(lambda m: b.load_state_dict({}), m))]


def state_dict_hooks(m: Any) -> Any:
    layer, log = m.nn.Linear(2, 1), []
    layer.register_state_dict_pre_hook(lambda mod, prefix, keep: log.append((prefix, keep)))
    handle = layer.register_state_dict_post_hook(
        lambda mod, d, prefix, meta: d.pop(prefix + "bias") and None
    )
    first = list(m.nn.Sequential(layer).state_dict())
    handle.remove()
    return [first, list(layer.state_dict()), log]


def load_hooks(m: Any) -> Any:
    layer, log = m.nn.Linear(2, 1), []

    def rename(mod: Any, state: Any, prefix: str, *rest: Any) -> None:
        log.append((prefix, [list(x) if isinstance(x, list) else x for x in rest[1:]]))
        state[prefix + "weight"] = state.pop(prefix + "W")

    def forgive(mod: Any, keys: Any) -> None:
        log.append((list(keys.missing_keys), list(keys.unexpected_keys)))
        keys.missing_keys.clear()

    layer.register_load_state_dict_pre_hook(rename)
    layer.register_load_state_dict_post_hook(forgive)
    given = {"0.W": m.tensor([[1.0, 2.0]])}
    result = m.nn.Sequential(layer).load_state_dict(given)
    return [layer.weight, log, list(given), result]


def assigned(m: Any) -> Any:
    layer = m.nn.Linear(2, 1)
    layer.weight.requires_grad_(False)
    w = m.ones(1, 2).double()
    layer.load_state_dict({"weight": w, "bias": m.zeros(1)}, assign=True)
    w += 1
    return [layer.weight, str(layer.weight.dtype), layer.bias]


def loaded(m: Any, layer: Any, state: Any) -> Any:
    layer.load_state_dict(state)
    return [layer.weight, str(layer.weight.dtype)]


def three(m: Any) -> Any:
    return m.nn.Sequential(m.nn.Linear(2, 2), m.nn.Tanh(), m.nn.Flatten())


def named_three(m: Any) -> Any:
    return m.nn.Sequential(OrderedDict(a=m.nn.Linear(2, 2), b=m.nn.Tanh(), c=m.nn.ReLU()))


def listed(m: Any) -> Any:
    return m.nn.ModuleList([m.nn.Linear(2, 2), m.nn.Tanh(), m.nn.ReLU()])


def dict_operations(m: Any) -> Any:
    d = m.nn.ModuleDict({"b": m.nn.ReLU(), "a": m.nn.Linear(1, 1)})
    seen = [repr(d), list(d), len(d), "a" in d, list(d.keys()), list(d.items()), list(d.values())]
    d.update(OrderedDict(c=m.nn.Tanh(), b=m.nn.Identity()))
    d["e"] = m.nn.Tanh()
    del d["c"]
    seen += [repr(d), d.pop("a"), repr(d), d["b"]]
    d.clear()
    return [*seen, repr(d), str(outcome(lambda m: d["q"], m))]


def list_of_parameters(m: Any) -> Any:
    p = m.nn.ParameterList([m.ones(2, 3), m.nn.Parameter(m.zeros(1)), "text"])
    seen = [repr(p), len(p), list(p), p[1:], p[-1], list(p.state_dict())]
    p[0] = m.zeros(4)
    p.append(m.ones(())).extend([m.ones(2)])
    p += [m.ones(3)]
    single = m.nn.ParameterList([m.ones(2)])
    return [*seen, p, list(p.named_parameters()), single, m.nn.ParameterList()]


def dict_of_parameters(m: Any) -> Any:
    p = m.nn.ParameterDict({"b": m.ones(2), "a": m.zeros(1), "x": 3})
    seen = [repr(p), list(p), list(p.keys()), list(p.items()), list(p.values()), "a" in p, len(p)]
    p["c"] = m.ones(3)
    p.update([["e", m.ones(1)]])
    p.update(OrderedDict(z=m.ones(1), y=m.ones(2)))
    seen += [list(p.state_dict()), p.get("q"), p.get("q", 3), p.get("a"), list(reversed(p))]
    seen += [p.pop("a"), p.setdefault("a", m.ones(2)), p.setdefault("b"), list(p), p.popitem()]
    seen += [list(p | m.nn.ParameterDict({"new": m.ones(1)})), list(p.copy())]
    p |= m.nn.ParameterDict({"newer": m.ones(1)})
    del p["b"]
    seen += [list(p), list(p.state_dict()), p.fromkeys(["q"])]
    p.clear()
    return [*seen, p, outcome(lambda m: p["q"], m), outcome(lambda m: p.popitem(), m)]


def assign_before_init(m: Any, value: Any) -> None:
    class Early(m.nn.Module):
        def __init__(self) -> None:
            self.early = value

    Early()


@pytest.mark.parametrize("name", PROGRAMS)
def test_same_outcome(name: str) -> None:
    assert outcome(PROGRAMS[name], refnet) == outcome(PROGRAMS[name], torch)


WORDED_ANEW: dict[str, Callable[[Any], Any]] = {
    "module before init": lambda m: assign_before_init(m, m.nn.ReLU()),
    "before init": lambda m: assign_before_init(m, m.nn.Parameter(m.ones(1))),
    "parameter a.b": lambda m: m.nn.Linear(1, 1).register_parameter("a.b", None),
    "module ''": lambda m: m.nn.Linear(1, 1).add_module("", m.nn.ReLU()),
    "a tensor as parameter": lambda m: m.nn.Linear(1, 1).register_parameter("x", m.ones(1)),
    "a number as parameter": lambda m: setattr(m.nn.Linear(1, 1), "weight", 3.0),
    "a tensor assigned": lambda m: setattr(m.nn.Linear(1, 1), "weight", m.ones(1, 1)),
    "a number as buffer": lambda m: m.nn.Linear(1, 1).register_buffer("x", 3),
    "a number as module": lambda m: setattr(three(m), "0", 3),
    "a string as buffer": lambda m: setattr(net(m), "mean", "x"),
    "integers as Parameter": lambda m: m.nn.Parameter(m.tensor([1])),
    "Sequential + 3": lambda m: three(m) + 3,
    "Sequential * 0": lambda m: three(m) * 0,
    "Sequential * 1.5": lambda m: three(m) * 1.5,
    "ModuleDict([3])": lambda m: m.nn.ModuleDict([3]),
    "ParameterDict(3)": lambda m: m.nn.ParameterDict(3),
    "ParameterDict with a number": lambda m: m.nn.ParameterDict({1: m.ones(1)}),
    "unknown device": lambda m: m.nn.Linear(1, 1, device="nowhere"),
    "Module(3)": lambda m: m.nn.Module(3),
    "a pre-hook's result": lambda m: hooked_with(m, 3),
    "assign integers": lambda m: m.nn.Linear(1, 1).load_state_dict(
        {"weight": m.tensor([[1]]), "bias": m.ones(1)}, assign=True
    ),
}


def hooked_with(m: Any, result: Any) -> None:
    layer = m.nn.Linear(1, 1)
    layer.register_forward_pre_hook(lambda mod, args, kwargs: result, with_kwargs=True)
    layer(m.ones(1))


@pytest.mark.parametrize("name", WORDED_ANEW)
def test_same_type_of_error(name: str) -> None:
    ours, theirs = (outcome(WORDED_ANEW[name], m) for m in (refnet, torch))
    assert isinstance(ours, tuple)
    assert ours[0] == theirs[0]
    assert "\n" not in ours[1] or ours[0] == "RuntimeError"


def test_load_errors_name_the_same_keys() -> None:
    texts = []
    for m in (refnet, torch):
        state = net(m).state_dict()
        state["stack.0.weight"] = m.zeros(3, 5)
        state["mean"] = 3
        state["unknown"] = state["blocks.0.foo"] = m.zeros(1)
        del state["alone"], state["blocks.2.scale"]
        with pytest.raises(RuntimeError) as error:
            net(m).load_state_dict(state)
        texts.append(plain(str(error.value)))
    ours, theirs = (text.split("\n\t") for text in texts)
    assert len(ours) == len(theirs)
    for a, b in zip(ours, theirs, strict=True):
        if a.startswith("While"):  # worded anew: "a Tensor"
            assert a.split('"')[1] == b.split('"')[1] == "mean"
        else:
            assert a == b


# --- hooks --------------------------------------------------------------------------------------


def hook_log(m: Any, grad_inputs: bool = True, scale: bool = False) -> list[Any]:
    """Every kind of hook on a network of two inputs and two outputs, and what each of them saw."""
    log: list[Any] = []

    class Two(m.nn.Module):
        def forward(self, a: Any, b: Any, *, factor: float = 1.0) -> Any:
            log.append("forward")
            return a * b * factor, (a - b).tanh()

    def shapes(xs: Any) -> Any:
        return [None if x is None else x.detach().numpy().round(4).tolist() for x in xs]

    layer = Two()
    layer.register_forward_pre_hook(lambda mod, args: log.append(("pre", len(args))))
    layer.register_forward_pre_hook(
        lambda mod, args, kwargs: (
            log.append("first"),
            ((args[0] * 2, *args[1:]), {"factor": 3.0}),
        )[1],
        prepend=True,
        with_kwargs=True,
    )
    layer.register_forward_hook(lambda mod, args, out: log.append(("post", shapes(out))))
    layer.register_forward_hook(
        lambda mod, args, kwargs, out: (log.append(("kwargs", dict(kwargs))), out[::-1])[1],
        with_kwargs=True,
        prepend=True,
    )
    layer.register_full_backward_pre_hook(lambda mod, go: log.append(("b-pre", shapes(go))))
    layer.register_full_backward_hook(lambda mod, gi, go: log.append(("b", shapes(gi), shapes(go))))
    if scale:
        layer.register_full_backward_pre_hook(
            lambda mod, go: tuple(None if g is None else 2 * g for g in go), prepend=True
        )
        layer.register_full_backward_hook(
            lambda mod, gi, go: tuple(None if g is None else g * g for g in gi), prepend=True
        )
    a = m.tensor([0.5, -1.0, 2.0], requires_grad=grad_inputs)
    b = m.nn.Parameter(m.tensor([1.5, 1.0, -2.0]))
    y, z = layer(a, b)
    (y * m.tensor([1.0, 2.0, 3.0])).mean().backward(retain_graph=True)
    (y * z * m.tensor([1.0, -2.0, 0.5])).mean().backward()
    log.append(shapes([a.grad, b.grad]))
    return log


@pytest.mark.parametrize("grad_inputs", [True, False])
@pytest.mark.parametrize("scale", [True, False])
def test_hooks_see_the_same_in_the_same_order(grad_inputs: bool, scale: bool) -> None:
    assert hook_log(refnet, grad_inputs, scale) == hook_log(torch, grad_inputs, scale)


def always_called(m: Any) -> list[Any]:
    log: list[Any] = []
    layer = m.nn.Linear(2, 2)
    layer.register_forward_hook(lambda mod, args, out: log.append("never"))
    layer.register_forward_hook(lambda mod, args, out: log.append(out), always_call=True)
    try:
        layer(m.ones(3))
    except RuntimeError:
        log.append("raised")
    with layer.register_forward_hook(lambda mod, args, out: out * 0):
        inside = layer(m.ones(2))
    return [plain(log), plain(inside), len(layer._forward_hooks)]


def test_always_called_and_removed_hooks() -> None:
    assert always_called(refnet) == always_called(torch)


def constant_input(m: Any) -> list[Any]:
    """No input asks for a gradient: the hook runs as soon as the outputs' gradients are there."""
    log: list[Any] = []
    m.manual_seed(0)
    layer = m.nn.Linear(2, 2)
    layer.register_full_backward_hook(lambda mod, gi, go: log.append(plain([gi, go])))
    (layer(m.ones(1, 2)) * m.tensor([1.0, 3.0])).mean().backward()
    with m.no_grad():
        layer(m.ones(1, 2))
    return [log, plain(layer.weight.grad)]


@pytest.mark.filterwarnings("ignore:Full backward hook is firing")  # PyTorch's; it is documented
def test_backward_hook_without_input_gradient() -> None:
    assert constant_input(refnet) == constant_input(torch)


@pytest.mark.parametrize("kind", ["hook", "pre_hook"])
def test_backward_hook_that_returns_the_wrong_number(kind: str) -> None:
    texts = []
    for m in (refnet, torch):
        layer = m.nn.Tanh()
        getattr(layer, f"register_full_backward_{kind}")(lambda mod, g, *rest: (g[0], g[0]))
        y = layer(m.tensor([0.3], requires_grad=True))
        with pytest.raises(RuntimeError) as error:
            (2 * y).backward()
        texts.append(str(error.value))
    assert texts[0] == texts[1]


def test_training_is_the_same_with_tied_parameters() -> None:
    """A parameter that two layers share gets both gradients."""
    grads = []
    for m in (refnet, torch):
        m.manual_seed(1)
        a, b = m.nn.Linear(3, 3), m.nn.Linear(3, 3)
        b.weight = a.weight
        model = m.nn.Sequential(a, m.nn.Tanh(), b)
        x = m.tensor(np.linspace(-1, 1, 6, dtype=np.float32).reshape(2, 3).tolist())
        (model(x) ** 2).mean().backward()
        grads.append([p.grad.numpy() for p in model.parameters()])
    assert len(grads[0]) == len(grads[1]) == 3
    for ours, theirs in zip(*grads, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-7)
