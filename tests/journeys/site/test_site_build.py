"""The site that ``make docs`` builds: strict, whole, and asking nothing of the outside."""

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

import pytest

import personalize_sfn
from fakes.chromium import FLAGS, chromium

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
ROOT = Path(__file__).parents[3]


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


def test_nothing_that_a_page_or_a_style_loads_is_elsewhere(site: Path):
    found = [(page, url) for page in site.rglob("*.html") for url in Loaded(page.read_text()).urls]
    found += [(sheet, url) for sheet in site.rglob("*.css") for url in in_style(sheet.read_text())]
    assert len(found) > 100
    assert [(file.name, url) for file, url in found if re.match(r"(?:[a-z]+:)?//", url)] == []


def test_notebooks_are_shown_with_what_their_cells_answered(site: Path):
    for notebook in (ROOT / "notebooks").glob("*.ipynb"):
        page = (site / "notebooks" / notebook.stem / "index.html").read_text()
        assert "LOCAL · embedded AWS at http://127.0.0.1" in page
        assert "Traceback (most recent call last)" not in page or "Fails" in notebook.stem
    assert "data:image/svg+xml;base64" in (site / "notebooks/Personalize-Stepfunction-Workflow/index.html").read_text()


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


@pytest.mark.parametrize("page", ["", "notebooks/Personalize-Stepfunction-Workflow/", "reference/execution/"])
def test_a_browser_that_opens_a_page_asks_nobody_else(site: Path, page: str, tmp_path: Path):
    asked = asked_by(site, page, tmp_path)
    assert any(url.endswith(".js") for url in asked)
    assert [url for url in asked if not url.startswith(("/", "data:", "blob:"))] == []


def test_the_browser_s_log_would_tell_of_a_page_that_asks_somebody_else(tmp_path: Path):
    (tmp_path / "index.html").write_text('<img src="http://elsewhere.invalid/picture.png">')
    assert "http://elsewhere.invalid/picture.png" in asked_by(tmp_path, "", tmp_path)
