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
