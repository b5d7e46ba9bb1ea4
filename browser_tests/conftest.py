"""The built site in a real browser: `nox -s browser` builds it and runs these tests, and
`nox -s browser -- -m quick` a representative part.

The site is served on loopback. The Python of the live cells comes from a local copy, given to the
browser under the address that the site names (docs/extensions/runtime.py). Every test also fails
for a request to another host, an error on the console, and an uncaught exception of a page.
"""

import functools
import http.server
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, Route, sync_playwright

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "docs" / "extensions"))

import runtime  # noqa: E402 - found on the path above

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "chrome")
# Nothing but the page is to use the network, and no name is to be found there.
OPTIONS = [
    "--no-sandbox",  # for root, which a container's user is
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
TYPES = {".mjs": "text/javascript", ".wasm": "application/wasm", ".json": "application/json"}
# A chapter with text, a picture, a table of formulas and exercises, and one page of each other kind.
REPRESENTATIVE = ("index", "book/four-equations", "claims", "search")


def pytest_addoption(parser: pytest.Parser) -> None:
    built = ROOT / "docs" / "_build" / "html"
    parser.addoption("--site", type=Path, default=built, help="the folder with the built site")


def pytest_configure(config: pytest.Config) -> None:
    if not Path(config.getoption("--site"), "index.html").is_file():
        raise pytest.UsageError("expected a built site: run nox -s docs, or give --site FOLDER")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Runs a test with the argument `address` for every page, with `chapter` for each that has
    live cells.
    """
    site = Path(metafunc.config.getoption("--site"))
    pages = sorted(path.relative_to(site).with_suffix("") for path in site.rglob("*.html"))
    names = [path.as_posix() for path in pages if not path.parts[0].startswith("_")]
    if "address" in metafunc.fixturenames:
        found = names
    elif "chapter" in metafunc.fixturenames:
        found = [x for x in names if 'class="cell ' in Path(site, f"{x}.html").read_text("utf-8")]
    else:
        return
    marks = {name: [pytest.mark.quick] if name in REPRESENTATIVE else [] for name in found}
    (argument,) = {"address", "chapter"} & set(metafunc.fixturenames)
    metafunc.parametrize(argument, [pytest.param(name, marks=marks[name]) for name in found])


class Handler(http.server.SimpleHTTPRequestHandler):
    extensions_map = http.server.SimpleHTTPRequestHandler.extensions_map | TYPES

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="session")
def site(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of the site on loopback."""
    handler = functools.partial(Handler, directory=str(request.config.getoption("--site")))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium of the machine, or the one that Playwright has installed."""
    path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    with sync_playwright() as playwright:
        try:
            found = playwright.chromium.launch(executable_path=path, args=OPTIONS)
        except Error as error:
            if path:
                raise
            pytest.skip(
                f"no browser: expected one of {', '.join(CHROMIUM)} on the path, or the one of "
                f"`playwright install chromium`: {error.message.splitlines()[0]}"
            )
        yield found
        found.close()


@pytest.fixture(scope="session")
def pyodide() -> Path:
    """The folder with the local copy of the runtime."""
    try:
        return runtime.fetch()
    except (subprocess.CalledProcessError, OSError) as error:
        pytest.skip(f"the Python runtime of the live cells could not be fetched: {error}")


class Faults:
    """What the pages of a profile do wrong by themselves; `expected` has parts of messages that a
    test causes on purpose.
    """

    def __init__(self, context: BrowserContext, site: str) -> None:
        self.found: list[str] = []
        self.expected: list[str] = []
        allowed = (site, "data:", "blob:", "file:", runtime.CDN)

        def heard(kind: str, text: str, ignored: bool = False) -> None:
            if not ignored:
                self.found.append(f"{kind}: {text}")

        context.on("request", lambda r: heard("foreign host", r.url, r.url.startswith(allowed)))
        context.on("console", lambda m: heard(f"console {m.location}", m.text, m.type != "error"))
        context.on("weberror", lambda e: heard("exception of the page", str(e.error)))

    def check(self) -> None:
        left = [x for x in self.found if not any(part in x for part in self.expected)]
        self.found.clear()
        self.expected.clear()
        assert not left, "\n".join(left)


def profile(browser: Browser, site: str) -> tuple[BrowserContext, Faults]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(20_000)
    return context, Faults(context, site)


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """A page of a fresh profile."""
    context, faults = profile(browser, site)
    yield context.new_page()
    context.close()
    faults.check()


@pytest.fixture(scope="session")
def warm(browser: Browser, site: str, pyodide: Path) -> Iterator[tuple[Page, Faults]]:
    """A page for whose worker the runtime is there, in the profile that all live tests share: to
    load Python is what takes the time.
    """
    context, faults = profile(browser, site)

    def answer(route: Route) -> None:
        file = pyodide / route.request.url.removeprefix(runtime.CDN)
        kind = TYPES.get(file.suffix, "application/octet-stream")
        if file.is_file():
            headers = {"Access-Control-Allow-Origin": "*"}
            route.fulfill(path=file, content_type=kind, headers=headers)
        else:
            route.fulfill(status=404)

    context.route(f"{runtime.CDN}**", answer)
    yield context.new_page(), faults
    context.close()


@pytest.fixture
def faults(warm: tuple[Page, Faults]) -> Faults:
    """What the page of `live` does wrong."""
    return warm[1]


@pytest.fixture
def live(warm: tuple[Page, Faults]) -> Iterator[Page]:
    """The shared page, its cells and exercises as they were built; see `warm`."""
    page, faults = warm
    yield page
    for label in ("Stop", "Reset"):
        which = f".live-bar button[aria-label^={label}][aria-disabled=false]"
        page.evaluate("x => document.querySelectorAll(x).forEach(x => x.click())", which)
    faults.check()
