"""The site that ``make docs`` builds: strict, whole, asking nothing of the outside, with every notebook run.

Notebooks run once, for the site; their tests read what it shows.
"""

from __future__ import annotations

import inspect
import json
import os
import re
import subprocess
import sys
import threading
import types
import zlib
from collections.abc import Iterator
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbconvert import HTMLExporter
from playwright.sync_api import Browser, Page, expect, sync_playwright

import personalize_sfn
from fakes.chromium import FLAGS, chromium

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
ROOT = Path(__file__).parents[3]
SCREENSHOTS = ROOT / "build" / "screenshots"
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "--quiet", "build", "--strict", "--site-dir", str(folder)]
    built = subprocess.run(
        command, cwd=ROOT, env=os.environ | {"NO_MKDOCS_2_WARNING": "1"}, capture_output=True, text=True, check=False
    )
    assert built.returncode == 0, built.stderr
    assert "WARNING" not in built.stderr
    return folder


class Loaded(HTMLParser):
    """What a page makes a browser load."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.urls: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "link" and values.get("rel") != "canonical":
            self.urls.append(values.get("href", ""))
        elif tag not in {"a", "link"}:
            self.urls += [values[name] for name in ("src", "srcset", "data", "poster", "action") if name in values]
        self.urls += in_style(values.get("style", ""))
        assert "mermaid" not in values.get("class", "").split(), "the theme loads Mermaid from a CDN"


def in_style(text: str) -> list[str]:
    return re.findall(r"(?:url\(|@import\s)\s*[\"']?([^\"')\s;]+)", text)


def public_names() -> Iterator[tuple[str, Any]]:
    """Each name that users reach from the package, by where it is defined."""
    for name in personalize_sfn.__all__:
        yield from _inside(getattr(personalize_sfn, name), f"personalize_sfn.{name}")


def _inside(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, types.ModuleType):
        own = [name for name, member in vars(value).items() if getattr(member, "__module__", "") == value.__name__]
        for name in getattr(value, "__all__", [name for name in own if not name.startswith("_")]):
            yield from _inside(getattr(value, name), f"{path}.{name}")
        return
    yield path, value
    if inspect.isclass(value) and value.__module__.startswith("personalize_sfn"):
        for name, member in vars(value).items():
            if not name.startswith("_") and isinstance(member, types.FunctionType | property | classmethod):
                yield f"{path}.{name}", member


def test_every_public_name_is_in_the_reference(site: Path):
    inventory = zlib.decompress((site / "objects.inv").read_bytes().split(b"\n", 4)[4]).decode()
    shown = {line.split(" ")[0].split(".")[-1] for line in inventory.splitlines()}
    members = {tuple(line.split(" ")[0].split(".")[-2:]) for line in inventory.splitlines()}
    wanted = [path.split(".") for path, _ in public_names()]
    assert len(wanted) > 100
    # A name stands where it is defined, or where its package gives it: its last part, a member's last two, identify it.
    is_member = [len(path) > 2 and path[-2][0].isupper() for path in wanted]
    missing = [
        ".".join(path)
        for path, member in zip(wanted, is_member, strict=True)
        if (tuple(path[-2:]) not in members if member else path[-1] not in shown)
    ]
    assert missing == []


def test_the_reference_shows_defaults_as_what_they_are_and_no_labels_that_say_nothing(site: Path):
    pages = {page.name: page.read_text() for page in (site / "reference").glob("*.html")}
    assert re.search(r"filters.*?=.*?dict.*?\(\)", pages["config.html"], re.DOTALL)
    noise = ("default_factory", "doc-label-class-attribute", "doc-label-instance-attribute")
    assert [(name, word) for name, text in pages.items() for word in noise if word in text] == []


def test_nothing_that_a_page_or_a_style_loads_is_elsewhere(site: Path):
    found = [(page, url) for page in site.rglob("*.html") for url in Loaded(page.read_text()).urls]
    found += [(sheet, url) for sheet in site.rglob("*.css") for url in in_style(sheet.read_text())]
    assert len(found) > 100
    assert [(file.name, url) for file, url in found if re.match(r"(?:[a-z]+:)?//", url)] == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_from_top_to_bottom_and_shows_what_its_cells_answered(site: Path, path: Path):
    cells = [cell for cell in nbformat.read(site / "notebooks" / path.name, as_version=4).cells if "outputs" in cell]
    assert text_of(cells[0]).startswith("LOCAL")
    for cell in cells:
        failed = [output for output in cell.outputs if output.output_type == "error"]
        assert bool(failed) == ("raises-exception" in cell.metadata.get("tags", [])), cell.source
        # First which stage failed, then the traceback.
        assert all(re.match(r'[\w-]+ failed at "[^"]+": .*\. Fix the cause', output.traceback[0]) for output in failed)
    # Nothing reaches the red box: no notebook replaces what answers.
    assert [output.text for cell in cells for output in cell.outputs if output.get("name") == "stderr"] == []
    # What was watched live is kept as a picture of how it ended, which needs no kernel.
    for watched in (cell for cell in cells if cell.source == "execution.watch()"):
        (kept,) = watched.outputs
        assert set(kept.data) == {"text/html", "text/plain"}
        assert kept.data["text/plain"].startswith("✓ movies-main: succeeded")
    page = (site / "notebooks" / f"{path.stem}.html").read_text()
    assert "LOCAL · embedded AWS at http://127.0.0.1" in page
    assert "Traceback (most recent call last)" not in page or "Fails" in path.stem


def text_of(cell: nbformat.NotebookNode) -> str:
    """What a person without pictures reads of a cell's outputs."""
    return "".join(output.get("text") or output.get("data", {}).get("text/plain", "") for output in cell.outputs)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nbconvert_shows_the_walkthrough_as_it_ran(theme: str, site: Path, browser: Browser, tmp_path: Path):
    file = tmp_path / "walkthrough.html"
    walkthrough = nbformat.read(site / "notebooks/Personalize-Stepfunction-Workflow.ipynb", as_version=4)
    file.write_text(HTMLExporter(theme=theme).from_notebook_node(walkthrough)[0])
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    # Its own template loads MathJax and RequireJS from elsewhere; the notebook needs neither.
    page.route("**/*", lambda way: way.continue_() if way.request.url.startswith(("file:", "data:")) else way.abort())
    page.goto(file.as_uri())
    pictures = page.locator('img[src^="data:image/svg"]')
    assert pictures.count() > 5
    drawn = pictures.evaluate_all("all => all.every(image => image.complete && image.naturalWidth > 100)")
    assert drawn
    expect(page.get_by_text("movies-main: succeeded").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 1280
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"nbconvert-walkthrough-{theme}.png", full_page=True)
    page.close()


