"""Tools for modules and what goes into them: torch.nn.utils' names."""

from refnet.nn.utils import rnn

__all__ = ["rnn"]
