"""Draws the pictures of the gallery and of the README: `nox -s figures`.

    python docs/figures.py            draws what is missing or stale
    python docs/figures.py twin       draws the pictures of the commands that draw these names
    python docs/figures.py --all      draws all of them

Each picture comes from a command that a user can type. docs/gallery/figures.json records, for each
picture, the command, the files that decide what it shows, and a digest of their code.
tests/test_gallery.py compares the digests, so a picture that may show something old is noticed.

The files are those that compute and draw the figure. The library below them (tensors, rules,
optimizers) is left out: the parity suite holds what it computes, and a change there would make all
pictures stale.
"""

import ast
import hashlib
import importlib.util
import io
import json
import os
import shlex
import subprocess
import sys
import tempfile
import tokenize
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
RECORD = ROOT / "docs" / "gallery" / "figures.json"
WIDTH, COLOURS = 960, 128
"""Of a picture that is stored: twice the pixels of a column on a phone, and few bytes."""


class Drawn(NamedTuple):
    """A command and its pictures.

    Attributes:
        command: what draws them, run in an empty folder
        pictures: for each file in docs/ the file that the command writes
        sources: the files that decide what the pictures show
    """

    command: str
    pictures: dict[str, str]
    sources: tuple[str, ...]


TRAINING = ("refnet/training/plots.py", "refnet/training/figures.py")
STUDY = ("refnet/training/figures.py",)


def study(options: str, *files: str, **names: str) -> Drawn:
    """Returns a command of `refnet landscape`, whose files are refnet/studies/FILE.py."""
    pictures = {f"gallery/{name}.webp": f"runs/landscape/{file}" for name, file in names.items()}
    sources = tuple(f"refnet/studies/{file}.py" for file in files)
    return Drawn(f"refnet landscape {options}", pictures, (*sources, *STUDY))


def example(name: str) -> Drawn:
    """Returns the command of an example, which draws one picture."""
    picture = name.replace("_", "-")
    sources = (f"examples/{name}.py", "examples/common.py", *STUDY)
    command = f"python -m examples.{name}"
    return Drawn(command, {f"gallery/{picture}.webp": f"runs/{picture}.png"}, sources)


ALL = (
    Drawn(
        "refnet train --model cascade --data digits --twin",
        {"twin.png": "runs/cascade.png"},
        (*TRAINING, "refnet/training/twin.py", "refnet/models/cascade.py"),
    ),
    Drawn(
        "refnet train --data digits --optimizer adam --lr 0.01 --schedule cosine --val 0.1",
        {"gallery/losses.webp": "runs/cascade.png"},
        (*TRAINING, "refnet/models/cascade.py"),
    ),
    Drawn(
        "refnet train --model resnet --epochs 3 --gradients",
        {"gallery/gradients.webp": "runs/resnet-gradients.png"},
        (
            "refnet/training/gradient_plot.py",
            "refnet/training/figures.py",
            "refnet/models/resnet.py",
        ),
    ),
    study(
        "surface --depths 10 --size 15 --epochs 4 --batch-norm data",
        "surface",
        "surface_figures",
        "surface_networks",
        surface="surface-resnet-random-data-3d.png",
        contours="surface-resnet-random-data-contour.png",
    ),
    study(
        "surface --network tanh --plane trajectory --depths 8 --size 25",
        "surface",
        "surface_figures",
        "surface_networks",
        trajectory="surface-tanh-trajectory-data-contour.png",
    ),
    study(
        "saddles --depths 1,2,3 --widths 2",
        "saddles",
        "critical_points",
        "escape",
        **{"saddles-index": "saddles-index.png", "saddles-network": "saddles-network.png"},
    ),
    study(
        "optimizers --most 300 --frames 2 --epochs 8 --seeds 1",
        "optimizers",
        "paths",
        "ends",
        "steps",
        optimizers="optimizers.gif",
        minima="optimizers-minima.png",
    ),
    study(
        "plateaus --starts 3",
        "plateaus",
        "plateaus_figures",
        **{"mini-batches": "plateaus-family.png", "plateaus": "plateaus-measures.png"},
    ),
    study(
        "approximation --units 128 --eps 0.1 --trainings 3 --steps 200",
        "approximation",
        "approximation_width",
        approximation="approximation-proof.png",
        width="approximation-width.png",
    ),
    study(
        "reverse",
        "reverse",
        "reverse_paths",
        tape="reverse-tape.png",
        paths="reverse-paths.png",
        **{"reverse-mode": "reverse-cost.png"},
    ),
    example("reduce_dimension"),
    example("ensemble"),
    example("extract_features"),
    example("average_gradients"),
)


