r"""A character language model: the chance of each next character, given those before.

    P(c₁ … c_T) = Π_t P(c_t | c₁ … c_{t−1}),    P(· | c₁ … c_{t−1}) = softmax(W h_{t−1} + b)

h is the state of a recurrent network that reads the embedded characters. The cost is the cross
entropy, which is −log P per character: a model that knows nothing has log(number of characters).

Source: Mikolov et al. 2010, "Recurrent neural network based language model"; Sutskever et al. 2011,
"Generating text with recurrent neural networks".
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
    """The model on the library m, which is refnet or torch.

    Shape:
        c: (N, T), integers below `characters`; the logits of the next ones: (N, T, characters)

    Raises ValueError for an unknown cell.
    """
    if cell not in CELLS:
        raise ValueError(f"cell must be one of {', '.join(CELLS)}, got {cell!r}")
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
