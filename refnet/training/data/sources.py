"""The sources of data: scikit-learn, refnet itself, and the user's own files."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from refnet.training.data import images, scenes, text
from refnet.training.data.dataset import Dataset
from refnet.training.data.tables import read
from refnet.training.errors import InputError, printable, unknown

FEWEST_ROWS = 10


def load(source: str) -> Dataset:
    """Loads a data set of BUILT_IN by its name, or the user's own file or folder by its path.

    Raises InputError if the data do not exist or cannot be used.
    """
    if source in BUILT_IN:
        try:
            return BUILT_IN[source]()
        except ImportError as error:
            raise InputError(
                f"the data {source} need scikit-learn (and photographs pillow), which is not "
                'installed: pip install "refnet[cli]"'
            ) from error
    path = Path(source)
    kind = path.suffix.lower()
    if kind in (".npz", ".csv"):
        x, y, note = read(path)
        data = Dataset(printable(path.name), x, y, printable(note))
    elif kind == ".txt":
        data = text.read_text(path)
    elif path.is_dir():
        data = images.read_folder(path)
    else:
        own = ", or a .npz, .csv or .txt file, or a folder with the files of MNIST or CIFAR"
        raise unknown("data", source, BUILT_IN, own)
    if len(data.x) < FEWEST_ROWS:
        raise InputError(f"{path} needs at least {FEWEST_ROWS} rows of data, it has {len(data.x)}")
    return data


def _table(name: str, **options: Any) -> Dataset:
    from sklearn import datasets  # here, since the import takes a second

    x, y = getattr(datasets, f"load_{name}")(return_X_y=True, **options)
    return Dataset(name.replace("_", "-"), np.asarray(x, np.float64), np.asarray(y, np.float64))


def _digits() -> Dataset:
    return _table("digits")._replace(kind="images", shape=(1, 8, 8))


BUILT_IN: dict[str, Callable[[], Dataset]] = {
    "diabetes": lambda: _table("diabetes", scaled=False),
    "breast-cancer": lambda: _table("breast_cancer"),
    "digits": _digits,
    "digit-scenes": lambda: scenes.digit_scenes(_digits()),
    "photographs": scenes.photographs,
    "documentation": text.documentation,
}
