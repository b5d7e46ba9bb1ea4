"""What happens to a name that a module or an object does not have: it is imported, or the error
explains.

`import refnet` leaves many names for later, and says of a name that is not there why it is not, or
which one is meant (missing_names.py). Both cost nothing until somebody asks.
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
    """The text of an error: as a string the plain statement, printed it explains as well.

    Most errors of this kind are never read: hasattr() and three arguments to getattr() ask only
    whether a name is there.
    """

    __slots__ = ("asked",)

    # The module or object that was asked, what it is below refnet ("nn.functional"; "" is refnet),
    # the name.
    asked: tuple[Any, str, str]

    def __str__(self) -> str:
        from refnet.compatibility.missing_names import explanation

        return super().__str__() + explanation(*self.asked)

    def __reduce__(self) -> Any:
        return str, (str(self),)  # a module cannot be pickled

    @property
    def name(self) -> str:
        """The name that was asked for."""
        return self.asked[2]


def mirror(module: str, later: Mapping[str, str] = _NOTHING, *, exports: bool = False) -> None:
    """Give a module with PyTorch's names __getattr__ and __dir__; its last statement.

    later says from which module a name comes that is imported when it is first asked for; one that
    ends in the name is meant itself. What is asked for once is an ordinary attribute from then on.
    The error for any other name explains.

    exports: whether the module is a list of names that it imports, which is its only list then.
        `__all__` is
    made of it. What such a module imports for itself has an underscore in front.

    A module does not define the two in its body: a type checker that sees __getattr__ there
    believes every name.
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
    """The names that `from module import *` takes: all without an underscore in front, but no
    texts, and of submodules only those that PyTorch has, too.
    """
    from refnet.compatibility.missing_names import pytorch_names

    modules = {name for name, place in later.items() if place.endswith(f".{name}")}
    modules |= {name for name, value in namespace.items() if isinstance(value, ModuleType)}
    hidden = modules - pytorch_names().get(module[7:], frozenset())
    hidden |= {name for name, value in namespace.items() if name[0] == "_" or type(value) is str}
    return sorted((namespace.keys() | later.keys()) - hidden)


def _absent(owner: Any, name: str, frame: FrameType) -> AttributeError | ImportError:
    """The error for a name that a module does not have, in the words that Python has for who asks:
    the frame is of the code that does.

    `from module import name` would replace the text of an AttributeError by its own, and goes on to
    look for a submodule that is still being imported.
    """
    module = owner.__name__
    code = frame.f_code.co_code[frame.f_lasti : frame.f_lasti + 1]
    if code == _IMPORT_FROM and f"{module}.{name}" not in sys.modules:
        text = Text(f"cannot import name {name!r} from {module!r}")
        text.asked = owner, module[7:], name
        return ImportError(text, name=module, path=owner.__file__)
    return _attribute_error(f"module {module!r} has no attribute {name!r}", owner, module[7:], name)


def absent_attribute(owner: object, path: str, name: str) -> AttributeError:
    """The error for an attribute that an instance of refnet's class (path) does not have."""
    statement = f"{type(owner).__name__!r} object has no attribute {name!r}"
    return _attribute_error(statement, owner, path, name)


def _attribute_error(statement: str, owner: object, path: str, name: str) -> AttributeError:
    text = Text(statement)
    text.asked = owner, path, name
    error = AttributeError(text)
    error.obj = owner  # without a name, for which Python would print a suggestion of its own
    return error


class Finder:
    """Explains, as the last to be asked, that a submodule of refnet is not there: `import
    refnet.fft`.
    """

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: Any = None
    ) -> None:
        package, _, name = fullname.rpartition(".")
        if package.split(".")[0] != "refnet":
            return
        # importlib.util.find_spec asks whether it is there, which is no error.
        if sys._getframe(2).f_code.co_name == "_find_and_load_unlocked":
            text = Text(f"No module named {fullname!r}")
            text.asked = sys.modules[package], package[7:], name
            raise ModuleNotFoundError(text, name=fullname)


sys.meta_path.append(Finder())
