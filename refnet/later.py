"""Names of a module that are imported when they are first asked for, so that `import refnet` stays quick."""

import importlib
import sys
from collections.abc import Callable, Mapping
from typing import Any

from refnet.left_out import explain


def imports(module: str, later: Mapping[str, str]) -> Callable[[str], Any]:
    """The __getattr__ of a module

    later says from which module a name comes; one that ends in the name is meant itself. What is asked
    for once is an ordinary attribute from then on. For any other name the error says why it is not there.
    """

    def find(name: str) -> Any:
        if name not in later:
            raise explain(module, name)
        source = importlib.import_module(later[name])
        value = source if later[name].endswith(f".{name}") else getattr(source, name)
        setattr(sys.modules[module], name, value)
        return value

    return find
