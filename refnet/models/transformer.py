"""A small Transformer that reads characters: attention instead of a recurrent state.

    x_t = E[c_t] + P[t]
    x ← x + attention(norm(x)),   x ← x + W₂ gelu(W₁ norm(x))
    logits = W norm(x)

Each block computes the second line. Every position attends to all positions before it (the mask
hides the later ones), and each of them is one step away; in a recurrent network the number of steps
is the distance. Without P the order of the previous characters would make no difference.

Source:
    Vaswani et al. 2017, "Attention is all you need"; Radford et al. 2019 (norms first)
"""

from typing import Any


def build(
    m: Any, characters: int, context: int = 64, width: int = 32, heads: int = 4, blocks: int = 2
) -> Any:
    """Builds the model with the library m, which is refnet or torch.

    Args:
        m: the library
        characters: the number of different characters
        context: the largest number of characters that the model reads
        width: the size of x, a multiple of heads
        heads: the number of attention heads
        blocks: the number of blocks

    Shape:
        c: (N, T), T ≤ context
        logits: (N, T, characters), those of the next characters
    """
    nn = m.nn

    class Transformer(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.token = nn.Embedding(characters, width)
            self.position = nn.Embedding(context, width)
            block = nn.TransformerEncoderLayer(
                width, heads, 4 * width, 0.0, "gelu", batch_first=True, norm_first=True
            )
            self.blocks = nn.TransformerEncoder(block, blocks, nn.LayerNorm(width), False)
            self.head = nn.Linear(width, characters)
            self.register_buffer("later", m.ones(context, context, dtype=m.bool).triu(1), False)

        def forward(self, c: Any) -> Any:
            T = c.shape[1]
            if context < T:
                raise ValueError(f"Transformer: expected at most {context} characters, got {T}")
            x = self.token(c) + self.position(m.arange(T))
            return self.head(self.blocks(x, self.later[:T, :T]))

    return Transformer()
