"""One program on both libraries: its result or its error, as plain data that == compares."""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Any

import torch

import refnet


def outcome(program: Callable[[Any], Any], library: Any) -> Any:
    """The program's result, or the type and text of its error, without the library's name."""
    library.default_generator.manual_seed(3)
    try:
        return plain(program(library))
    except Exception as error:  # noqa: BLE001 - the error is what is compared
        return type(error).__name__, plain(str(error))


def is_error(x: Any) -> bool:
    """Whether an outcome is the type and text of an error."""
    return isinstance(x, tuple) and str(x[0]).endswith("Error")


def assert_same_result(program: Callable[[Any], Any]) -> None:
    """Assert that the program has the same result on both libraries, and that it is not an error."""
    ours, theirs = outcome(program, refnet), outcome(program, torch)
    assert ours == theirs
    assert not is_error(ours), ours


def assert_same_error(program: Callable[[Any], Any]) -> None:
    """Assert that the program raises the same error, with the same text, on both libraries."""
    ours, theirs = outcome(program, refnet), outcome(program, torch)
    assert is_error(theirs), "PyTorch does not raise here"
    assert ours == theirs


def assert_same_type_of_error(program: Callable[[Any], Any]) -> None:
    """Assert that the program raises the same type of error on both libraries.

    A text that is not PyTorch's is one line; load_state_dict lists what does not fit.
    """
    ours, theirs = outcome(program, refnet), outcome(program, torch)
    assert is_error(theirs), "PyTorch does not raise here"
    assert ours[0] == theirs[0], ours
    listed = ours[1].startswith("Error(s) in loading state_dict")
    assert ours == theirs or listed or "\n" not in ours[1]


def plain(x: Any) -> Any:
    """Tensors as lists with 5 decimals: float32 results were up to 6.6e-7 apart."""
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


# --- modules that several programs use ---------------------------------------------------------


def net(m: Any) -> Any:
    """A module like those of model files, with every kind of member."""
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


def three(m: Any) -> Any:
    return m.nn.Sequential(m.nn.Linear(2, 2), m.nn.Tanh(), m.nn.Flatten())


def named_three(m: Any) -> Any:
    return m.nn.Sequential(OrderedDict(a=m.nn.Linear(2, 2), b=m.nn.Tanh(), c=m.nn.ReLU()))


def listed(m: Any) -> Any:
    return m.nn.ModuleList([m.nn.Linear(2, 2), m.nn.Tanh(), m.nn.ReLU()])
