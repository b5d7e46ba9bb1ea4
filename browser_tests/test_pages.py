"""Every page: on a phone, in the dark, for assistive technology, without another host."""

from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Page, expect

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
CHAPTER = "book/four-equations.html"


LARGE = 8_000  # elements of a page: four pages of the reference, and the ledger, have more


def axe(page: Page, less: bool = False) -> list[str]:
    """Returns the serious and critical findings of axe, with where they are; `less` leaves out
    the contrast of colours.
    """
    page.evaluate(AXE)
    rules = "rules: {'color-contrast': {enabled: false}}" if less else ""
    options = f"{{resultTypes: ['violations'], preload: false, {rules}}}"  # else it fetches CSS
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
    if page.evaluate("document.querySelectorAll('*').length") > LARGE:
        # Contrast takes four fifths of the time, minutes here, and the kinds of text that these
        # pages have are on smaller ones too. The width of a phone has the most boxes that scroll.
        page.set_viewport_size({"width": 360, "height": 740})
        assert not axe(page, less=True)
        return
    assert not axe(page)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert not axe(page)


def test_axe_notices_a_fault(page: Page, site: str) -> None:
    page.goto(site + CHAPTER)
    page.evaluate("document.querySelector('article').append(document.createElement('button'))")
    assert "button-name" in axe(page)[0]


# Text beyond the right edge that no box of its own scrolls into view. The boxes of the whole page
# do not count: a reader of a phone would have to push the page for every line.
CUT_OFF = """() => {
  const found = [];
  const main = document.querySelector("main");
  const texts = document.createTreeWalker(main, NodeFilter.SHOW_TEXT);
  for (let text; (text = texts.nextNode());) {
    if (!text.data.trim()) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    const right = Math.max(...[...range.getClientRects()].map((box) => box.right));
    if (!(right > innerWidth + 1)) continue;
    let box = text.parentElement;
    const page = ".bd-article-container, .bd-content, :has(main), main";
    const scrolls = (x) => ["auto", "scroll"].includes(getComputedStyle(x).overflowX);
    while (!box.matches(page) && !scrolls(box)) box = box.parentElement;
    if (box.matches(page)) found.push(text.data.trim().slice(0, 80));
  }
  return found.slice(0, 5);
}"""


@pytest.mark.parametrize("width", [360, 768])
def test_a_page_does_not_scroll_sideways(page: Page, site: str, address: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 740})
    page.goto(f"{site}{address}.html")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert not page.evaluate(CUT_OFF)


@pytest.mark.quick
def test_text_that_is_cut_off_is_noticed(page: Page, site: str) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(site + CHAPTER)
    page.evaluate(
        "document.querySelector('article h1').insertAdjacentHTML('afterend',"
        "'<p style=\"white-space: nowrap\">' + 'long '.repeat(50) + '</p>')"
    )
    assert page.evaluate(CUT_OFF)[0].startswith("long long")


@pytest.mark.quick
def test_a_wide_formula_scrolls_with_the_keyboard(page: Page, site: str) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(site + CHAPTER)
    wide = page.locator("div.math[tabindex='0']")
    expect(wide.first).to_be_visible()
    wide.first.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.activeElement.scrollLeft > 0")
    page.set_viewport_size({"width": 1920, "height": 740})
    expect(wide).to_have_count(0)


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


SEARCHES = {
    "backpropagation proof": "book/four-equations.html",
    "saddle": "book/landscapes.html",
    "conv2d": "reference/nn.functional.html#refnet.nn.functional.conv2d",
    "Conv2d": "reference/nn.html#refnet.nn.Conv2d",
    "GRU": "reference/nn.html#refnet.nn.GRU",
    "nn.functional.conv2d": "reference/nn.functional.html#refnet.nn.functional.conv2d",
}


@pytest.mark.parametrize("words", SEARCHES)
@pytest.mark.parametrize("place", [pytest.param("server", marks=pytest.mark.quick), "folder"])
def test_the_header_s_search_leads_to_the_entry(
    page: Page, site: str, request: pytest.FixtureRequest, words: str, place: str
) -> None:
    folder = Path(request.config.getoption("--site")).resolve().as_uri() + "/"
    start = site if place == "server" else folder
    page.goto(f"{start}index.html")
    page.keyboard.press("Control+K")
    field = page.locator("#pst-search-dialog input[type=search]")
    expect(field).to_be_focused()
    field.fill(words)
    field.press("Enter")
    results = page.locator("#search-results")
    expect(results).to_contain_text("Search finished")
    links = results.locator("li > a").evaluate_all("xs => xs.map(x => x.href)")
    found = [link.replace("?highlight=" + words, "") for link in links]
    assert start + SEARCHES[words] in found[:5], found
    page.locator("#search-results li > a").nth(found.index(start + SEARCHES[words])).click()
    entry = page.locator(f"[id='{SEARCHES[words].partition('#')[2] or 'main-content'}']")
    expect(entry).to_be_in_viewport()


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
