"""How a layer shows its options in its repr."""

from refnet.nn.module import Module


def describe(layer: Module, *names: str) -> str:
    """Returns "name=value, ..." of these attributes, for an extra_repr."""
    return ", ".join(f"{name}={getattr(layer, name)}" for name in names)
