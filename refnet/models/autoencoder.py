"""An autoencoder whose decoder is the transpose of its encoder: the simplest weight sharing.

    h = σ(W x + b),   x̂ = Wᵀ h + c,   C = mean ‖x − x̂‖²

W occurs twice. "They change equally", as the notes say, because they are one matrix: its gradient
is the sum of the contributions of both places.

    ∂C/∂W = δʰ xᵀ + h δˣᵀ,   δˣ = ∂C/∂x̂,   δʰ = (W δˣ) ⊙ σ′(W x + b)

Without σ and with c = −Wᵀ b, the best W spans the first principal components (Baldi & Hornik 1989).
With σ, the network is a nonlinear reduction of dimension.

Source:
    Hinton & Salakhutdinov 2006, "Reducing the dimensionality of data with neural networks"
"""

from typing import Any


def build(m: Any, features: int, code: int) -> Any:
    """Builds the tied autoencoder with the library m, which is refnet or torch.

    Args:
        m: the library
        features: the size of x
        code: the size of h

    Shape:
        x, x̂: (N, features)
        h: (N, code), the output of the method `encode`
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
