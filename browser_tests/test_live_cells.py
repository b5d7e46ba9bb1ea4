"""Live cells and exercises, as a reader uses them."""

import gzip
import math
import re
from pathlib import Path
from typing import Any

import pytest
import runtime
from conftest import Faults
from playwright.sync_api import Locator, Page, Route, expect
from sources import load

CHAPTER = "book/four-equations.html"  # text, a drawing, and three exercises
LOADED = 90_000  # milliseconds, for Python to load on a busy machine
NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?", re.IGNORECASE)


def visit(page: Page, address: str) -> None:
    """Opens a page, unless it is open: its Python may have been loaded."""
    if page.url != address:
        page.goto(address)


def cell(page: Page, number: int) -> Locator:
    return page.locator(".cell:has(.cell_input pre)").nth(number - 1)


def button(place: Locator, label: str) -> Locator:
    return place.locator(f".live-bar button[aria-label^='{label}']")


def status(place: Locator) -> Locator:
    return place.locator(".live-status")


def write(place: Locator, program: str) -> None:
    if not place.locator(".live-area").count():
        button(place, "Edit").click()
    place.locator(".live-area").fill(program)


def run(place: Locator, until: str = r"^Ran in") -> None:
    button(place, "Run").click()
    expect(status(place)).to_have_text(re.compile(until), timeout=LOADED)


def ended(page: Page) -> None:
    """Waits until no worker is left: a loop would go on in the background. Chromium gives a busy
    one two seconds.
    """
    for _ in range(100):
        if not page.workers:
            return
        page.wait_for_timeout(100)
    raise AssertionError("a worker still runs 10 s after Stop")


def check(place: Locator, until: str) -> None:
    button(place, "Check").click()
    expect(status(place)).to_have_text(until, timeout=LOADED)


@pytest.mark.quick
def test_without_the_runtime_the_page_says_so_and_can_try_again(
    live: Page, faults: Faults, site: str
) -> None:
    faults.expected += ["net::ERR_FAILED", "Access to script"]
    address = f"{runtime.CDN}pyodide.mjs"
    live.context.route(address, lambda route: route.abort())
    live.goto(site + CHAPTER)
    run(cell(live, 1), "^Python could not be loaded .*Run again to try once more")
    expect(cell(live, 1).locator(".cell_output")).to_be_visible()
    live.context.unroute(address)
    run(cell(live, 1))


@pytest.mark.quick
def test_nothing_loads_before_the_first_click_and_the_size_said_is_true(
    live: Page, site: str, pyodide: Path
) -> None:
    sent: list[str] = []
    live.context.on("request", lambda request: sent.append(request.url))
    live.goto(site + CHAPTER)
    live.wait_for_load_state("networkidle")
    assert not [url for url in sent if runtime.CDN in url or "live-worker" in url or ".whl" in url]
    said = [
        int(re.fullmatch(r"The first run loads (\d+) MB", place.inner_text())[1])  # type: ignore[index]
        for place in live.locator(".cell .live-size").all()
    ]
    assert said[0] < said[1]  # which needs matplotlib
    sent.clear()
    run(cell(live, 2))
    expect(cell(live, 2).locator(".live-size")).to_be_empty()
    files = [pyodide / url.removeprefix(runtime.CDN) for url in sent if runtime.CDN in url]
    # The CDN compresses what is not compressed already.
    total = sum(len(gzip.compress(file.read_bytes(), 6)) for file in files if file.is_file())
    total += sum(len(live.request.get(url).body()) for url in sent if ".whl?" in url)
    assert total / 1e6 == pytest.approx(said[1], abs=1.0)


# --- the output ----------------------------------------------------------------------------------


