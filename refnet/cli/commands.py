"""The commands of `refnet`: train, landscape, verify and explain.

Exit codes: 0 for success; 1 if a training or the verification failed; 2 if the input cannot be
used, with one line that says why; 130 after Ctrl-C, 143 after SIGTERM, 129 after SIGHUP.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

import refnet
from refnet.cli import explain as explained, landscape, options, train as training
from refnet.cli.explain_display import print_families, print_rule
from refnet.cli.options import argument, flag, option
from refnet.testing.verify import verify as run_suite
from refnet.training import progress
from refnet.training.errors import (
    InputError,
    StoppedError,
    TrainingError,
    nearest,
    printable,
    shown,
)

app = options.app(name="refnet", add_completion=False, pretty_exceptions_enable=False)
app.add_typer(landscape.app, name="landscape")


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    version: Annotated[bool, flag("--version", "Show the version of refnet and exit.")] = False,
) -> None:
    """Neural networks in NumPy, verified by PyTorch.

    [bold]refnet train --twin[/] trains three networks on real data, each beside
    its identical PyTorch twin; [bold]refnet verify[/] compares every layer with
    PyTorch; [bold]refnet landscape[/] tests claims about loss surfaces;
    [bold]refnet explain relu[/] shows a formula and its gradient.
    """
    if version:
        typer.echo(f"refnet {refnet.__version__}")
    elif context.invoked_subcommand is None:
        typer.echo(context.get_help())


app.command(
    help="Train networks on real data with hand-written gradients.\n\n"
    "A fifth of the rows, drawn with the seed, is for the test, unless the data have a test part. "
    f"The models and their defaults:\n\n\b\n{training.models()}"
)(training.train)


@app.command()
def verify(
    pattern: Annotated[
        str,
        argument(
            "PATTERN",
            "Compare only the names that contain this, such as softmax, or match it as a pattern, "
            "such as 'nn.*Loss'. By default every name.",
        ),
    ] = "",
    report: Annotated[
        Path | None,
        option(
            "FILE",
            "Also write the ledger, one line for each name, to this file, as an HTML page that "
            "needs no other file.",
        ),
    ] = None,
) -> int:
    r"""Run the parity suite against PyTorch and show its ledger.

    It needs a clone of the project, since the suite is not part of the
    installed package, with PyTorch, pytest, pytest-xdist and hypothesis:
    pip install -e '.\[cli,test,twin]'
    """
    try:
        code = run_suite(pattern, report=report)
    except (OSError, ImportError) as error:
        raise InputError(str(error)) from error
    if code == 2:  # pytest's code for Ctrl-C
        return 130
    if code == 5:  # and for "no tests collected"
        raise InputError(f"no name with a parity case fits {shown(pattern)}")
    return code


@app.command()
def explain(
    name: Annotated[
        str,
        argument(
            "NAME",
            "A rule, layer or function, such as layer_norm, nn.LayerNorm or F.relu. By default all "
            "rules are listed.",
        ),
    ] = "",
    code: Annotated[bool, flag("--code", "Also show the NumPy code of the rule.")] = False,
) -> None:
    """Show the formula, the pullback, the source and an example of a rule."""
    console = progress.console(highlight=False)
    if not name:
        print_families(console)
        return
    found = explained.rules_of(name)
    if not found and explained.exists(name):
        raise InputError(
            f"{name} has no rule of its own: it is made of other operations, or has no gradient"
        )
    if not found:
        near = " or ".join(explained.suggestions(name))
        hint = f"did you mean {near}?" if near else "refnet explain lists all rules"
        raise InputError(f"no rule of refnet.ops is called {shown(name)}; {hint}")
    if len(found) > 1:
        console.print(f"{name} computes with the rules {', '.join(found)}:\n", markup=False)
    for rule in found:
        print_rule(console, rule, code=code)


def _fail(message: str, code: int) -> int:
    typer.echo(f"refnet: {printable(message)}", err=True)
    return code


def run(args: Sequence[str]) -> int:
    """Runs the command line with these arguments, and returns the exit code."""
    try:
        code = int(app(list(args), prog_name="refnet", standalone_mode=False) or 0)
    except typer.TyperException as error:  # an unknown option, too many arguments ...
        # Typer's suggestions are not always close.
        if hasattr(error, "option_name") and hasattr(error, "possibilities"):
            near = nearest(error.option_name, error.possibilities or ())
            error.possibilities = [near] if near else None
        message = " ".join(error.format_message().split()).removesuffix(".")
        return _fail(f"{message}; see refnet --help", 2)
    except InputError as error:
        return _fail(str(error), 2)
    except TrainingError as error:
        return _fail(str(error), 1)
    except StoppedError as error:
        return _fail(str(error), error.code)
    except OSError as error:  # the output's disk is full, say
        return _fail(f"stopped: {error.strerror or error}", 1)
    except (KeyboardInterrupt, typer.Abort):
        return _fail("interrupted", 130)
    # Ctrl-C anywhere but in training: Typer makes a code of it.
    return _fail("interrupted", code) if code == 130 else code
