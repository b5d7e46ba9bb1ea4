"""`refnet landscape`: the studies as commands."""

from pathlib import Path
from typing import Annotated

import typer

from refnet.training.errors import InputError, shown

app = typer.Typer(
    help="Loss landscapes: test what the notes claim, on real data, with figures.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)

OUT = Path("runs/landscape")
Seed = Annotated[int, typer.Option(help="Decides what is drawn.", metavar="N")]
Out = Annotated[Path, typer.Option(help="Where to write figures and numbers.", metavar="FOLDER")]


@app.command()
def saddles(
    data: Annotated[str, typer.Option(help="digits or breast-cancer.", metavar="NAME")] = "digits",
    depths: Annotated[str, typer.Option(help="Layers, like 1,2,3.", metavar="L,…")] = "1,2,3,4",
    widths: Annotated[str, typer.Option(help="Of the hidden layers.", metavar="N,…")] = "2,3",
    starts: Annotated[int, typer.Option(help="Descents of each network.", metavar="N")] = 6,
    decay: Annotated[float, typer.Option(help="λ of ½ λ ‖θ‖².", metavar="λ")] = 1e-3,
    seed: Seed = 0,
    out: Out = OUT,
) -> None:
    """Extrema or saddles: the kinds of critical points, p = 2⁻ᴸ, and how saddles are left."""
    from refnet.studies import saddles
    from refnet.studies.report import Report

    L, h = whole("--depths", depths), whole("--widths", widths)
    saddles.run(Report(out), data=data, depths=L, widths=h, starts=starts, decay=decay, seed=seed)


def whole(option: str, text: str) -> tuple[int, ...]:
    """Whole numbers with commas between them. Raises InputError for others."""
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError as error:
        message = f"{option} must be whole numbers with commas between them, got {shown(text)}"
        raise InputError(message) from error


@app.command()
def optimizers(
    most: Annotated[int, typer.Option(help="Steps on a surface.", metavar="N")] = 500,
    frames: Annotated[int, typer.Option(help="Of the animation.", metavar="N")] = 60,
    epochs: Annotated[int, typer.Option(help="Of the network's trainings.", metavar="N")] = 15,
    seeds: Annotated[int, typer.Option(help="Trainings of the network.", metavar="N")] = 3,
    seed: Seed = 0,
    out: Out = OUT,
) -> None:
    """Step and surface optimizers on known surfaces and on a network, as an animation and tables."""
    from refnet.studies import optimizers
    from refnet.studies.report import Report

    optimizers.run(Report(out), most=most, frames=frames, epochs=epochs, seeds=seeds, seed=seed)