def test_pictures_are_shown_in_the_pages_of_notebooks(site: Path):
    assert "data:image/svg+xml;base64" in (site / "notebooks/Personalize-Stepfunction-Workflow.html").read_text()


def test_the_home_page_has_a_run_a_terminal_and_a_recommendation_recorded_at_this_build(site: Path):
    page = (site / "index.html").read_text()
    film, terminal, answer = re.findall(r'<figure class="recorded">(.*?)</figure>', page, re.DOTALL)
    frames = film.split("movies-main: ")[1:]
    assert len(frames) >= 5
    assert [frame.partition(" ")[0] for frame in frames] == ["running"] * (len(frames) - 1) + ["succeeded"]
    assert "$ personalize-sfn --project movies run --data shipped\n" in terminal
    assert "✓ movies-main: succeeded" in terminal
    assert "because you liked" in answer
    assert str(ROOT) not in page


def test_only_the_first_cell_says_where_it_runs():
    for path in NOTEBOOKS:
        code = [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
        assert "connect(" in code[0]
        assert not any(word in cell for cell in code[1:] for word in ("connect(", "us-east-1", "127.0.0.1"))


def asked_by(folder: Path, page: str, tmp_path: Path) -> list[str]:
    """The URLs that a page asks Chromium for, by its log; the browser's own calls home have no page as initiator."""
    log = tmp_path / "net.json"
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        here = f"http://127.0.0.1:{server.server_port}"
        command = [chromium(), *FLAGS, f"--user-data-dir={tmp_path / 'user'}"]
        command += [f"--log-net-log={log}", "--virtual-time-budget=5000", "--dump-dom", f"{here}/{page}"]
        subprocess.run(command, capture_output=True, timeout=120, check=True)
        server.shutdown()
    started = [event.get("params", {}) for event in json.loads(log.read_text())["events"]]
    urls = [event["url"] for event in started if "url" in event and event.get("initiator") == here]
    return [url.replace(here, "") for url in dict.fromkeys(urls)]


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@pytest.mark.parametrize("page", ["", "notebooks/Personalize-Stepfunction-Workflow.html", "reference/execution.html"])
def test_a_browser_that_opens_a_page_asks_nobody_else(site: Path, page: str, tmp_path: Path):
    asked = asked_by(site, page, tmp_path)
    assert any(url.endswith(".js") for url in asked)
    assert [url for url in asked if not url.startswith(("/", "data:", "blob:"))] == []


def test_the_browser_s_log_would_tell_of_a_page_that_asks_somebody_else(tmp_path: Path):
    (tmp_path / "index.html").write_text('<img src="http://elsewhere.invalid/picture.png">')
    assert "http://elsewhere.invalid/picture.png" in asked_by(tmp_path, "", tmp_path)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        yield opened
        opened.close()


@pytest.fixture(params=["light", "dark"])
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A laptop's screen, without a server; a page that asks for anything but files fails the test."""
    opened = browser.new_page(viewport={"width": 1280, "height": 800}, color_scheme=request.param)
    asked: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    yield opened
    opened.close()
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:", "about:"))] == []


def test_links_and_search_work_from_the_file_system(site: Path, page: Page):
    page.goto((site / "index.html").as_uri())
    page.get_by_role("navigation", name="Tabs").get_by_text("How to").click()
    expect(page.get_by_role("heading", name="How to")).to_be_visible()
    page.get_by_role("article").get_by_text("Rollback").click()
    expect(page.get_by_role("heading", name="Rollback")).to_be_visible()

    page.get_by_placeholder("Search").click()
    page.keyboard.type("similar items")
    page.locator(".md-search-result__link").filter(has_text="Similar items").first.click()
    page.wait_for_url("**/howto/similar-items.html*")
    expect(page.get_by_role("heading", name="Similar items")).to_be_visible()


@pytest.mark.parametrize("shown", ["index", "howto/index", "howto/own-csv", "reference/config"])
def test_a_page_fits_a_laptop_s_screen(shown: str, site: Path, page: Page):
    page.goto((site / f"{shown}.html").as_uri())
    expect(page.get_by_role("heading").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 1280
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    scheme = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'")
    page.screenshot(path=SCREENSHOTS / f"site-{shown.replace('/', '-')}-{scheme}.png")
