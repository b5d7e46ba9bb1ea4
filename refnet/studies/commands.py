"""`refnet landscape`: the studies as commands."""

from pathlib import Path
from typing import Annotated

import typer

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
def approximation(
    units: Annotated[int, typer.Option(help="The largest N of the fits.", metavar="N")] = 256,
    eps: Annotated[
        float, typer.Option(help="The smallest error that a built network is to keep.", metavar="E")
    ] = 0.05,
    trainings: Annotated[
        int, typer.Option(help="So many networks of width n are trained.", metavar="N")
    ] = 8,
    steps: Annotated[int, typer.Option(help="Steps of each training.", metavar="N")] = 400,
    seed: Seed = 0,
    out: Out = OUT,
) -> None:
    """Universal approximation: error against N, the proof as a program, what σ and width must be."""
    from refnet.studies import approximation as study
    from refnet.studies.report import Report

    study.run(Report(out), units=units, eps=eps, trainings=trainings, steps=steps, seed=seed)


@app.command()
def reverse(
    largest: Annotated[
        int, typer.Option(help="The largest number of inputs and of outputs.", metavar="N")
    ] = 512,
    depth: Annotated[
        int, typer.Option(help="The layers of the deepest cascade that is counted.", metavar="L")
    ] = 10,
    seed: Seed = 0,
    out: Out = OUT,
) -> None:
    """Reverse mode's price, beside forward mode, differences and the sum over all paths."""
    from refnet.studies import reverse as study
    from refnet.studies.report import Report

    study.run(Report(out), largest=largest, depth=depth, seed=seed)
