r"""An autoencoder whose decoder is its encoder's transpose: weight sharing in its plainest form.

    h = σ(W x + b),    x̂ = Wᵀ h + c,    the cost: mean ‖x − x̂‖²

W stands in two places. "They change equally", as the notes put it, because they are one matrix: its
gradient is the sum of what both places contribute,

    ∂C/∂W = δʰ xᵀ + h δˣᵀ    with δˣ = ∂C/∂x̂ and δʰ = (W δˣ) ⊙ σ′(W x + b).

Without σ and with c = −Wᵀ b, the best W spans the first principal components (Baldi & Hornik 1989):
the network is a reduction of dimension that may bend.

Source: Hinton & Salakhutdinov 2006, "Reducing the dimensionality of data with neural networks".
"""

from typing import Any


def build(m: Any, features: int, code: int) -> Any:
    """The tied autoencoder on the library m, which is refnet or torch.

    Shape:
        x, x̂: (N, features); `encode` gives h: (N, code)
    """
    nn, F = m.nn, m.nn.functional

    class TiedAutoencoder(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.encoder = nn.Linear(features, code)
            self.bias = nn.Parameter(m.zeros(features))

        def encode(self, x: Any) -> Any:
            return m.tanh(self.encoder(x))

        def forward(self, x: Any) -> Any:
            return F.linear(self.encode(x), self.encoder.weight.t(), self.bias)

    return TiedAutoencoder()
