"""How `refnet explain` looks on a terminal."""

from rich.console import Console
from rich.padding import Padding
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from refnet.cli import explain


def print_families(console: Console) -> None:
    """Prints the names of all rules by the file of refnet/ops that defines them."""
    table = Table.grid(padding=(0, 2))
    for family, names in explain.families().items():
        table.add_row(Text(family, style="bold cyan"), ", ".join(names))
    console.print(table)
    console.print(
        "\n[bold]refnet explain layer_norm[/] shows one rule; nn.LayerNorm and F.relu work, too."
    )


def print_rule(console: Console, rule: str, *, code: bool) -> None:
    """Prints the signature, the docstring, the example and, with `code`, the source of a rule."""
    console.print(Text.assemble(("refnet.ops.", "dim"), (explain.signature(rule), "bold")))
    for head, body in explain.description(rule):
        _print_part(console, head, body)
    _print_part(console, "Example", explain.example(rule), python=True)
    if code:
        _print_part(console, "Code", explain.code(rule), python=True)
    console.print()


def _print_part(console: Console, head: str, text: str, *, python: bool = False) -> None:
    """Prints a heading and a text; wraps and colours them on a terminal only."""
    console.print()
    if head:
        console.print(Text(head, style="bold cyan"))
    if not console.is_terminal:
        indented = "\n".join(f"  {line}".rstrip() for line in text.rstrip().splitlines())
        console.print(Text(indented), soft_wrap=True)
    elif python:
        shown = Syntax(text.rstrip(), "python", theme="ansi_dark", background_color="default")
        console.print(Padding(shown, (0, 0, 0, 2)))
    else:
        console.print(Padding(Text(text), (0, 0, 0, 2)))
