"""A run as JupyterLab shows it on a laptop's screen: live, at its end, and after it failed."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from fakes.browsing import Jupyter, Pipeline

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
SCREENSHOTS = Path(__file__).parents[3] / "build" / "screenshots"
LAPTOP = {"width": 1280, "height": 800}

CONNECT = """
from personalize_sfn import Execution, Workflow, connect

session = connect("local", endpoint_url="{endpoint}")
main = Workflow.attach("{main}", session=session)
"""
RUN = """
execution = main.execute(inputs={"train": "always"})
watch = execution.watch()
"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_runs_is_seen_on_a_laptop_and_nothing_moves_when_it_ends(
    theme: str, pipeline: Pipeline, jupyter: Jupyter, context: BrowserContext
) -> None:
    connect = CONNECT.format(
        endpoint=pipeline.session.endpoint_url, main=pipeline.session.arns.state_machine("movies-main")
    )
    failed = f'Execution.attach("{pipeline.failed.execution_arn}", session=session)'
    page = opened(context, jupyter, theme, f"laptop-{theme}.ipynb", [connect, RUN, failed])

    page.evaluate("name => window.jupyterapp.commands.execute(name)", "notebook:run-all-cells")
    output = page.locator(".jp-CodeCell").nth(1).locator(".jp-OutputArea")
    expect(output).to_contain_text("step 6 of 8: Solution Version")
    page.locator(".jp-CodeCell").nth(1).scroll_into_view_if_needed()
    page.evaluate("document.querySelectorAll('.jp-CodeCell')[1].scrollIntoView()")
    running = output.locator('img[alt*="movies-solution: running"]')
    expect(running).to_be_in_viewport()
    expect(chip(output, "Solution Version")).to_be_in_viewport(ratio=1)
    shoot(page, f"run-live-{theme}")
    before = boxes(output)

    pipeline.clock.train()
    expect(output).to_contain_text("movies-main: succeeded")
    expect(output.locator(".widget-html")).to_have_count(0)
    assert boxes(output) == before
    shoot(page, f"run-ended-{theme}")

    page.evaluate("document.querySelectorAll('.jp-CodeCell')[2].scrollIntoView()")
    expect(page.locator('img[alt*="movies-campaign: failed"]')).to_be_in_viewport()
    shoot(page, f"run-failed-{theme}")


def chip(output: Locator, name: str) -> Locator:
    return output.get_by_role("listitem").filter(has_text=name).first


def boxes(output: Locator) -> list[list[int]]:
    """Place below the cell's code and size of every chip, at one moment: a look replaces them.

    The page itself scrolls where it ends below the run, and the run's open picture has closed.
    """
    found: list[list[int]] = output.evaluate(
        """output => {
            const {x, y} = output.getBoundingClientRect();
            return [...output.querySelectorAll("li")].map(chip => {
                const box = chip.getBoundingClientRect();
                return [box.x - x, box.y - y, box.width, box.height].map(Math.round);
            });
        }"""
    )
    assert len(found) == 8
    return found


def opened(context: BrowserContext, jupyter: Jupyter, theme: str, name: str, cells: list[str]) -> Page:
    """A notebook as JupyterLab opens it, with its file browser beside it."""
    written = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    written.cells = [nbformat.v4.new_code_cell(cell.strip()) for cell in cells]
    nbformat.write(written, jupyter.notebooks / name)
    jupyter.use_theme(theme)
    page = context.new_page()
    page.set_viewport_size(LAPTOP)
    page.goto(jupyter.page("lab", name))
    expect(page.locator(".jp-Notebook .jp-CodeCell").last).to_be_visible()
    page.wait_for_function("window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'")
    return page


def shoot(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")
