"""A character language model: the probability of each next character, given the previous ones.

    P(c₁ … c_T) = Π_t P(c_t | c₁ … c_{t−1})
    P(· | c₁ … c_{t−1}) = softmax(W h_{t−1} + b)

h is the state of a recurrent network that reads the embedded characters. The cost is the cross
entropy, which is −log P per character; that of a uniform distribution is the logarithm of the
number of characters.

Source:
    Mikolov et al. 2010, "Recurrent neural network based language model"; Sutskever et al. 2011,
    "Generating text with recurrent neural networks"
"""

from typing import Any

from refnet.models.recurrent import CELLS


def build(
    m: Any,
    characters: int,
    hidden: int = 64,
    embedding: int = 16,
    layers: int = 1,
    cell: str = "LSTM",
) -> Any:
    """Builds the model with the library m, which is refnet or torch.

    Args:
        m: the library
        characters: the number of different characters
        hidden: the size of h
        embedding: the size of an embedded character
        layers: the number of recurrent layers
        cell: "RNN", "LSTM" or "GRU"

    Shape:
        c: (N, T), integers below `characters`
        logits: (N, T, characters), those of the next characters

    Raises:
        ValueError: for an unknown cell
    """
    if cell not in CELLS:
        raise ValueError(
            f"language_model.build(): expected cell {' or '.join(CELLS)}, got {cell!r}"
        )
    nn = m.nn

    class LanguageModel(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embedding = nn.Embedding(characters, embedding)
            self.cell = getattr(nn, cell)(embedding, hidden, layers, batch_first=True)
            self.head = nn.Linear(hidden, characters)

        def forward(self, c: Any) -> Any:
            h, _ = self.cell(self.embedding(c))
            return self.head(h)

    return LanguageModel()
