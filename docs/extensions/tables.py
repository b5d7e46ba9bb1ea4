"""Tables of docutils' nodes, which several directives build."""

from collections.abc import Iterable, Sequence

from docutils import nodes


def row(cells: Iterable[nodes.Node]) -> nodes.row:
    """Returns a row with a paragraph in each cell."""
    return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", cell)) for cell in cells))


def table(
    titles: Iterable[nodes.Node], rows: Iterable[nodes.row], widths: Sequence[int], kind: str
) -> nodes.table:
    """Returns a table.

    Args:
        titles: the cells of the head
        rows: the rows below
        widths: the relative widths of the columns
        kind: the class by which site.css finds the table
    """
    group = nodes.tgroup("", *(nodes.colspec(colwidth=n) for n in widths), cols=len(widths))
    group += nodes.thead("", row(titles))
    group += nodes.tbody("", *rows)
    return nodes.table("", group, classes=[kind])
