"""A classifier of sequences: an RNN, LSTM or GRU, and a linear layer on its last state.

    h_t = cell(x_t, h_{t−1}),   y = W h_T + b

The cell has the same weights at every step: weight sharing in time. refnet/ops/rnn.py, lstm.py and
gru.py define the three cells and their gradients. The plain cell multiplies the cotangent by Wᵀ and
σ′ at each step, so the cotangent vanishes or explodes as T grows; the gates of the other two pass
it on by a sum.

Source:
    Elman 1990; Hochreiter & Schmidhuber 1997; Cho et al. 2014
"""

from typing import Any

CELLS = ("RNN", "LSTM", "GRU")


def build(
    m: Any, features: int = 8, classes: int = 10, hidden: int = 32, cell: str = "LSTM"
) -> Any:
    """Builds the classifier with the library m, which is refnet or torch.

    Args:
        m: the library
        features: the size of x_t
        classes: the number of classes
        hidden: the size of h
        cell: "RNN", "LSTM" or "GRU"

    Shape:
        x: (N, T, features)
        logits: (N, classes)

    Raises:
        ValueError: for an unknown cell
    """
    if cell not in CELLS:
        raise ValueError(f"recurrent.build(): expected cell {' or '.join(CELLS)}, got {cell!r}")
    nn = m.nn

    class Reader(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.cell = getattr(nn, cell)(features, hidden, batch_first=True)
            self.head = nn.Linear(hidden, classes)

        def forward(self, x: Any) -> Any:
            h, _ = self.cell(x)
            return self.head(h[:, -1])

    return Reader()