def differs(static: str, live: str) -> str:
    """Returns what differs between two outputs, or nothing.

    Words must be the same. Numbers may differ by 1e-6 of their size, by 1e-9, or by one unit of
    the last digit that is printed: NumPy in the browser has no BLAS and another libm, so it rounds
    sums and functions differently, and what is zero but for rounding is not reproducible.
    """
    words = [" ".join(NUMBER.sub(" # ", text).split()) for text in (static, live)]
    if words[0] != words[1]:
        return f"expected the words {words[0]!r}, got {words[1]!r}"
    for a, b in zip(NUMBER.findall(static), NUMBER.findall(live), strict=True):
        digits, _, power = a.lower().partition("e")
        unit = 10.0 ** (int(power or 0) - len(digits.partition(".")[2])) if "." in digits else 0
        if not math.isclose(float(a), float(b), rel_tol=1e-6, abs_tol=max(1e-9, 1.01 * unit)):
            return f"expected {a}, got {b}"
    return ""


def test_outputs_are_compared_with_a_tolerance() -> None:
    assert not differs("a  1.0000000\nb", "a 1.0000001 b")
    assert not differs("1.3e-16", "-2e-17")
    assert not differs("[0.1234]", "[0.1235]")
    assert differs("[0.1234]", "[0.1236]")
    assert differs("a 1.000000000", "a 1.000002000")
    assert differs("3 steps", "4 steps")
    assert differs("a 1", "b 1")
    assert differs("1 2", "1")


# What is read; the metadata of an SVG has the version of matplotlib.
TEXTS = """(boxes) => boxes.map((box) => {
  const copy = box.cloneNode(true);
  copy.querySelectorAll("metadata, style, script").forEach((part) => part.remove());
  return copy.textContent;
})"""
PICTURES_DIFFER = """([a, b]) => {
  const pixels = (image) => {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 64;
    const draw = canvas.getContext("2d");
    draw.fillStyle = "white";
    draw.fillRect(0, 0, 64, 64);
    draw.drawImage(image, 0, 0, 64, 64);
    return draw.getImageData(0, 0, 64, 64).data;
  };
  const [x, y] = [pixels(a), pixels(b)];
  return x.reduce((sum, value, i) => sum + Math.abs(value - y[i]), 0) / x.length;
}"""


def test_each_cell_gives_its_static_output(live: Page, site: str, chapter: str) -> None:
    live.goto(f"{site}{chapter}.html")  # a new Python: what ran before may have changed a state
    found = live.locator(".cell:has(.cell_input pre)")
    run(found.last)
    for number in range(1, found.count() + 1):
        place = cell(live, number)
        expect(status(place)).to_have_text(re.compile("^Ran in"))
        # The static output is hidden now, so its text is read as the page has it.
        texts = [
            "\n".join(place.locator(f"{output} .output").evaluate_all(TEXTS))
            for output in (".cell_output", ".live-output")
        ]
        assert not differs(*texts), f"cell {number}: {differs(*texts)}"
        pictures = [
            place.locator(f"{output} img").element_handles()
            for output in (".cell_output", ".live-output")
        ]
        assert len(pictures[0]) == len(pictures[1]), f"cell {number}: the number of pictures"
        for one, two in zip(*pictures, strict=True):
            for picture in (one, two):
                picture.evaluate("image => image.decode()")
            assert one.get_attribute("alt") == two.get_attribute("alt")
            sizes = [x.evaluate("x => [x.naturalWidth, x.naturalHeight]") for x in (one, two)]
            assert sizes[0] == pytest.approx(sizes[1], rel=0.05), f"cell {number}: {sizes}"
            mean = live.evaluate(PICTURES_DIFFER, [one, two])
            assert mean < 4, f"cell {number}: the pictures differ by {mean:.1f} of 255 on average"


