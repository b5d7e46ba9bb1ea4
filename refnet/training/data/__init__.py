"""The data: where they come from, their parts, and one scale for all features.

`load` brings them by name or path; `tables`, `images`, `scenes` and `text` read or make what it brings.
"""

from refnet.training.data.dataset import Dataset, Parts, Scale, scale_of, split
from refnet.training.data.sources import BUILT_IN, load

__all__ = ["BUILT_IN", "Dataset", "Parts", "Scale", "load", "scale_of", "split"]
