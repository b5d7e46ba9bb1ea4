"""The book as one PDF: python docs/pdf.py SITE TARGET, after the site has been built.

Chromium prints each page, and pypdf joins them, with a bookmark for each chapter.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from pypdf import PdfWriter

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
OPTIONS = ("--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer")


def chapters() -> Iterator[str]:
    """Yields the pages of the book in order."""
    yield "index"
    text = (Path(__file__).parent / "book" / "index.md").read_text(encoding="utf-8")
    yield from re.findall(r"^([\w-]+)$", text[text.index("{toctree}") :], re.MULTILINE)


def main(site: Path, target: Path) -> None:
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        sys.exit(f"pdf.py: expected one of {', '.join(BROWSERS)} on this machine, found none")
    book = PdfWriter()
    with tempfile.TemporaryDirectory() as folder:
        for name in chapters():
            page = site / "book" / f"{name}.html"
            printed = Path(folder, f"{name}.pdf")
            where = f"--user-data-dir={folder}/profile"
            subprocess.run(
                [browser, *OPTIONS, where, f"--print-to-pdf={printed}", page.resolve().as_uri()],
                check=True,
                capture_output=True,
            )
            title = re.search(r"<title>(.*?)(?: &#8212;| —|</title>)", page.read_text("utf-8"))
            book.append(printed, outline_item=title[1].strip() if title else name)
        book.add_metadata({"/Title": "refnet: the book", "/Author": "The refnet authors"})
        unfinished = Path(folder, "book.pdf")
        book.write(unfinished)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(unfinished, target)
    print(f"wrote {target}: {len(book.pages)} pages")  # noqa: T201 - the command's answer


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
