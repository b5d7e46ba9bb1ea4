"""Base classes of the activations: a repr that shows the options, and the option `inplace`."""

from refnet.nn.module import Module


class Activation(Module):
    """A layer whose repr shows the options named in `_shown`, and inplace=True where it is set."""

    _shown = ""

    def extra_repr(self) -> str:
        """Returns the options with their values."""
        options = {name: getattr(self, name) for name in self._shown.split()}
        return ", ".join(f"{k}={v}" for k, v in options.items() if v or k != "inplace")


class InPlace(Activation):
    """An activation whose only option is inplace."""

    _shown = "inplace"

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace
