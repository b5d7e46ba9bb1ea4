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
def surface(
    network: Annotated[str, typer.Option(help="resnet or tanh.", metavar="NAME")] = "resnet",
    plane: Annotated[
        str, typer.Option(help="random, hessian, trajectory or solutions.", metavar="NAME")
    ] = "random",
    depth: Annotated[int, typer.Option(help="Residual blocks.", metavar="N")] = 10,
    size: Annotated[int, typer.Option(help="Grid points along an axis.", metavar="N")] = 25,
    span: Annotated[float, typer.Option(help="How far the plane reaches.", metavar="X")] = 1.0,
    epochs: Annotated[int, typer.Option(help="Of training.", metavar="N")] = 10,
    examples: Annotated[int, typer.Option(help="On which to evaluate.", metavar="N")] = 128,
    vectors: Annotated[
        str, typer.Option(help="Biases, γ and β in a direction: zero or whole.", metavar="NAME")
    ] = "zero",
    batch_norm: Annotated[
        str, typer.Option(help="Its statistics: running, data or both.", metavar="NAME")
    ] = "both",
    processes: Annotated[int, typer.Option(help="How many work.", metavar="N")] = 2,
    minutes: Annotated[float, typer.Option(help="What a grid may take.", metavar="X")] = 60.0,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with what was begun.")] = False,
    seed: Seed = 0,
    out: Out = OUT,
) -> None:
    """Smooth and non-smooth surfaces: slices of the cost with and without residual connections."""
    from refnet.studies import surface
    from refnet.studies.report import Report

    surface.run(
        Report(out), network=network, plane=plane, depth=depth, size=size, span=span, epochs=epochs,
        examples=examples, vectors=vectors, batch_norm=batch_norm, processes=processes,
        minutes=minutes, resume=resume, seed=seed,
    )  # fmt: skip


@app.command()
def plateaus(
    starts: Annotated[int, typer.Option(help="How many, each trained twice.", metavar="N")] = 8,
    examples: Annotated[int, typer.Option(help="To train on.", metavar="N")] = 600,
    small: Annotated[int, typer.Option(help="The small batch.", metavar="N")] = 16,
    large: Annotated[int, typer.Option(help="The large batch.", metavar="N")] = 600,
    lr: Annotated[float, typer.Option(help="Learning rate of both.", metavar="RATE")] = 0.3,
    target: Annotated[float, typer.Option(help="The cost to train to.", metavar="COST")] = 0.01,
    width: Annotated[int, typer.Option(help="Of the hidden layers.", metavar="N")] = 48,
    curves: Annotated[int, typer.Option(help="Mini-batches to draw.", metavar="N")] = 40,
    scale: Annotated[float, typer.Option(help="Dinh's α.", metavar="α")] = 10.0,
    seed: Seed = 0,
    out: Out = OUT,
) -> None:
    """Wide plateaus: flatness after small and large batches, and what a change of scale does to it."""
    from refnet.studies import plateaus
    from refnet.studies.report import Report

    plateaus.run(
        Report(out), starts=starts, examples=examples, small=small, large=large, lr=lr,
        target=target, width=width, curves=curves, scale=scale, seed=seed,
    )  # fmt: skip
