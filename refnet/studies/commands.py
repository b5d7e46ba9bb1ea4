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
Seed = Annotated[int, typer.Option(help="The seed of all random numbers.", metavar="N")]
Out = Annotated[Path, typer.Option(help="Where to write figures and numbers.", metavar="FOLDER")]


@app.command()
def approximation(
    units: Annotated[int, typer.Option(help="The largest N of the fits.", metavar="N")] = 256,
    eps: Annotated[
        float, typer.Option(help="The smallest error bound of a constructed network.", metavar="E")
    ] = 0.05,
    trainings: Annotated[
        int, typer.Option(help="How many networks of width n to train.", metavar="N")
    ] = 8,
    steps: Annotated[
        int, typer.Option(help="Optimizer steps of each training.", metavar="N")
    ] = 400,
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


@app.command()
def surface(
    network: Annotated[
        str, typer.Option(help="The network that is trained: resnet or tanh.", metavar="NAME")
    ] = "resnet",
    plane: Annotated[
        str,
        typer.Option(
            help="How the plane is chosen: random, hessian, trajectory or solutions.",
            metavar="NAME",
        ),
    ] = "random",
    depth: Annotated[int, typer.Option(help="The number of residual blocks.", metavar="N")] = 10,
    size: Annotated[
        int, typer.Option(help="The number of grid points along each axis.", metavar="N")
    ] = 25,
    span: Annotated[
        float, typer.Option(help="How far the plane reaches from its centre.", metavar="X")
    ] = 1.0,
    epochs: Annotated[int, typer.Option(help="The number of training epochs.", metavar="N")] = 10,
    examples: Annotated[
        int, typer.Option(help="How many examples the cost is evaluated on.", metavar="N")
    ] = 128,
    vectors: Annotated[
        str,
        typer.Option(
            help="What a direction has for biases, γ and β: zero or whole.", metavar="NAME"
        ),
    ] = "zero",
    batch_norm: Annotated[
        str,
        typer.Option(help="The statistics of batch norm: running, data or both.", metavar="NAME"),
    ] = "both",
    processes: Annotated[
        int, typer.Option(help="How many processes share the work.", metavar="N")
    ] = 2,
    minutes: Annotated[
        float, typer.Option(help="The most minutes that a grid may take.", metavar="X")
    ] = 60.0,
    resume: Annotated[
        bool, typer.Option("--resume", metavar="", help="Go on with a grid that was begun before.")
    ] = False,
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
    starts: Annotated[
        int, typer.Option(help="How many initial weights, each trained twice.", metavar="N")
    ] = 8,
    examples: Annotated[
        int, typer.Option(help="How many examples to train on.", metavar="N")
    ] = 600,
    small: Annotated[
        int, typer.Option(help="The number of examples in a small batch.", metavar="N")
    ] = 16,
    large: Annotated[
        int, typer.Option(help="The number of examples in a large batch.", metavar="N")
    ] = 600,
    lr: Annotated[
        float, typer.Option(help="The learning rate with both batch sizes.", metavar="RATE")
    ] = 0.3,
    target: Annotated[
        float, typer.Option(help="The cost at which training ends.", metavar="COST")
    ] = 0.01,
    width: Annotated[int, typer.Option(help="The width of the hidden layers.", metavar="N")] = 48,
    curves: Annotated[
        int, typer.Option(help="How many mini-batches to draw the cost of.", metavar="N")
    ] = 40,
    scale: Annotated[
        float, typer.Option(help="Dinh's α, by which a layer is scaled.", metavar="α")
    ] = 10.0,
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


@app.command()
def saddles(
    data: Annotated[
        str, typer.Option(help="The data: digits or breast-cancer.", metavar="NAME")
    ] = "digits",
    depths: Annotated[
        str, typer.Option(help="The numbers of layers, with commas.", metavar="L,…")
    ] = "1,2,3,4",
    widths: Annotated[
        str, typer.Option(help="The widths of the hidden layers, with commas.", metavar="N,…")
    ] = "2,3",
    starts: Annotated[
        int, typer.Option(help="The number of descents of each network.", metavar="N")
    ] = 6,
    decay: Annotated[
        float, typer.Option(help="The weight decay: λ of ½ λ ‖θ‖².", metavar="λ")
    ] = 1e-3,
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
    most: Annotated[int, typer.Option(help="The most steps on a surface.", metavar="N")] = 500,
    frames: Annotated[
        int, typer.Option(help="The number of frames in the animation.", metavar="N")
    ] = 60,
    epochs: Annotated[
        int, typer.Option(help="The epochs of each training of the network.", metavar="N")
    ] = 15,
    seeds: Annotated[int, typer.Option(help="How often to train the network.", metavar="N")] = 3,
    seed: Seed = 0,
    out: Out = OUT,
) -> None:
    """Step and surface optimizers on known surfaces and on a network, as an animation and tables."""
    from refnet.studies import optimizers
    from refnet.studies.report import Report

    optimizers.run(Report(out), most=most, frames=frames, epochs=epochs, seeds=seeds, seed=seed)