@pytest.mark.quick
def test_cells_above_run_first_and_again_after_an_edit(live: Page, site: str) -> None:
    visit(live, site + CHAPTER)
    first, third = cell(live, 1), cell(live, 3)
    write(first, "value = 1\nprint('one')")
    write(cell(live, 2), "value += 1")
    write(third, "value")
    run(third)
    expect(status(first)).to_have_text(re.compile("^Ran in"))
    expect(first.locator(".live-output")).to_contain_text("one")
    expect(cell(live, 2).locator(".live-output")).to_contain_text("prints nothing")
    expect(third.locator(".live-output .output")).to_have_text("2")
    run(third)  # alone now: the second cell does not add again
    expect(third.locator(".live-output .output")).to_have_text("2")
    write(first, "value = 10")
    run(third)
    expect(third.locator(".live-output .output")).to_have_text("11")
    write(first, "1 / 0")
    run(third, "^Did not run: cell 1 above stopped with an error")
    expect(status(first)).to_have_text("Stopped by an error.")
    expect(first.locator(".live-error")).to_contain_text('File "cell 1", line 1, in <module>')
    expect(first.locator(".live-error")).to_contain_text("ZeroDivisionError")


@pytest.mark.quick
def test_reset_gives_back_the_code_and_the_static_output(live: Page, site: str) -> None:
    visit(live, site + CHAPTER)
    place = cell(live, 1)
    code, static = place.locator("pre").first.inner_text(), place.locator(".cell_output")
    expect(button(place, "Reset")).to_have_attribute("aria-disabled", "true")
    write(place, "print('other')")
    run(place)
    expect(static).to_be_hidden()
    expect(place.locator(".live-output")).to_contain_text("other")
    button(place, "Reset").click()
    expect(static).to_be_visible()
    expect(place.locator(".live-output")).to_be_hidden()
    expect(place.locator(".live-area")).to_have_count(0)
    assert place.locator("pre").first.inner_text() == code
    expect(button(place, "Reset")).to_have_attribute("aria-disabled", "true")


@pytest.mark.quick
def test_an_endless_loop_is_stopped_and_the_next_run_starts_anew(live: Page, site: str) -> None:
    visit(live, site + CHAPTER)
    place, waiting = cell(live, 1), cell(live, 2)
    expect(button(place, "Stop")).to_have_attribute("aria-disabled", "true")
    write(place, "print('before')\nwhile True:\n    pass")
    button(place, "Run").click()
    expect(place.locator(".live-output")).to_contain_text("before", timeout=LOADED)
    button(waiting, "Run").click()
    expect(status(waiting)).to_have_text("Waiting for another cell…")
    button(place, "Stop").click()
    expect(status(place)).to_have_text("Stopped. The next run starts a new Python.")
    ended(live)
    expect(status(waiting)).to_have_text("Stopped before it ran.")
    expect(place.locator(".cell_output")).to_be_visible()
    write(place, "print('after')")
    run(place)
    expect(place.locator(".live-output")).to_contain_text("after")


@pytest.mark.quick
def test_stop_while_python_loads_leaves_the_cell_as_it_was(live: Page, site: str) -> None:
    live.goto(site + CHAPTER)
    place = cell(live, 1)
    button(place, "Run").click()
    expect(status(place)).to_have_text("Loading Python…")
    button(place, "Stop").click()
    expect(status(place)).to_have_text("Stopped. The next run starts a new Python.")
    expect(place.locator(".live-output")).to_be_hidden()
    expect(place.locator(".cell_output")).to_be_visible()
    ended(live)
    run(place)


def test_a_reload_in_the_middle_of_a_run_ends_it_and_keeps_the_answer(
    live: Page, site: str
) -> None:
    visit(live, site + CHAPTER)
    answer = live.locator("#exercise-bias")
    write(answer, "# mine")
    write(cell(live, 1), "print('before')\nwhile True:\n    pass")
    button(cell(live, 1), "Run").click()
    expect(cell(live, 1).locator(".live-output")).to_contain_text("before", timeout=LOADED)
    live.reload()
    ended(live)
    expect(status(cell(live, 1))).to_be_empty()
    assert answer.locator(".live-area").input_value() == "# mine"
    run(cell(live, 1))


