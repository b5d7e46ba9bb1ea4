"""The results that have names, as torch.return_types has them: `x.max(1).values`."""

from typing import NamedTuple

from refnet.compatibility.lookup import mirror as _mirror
from refnet.engine.tensor import Tensor


class ValuesIndices(NamedTuple):
    """The entries that a function chose, and where they stood."""

    values: Tensor
    indices: Tensor

    def __repr__(self) -> str:
        name = type(self).__name__
        return f"refnet.return_types.{name}(\nvalues={self.values!r},\nindices={self.indices!r})"


class max(ValuesIndices):  # noqa: N801 - PyTorch's name, as the following
    """The result of refnet.max along a dimension."""


class median(ValuesIndices):  # noqa: N801
    """The result of refnet.median along a dimension."""


class min(ValuesIndices):  # noqa: N801
    """The result of refnet.min along a dimension."""


class sort(ValuesIndices):  # noqa: N801
    """The result of refnet.sort."""


class topk(ValuesIndices):  # noqa: N801
    """The result of refnet.topk."""


class cummax(ValuesIndices):  # noqa: N801
    """The result of refnet.cummax."""


class cummin(ValuesIndices):  # noqa: N801
    """The result of refnet.cummin."""


class kthvalue(ValuesIndices):  # noqa: N801
    """The result of refnet.kthvalue."""


class mode(ValuesIndices):  # noqa: N801
    """The result of refnet.mode."""


class aminmax(NamedTuple):  # noqa: N801
    """The result of refnet.aminmax."""

    min: Tensor
    max: Tensor

    def __repr__(self) -> str:
        return f"refnet.return_types.aminmax(\nmin={self.min!r},\nmax={self.max!r})"


_mirror(__name__)
