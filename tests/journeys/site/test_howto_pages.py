"""The how-to pages, followed to the letter by one reader in one folder, on one embedded AWS.

The pages of one shop share its project: what a page deploys and trains, the next finds.  Each also works alone.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.howto_pages import fences, follow
from personalize_sfn.local import LocalAws

HOWTO = Path(__file__).parents[3] / "docs/howto"
PAGES = sorted(page for page in HOWTO.glob("*.md") if page.name != "index.md")


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with the two files that the pages begin from, and an embedded AWS that the command finds."""
    folder = tmp_path_factory.mktemp("reader")
    for name in ("clicks.csv", "items.csv"):
        shutil.copy(HOWTO / name, folder)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PERSONALIZE_SFN_HOME", str(folder / "home"))
        patched.setenv("COLUMNS", "100")
        patched.chdir(folder)
        with LocalAws(wait_scale=1 / 20_000) as aws:
            state = {"pid": os.getpid(), "endpoint_url": aws.endpoint_url, "started": "2026-01-01T00:00:00Z"}
            (folder / "home/local.json").write_text(json.dumps(state | {"version": "0"}))
            yield folder


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_a_page_says_happens(page: Path, reader: Path):
    assert follow(page, reader) > 0


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_starts_the_embedded_aws_before_it_asks_it(page: Path):
    typed = [fence for fence in fences(page.read_text()) if not fence.title and fence.language in {"sh", "python"}]
    lines = [line for fence in typed for line in fence.text.splitlines()]
    starts = [n for n, line in enumerate(lines) if re.search(r" deploy\b| local start\b|^deploy\(|LocalAws\(", line)]
    asks = [
        n
        for n, line in enumerate(lines)
        if re.search(r"^personalize-sfn |connect\(\"local\"\)", line) and not re.search(r" config (check|show)", line)
    ]
    assert not asks or (starts and starts[0] <= asks[0]), lines[asks[0]]


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        (
            '```yaml title="a.yaml"\nproject: UPPER\n```\n```sh\npersonalize-sfn --config a.yaml config check\n```\n',
            "4: ",
        ),
        ("```sh\npersonalize-sfn config schema\n```\n```text\nsomething else\n```\n", "4: printed"),
        ('```sh title="on AWS"\npersonalize-sfn deploy --prnue\n```\n', "1: "),
        ("```python\n1 + 1\n```\n```text\n3\n```\n", "4: printed"),
        ('```csv title="some.csv"\nuser,sku\n```\n', "1: some.csv begins otherwise"),
    ],
    ids=["exit code", "output", "option", "value", "data"],
)
def test_a_page_that_is_wrong_is_told_with_its_line(
    text: str, mistake: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "some.csv").write_text("user,item\n")
    page = tmp_path / "page.md"
    page.write_text(text)
    with pytest.raises(AssertionError) as raised:
        follow(page, tmp_path)
    assert str(raised.value).startswith(f"page.md:{mistake}")


def test_the_index_leads_to_every_page():
    index = (HOWTO / "index.md").read_text(encoding="utf-8")
    assert [page.name for page in PAGES if f"]({page.name})" not in index] == []


def test_fences_are_found_with_their_titles_and_lines():
    found = fences('text\n\n```yaml title="shop.yaml"\nproject: shop\n```\n\n```sh\nls\n```\n')
    assert [(fence.language, fence.title, fence.line) for fence in found] == [("yaml", "shop.yaml", 3), ("sh", "", 7)]
