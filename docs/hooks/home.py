"""The home page's pictures: a live run, a terminal and a recommendation, recorded while the site is built.

The recording is a process that runs beside the notebooks.  It stands in the place of README's graph, which a browser
draws only with a script from elsewhere; a build without notebooks shows the main workflow's own picture there.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from html import escape
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.pages import Page

MERMAID = re.compile(r"^```mermaid\n.*?^```$", re.DOTALL | re.MULTILINE)
GRAPH = "![The main workflow](images/main.svg)"
FIRST_BLOCK = "```sh"
SECONDS_A_FRAME = 1.2
_recording: list[subprocess.Popen[str]] = []


def on_pre_build(config: MkDocsConfig) -> None:
    if config.extra["run_notebooks"]:
        script = Path(__file__).with_name("record_run.py")
        command = [sys.executable, str(script)]
        _recording.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))  # noqa: S603 - our own script


def on_page_markdown(markdown: str, page: Page, **_: Any) -> str:
    """Raises RuntimeError: the recording failed; what it said is on stderr."""
    if page.file.src_uri != "index.md":
        return markdown
    page.meta["hide"] = ["navigation"]  # it has no pages beside it
    film, rest = "", GRAPH
    if _recording:
        process = _recording.pop()
        text, _ = process.communicate()
        if process.returncode:
            raise RuntimeError("the run for the home page could not be recorded")
        film, rest = pictures(**json.loads(text))
    markdown = MERMAID.sub(lambda _: rest, markdown)
    assert FIRST_BLOCK in markdown
    return markdown.replace(FIRST_BLOCK, f"{film}\n\n{FIRST_BLOCK}", 1)


def pictures(frames: list[str], terminal: list[list[str]], answer: str) -> tuple[str, str]:
    """What is above the first commands, and what is in the place of the graph."""
    typed = "\n\n".join(f"$ {command}\n{out.rstrip()}" for command, out in terminal)
    return (
        _figure("A run, live in a notebook", moving(frames)),
        _figure("The same in a terminal", f'<pre class="terminal">{escape(typed)}</pre>')
        + "\n\n"
        + _figure("What it recommends, beside what this user liked", f'<div class="output">{answer}</div>'),
    )


def _figure(name: str, html: str) -> str:
    # An empty line would end a block of HTML.
    lines = [line if line.strip() else "&#8203;" for line in html.splitlines()]
    text = "\n".join(lines)
    return f'<figure class="recorded"><figcaption>{name}</figcaption>{text}</figure>'


def moving(frames: list[str]) -> str:
    """One after the other, twice, then the last one stays; who wants no motion sees only that one."""
    count, last = len(frames), len(frames) - 1
    style, shown = [], []
    for number, frame in enumerate(frames):
        begins, ends = 100 * number / count, 100 * (number + 1) / count
        until = "" if number == last else f"{ends:.2f}%{{visibility:hidden}}"
        style += [
            f"@keyframes frame-{number}{{0%{{visibility:hidden}}{begins:.2f}%{{visibility:visible}}{until}}}",
            f".film>:nth-child({number + 1})",
            f"{{animation:frame-{number} {SECONDS_A_FRAME * count:.1f}s step-end 2 both}}",
        ]
        shown.append(f"<div{'' if number == last else ' aria-hidden=true'}>{frame}</div>")
    return f'<style>{"".join(style)}</style><div class="film output">{"".join(shown)}</div>'
