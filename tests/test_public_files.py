"""The files by which the project is cited and published say the same as pyproject.toml."""

import json
import re
import tomllib
from pathlib import Path

import refnet

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CITATION = (ROOT / "CITATION.cff").read_text(encoding="utf-8")


def cited(field: str) -> str:
    """The value of a field of CITATION.cff that is one line."""
    found = re.search(rf'^{field}: "?(.*?)"?$', CITATION, re.MULTILINE)
    assert found, f"CITATION.cff has no {field}"
    return found[1]


def test_the_citation_has_what_a_bibliography_needs() -> None:
    assert cited("version") == PROJECT["version"] == refnet.__version__
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", cited("date-released"))
    assert cited("url") == PROJECT["urls"]["Documentation"]
    assert cited("repository-code") == PROJECT["urls"]["Source"]
    assert cited("license") == PROJECT["license"]
    assert '  - name: "The refnet authors"' in CITATION  # an entity, which BibTeX keeps in braces


def test_zenodo_has_the_title_and_abstract_of_the_citation() -> None:
    zenodo = json.loads((ROOT / ".zenodo.json").read_text(encoding="utf-8"))
    assert zenodo["title"] == cited("title")
    abstract = CITATION[CITATION.index("abstract: >-") : CITATION.index("type:")]
    assert zenodo["description"] == " ".join(abstract.split()[2:])
    assert zenodo["license"] == PROJECT["license"]


def test_every_reference_of_the_paper_is_in_its_bibliography() -> None:
    text = (ROOT / "paper" / "paper.md").read_text(encoding="utf-8")
    library = (ROOT / "paper" / "paper.bib").read_text(encoding="utf-8")
    cites = set(re.findall(r"@(\w+\d{4})", text))
    assert cites == set(re.findall(r"^@\w+\{(\w+),", library, re.MULTILINE))


def test_the_figures_of_the_paper_are_those_of_the_ledger() -> None:
    text = " ".join((ROOT / "paper" / "paper.md").read_text(encoding="utf-8").split())
    totals = json.loads((ROOT / "docs" / "ledger.json").read_text(encoding="utf-8"))["totals"]
    names, cases, arrays = re.match(
        r"([\d,]+) of .* in ([\d,]+) cases, .* ([\d,]+) arrays", totals[0]
    ).groups()  # type: ignore[union-attr]
    assert f"compared {arrays} arrays in {cases} cases; all {names} names" in text
    planted = re.search(r"mutation score ([\d,]+)/", totals[-1])
    assert planted
    assert f"all of {planted[1]} planted mistakes" in text
