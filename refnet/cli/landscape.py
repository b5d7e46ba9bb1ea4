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
Seed = Annotated[
    int,
    typer.Option(
        help="The seed of all random numbers: initial weights, data and directions that are drawn.",
        metavar="N",
    ),
]
Out = Annotated[
    Path,
    typer.Option(
        help="The folder for the figures, and for the numbers that they show.", metavar="FOLDER"
    ),
]


@app.command()
def approximation(
    units: Annotated[
        int,
        typer.Option(
            help="The largest number N of hidden units with which a function is fitted.",
            metavar="N",
        ),
    ] = 256,
    eps: Annotated[
        float,
        typer.Option(
            help="The smallest error ε for which the network of the proof is built.", metavar="E"
        ),
    ] = 0.05,
    trainings: Annotated[
        int,
        typer.Option(
            help="How many networks of width n to train, for each number n of inputs.", metavar="N"
        ),
    ] = 8,
    steps: Annotated[
        int,
        typer.Option(help="How many steps of Adam to train each of these networks.", metavar="N"),
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
        int,
        typer.Option(
            help="The largest number of inputs, and of outputs, of the functions whose "
            "derivatives are timed.",
            metavar="N",
        ),
    ] = 512,
    depth: Annotated[
        int,
        typer.Option(
            help="The largest number of layers of the networks in which all paths are counted.",
            metavar="L",
        ),
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
        str,
        typer.Option(
            help="The network to train: resnet (convolutions, batch norm, ReLU) or tanh "
            "(linear layers).",
            metavar="NAME",
        ),
    ] = "resnet",
    plane: Annotated[
        str,
        typer.Option(
            help="The plane of the slice: random (random directions), hessian (those of the "
            "largest curvatures), trajectory (of the training) or solutions (through two of them).",
            metavar="NAME",
        ),
    ] = "random",
    depths: Annotated[
        str,
        typer.Option(
            help="The numbers of residual blocks, with commas; it ends at the first chaotic slice.",
            metavar="N,…",
        ),
    ] = "5,10,15,20",
    size: Annotated[
        int,
        typer.Option(
            help="The number of grid points along each axis: the cost is computed at N × N points.",
            metavar="N",
        ),
    ] = 17,
    span: Annotated[
        float,
        typer.Option(
            help="How far the planes random and hessian reach from the solution, on each side.",
            metavar="X",
        ),
    ] = 1.0,
    epochs: Annotated[
        int,
        typer.Option(help="How many times each network is trained on all examples.", metavar="N"),
    ] = 8,
    examples: Annotated[
        int, typer.Option(help="The number of examples on which the cost is computed.", metavar="N")
    ] = 64,
    vectors: Annotated[
        str,
        typer.Option(
            help="What a direction does to biases and to γ and β of batch norm: zero leaves "
            "them as they are, whole scales each as a filter.",
            metavar="NAME",
        ),
    ] = "zero",
    batch_norm: Annotated[
        str,
        typer.Option(
            help="Which mean and variance batch norm uses: running, those of the training; "
            "data, those of the examples at each point; or both, in turn.",
            metavar="NAME",
        ),
    ] = "both",
    processes: Annotated[
        int, typer.Option(help="The number of processes that share the grid points.", metavar="N")
    ] = 2,
    minutes: Annotated[
        float,
        typer.Option(
            help="Refuse a grid that would take longer than this many minutes.", metavar="X"
        ),
    ] = 60.0,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume",
            metavar="",
            help="Continue in the folder --out: take the networks and grid rows that are there.",
        ),
    ] = False,
    seed: Seed = 0,
    out: Out = OUT,
) -> None:
    """Smooth and non-smooth surfaces: slices of the cost with and without residual connections."""
    from refnet.studies import surface
    from refnet.studies.report import Report

    surface.run(
        Report(out), network=network, plane=plane, depths=whole("--depths", depths), size=size,
        span=span, epochs=epochs, examples=examples, vectors=vectors, batch_norm=batch_norm,
        processes=processes, minutes=minutes, resume=resume, seed=seed,
    )  # fmt: skip


@app.command()
def plateaus(
    starts: Annotated[
        int,
        typer.Option(
            help="The number of initial networks, each of which is trained twice.", metavar="N"
        ),
    ] = 8,
    examples: Annotated[
        int,
        typer.Option(
            help="The number of examples to train on; the others are for the test.", metavar="N"
        ),
    ] = 600,
    small: Annotated[
        int,
        typer.Option(
            help="The number of examples in a batch of the training with small batches.",
            metavar="N",
        ),
    ] = 16,
    large: Annotated[
        int,
        typer.Option(
            help="The number of examples in a batch of the training with large batches.",
            metavar="N",
        ),
    ] = 600,
    lr: Annotated[
        float,
        typer.Option(
            help="The learning rate of SGD, the same with small and with large batches.",
            metavar="RATE",
        ),
    ] = 0.3,
    target: Annotated[
        float,
        typer.Option(
            help="The cost on the training data below which a training ends.", metavar="COST"
        ),
    ] = 0.01,
    width: Annotated[
        int, typer.Option(help="The number of units in each hidden layer.", metavar="N")
    ] = 48,
    curves: Annotated[
        int,
        typer.Option(help="The number of mini-batches whose cost curves are drawn.", metavar="N"),
    ] = 40,
    scale: Annotated[
        float,
        typer.Option(
            help="Dinh's α: the first layer is multiplied by it and the second divided, which "
            "leaves the function as it is.",
            metavar="α",
        ),
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
        str,
        typer.Option(
            help="The data on which the networks are trained: digits (0, 1 and 2) or "
            "breast-cancer.",
            metavar="NAME",
        ),
    ] = "digits",
    depths: Annotated[
        str,
        typer.Option(
            help="The numbers L of layers of the networks, with commas between them.", metavar="L,…"
        ),
    ] = "1,2,3,4",
    widths: Annotated[
        str,
        typer.Option(
            help="The numbers of units in each hidden layer, with commas between them.",
            metavar="N,…",
        ),
    ] = "2,3",
    starts: Annotated[
        int,
        typer.Option(
            help="The number of gradient descents of each network, from different initial weights.",
            metavar="N",
        ),
    ] = 6,
    decay: Annotated[
        float,
        typer.Option(help="The weight decay: the λ of the term ½ λ ‖θ‖² of the cost.", metavar="λ"),
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
    most: Annotated[
        int,
        typer.Option(
            help="The largest number of steps that an optimizer makes on a surface.", metavar="N"
        ),
    ] = 500,
    frames: Annotated[
        int,
        typer.Option(
            help="The number of pictures in the animation of the optimizers.", metavar="N"
        ),
    ] = 60,
    epochs: Annotated[
        int,
        typer.Option(
            help="How many times each optimizer trains the network on all examples.", metavar="N"
        ),
    ] = 15,
    seeds: Annotated[
        int,
        typer.Option(
            help="The number of seeds, from each of which every optimizer trains the network.",
            metavar="N",
        ),
    ] = 3,
    seed: Seed = 0,
    out: Out = OUT,
) -> None:
    """Step and surface optimizers on known surfaces and on a network, as an animation and tables."""
    from refnet.studies import optimizers
    from refnet.studies.report import Report

    optimizers.run(Report(out), most=most, frames=frames, epochs=epochs, seeds=seeds, seed=seed)
