"""The data: where they come from, their parts, and one scale for all features.

`load` brings them by name or path; `tables`, `images`, `scenes` and `text` read or make what it brings.
"""

from refnet.training.data.dataset import (
    Dataset as Dataset,
    Parts as Parts,
    Scale as Scale,
    scale_of as scale_of,
    split as split,
)
from refnet.training.data.sources import BUILT_IN as BUILT_IN, load as load
