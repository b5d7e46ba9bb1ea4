"""Whether operations are recorded: per thread, as context managers and as decorators."""

import functools
import inspect
import threading
import warnings
from collections.abc import Callable, Generator
from typing import Any


class _State(threading.local):
    grad = True  # operations are recorded
    complex_step = False  # a direction is carried in the imaginary part (autograd.complex_step)


state = _State()


def is_grad_enabled() -> bool:
    """Whether operations are recorded in this thread."""
    return state.grad


class _GradMode:
    """`with mode:` sets the mode and puts the one before back; `@mode` does so for each call.

    A generator function runs its body in the mode; between two values the mode is the caller's. Of
    a coroutine function only the call is in it, of a class only the construction, as in PyTorch.
    """

    _grad: bool
    _before: list[bool]

    def __enter__(self) -> None:
        self._before.append(state.grad)
        state.grad = self._grad

    def __exit__(self, *exc: object) -> None:
        state.grad = self._before.pop()

    def __call__(self, func: Callable[..., Any]) -> Callable[..., Any]:
        if inspect.isclass(func):
            construct, func = func, lambda *args, **kwargs: construct(*args, **kwargs)
            warnings.warn(
                "Decorating classes is deprecated and will be disabled in future versions. Decorate "
                "functions or methods; to keep what decorating a class does, decorate its __init__.",
                FutureWarning,
                stacklevel=2,
            )
        if inspect.isgeneratorfunction(func):
            return self._around_generator(func)

        @functools.wraps(func)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            before, state.grad = state.grad, self._grad
            try:
                return func(*args, **kwargs)
            finally:
                state.grad = before

        return wrapped

    def _around_generator(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The generator function, each step of whose generators runs in the mode."""

        def run(resume: Callable[..., Any], *given: Any) -> Any:
            before, state.grad = state.grad, self._grad
            try:
                return resume(*given)
            finally:
                state.grad = before

        @functools.wraps(func)
        def wrapped(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
            body = func(*args, **kwargs)
            try:
                value = run(next, body)
                while True:
                    try:
                        sent = yield value
                    except GeneratorExit:
                        run(body.close)
                        raise
                    except BaseException as error:  # noqa: BLE001 - the body's to handle
                        value = run(body.throw, error)
                    else:
                        value = run(body.send, sent)
            except StopIteration as stop:
                return stop.value

        return wrapped


class _Fixed(_GradMode):
    """A mode without parameters; `@mode` means the same as `@mode()`."""

    def __new__(cls, orig_func: Callable[..., Any] | None = None) -> Any:
        self = super().__new__(cls)
        self._before = []
        return self if orig_func is None else self(orig_func)


class no_grad(_Fixed):  # noqa: N801 - PyTorch's name
    """Operations are not recorded. `with no_grad():`, `@no_grad()` or `@no_grad`."""

    _grad = False

    def __init__(self) -> None:
        """Has no parameters."""


class enable_grad(_Fixed):  # noqa: N801 - PyTorch's name
    """Operations are recorded, also inside no_grad. `with enable_grad():` or `@enable_grad()`."""

    _grad = True


class set_grad_enabled(_GradMode):  # noqa: N801 - PyTorch's name
    """Record operations or not: from the call on, inside a `with`, or as a decorator."""

    def __init__(self, mode: bool) -> None:
        self._grad = mode
        self._before = [state.grad]
        state.grad = mode

    def __enter__(self) -> None:
        state.grad = self._grad

    def __exit__(self, *exc: object) -> None:
        state.grad = self._before[0]

    def __call__(self, func: Callable[..., Any]) -> Callable[..., Any]:
        state.grad = self._before[0]  # a decorator changes nothing until the function runs
        return super().__call__(func)
