"""Results with named fields, as in torch.return_types: `x.max(1).values`."""

from typing import NamedTuple

from refnet.compatibility.lookup import mirror as _mirror
from refnet.engine.tensor import Tensor


class ValuesIndices(NamedTuple):
    """Entries picked along a dimension, and their indices.

    Attributes:
        values: the entries
        indices: their indices along the dimension, in int64
    """

    values: Tensor
    indices: Tensor

    def __repr__(self) -> str:
        name = type(self).__name__
        return f"refnet.return_types.{name}(\nvalues={self.values!r},\nindices={self.indices!r})"


class max(ValuesIndices):  # noqa: N801 - PyTorch's name, as the following
    """The result of `refnet.max` along a dimension.

    Attributes:
        values: the largest entry
        indices: the indices along the dimension, in int64
    """


class median(ValuesIndices):  # noqa: N801
    """The result of `refnet.median` along a dimension.

    Attributes:
        values: the median
        indices: the indices along the dimension, in int64
    """


class min(ValuesIndices):  # noqa: N801
    """The result of `refnet.min` along a dimension.

    Attributes:
        values: the smallest entry
        indices: the indices along the dimension, in int64
    """


class sort(ValuesIndices):  # noqa: N801
    """The result of `refnet.sort`.

    Attributes:
        values: the sorted entries
        indices: the indices along the dimension, in int64
    """


class topk(ValuesIndices):  # noqa: N801
    """The result of `refnet.topk`.

    Attributes:
        values: the k largest entries
        indices: the indices along the dimension, in int64
    """


class cummax(ValuesIndices):  # noqa: N801
    """The result of `refnet.cummax`.

    Attributes:
        values: the largest entry so far
        indices: the indices along the dimension, in int64
    """


class cummin(ValuesIndices):  # noqa: N801
    """The result of `refnet.cummin`.

    Attributes:
        values: the smallest entry so far
        indices: the indices along the dimension, in int64
    """


class kthvalue(ValuesIndices):  # noqa: N801
    """The result of `refnet.kthvalue`.

    Attributes:
        values: the k-th smallest entry
        indices: the indices along the dimension, in int64
    """


class mode(ValuesIndices):  # noqa: N801
    """The result of `refnet.mode`.

    Attributes:
        values: the most frequent entry
        indices: the indices along the dimension, in int64
    """


class aminmax(NamedTuple):  # noqa: N801
    """The result of `refnet.aminmax`.

    Attributes:
        min: the smallest entries
        max: the largest entries

    Example:
        >>> refnet.aminmax(refnet.tensor([3, 1, 2])).max
        tensor(3)
    """

    min: Tensor
    max: Tensor

    def __repr__(self) -> str:
        return f"refnet.return_types.aminmax(\nmin={self.min!r},\nmax={self.max!r})"


_mirror(__name__)
