"""Pictures in which every pixel has a class, made from scikit-learn's digits and photographs.

Nobody has to draw outlines for them. A scene of digits is put together here, so what each pixel
belongs to is known. The classes of a photograph are its colours, found by k-means, and the network is
shown the photograph without them, in grey: it has to see that this grey is sky and that one petals.

Source: Zhang et al. 2016, "Colorful image colorization" (colour as a label that pictures bring along).
"""

import numpy as np

from refnet.ops.rule import Array
from refnet.training.data.dataset import Dataset

SIZE = 32
"""The side of a scene, in pixels."""


# --- digits ----------------------------------------------------------------------------------------

SCENES, TEST_SCENES = 500, 125
CELL = 10  # a digit of 8 × 8 stands somewhere in a cell of 10 × 10
CELLS = SIZE // CELL  # along a side
FILLED = 0.5
INK = 8  # of 16
NOISE = 2.0


def of_digits(digits: Dataset) -> Dataset:
    """Scenes with digits at random places, under noise. Class 0 is the ground, 1 + d the ink of a d.

    About half of the 3 × 3 cells of a scene have a digit in them, moved by up to two pixels. The test scenes
    have digits that no other scene has. Everything is drawn from one fixed seed.
    """
    rng = np.random.default_rng(0)
    order = rng.permutation(len(digits.x))
    known, new = np.split(order, [len(order) * SCENES // (SCENES + TEST_SCENES)])
    rows = [_scene(digits, known, rng) for _ in range(SCENES)]
    rows += [_scene(digits, new, rng) for _ in range(TEST_SCENES)]
    x, y = (np.stack(arrays) for arrays in zip(*rows, strict=True))
    names = ("ground", *map(str, range(10)))
    return Dataset("digit-scenes", x[:, None], y, kind="scenes", test=TEST_SCENES, names=names)


def _scene(digits: Dataset, rows: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    x, y = np.zeros((SIZE, SIZE)), np.zeros((SIZE, SIZE), np.int64)
    for i, j in np.argwhere(rng.uniform(size=(CELLS, CELLS)) < FILLED):
        row = rng.choice(rows)
        top, left = CELL * np.array([i, j]) + rng.integers(0, CELL - 8 + 1, size=2)
        place = slice(top, top + 8), slice(left, left + 8)
        x[place] = digits.x[row].reshape(8, 8)
        y[place] = np.where(x[place] >= INK, 1 + digits.y[row], 0)
    return x + NOISE * rng.standard_normal(x.shape), y


# --- photographs -----------------------------------------------------------------------------------

PHOTOGRAPHS = ("china.jpg", "flower.jpg")
COLOURS = 4
BLUR = 3  # pixels to each side
LLOYD_STEPS = 30
SPARSE = 13  # k-means looks at every 13th pixel


def of_photographs() -> Dataset:
    """Tiles of two photographs in grey; the class of a pixel is its colour, as `colours` finds it.

    The tiles do not overlap, so no pixel to test on has been trained on; but tiles of one photograph are
    neighbours, so the figures say nothing about another photograph.
    """
    from sklearn.datasets import load_sample_image  # here: it takes a second to import

    photographs = [load_sample_image(name) / 255.0 for name in PHOTOGRAPHS]
    classes = colours(photographs)
    x = np.concatenate([_tiles(p.mean(-1)) for p in photographs])
    y = np.concatenate([_tiles(c) for c in classes])
    names = tuple(f"colour {k}" for k in range(COLOURS))
    return Dataset("photographs", x[:, None], y, kind="scenes", names=names)


def colours(photographs: list[Array]) -> list[Array]:
    """The class of each pixel of each photograph (H, W, 3), from 0 to COLOURS − 1.

    k-means on the colour (R − G, B − G) / (R + G + B + 0.1) of the blurred photographs, which says
    little of their brightness. It starts from the colours that are farthest apart, so nothing is drawn.
    """
    blurred = [_blur(p) for p in photographs]
    flat = np.concatenate([b.reshape(-1, 3) for b in blurred])
    r, g, b = flat.T
    c = np.stack([r - g, b - g], 1) / (flat.sum(1, keepdims=True) + 0.1)
    few = c[::SPARSE]
    centres = few.mean(0, keepdims=True)
    for _ in range(COLOURS):
        farthest = few[_distances(few, centres).min(1).argmax()]
        centres = np.concatenate([centres, farthest[None]])
    centres = centres[1:]
    for _ in range(LLOYD_STEPS):
        nearest = _distances(few, centres).argmin(1)
        centres = np.stack([few[nearest == k].mean(0) for k in range(COLOURS)])
    ends = np.cumsum([b.shape[0] * b.shape[1] for b in blurred])[:-1]
    parts = np.split(_distances(c, centres).argmin(1), ends)
    return [part.reshape(b.shape[:2]) for part, b in zip(parts, blurred, strict=True)]


def _distances(c: Array, centres: Array) -> Array:
    return np.stack([((c - centre) ** 2).sum(1) for centre in centres], 1)


def _blur(x: Array) -> Array:
    """The mean over the pixels up to BLUR away, along each side."""
    window = 2 * BLUR + 1
    for axis in (0, 1):
        edge = [(BLUR, BLUR) if a == axis else (0, 0) for a in range(3)]
        padded = np.pad(x, edge, mode="edge")
        x = np.lib.stride_tricks.sliding_window_view(padded, window, axis).mean(-1)
    return x


def _tiles(x: Array) -> Array:
    """The tiles SIZE × SIZE of x: (H, W), without what is left over at the right and below."""
    rows, columns = (n // SIZE for n in x.shape)
    whole = x[: rows * SIZE, : columns * SIZE].reshape(rows, SIZE, columns, SIZE)
    return whole.swapaxes(1, 2).reshape(-1, SIZE, SIZE)
