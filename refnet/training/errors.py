"""What can go wrong before and during training, each with a message of one line."""


def printable(text: str) -> str:
    """The text with line breaks, control characters and the like as escapes: one line, and harmless."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def shown(value: object, most: int = 40) -> str:
    """The value as Python writes it, cut to this many characters."""
    text = repr(value)
    return text if len(text) <= most else f"{text[:most]}… ({len(text)} characters)"


class OneLineError(Exception):
    """An end that is explained to the user in one line."""

    def __init__(self, message: str) -> None:
        super().__init__(printable(message))


class InputError(OneLineError):
    """The data, an option or the output folder cannot be used as given."""


class TrainingError(OneLineError):
    """Training cannot go on, or its result is not what it should be."""


class StoppedError(OneLineError):
    """The user stopped the training; the message says how far it was.

    signal is the number of the one that stopped it, Ctrl-C's by default; a shell expects the exit code
    128 + signal.
    """

    def __init__(self, message: str, signal: int = 2) -> None:
        super().__init__(message)
        self.code = 128 + signal
