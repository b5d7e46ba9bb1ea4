"""Connectionist temporal classification: the probability of a text, whatever the pace of reading.

A network gives each frame t = 1 … T a distribution over C classes, one of which is the *blank*. A
path is a class for each frame. It reads as a text when equal neighbours are merged and then the
blanks are dropped: "aa‧ab" and "a‧abb" (‧ is the blank) both read "aab". The loss is −log of the
probability that a path reads as the target, the sum over all such paths.

The sum is a recursion over the target with a blank before, between and after its S labels,
l′ = ‧ l₁ ‧ l₂ ‧ … l_S ‧, which are 2 S + 1 states. A path stays in its state, moves to the next
one, or skips a blank between two labels that differ. The forward variable α_t(s) is the probability
of all beginnings of t frames that end in state s, with the emission e of frame t:

    e_t(s) = P_t(l′_s)
    α_t(s) = e_t(s) (α_{t−1}(s) + α_{t−1}(s−1) + [l′_s ≠ l′_{s−2}] α_{t−1}(s−2))

Before the first frame every path is in a state 0 before l′. The loss is

    ℓ = −log (α_T(2S+1) + α_T(2S))

The backward variable β_t(s) is the same for the ends of paths: the forward variable of the reversed
frames and target. α_t(s) β_t(s) / e_t(s) is the probability of the paths in state s at frame t. Its
sum over the states of a class c, divided by the probability of all paths, is the posterior: the
probability that the path is at c in frame t, if it reads as the target:

    γ_t(c) = e^ℓ Σ_{s: l′_s = c} α_t(s) β_t(s) / P_t(c)

All values are kept as logarithms. Time is a loop; sequences and states are arrays.

Source:
    Graves, Fernández, Gomez, Schmidhuber 2006, "Connectionist temporal classification", section 4
    (equations 6, 7 for α, 10, 11 for β, 14 for the gradient)
"""

from __future__ import annotations

import numpy as np

from refnet.ops.rule import Array, Pullback

__all__ = ["ctc_loss"]

_LOWEST = float(np.finfo(np.float32).min)  # a finite number: −∞ − (−∞) would be NaN


def ctc_loss(
    x: Array, labels: Array, frames: Array, lengths: Array, *, blank: int, zero_infinity: bool
) -> tuple[Array, Pullback]:
    """ℓ_n = −log Σ Π_t exp(x[t, n, path_t]), over the paths that read as labels_n

    Shape:
        x: (T, N, C), logarithms of probabilities
        labels: (N, S), integers
        frames, lengths: (N,), the numbers of frames and labels of each sequence
        y: (N,)

    Pullback:
        x̄_tn = ȳ_n (exp x_tn − γ_tn),   0 for frames after the end of a sequence

    Note:
        The derivative is −γ. As in PyTorch, x is taken as the log-softmax of logits: exp x − γ is
        the gradient of the logits and sums to 0, so the pullback of log_softmax does not change it.
        If no path reads as the target, ℓ = ∞ and x̄ = NaN, or both are 0 with zero_infinity. x̄ is
        NaN where x = −∞.
    """
    n = np.arange(x.shape[1])
    states = _with_blanks(labels, lengths, blank)
    last = 2 * lengths  # the last state of each target, counted from 0
    e = x[:, n[:, None], states]
    α = np.stack(_forward_variables(e, states))
    losses = -_log_add(np.stack([α[frames, n, last + 2], α[frames, n, last + 1]]))
    impossible = losses.real == np.inf
    if zero_infinity:
        losses = np.where(impossible, 0, losses)

    def pullback(dy: Array) -> tuple[Array, None, None, None]:
        t, s = np.arange(len(x))[:, None, None], np.arange(states.shape[1])
        back_t, back_s = frames[:, None] - 1 - t, last[:, None] - s  # each sequence reversed
        valid = (back_t >= 0) & (back_s >= 0)
        back = np.where(valid, (back_t * len(n) + n[:, None]) * len(s) + back_s, 0)
        states_back = np.take_along_axis(states, np.maximum(back_s, 0), 1)
        β = np.stack(_forward_variables(e.take(back), states_back))[1:, :, 2:].take(back)
        αβ = np.where(valid, α[1:, :, 2:] + β, -np.inf)
        scale = αβ.max(2, keepdims=True, initial=_LOWEST)
        is_class = states[:, :, None] == np.arange(x.shape[2])
        sums = (np.exp(αβ - scale).swapaxes(0, 1) @ is_class.astype(αβ.dtype)).swapaxes(0, 1)
        γ = np.exp(np.log(sums) + scale + (losses[:, None] - x))
        zero = (back_t < 0) | (impossible[:, None] & zero_infinity)
        return np.where(zero, 0, dy[:, None] * (np.exp(x) - γ)), None, None, None

    return losses, pullback


def _with_blanks(labels: Array, lengths: Array, blank: int) -> Array:
    """Returns l′, with a blank before, between and after the labels; (N, S) -> (N, 2 S + 1)"""
    N, S = labels.shape
    labels = np.where(np.arange(S) < lengths[:, None], labels, blank)
    blanks = np.full((N, S), blank)
    after = np.stack([labels, blanks], 2).reshape(N, 2 * S)  # l₁ ‧ l₂ ‧ … l_S ‧
    return np.concatenate([np.full((N, 1), blank), after], 1)


def _forward_variables(e: Array, states: Array) -> list[Array]:
    """Returns log α after 0, 1, … T frames, from the logarithms of the emissions.

    There are two more states before those of the target. Before the first frame every path is in
    the second one.

    Shape:
        e: (T, N, L)
        results: T + 1 arrays (N, 2 + L)
    """
    T, N, L = e.shape
    s = np.arange(2 + L)
    repeats = np.concatenate([np.zeros((N, 2), bool), states[:, 2:] == states[:, :-2]], 1)[:, :L]
    nowhere = np.full((N, 2), -np.inf, e.dtype)
    α = [np.where(np.broadcast_to(s == 1, (N, 2 + L)), 0, nowhere[:, :1])]
    for t in range(T):
        sources = np.stack([np.where(repeats, -np.inf, α[t][:, :-2]), α[t][:, 1:-1], α[t][:, 2:]])
        arrived = _log_add(sources) + e[t]
        if t == 0:
            arrived = np.where(s[:L] < 2, arrived, -np.inf)  # no farther yet, even if e is NaN
        α.append(np.concatenate([nowhere, arrived], 1))
    return α


def _log_add(a: Array) -> Array:
    """Returns log Σ eᵃ over the first axis; −∞ where every a is −∞."""
    m = a.max(0, initial=_LOWEST)
    y: Array = m + np.log(np.exp(a - m).sum(0))
    return y
