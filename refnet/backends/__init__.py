"""backends: the switches of libraries that refnet does not use. Scripts set them; nothing listens."""

from refnet.backends import cudnn

__all__ = ["cudnn"]
