"""Pictures in which every pixel has a class, made from scikit-learn's digits and photographs.

Their labels need no work by hand. A scene of digits is composed here, so the class of each pixel is
known. The classes of a photograph are its colours, found by k-means. The network gets the
photograph in grey, and has to recognise which grey is sky and which is petals.

Source:
    Zhang et al. 2016, "Colorful image colorization" (colour as a label that every picture has)
"""

import numpy as np

from refnet.ops.rule import Array
from refnet.training.data.dataset import Dataset

SIZE = 32
"""The side of a scene, in pixels."""


# --- digits --------------------------------------------------------------------------------------

SCENES, TEST_SCENES = 500, 125
CELL = 10  # a cell of 10 × 10 contains a digit of 8 × 8
CELLS = SIZE // CELL  # along a side
FILLED = 0.5
INK = 8  # of 16
NOISE = 2.0


def digit_scenes(digits: Dataset) -> Dataset:
    """Returns noisy scenes with digits at random places.

    Class 0 is the background, class 1 + d the ink of a digit d. About half of the 3 × 3 cells of a
    scene have a digit, moved by up to two pixels. The digits of the test scenes are in no other
    scene. The seed is fixed.
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


# --- photographs ---------------------------------------------------------------------------------

PHOTOGRAPHS = ("china.jpg", "flower.jpg")
COLOURS = 4
BLUR = 3  # pixels to each side
LLOYD_STEPS = 30
SPARSE = 13  # k-means looks at every 13th pixel


def photographs() -> Dataset:
    """Returns tiles of two photographs in grey; the class of a pixel is its colour, from `colours`.

    The tiles do not overlap, so no test pixel is a training pixel. But tiles of one photograph are
    neighbours, so the scores say nothing about other photographs.
    """
    from sklearn.datasets import load_sample_image  # here, since the import takes a second

    loaded = [load_sample_image(name) / 255.0 for name in PHOTOGRAPHS]
    classes = colours(loaded)
    x = np.concatenate([_tiles(p.mean(-1)) for p in loaded])
    y = np.concatenate([_tiles(c) for c in classes])
    names = tuple(f"colour {k}" for k in range(COLOURS))
    return Dataset("photographs", x[:, None], y, kind="scenes", names=names)


def colours(photographs: list[Array]) -> list[Array]:
    """Returns the class of each pixel of each photograph (H, W, 3), from 0 to COLOURS − 1.

    The classes come from k-means on the colour (R − G, B − G) / (R + G + B + 0.1) of the blurred
    photographs, which hardly depends on their brightness. k-means starts from the colours that are
    farthest apart, so nothing is random.
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
    """Returns the mean over the pixels up to BLUR away on each axis."""
    window = 2 * BLUR + 1
    for axis in (0, 1):
        edge = [(BLUR, BLUR) if a == axis else (0, 0) for a in range(3)]
        padded = np.pad(x, edge, mode="edge")
        x = np.lib.stride_tricks.sliding_window_view(padded, window, axis).mean(-1)
    return x


def _tiles(x: Array) -> Array:
    """Returns the whole tiles SIZE × SIZE of x: (H, W)."""
    rows, columns = (n // SIZE for n in x.shape)
    whole = x[: rows * SIZE, : columns * SIZE].reshape(rows, SIZE, columns, SIZE)
    return whole.swapaxes(1, 2).reshape(-1, SIZE, SIZE)
