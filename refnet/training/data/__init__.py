"""The data sets, their parts, and the scale of their features.

`load` finds a data set by its name or path; `tables`, `images`, `scenes` and `text` read or make
it.
"""

from refnet.training.data.dataset import (
    Dataset as Dataset,
    Parts as Parts,
    Scale as Scale,
    fit_scale as fit_scale,
    split as split,
)
from refnet.training.data.sources import BUILT_IN as BUILT_IN, load as load