@pytest.mark.quick
def test_several_cells_that_are_asked_for_at_once_run_one_after_the_other(
    live: Page, site: str
) -> None:
    visit(live, site + CHAPTER)
    write(cell(live, 1), "order = ['one']")
    write(cell(live, 2), "order.append('two')")
    write(cell(live, 3), "order.append('three')\nprint(*order)")
    for number in (3, 1, 2):
        button(cell(live, number), "Run").click()
    for number in (1, 2, 3):
        place = cell(live, number)
        expect(button(place, "Stop")).to_have_attribute("aria-disabled", "true", timeout=LOADED)
        expect(status(place)).to_have_text(re.compile("^Ran in"))
    expect(cell(live, 3).locator(".live-output .output")).to_have_text("one two three\n")


def test_a_cell_that_waits_after_it_ran_for_one_below_can_be_stopped(live: Page, site: str) -> None:
    visit(live, site + CHAPTER)
    first, second, third = (cell(live, number) for number in (1, 2, 3))
    write(first, "import time")
    write(second, "1")
    write(third, "time.sleep(3)")
    run(third)
    button(third, "Run").click()
    # It ends when it runs for the second cell, and not when it runs for itself.
    write(first, "again = 'again' in globals()\nwhile again:\n    pass")
    button(second, "Run").click()
    button(first, "Run").click()
    expect(status(second)).to_have_text(re.compile("^Ran in"), timeout=LOADED)
    expect(status(first)).to_have_text("Running…")
    expect(button(first, "Stop")).to_have_attribute("aria-disabled", "false")
    button(first, "Stop").click()
    expect(status(first)).to_have_text("Stopped. The next run starts a new Python.")
    ended(live)


def test_two_pages_have_a_python_each(live: Page, site: str) -> None:
    visit(live, site + CHAPTER)
    other = live.context.new_page()
    other.goto(site + CHAPTER)
    for page, value in ((live, "1"), (other, "2")):
        write(cell(page, 1), f"import time\nvalue = {value}\ntime.sleep(1)\nvalue")
        button(cell(page, 1), "Run").click()
    for page, value in ((live, "1"), (other, "2")):
        expect(status(cell(page, 1))).to_have_text(re.compile("^Ran in"), timeout=LOADED)
        expect(cell(page, 1).locator(".live-output .output")).to_have_text(value)
    other.close()


@pytest.mark.quick
@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("import sklearn", "This page could not load sklearn. Its Python has the standard"),
        ("input('name? ')", "expected a value in the code, got a page, which reads no input"),
    ],
)
def test_what_a_page_lacks_is_said(
    live: Page, faults: Faults, site: str, program: str, words: str
) -> None:
    faults.expected += ["status of 404"]  # the tests' copy of Pyodide has no scikit-learn
    visit(live, site + CHAPTER)
    place = cell(live, 1)
    write(place, program)
    run(place, "^Stopped by an error")
    expect(place.locator(".live-error")).to_contain_text(words)


@pytest.mark.quick
def test_the_theme_can_be_changed_while_a_cell_runs(live: Page, site: str) -> None:
    visit(live, site + CHAPTER)
    place = cell(live, 1)
    write(place, "import time\nprint('first')\ntime.sleep(2)\nprint('last')")
    button(place, "Run").click()
    output = place.locator(".live-output")
    expect(output).to_contain_text("first", timeout=LOADED)
    live.emulate_media(color_scheme="dark")
    expect(live.locator("html")).to_have_attribute("data-theme", "dark")
    expect(output).to_contain_text("last")
    expect(place.locator(".live-area")).to_have_value(re.compile("first"))
    live.emulate_media(color_scheme="light")


CRASHES = {
    "the runtime": "import ctypes\nctypes.string_at(1 << 31, 10)",
    "the worker": "import js\njs.close()",
}


