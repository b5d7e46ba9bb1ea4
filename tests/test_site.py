"""The checks at the end of the build of the site (docs/extensions/faults.py)."""

from pathlib import Path

from faults import faults


def site(folder: Path, **pages: str) -> list[str]:
    for name, text in pages.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return faults(folder)


def test_a_link_leads_to_a_page_and_a_place(tmp_path: Path) -> None:
    (tmp_path / "refnet.zip").write_bytes(b"")
    good = (
        '<a href="other.html">1</a><a class="x" href="other.html#here">2</a><a href="#me">3</a>'
        '<a href="refnet.zip">4</a><a href="https://example.org/none.html">5</a><p id="me">'
        '<a href="other.html?q=1#f&amp;g">6</a><a href="#%C3%A4">7</a><p id="ä">'
    )
    assert site(tmp_path, one=good, other='<p id="here"><p id="f&g">') == []


def test_links_that_lead_nowhere(tmp_path: Path) -> None:
    assert site(
        tmp_path, one='<a href="none.html">1</a><a href="two.html#none">2</a>', two="<p>"
    ) == [
        "one.html: the link none.html leads to no page",
        "one.html: the link two.html#none leads to no place of its page",
    ]


def test_a_picture_has_words(tmp_path: Path) -> None:
    words = '<img src="a.png" alt="A falling curve"><svg role="img" aria-label="A tape">'
    assert site(tmp_path, one=words + '<svg aria-hidden="true">') == []
    for mute in ('<img src="a.png">', '<img alt="">', '<img alt="_images/a.png">', "<svg w='1'>"):
        (fault,) = site(tmp_path, one=words + mute)
        assert fault == f"one.html: {mute} has no words"