def code(text: str) -> str:
    """Returns a module without docstrings, comments and blank lines.

    The result is the same on every version of Python, which that of `ast.unparse` is not.
    """
    lines = text.splitlines()
    for node in ast.walk(ast.parse(text)):
        body = getattr(node, "body", None)
        for part in body if isinstance(body, list) else ():
            if isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant):
                lines[part.lineno - 1 : part.end_lineno] = [""] * (
                    part.end_lineno - part.lineno + 1
                )
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column]
    return "\n".join(line.rstrip() for line in lines if line.strip())


def digest(drawn: Drawn) -> str:
    """Returns a number that changes with the command and with the code of its sources."""
    found = hashlib.sha256(drawn.command.encode())
    for file in drawn.sources:
        found.update(f"\n{file}\n{code((ROOT / file).read_text(encoding='utf-8'))}".encode())
    return found.hexdigest()[:16]


def entry(drawn: Drawn) -> dict[str, object]:
    """Returns what the record says of each picture of the command."""
    return {"command": drawn.command, "sources": list(drawn.sources), "digest": digest(drawn)}


def record() -> dict[str, dict[str, object]]:
    """Returns the entry of each picture when it was drawn."""
    return json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {}


def stale() -> dict[str, str]:
    """Returns the pictures to draw anew, each with the reason."""
    recorded, found = record(), {}
    for drawn in ALL:
        now = entry(drawn)
        for picture in drawn.pictures:
            if not (ROOT / "docs" / picture).exists() or picture not in recorded:
                found[picture] = "is missing"
            elif recorded[picture]["command"] != now["command"]:
                found[picture] = "was drawn by another command"
            elif recorded[picture] != now:
                found[picture] = f"was drawn before {' or '.join(drawn.sources)} changed"
    return found


def draw(drawn: Drawn) -> None:
    """Runs a command and replaces all its pictures, or none if it fails."""
    from refnet.serialization.atomic_write import written_whole

    if "--twin" in drawn.command and importlib.util.find_spec("torch") is None:
        raise SystemExit(f"{drawn.command}: expected PyTorch, pip install -e '.[twin]'")
    with tempfile.TemporaryDirectory() as folder:
        path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
        words = shlex.split(drawn.command)
        words[0] = {"python": sys.executable}.get(words[0], words[0])
        subprocess.run(words, cwd=folder, env={**os.environ, "PYTHONPATH": path}, check=True)
        made = {
            name: picture(Path(folder, file), Path(name).suffix)
            for name, file in drawn.pictures.items()
        }
    for name, content in made.items():
        with written_whole(ROOT / "docs" / name) as file:
            file.write_bytes(content)
    known = {name for each in ALL for name in each.pictures}
    now = record() | dict.fromkeys(made, entry(drawn))
    kept = {name: now[name] for name in sorted(known & now.keys())}
    with written_whole(RECORD) as file:
        file.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")


def picture(path: Path, suffix: str) -> bytes:
    """Returns a picture with fewer pixels and colours; of an animation, the last one."""
    from PIL import Image

    with Image.open(path) as image:
        image.seek(getattr(image, "n_frames", 1) - 1)
        small = image.convert("RGB")
    if small.width > WIDTH:
        height = round(small.height * WIDTH / small.width)
        small = small.resize((WIDTH, height), Image.Resampling.LANCZOS)
    # The method keeps the colours of thin lines, where the default takes the many of a background.
    method, plain = Image.Quantize.MAXCOVERAGE, Image.Dither.NONE
    few = small.quantize(COLOURS, method, dither=plain)
    made = io.BytesIO()
    if suffix == ".png":
        few.save(made, "PNG", optimize=True)
    else:
        few.convert("RGB").save(made, "WEBP", lossless=True, quality=100, method=6)
    return made.getvalue()


def main(names: list[str]) -> None:
    """Draws the pictures of these names; without one, those that are missing or stale."""
    wanted = {name for each in ALL for name in each.pictures} if "--all" in names else set(stale())
    if names and "--all" not in names:
        known = {Path(name).stem: name for each in ALL for name in each.pictures}
        if unknown := set(names) - known.keys():
            raise SystemExit(f"figures: expected names among {', '.join(known)}, got {unknown}")
        wanted = {known[name] for name in names}
    for drawn in ALL:
        if wanted & drawn.pictures.keys():
            print(f"figures: {drawn.command}", flush=True)
            draw(drawn)
    print(f"figures: {len(wanted)} drawn" if wanted else "figures: all are as the code draws them")


if __name__ == "__main__":
    main(sys.argv[1:])
