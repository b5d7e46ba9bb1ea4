"""Every page: on a phone, in the dark, for assistive technology, without another host."""

import re
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Page, expect

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
CHAPTER = "book/four-equations.html"


def axe(page: Page) -> list[str]:
    """Returns the serious and critical findings of axe, with where they are."""
    page.evaluate(AXE)
    options = "{resultTypes: ['violations'], preload: false}"  # it would look for CSS elsewhere
    result = page.evaluate(f"axe.run(document, {options})")
    return [
        f"{found['id']}: {node['target']}: {node['failureSummary']}"
        for found in result["violations"]
        if found["impact"] in ("serious", "critical")
        for node in found["nodes"]
    ]


def test_axe_finds_nothing_serious(page: Page, site: str, address: str) -> None:
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.goto(f"{site}{address}.html")
    assert not axe(page)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert not axe(page)


def test_axe_notices_a_fault(page: Page, site: str) -> None:
    page.goto(site + CHAPTER)
    page.evaluate("document.querySelector('article').append(document.createElement('button'))")
    assert "button-name" in axe(page)[0]


@pytest.mark.parametrize("width", [360, 768])
def test_a_page_does_not_scroll_sideways(page: Page, site: str, address: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 740})
    page.goto(f"{site}{address}.html")
    wide = page.evaluate(
        "[document.documentElement.scrollWidth, innerWidth, [...document.querySelectorAll('main *')]"
        ".filter(x => x.getBoundingClientRect().right > innerWidth + 1)"
        ".slice(0, 3).map(x => x.outerHTML.slice(0, 120))]"
    )
    assert wide[0] <= wide[1], wide[2]


@pytest.mark.quick
def test_buttons_are_visible_on_a_phone(page: Page, site: str) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(site + CHAPTER)
    bars = page.locator(".live-bar")
    assert bars.count() > 3
    for control in bars.locator("button").all():
        box = control.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 360
        assert box["height"] >= 32


@pytest.mark.quick
def test_the_dark_theme_can_be_chosen_and_is_remembered(page: Page, site: str) -> None:
    page.emulate_media(color_scheme="light")
    page.goto(site + CHAPTER)
    ground = "getComputedStyle(document.body).backgroundColor"
    code = "getComputedStyle(document.querySelector('.cell_input pre')).backgroundColor"
    light = [page.evaluate(x) for x in (ground, code)]
    page.locator(".theme-switch-button:visible").click()
    page.locator(".theme-change-button[data-mode=dark]:visible").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    dark = [page.evaluate(x) for x in (ground, code)]
    assert all(a != b for a, b in zip(light, dark, strict=True))
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


@pytest.mark.quick
@pytest.mark.parametrize(
    ("words", "page_found"),
    [("backpropagation proof", "four-equations"), ("softmax", "reference"), ("saddle", "claims")],
)
def test_the_search_finds_a_page(page: Page, site: str, words: str, page_found: str) -> None:
    page.goto(f"{site}search.html?q={words}")
    results = page.locator("#search-results")
    expect(results).to_contain_text(re.compile(r"finished|found", re.IGNORECASE))
    links = results.locator("a").evaluate_all("xs => xs.map(x => x.getAttribute('href'))")
    assert any(page_found in link for link in links), links


@pytest.mark.quick
def test_a_page_opened_from_a_folder_is_complete_and_says_why_nothing_runs(
    page: Page, request: pytest.FixtureRequest
) -> None:
    file = Path(request.config.getoption("--site"), CHAPTER).resolve()
    page.goto(file.as_uri())
    expect(page.locator(".live-notice")).to_contain_text("opened from a folder")
    expect(page.locator(".live-bar")).to_have_count(0)
    expect(page.locator(".cell_output").first).to_be_visible()
    expect(page.locator(".exercise-start pre").first).to_be_visible()


@pytest.mark.quick
def test_buttons_are_not_printed(page: Page, site: str) -> None:
    page.goto(site + CHAPTER)
    expect(page.locator(".live-bar").first).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator(".live-bar").first).to_be_hidden()
    expect(page.locator(".cell_input pre").first).to_be_visible()
    expect(page.locator(".exercise-start pre").first).to_be_visible()