@pytest.mark.quick
@pytest.mark.parametrize("kind", CRASHES)
def test_after_a_crash_the_page_says_so_and_starts_a_new_python(
    live: Page, faults: Faults, site: str, kind: str
) -> None:
    faults.expected += ["Pyodide has suffered", "The cause of the fatal error", "out of bounds"]
    visit(live, site + CHAPTER)
    place = cell(live, 1)
    write(place, CRASHES[kind])
    run(place, "^Python crashed .* A new Python starts")
    write(place, "print('again')")
    run(place)
    expect(place.locator(".live-output")).to_contain_text("again")


@pytest.mark.quick
def test_output_of_every_kind(live: Page, site: str) -> None:
    visit(live, site + CHAPTER)
    place = cell(live, 1)
    write(
        place,
        "class Html:\n"
        "    def _repr_html_(self): return '<b id=bold>bold</b><script>x=1</script>'\n"
        "class Svg:\n"
        '    def _repr_svg_(self): return \'<svg xmlns="http://www.w3.org/2000/svg" width="9"/>\'\n'
        "print('<i>text</i>')\ndisplay(Html())\nSvg()",
    )
    run(place)
    output = place.locator(".live-output")
    expect(output.locator("pre")).to_have_text("<i>text</i>")
    expect(output.locator("#bold")).to_have_text("bold")
    expect(output.locator("img")).to_have_attribute("src", re.compile("^data:image/svg"))


# --- the keyboard --------------------------------------------------------------------------------


@pytest.mark.quick
def test_a_cell_is_edited_and_run_with_the_keyboard_alone(live: Page, site: str) -> None:
    visit(live, site + CHAPTER)
    place = cell(live, 1)
    area = place.locator(".live-area")
    button(place, "Run").focus()
    live.keyboard.press("Tab")
    live.keyboard.press("Enter")  # on Edit
    expect(area).to_be_focused()
    live.keyboard.press("Control+A")
    live.keyboard.type("for i in range(2):\nprint(i)")  # Enter indents after a colon
    assert area.input_value() == "for i in range(2):\n    print(i)"
    live.keyboard.press("Shift+Tab")
    assert area.input_value() == "for i in range(2):\nprint(i)"
    live.keyboard.press("Home")
    live.keyboard.press("Tab")
    assert area.input_value() == "for i in range(2):\n    print(i)"
    live.keyboard.press("Control+Z")
    assert area.input_value() == "for i in range(2):\nprint(i)"
    live.keyboard.press("Control+Y")
    live.keyboard.press("End")
    live.keyboard.press("Enter")  # keeps the indentation
    live.keyboard.type("pass")
    assert area.input_value() == "for i in range(2):\n    print(i)\n    pass"
    live.keyboard.press("Control+Enter")
    expect(status(place)).to_have_text(re.compile("^Ran in"), timeout=LOADED)
    expect(place.locator(".live-output .output")).to_have_text("0\n1\n")
    expect(area).to_be_focused()
    live.keyboard.press("Escape")  # leaves the editor, which Tab does not
    expect(button(place, "Run")).to_be_focused()
    for label in ("Edit", "Reset", "Stop"):
        live.keyboard.press("Tab")
        expect(button(place, label)).to_be_focused()


@pytest.mark.quick
def test_shift_enter_runs_and_the_editor_keeps_its_colours(live: Page, site: str) -> None:
    visit(live, site + CHAPTER)
    place = cell(live, 1)
    write(place, "def f():  # comment\n    return 'text'\nprint(f())")
    kinds = (
        place.locator("pre")
        .first.locator("span[class]")
        .evaluate_all("xs => xs.map(x => [x.className, x.textContent])")
    )
    wanted = [["k", "def"], ["nf", "f"], ["c1", "# comment"], ["k", "return"], ["s2", "'text'"]]
    assert kinds == wanted
    place.locator(".live-area").press("Shift+Enter")
    expect(status(place)).to_have_text(re.compile("^Ran in"), timeout=LOADED)
    expect(place.locator(".live-output .output")).to_have_text("text\n")


# --- exercises -----------------------------------------------------------------------------------


