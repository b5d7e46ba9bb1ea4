"""Grad mode: whether operations are recorded, per thread; context managers and decorators."""

import functools
import inspect
import threading
import warnings
from collections.abc import Callable, Generator
from typing import Any

__all__ = ["enable_grad", "is_grad_enabled", "no_grad", "set_grad_enabled"]


class _State(threading.local):
    grad = True  # operations are recorded
    complex_step = False  # imaginary parts carry a direction (autograd.complex_step)


state = _State()


def is_grad_enabled() -> bool:
    """Returns whether this thread records operations.

    Example:
        >>> with refnet.no_grad():
        ...     refnet.is_grad_enabled()
        False
    """
    return state.grad


class _GradMode:
    """A mode: `with mode:` sets it and restores the previous one, `@mode` does so for each call.

    A generator function runs its body in the mode; between two values the mode is the caller's. For
    a coroutine function only the call is in the mode, for a class only the construction, as in
    PyTorch.
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
                "Decorating classes is deprecated and will be disabled in future versions. "
                "Decorate functions or methods; for the same effect, decorate the __init__.",
                FutureWarning,
                stacklevel=2,
            )
        if inspect.isgeneratorfunction(func):
            return self._around_generator(func)

        @functools.wraps(func)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            previous, state.grad = state.grad, self._grad
            try:
                return func(*args, **kwargs)
            finally:
                state.grad = previous

        return wrapped

    def _around_generator(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Returns a generator function whose generators run each step in the mode."""

        def run(resume: Callable[..., Any], *given: Any) -> Any:
            previous, state.grad = state.grad, self._grad
            try:
                return resume(*given)
            finally:
                state.grad = previous

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
    """A mode in which operations are not recorded: `with no_grad():`, `@no_grad()` or `@no_grad`.

    Example:
        >>> w = refnet.ones(2, requires_grad=True)
        >>> with refnet.no_grad():
        ...     y = 2 * w
        >>> y.requires_grad, (2 * w).requires_grad
        (False, True)
    """

    _grad = False

    def __init__(self) -> None:
        """Takes no parameters."""


class enable_grad(_Fixed):  # noqa: N801 - PyTorch's name
    """A mode in which operations are recorded, also inside no_grad.

    Use it as no_grad: `with enable_grad():`, `@enable_grad()` or `@enable_grad`.

    Example:
        >>> w = refnet.ones(2, requires_grad=True)
        >>> with refnet.no_grad():
        ...     with refnet.enable_grad():
        ...         y = 2 * w
        >>> y.requires_grad
        True
    """

    _grad = True


class set_grad_enabled(_GradMode):  # noqa: N801 - PyTorch's name
    """Sets whether operations are recorded: from the call on, in a `with` block, or as a decorator.

    Args:
        mode: whether operations are recorded

    Example:
        >>> w = refnet.ones(2, requires_grad=True)
        >>> with refnet.set_grad_enabled(False):
        ...     y = 2 * w
        >>> y.requires_grad
        False
    """

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
