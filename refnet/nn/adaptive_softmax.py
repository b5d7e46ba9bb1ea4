"""AdaptiveLogSoftmaxWithLoss: a softmax over many classes of very different frequencies."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from refnet.engine.tensor import Tensor, wrap
from refnet.functions.joining import cat
from refnet.nn import functional as F
from refnet.nn.container import ModuleList, Sequential
from refnet.nn.linear import Linear
from refnet.nn.module import Module

__all__ = ["AdaptiveLogSoftmaxWithLoss"]


class _ASMoutput(NamedTuple):
    """The log-probability of each example's class, and the loss."""

    output: Tensor
    loss: Tensor


class AdaptiveLogSoftmaxWithLoss(Module):
    """log p(c) = log p_head(c), or log p_head(cluster i) + log p_i(c) for c in cluster i

    Classes are numbered by decreasing frequency. The head chooses one of the most frequent classes
    (the shortlist) or a cluster of rarer ones. The class is then chosen within the cluster, from
    features of a lower dimension. A call computes only the clusters that occur in the targets.

    The gradient is derived in `refnet.ops.log_softmax`.

    Shape:
        x: (N, in_features) or (in_features)
        target: (N) or (), integers in 0, …, n_classes − 1
        output: (N) or ()
        loss: ()

    Args:
        in_features: the size of x
        n_classes: the number of classes
        cutoffs: [c₁, c₂, …]; the shortlist is 0, …, c₁ − 1, the first cluster c₁, …, c₂ − 1, and
            the last cluster ends at n_classes − 1
        div_value: cluster i = 1, 2, … has ⌊in_features / div_valueⁱ⌋ features
        head_bias: whether the head has a bias
        device: "cpu" or None
        dtype: of the parameters; None means the default dtype

    Returns:
        (output, loss): log p of each target, and −mean(output)

    Raises:
        ValueError: cutoffs are not increasing integers from 1 to n_classes − 1

    Init:
        as in Linear

    Source:
        torch.nn.AdaptiveLogSoftmaxWithLoss; Grave et al. 2017, "Efficient softmax approximation
        for GPUs"

    Example:
        >>> layer = nn.AdaptiveLogSoftmaxWithLoss(in_features=16, n_classes=12, cutoffs=[3, 6])
        >>> output, loss = layer(refnet.rand(2, 16), refnet.tensor([0, 11]))
        >>> bool(loss == -output.mean())
        True
    """

    def __init__(
        self,
        in_features: int,
        n_classes: int,
        cutoffs: Sequence[int],
        div_value: float = 4.0,
        head_bias: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        cutoffs = list(cutoffs)
        rising = all(a < b for a, b in zip([0, *cutoffs], [*cutoffs, n_classes], strict=True))
        if not cutoffs or not rising or any(int(c) != c for c in cutoffs):
            raise ValueError(
                "AdaptiveLogSoftmaxWithLoss(): expected increasing integers from 1 to "
                f"n_classes − 1 as cutoffs, got {cutoffs} for n_classes={n_classes}"
            )
        self.in_features = in_features
        self.n_classes = n_classes
        self.cutoffs = [*cutoffs, n_classes]
        self.div_value = div_value
        self.head_bias = head_bias
        self.shortlist_size = cutoffs[0]
        self.n_clusters = len(cutoffs)
        self.head_size = self.shortlist_size + self.n_clusters

        options: dict[str, Any] = {"device": device, "dtype": dtype}
        self.head = Linear(in_features, self.head_size, bias=head_bias, **options)
        self.tail = ModuleList()
        for i in range(self.n_clusters):
            features = int(in_features // div_value ** (i + 1))
            size = self.cutoffs[i + 1] - self.cutoffs[i]
            self.tail.append(
                Sequential(
                    Linear(in_features, features, bias=False, **options),
                    Linear(features, size, bias=False, **options),
                )
            )

    def reset_parameters(self) -> None:
        """Draws new values for all parameters."""
        self.head.reset_parameters()
        for to_features, to_classes in self.tail:
            to_features.reset_parameters()
            to_classes.reset_parameters()

    def forward(self, input_: Tensor, target_: Tensor) -> _ASMoutput:
        """Returns log p of the targets, and the loss.

        Raises:
            RuntimeError: the shapes do not fit, or a target is not a class
        """
        _check_shapes(input_, target_)
        batched = target_.dim() == 1
        x, target = (input_, target_) if batched else (input_.unsqueeze(0), target_.unsqueeze(0))
        t = target._array
        if t.size and not (t.min() >= 0 and t.max() < self.n_classes):
            raise RuntimeError(
                f"Target values should be in [0, {self.n_classes - 1}], got values from {t.min()} "
                f"to {t.max()}"
            )
        in_head = target.clone()  # the output of the head for the class or its cluster
        output = x.new_zeros(len(t))
        for i in range(self.n_clusters):
            first, end = self.cutoffs[i], self.cutoffs[i + 1]
            rows = wrap(np.flatnonzero((t >= first) & (t < end)).astype(np.int64))
            if rows.numel():
                log_p = F.log_softmax(self.tail[i](x[rows]), 1)
                chosen = log_p.gather(1, (target[rows] - first).unsqueeze(1)).squeeze(1)
                output = output.index_copy(0, rows, chosen)
                in_head[rows] = self.shortlist_size + i
        log_p = F.log_softmax(self.head(x), 1)
        output = output + log_p.gather(1, in_head.unsqueeze(1)).squeeze(1)
        loss = (-output).mean()
        return _ASMoutput(output if batched else output.squeeze(0), loss)

    def log_prob(self, input: Tensor) -> Tensor:
        """Returns log p of every class. (N, in_features) -> (N, n_classes)"""
        head = F.log_softmax(self.head(input), 1)
        parts = [head[:, : self.shortlist_size]]
        for i in range(self.n_clusters):
            cluster = F.log_softmax(self.tail[i](input), 1)
            parts.append(cluster + head[:, self.shortlist_size + i].unsqueeze(1))
        return cat(parts, 1)

    def predict(self, input: Tensor) -> Tensor:
        """Returns the most probable class. (N, in_features) -> (N)

        If the head's largest output is a class of the shortlist, that class is returned, and the
        clusters are not computed.
        """
        best: Tensor = self.head(input).argmax(1)
        rare = best >= self.shortlist_size
        if rare.any():
            best[rare] = self.log_prob(input[rare]).argmax(1)
        return best


def _check_shapes(input: Tensor, target: Tensor) -> None:
    if target.dim() > 1 or input.dim() != target.dim() + 1 or input.shape[:-1] != target.shape:
        raise RuntimeError(
            "AdaptiveLogSoftmaxWithLoss(): expected an input (N, in_features) and a target (N), or "
            f"(in_features) and (), got {list(input.shape)} and {list(target.shape)}"
        )
