"""`refnet landscape`: the studies as commands."""

import importlib
from pathlib import Path
from typing import Annotated, Any

import typer

from refnet.cli import options
from refnet.cli.options import flag, option
from refnet.training.errors import InputError, shown

app = options.app()

OUT = Path("runs/landscape")
Seed = Annotated[
    int, option("N", "The seed of all random numbers: initial weights, data and random directions.")
]
Out = Annotated[
    Path, option("FOLDER", "The folder for the figures and the numbers that they show.")
]


@app.callback(invoke_without_command=True)
def _root(context: typer.Context) -> None:
    """Loss landscapes: test the claims of the lecture notes on real data, with figures."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def _run(study: str, out: Path, **settings: Any) -> None:
    """Runs refnet.studies.STUDY, which is imported here because that takes a second."""
    from refnet.studies.report import Report

    importlib.import_module(f"refnet.studies.{study}").run(Report(out), **settings)


@app.command()
def approximation(
    units: Annotated[
        int, option("N", "The largest number N of hidden units with which a function is fitted.")
    ] = 256,
    eps: Annotated[
        float, option("E", "The smallest error ε for which the network of the proof is built.")
    ] = 0.05,
    trainings: Annotated[
        int, option("N", "The number of trained networks of width n, for each number n of inputs.")
    ] = 8,
    steps: Annotated[
        int, option("N", "The number of steps of Adam for each of these networks.")
    ] = 400,
    seed: Seed = 0,
    out: Out = OUT,
) -> None:
    """Universal approximation: error against N, the proof as a program, conditions on σ, width."""
    _run("approximation", out, units=units, eps=eps, trainings=trainings, steps=steps, seed=seed)


@app.command()
def reverse(
    largest: Annotated[
        int, option("N", "The largest number of inputs and of outputs of the timed functions.")
    ] = 512,
    depth: Annotated[
        int, option("L", "The largest number of layers of the networks whose paths are counted.")
    ] = 10,
    seed: Seed = 0,
    out: Out = OUT,
) -> None:
    """The cost of reverse mode, forward mode, finite differences and the sum over all paths."""
    _run("reverse", out, largest=largest, depth=depth, seed=seed)


@app.command()
def surface(
    network: Annotated[
        str,
        option(
            "NAME",
            "The network: resnet (convolutions, batch norm, ReLU) or tanh (linear layers).",
        ),
    ] = "resnet",
    plane: Annotated[
        str,
        option(
            "NAME",
            "The plane of the slice: random (random directions), hessian (the directions of the "
            "largest curvatures), trajectory (of the training) or solutions (through two of them).",
        ),
    ] = "random",
    depths: Annotated[
        str,
        option(
            "N,…",
            "The numbers of residual blocks, separated by commas. The study ends at the first "
            "chaotic slice.",
        ),
    ] = "5,10,15,20",
    size: Annotated[
        int,
        option(
            "N", "The number of grid points on each axis: the cost is computed at N × N points."
        ),
    ] = 17,
    span: Annotated[
        float,
        option("X", "How far the planes random and hessian extend from the solution on each side."),
    ] = 1.0,
    epochs: Annotated[
        int, option("N", "The number of passes over all examples in each training.")
    ] = 8,
    examples: Annotated[
        int, option("N", "The number of examples on which the cost is computed.")
    ] = 64,
    vectors: Annotated[
        str,
        option(
            "NAME",
            "What a direction does to biases and to γ and β of batch norm: zero keeps them fixed, "
            "whole scales each of them like a filter.",
        ),
    ] = "zero",
    batch_norm: Annotated[
        str,
        option(
            "NAME",
            "The mean and variance that batch norm uses: running, from the training; data, from "
            "the examples at each point; or both, one after the other.",
        ),
    ] = "both",
    processes: Annotated[
        int, option("N", "The number of processes that share the grid points.")
    ] = 2,
    minutes: Annotated[
        float, option("X", "Refuse a grid that would take longer than this many minutes.")
    ] = 60.0,
    resume: Annotated[
        bool,
        flag(
            "--resume",
            "Continue in the folder --out: use the networks and grid rows that it contains.",
        ),
    ] = False,
    seed: Seed = 0,
    out: Out = OUT,
) -> None:
    """Smooth and rough surfaces: slices of the cost with and without residual connections."""
    _run(
        "surface", out, network=network, plane=plane, depths=_integers("--depths", depths),
        size=size, span=span, epochs=epochs, examples=examples, vectors=vectors,
        batch_norm=batch_norm, processes=processes, minutes=minutes, resume=resume, seed=seed,
    )  # fmt: skip


@app.command()
def plateaus(
    starts: Annotated[
        int, option("N", "The number of initial networks, each of which is trained twice.")
    ] = 8,
    examples: Annotated[
        int, option("N", "The number of training examples; the others are for the test.")
    ] = 600,
    small: Annotated[int, option("N", "The batch size of the training with small batches.")] = 16,
    large: Annotated[int, option("N", "The batch size of the training with large batches.")] = 600,
    lr: Annotated[
        float, option("RATE", "The learning rate of SGD, the same for both batch sizes.")
    ] = 0.3,
    target: Annotated[
        float, option("COST", "The cost on the training data below which a training ends.")
    ] = 0.01,
    width: Annotated[int, option("N", "The number of units in each hidden layer.")] = 48,
    curves: Annotated[
        int, option("N", "The number of mini-batches whose cost curves are drawn.")
    ] = 40,
    scale: Annotated[
        float,
        option(
            "α",
            "Dinh's α: the first layer is multiplied and the second divided by it, which does not "
            "change the function.",
        ),
    ] = 10.0,
    seed: Seed = 0,
    out: Out = OUT,
) -> None:
    """Wide plateaus: flatness after small and large batches, and the effect of rescaling."""
    _run(
        "plateaus", out, starts=starts, examples=examples, small=small, large=large, lr=lr,
        target=target, width=width, curves=curves, scale=scale, seed=seed,
    )  # fmt: skip


@app.command()
def saddles(
    data: Annotated[
        str, option("NAME", "The training data: digits (0, 1 and 2) or breast-cancer.")
    ] = "digits",
    depths: Annotated[
        str, option("L,…", "The numbers L of layers of the networks, separated by commas.")
    ] = "1,2,3,4",
    widths: Annotated[
        str, option("N,…", "The numbers of units in each hidden layer, separated by commas.")
    ] = "2,3",
    starts: Annotated[
        int, option("N", "The number of gradient descents of each network, from different starts.")
    ] = 6,
    decay: Annotated[
        float, option("λ", "The weight decay: the λ of the term ½ λ ‖θ‖² of the cost.")
    ] = 1e-3,
    seed: Seed = 0,
    out: Out = OUT,
) -> None:
    """Extrema or saddles: the kinds of critical points, p = 2⁻ᴸ, and how descent leaves saddles."""
    L, h = _integers("--depths", depths), _integers("--widths", widths)
    _run("saddles", out, data=data, depths=L, widths=h, starts=starts, decay=decay, seed=seed)


@app.command()
def optimizers(
    most: Annotated[
        int, option("N", "The largest number of steps that an optimizer makes on a surface.")
    ] = 500,
    frames: Annotated[
        int, option("N", "The number of pictures in the animation of the optimizers.")
    ] = 60,
    epochs: Annotated[
        int, option("N", "The number of passes over all examples in each training.")
    ] = 15,
    seeds: Annotated[
        int, option("N", "The number of seeds from which each optimizer trains the network.")
    ] = 3,
    seed: Seed = 0,
    out: Out = OUT,
) -> None:
    """Step and surface optimizers on known surfaces and a network, as an animation and tables."""
    _run("optimizers", out, most=most, frames=frames, epochs=epochs, seeds=seeds, seed=seed)


def _integers(name: str, text: str) -> tuple[int, ...]:
    """Returns the integers of a text such as "2,3". Raises InputError for any other text."""
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError as error:
        message = f"{name} must be whole numbers with commas between them, got {shown(text)}"
        raise InputError(message) from error
