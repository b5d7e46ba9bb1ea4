"""Replace a rule for all its callers, for the time of a with-block.

`from refnet.ops.linear import linear` copies a reference, so replacing a module's attribute would
miss some callers. Instead the code object of the function is exchanged. Its signature stays the
same.
"""

import contextlib
import inspect
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType
from typing import Any

Wrapper = Callable[[Callable[..., Any]], Callable[..., Any]]  # original rule -> what is called


@contextlib.contextmanager
def planted(rule: Any, wrapper: Wrapper) -> Iterator[None]:
    """While the block runs, calling the rule calls wrapper(rule)."""
    code = rule.__code__
    original = FunctionType(
        code, rule.__globals__, rule.__name__, rule.__defaults__, rule.__closure__
    )
    original.__kwdefaults__ = rule.__kwdefaults__
    outer = vars(rule).get("__signature__")
    rule.__signature__ = inspect.signature(rule, follow_wrapped=False)
    rule.__code__ = _forwarding(wrapper(original), code.co_freevars)
    try:
        yield
    finally:
        rule.__code__ = code
        del rule.__signature__
        if outer is not None:
            rule.__signature__ = outer


def _forwarding(target: Callable[..., Any], freevars: tuple[str, ...]) -> CodeType:
    """Code that calls the target, with the free variables that the function's closure needs."""
    unused = "".join(f"            {name}\n" for name in freevars)
    given = "".join(f"    {name} = None\n" for name in freevars)
    source = (
        f"def make():\n{given}    def forward(*args, **kwargs):\n{unused}"
        "        target = '<target>'\n        return target(*args, **kwargs)\n    return forward\n"
    ).replace("            ", "        ")
    scope: dict[str, Any] = {}
    exec(source, scope)
    code: CodeType = scope["make"]().__code__
    constants = tuple(target if c == "<target>" else c for c in code.co_consts)
    return code.replace(co_consts=constants)
