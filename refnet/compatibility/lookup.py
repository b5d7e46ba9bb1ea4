"""Missing names of a module or an object: they are imported, or the error explains.

`import refnet` postpones many imports, and explains the absence of a name: the reason, or the name
that was probably meant (missing_names.py). Both take no time until a missing name is used.
"""

import importlib
import sys
from collections.abc import Mapping, Sequence
from opcode import opmap
from types import FrameType, MappingProxyType, ModuleType
from typing import Any

_IMPORT_FROM = bytes([opmap["IMPORT_FROM"]])
_NOTHING: Mapping[str, str] = MappingProxyType({})

# The modules with PyTorch's names, and what each imports later.
MIRRORS: dict[str, Mapping[str, str]] = {}


class Text(str):
    """The text of an error: as a string the plain statement; when printed, with an explanation.

    Most errors of this kind are never printed: hasattr() and getattr() with a default only ask
    whether a name exists.
    """

    __slots__ = ("asked",)

    # The module or object, its path below refnet ("nn.functional"; "" is refnet), and the name.
    asked: tuple[Any, str, str]

    def __str__(self) -> str:
        from refnet.compatibility.missing_names import explanation

        return super().__str__() + explanation(*self.asked)

    def __reduce__(self) -> Any:
        return str, (str(self),)  # a module cannot be pickled

    @property
    def name(self) -> str:
        """The missing name."""
        return self.asked[2]


def mirror(module: str, later: Mapping[str, str] = _NOTHING, *, exports: bool = False) -> None:
    """Gives a module with PyTorch's names __getattr__ and __dir__; called in its last statement.

    A name in `later` becomes an ordinary attribute at its first use. The error for any other name
    explains. The module does not define the two functions in its body, since a type checker that
    sees __getattr__ there would accept every name.

    Args:
        module: the name of the module
        later: the modules of the names that are imported at their first use; a module that ends in
            the name is the value itself
        exports: whether the module consists of imported names. `__all__` is then computed from
            them; names that the module imports for itself begin with an underscore.
    """
    MIRRORS[module] = later
    owner = sys.modules[module]
    namespace = vars(owner)

    def __getattr__(name: str) -> Any:  # noqa: N807 - it is the module's
        if exports and name == "__all__":
            return _exported(module, namespace, later)
        if name not in later:
            raise _absent(owner, name, sys._getframe(1))
        value = importlib.import_module(later[name])
        if not later[name].endswith(f".{name}"):
            value = getattr(value, name)
        namespace[name] = value
        return value

    def __dir__() -> list[str]:  # noqa: N807 - the same
        return sorted(namespace.keys() | later.keys())

    namespace["__getattr__"], namespace["__dir__"] = __getattr__, __dir__


def _exported(module: str, namespace: Mapping[str, Any], later: Mapping[str, str]) -> list[str]:
    """Returns the names that `from module import *` takes.

    These are all names without a leading underscore, except texts, and submodules that PyTorch
    lacks.
    """
    from refnet.compatibility.missing_names import pytorch_names

    modules = {name for name, place in later.items() if place.endswith(f".{name}")}
    modules |= {name for name, value in namespace.items() if isinstance(value, ModuleType)}
    hidden = modules - pytorch_names().get(module[7:], frozenset())
    hidden |= {name for name, value in namespace.items() if name[0] == "_" or type(value) is str}
    return sorted((namespace.keys() | later.keys()) - hidden)


def _absent(owner: Any, name: str, frame: FrameType) -> AttributeError | ImportError:
    """Returns the error for a missing name of a module, in Python's words for the frame's code.

    `from module import name` replaces the text of an AttributeError by its own, and then looks for
    a submodule that is still being imported.
    """
    module = owner.__name__
    code = frame.f_code.co_code[frame.f_lasti : frame.f_lasti + 1]
    if code == _IMPORT_FROM and f"{module}.{name}" not in sys.modules:
        text = Text(f"cannot import name {name!r} from {module!r}")
        text.asked = owner, module[7:], name
        return ImportError(text, name=module, path=owner.__file__)
    return _attribute_error(f"module {module!r} has no attribute {name!r}", owner, module[7:], name)


def absent_attribute(owner: object, path: str, name: str) -> AttributeError:
    """Returns the error for an attribute that an instance of refnet's class `path` lacks."""
    statement = f"{type(owner).__name__!r} object has no attribute {name!r}"
    return _attribute_error(statement, owner, path, name)


def _attribute_error(statement: str, owner: object, path: str, name: str) -> AttributeError:
    text = Text(statement)
    text.asked = owner, path, name
    error = AttributeError(text)
    error.obj = owner  # without a name: Python would add its own suggestion
    return error


class Finder:
    """The last finder of modules; it explains the absence of a submodule: `import refnet.fft`."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: Any = None
    ) -> None:
        package, _, name = fullname.rpartition(".")
        if package.split(".")[0] != "refnet":
            return
        # A call of importlib.util.find_spec is not an error.
        if sys._getframe(2).f_code.co_name == "_find_and_load_unlocked":
            text = Text(f"No module named {fullname!r}")
            text.asked = sys.modules[package], package[7:], name
            raise ModuleNotFoundError(text, name=fullname)


sys.meta_path.append(Finder())
