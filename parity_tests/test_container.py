"""Containers against PyTorch: Sequential, ModuleList, ModuleDict, ParameterList, ParameterDict."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import pytest

from parity_tests.outcomes import (
    assert_same_error,
    assert_same_result,
    assert_same_type_of_error,
    listed,
    named_three,
    outcome,
    three,
)

PROGRAMS: dict[str, Callable[[Any], Any]] = {
    "dir of Sequential": lambda m: "0" in dir(m.nn.Sequential(m.nn.ReLU())),
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
}

ERRORS: dict[str, Callable[[Any], Any]] = {
    "ModuleList(3)": lambda m: m.nn.ModuleList(3),
    "ModuleList([3])": lambda m: m.nn.ModuleList([3]),
    "ModuleDict(3)": lambda m: m.nn.ModuleDict(3),
    "ModuleDict of triples": lambda m: m.nn.ModuleDict([[1, 2, 3]]),
    "Sequential out of range": lambda m: three(m)[3],
    "Sequential insert out of range": lambda m: three(m).insert(9, m.nn.ReLU()),
    "ModuleList out of range": lambda m: listed(m)[-4],
    "ParameterList(3)": lambda m: m.nn.ParameterList(3),
    "ParameterList(tensor)": lambda m: m.nn.ParameterList(m.ones(2)),
}


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


@pytest.mark.parametrize("name", PROGRAMS)
def test_same_result(name: str) -> None:
    assert_same_result(PROGRAMS[name])


@pytest.mark.parametrize("name", ERRORS)
def test_same_error(name: str) -> None:
    assert_same_error(ERRORS[name])


# Errors with refnet's own text.
REWORDED: dict[str, Callable[[Any], Any]] = {
    "Sequential + 3": lambda m: three(m) + 3,
    "Sequential * 0": lambda m: three(m) * 0,
    "Sequential * 1.5": lambda m: three(m) * 1.5,
    "ModuleDict([3])": lambda m: m.nn.ModuleDict([3]),
    "ParameterDict(3)": lambda m: m.nn.ParameterDict(3),
    "ParameterDict with a number": lambda m: m.nn.ParameterDict({1: m.ones(1)}),
}


@pytest.mark.parametrize("name", REWORDED)
def test_same_type_of_error(name: str) -> None:
    assert_same_type_of_error(REWORDED[name])
