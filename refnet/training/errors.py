"""What can go wrong before and during training, each with a message of one line."""


class InputError(Exception):
    """The data, an option or the output folder cannot be used as given."""


class TrainingError(Exception):
    """Training cannot go on, or its result is not what it should be."""
