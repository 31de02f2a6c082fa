"""What calls answer, as pages show it: 900 and 1,280 pixels wide, light, dark, and with all styles taken away."""

from __future__ import annotations

import html
import io
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from rich.console import Console

from fakes.browsing import Pipeline
from personalize_sfn.comparison import compare
from personalize_sfn.deploy import describe
from personalize_sfn.display.terminal import stage_table
from personalize_sfn.evaluation import evaluate
from personalize_sfn.execution import run

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
SCREENSHOTS = Path(__file__).parents[3] / "build" / "screenshots"
PAGES = {"light": "background:#fff;color:#111", "dark": "background:#111;color:#ddd"}
SIZES = """() => [...document.querySelectorAll("body *")]
    .filter(each => [...each.childNodes].some(node => node.nodeType === 3 && node.textContent.trim()))
    .map(each => parseFloat(getComputedStyle(each).fontSize))"""


@pytest.fixture(scope="module")
def answers(pipeline: Pipeline) -> dict[str, str]:
    """Their HTML, by name."""
    session, config = pipeline.session, pipeline.config
    execution = run(session, config)
    execution.wait(timeout=60)
    deployment = describe(session, config)
    assert deployment is not None
    shown = {
        "end-card": execution.card(),
        "run-over": execution,
        "failure": pipeline.failed,
        "metrics": evaluate(session, config),
        "compare": compare(session, config, "u1", solutions=["for-you"]),
        "config": config,
        "deployment": deployment,
    }
    table = stage_table(execution.snapshot().stages)
    for width in (80, 120):
        terminal = Console(record=True, width=width, file=io.StringIO())
        card = execution.card()
        assert card is not None
        terminal.print(table)
        terminal.print(card.text(min(width, 100)), markup=False, highlight=False)
        text = terminal.export_text()
        assert max(map(len, text.splitlines())) <= width
        shown[f"terminal-{width}"] = f'<pre style="width:{width}ch;font-size:14px">{html.escape(text)}</pre>'
    return {name: each if isinstance(each, str) else each._repr_html_() for name, each in shown.items()}  # type: ignore[attr-defined]


@pytest.mark.parametrize("theme", PAGES)
@pytest.mark.parametrize("width", [900, 1280])
def test_answers_fit_the_page_and_can_be_read(
    answers: dict[str, str], browser: Browser, width: int, theme: str
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})
    for name, answer in answers.items():
        if name.startswith("terminal") and width == 900:
            continue
        fill(page, answer, PAGES[theme])
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        assert min(page.evaluate(SIZES)) >= 12, name
        shoot(page, f"answer-{name}-{width}-{theme}")
    page.close()


def test_a_page_that_takes_all_styles_away_still_says_it_all(answers: dict[str, str], browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 900, "height": 800})
    for name, answer in answers.items():
        fill(page, answer, "")
        said = page.inner_text("body").split()
        fill(page, re.sub(r' (?:style|class)="[^"]*"', "", answer), "")  # as GitHub does
        assert page.inner_text("body").split() == said, name
        shoot(page, f"answer-{name}-sanitised")
    page.close()


def fill(page: Page, answer: str, style: str) -> None:
    page.set_content(f'<body style="font-family:system-ui;font-size:14px;margin:16px;{style}">{answer}</body>')


def shoot(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)