@pytest.mark.quick
def test_an_exercise_is_solved_wrongly_and_rightly_and_remembered(live: Page, site: str) -> None:
    visit(live, site + CHAPTER)
    exercise = load("bias")
    place, other = live.locator("#exercise-bias"), live.locator("#exercise-weights")
    area, output = place.locator(".live-area"), place.locator(".live-output")
    start = area.input_value()
    assert start == exercise.START.strip()
    check(place, "Not solved yet.")
    expect(output.locator(".live-wrong")).to_contain_text("returned None")
    for mistake in exercise.MISTAKES.values():
        write(place, mistake)
        check(place, "Not solved yet.")
        expect(output.locator(".live-wrong")).to_have_count(1)
    write(place, "def bias_gradient(delta):\n    return missing")
    check(place, "Not solved yet.")
    expect(output.locator(".live-error")).to_contain_text("NameError")
    write(place, exercise.SOLUTION)
    check(place, "Solved.")
    expect(output.locator(".live-right")).to_contain_text("Right")
    live.reload()
    assert area.input_value() == exercise.SOLUTION
    expect(status(place)).to_have_text("You have solved this exercise.")
    expect(status(other)).to_be_empty()
    button(place, "Reset").click()
    assert area.input_value() == start
    live.reload()
    assert area.input_value() == start
    expect(status(place)).to_be_empty()


def test_each_solution_is_right_in_the_page(live: Page, site: str, chapter: str) -> None:
    visit(live, f"{site}{chapter}.html")
    for place in live.locator(".exercise-start").all():
        name = (place.get_attribute("id") or "").removeprefix("exercise-")
        check(place, "Not solved yet.")
        write(place, load(name).SOLUTION)
        check(place, "Solved.")


@pytest.mark.quick
def test_an_answer_that_never_ends_is_stopped(live: Page, site: str) -> None:
    visit(live, site + CHAPTER)
    place = live.locator("#exercise-bias")
    write(place, "def bias_gradient(delta):\n    print('before')\n    while True:\n        pass")
    button(place, "Check").click()
    expect(place.locator(".live-output")).to_contain_text("before", timeout=LOADED)
    button(place, "Stop").click()
    expect(status(place)).to_have_text("Stopped. The next run starts a new Python.")
    ended(live)
    write(place, "def bias_gradient(delta:\n    return 1")
    check(place, "Not solved yet.")
    expect(place.locator(".live-error")).to_contain_text('File "your answer", line 1')
    expect(place.locator(".live-error")).to_contain_text("SyntaxError")


@pytest.mark.quick
def test_an_answer_lives_as_long_as_the_page_where_nothing_can_be_kept(
    live: Page, site: str
) -> None:
    visit(live, site + CHAPTER)
    live.evaluate(
        # Fills what there is room for, in ever smaller pieces.
        "for (let size = 1 << 20; size >= 1; size /= 2)"
        " try { for (let i = 0; ; i++) localStorage.setItem(`${size} ${i}`, 'x'.repeat(size)); }"
        " catch {}"
    )
    place = live.locator("#exercise-bias")
    write(place, load("bias").SOLUTION)
    check(place, "Solved.")
    assert place.locator(".live-area").input_value() == load("bias").SOLUTION
    live.evaluate("localStorage.clear()")


@pytest.mark.quick
def test_the_page_does_not_fetch_a_solution(live: Page, site: str) -> None:
    bodies: dict[str, Any] = {}

    def keep(route: Route) -> None:
        answer = route.fetch()
        bodies[route.request.url] = answer.text()
        route.fulfill(response=answer)

    live.context.route("**/exercises/*.py*", keep)
    visit(live, site + CHAPTER)
    check(live.locator("#exercise-bias"), "Not solved yet.")
    live.context.unroute("**/exercises/*.py*")
    (source,) = bodies.values()
    assert "def check" in source
    assert "delta.mean(axis=0)" not in source
    expect(live.get_by_text("delta.mean(axis=0)")).to_be_hidden()
