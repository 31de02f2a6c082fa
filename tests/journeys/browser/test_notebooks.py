"""What a reader sees in JupyterLab and Notebook 7: light and dark, live, after a reload, trusted and not."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from fakes.browsing import Asked, Jupyter, Pipeline

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
SCREENSHOTS = Path(__file__).parents[3] / "build" / "screenshots"
THEMES = ("light", "dark")
CANARY = "<script>document.body.dataset.canary = true</script>"
"""A front end runs the scripts of a file that it trusts, and strips them from another."""


TRAINING = re.compile(r"running · [^·]+ · step 6 of 8: Solution Version \(\d+ polls?\)[^✓]*last checked \d")


def cells(pipeline: Pipeline) -> list[str]:
    return [
        f"""
from IPython.display import HTML, display
from personalize_sfn import Config, Execution, Workflow, connect

session = connect("local", endpoint_url="{pipeline.session.endpoint_url}")
main = Workflow.attach("{pipeline.session.arns.state_machine("movies-main")}", session=session)
display(HTML("{CANARY}"))
main
""",
        f'Execution.attach("{pipeline.failed.execution_arn}", session=session)',
        """
execution = main.execute(inputs={"train": "always"})
watch = execution.watch()
watch
""",
        'print("the kernel", "is free")',
        "execution.timeline()",
    ]


@pytest.mark.parametrize(("frontend", "theme"), [("lab", "light"), ("notebook", "dark")])
def test_a_notebook_is_live_survives_a_reload_and_keeps_its_pictures_trusted_or_not_light_and_dark(
    frontend: str, theme: str, pipeline: Pipeline, jupyter: Jupyter, context: BrowserContext, asked: Asked
) -> None:
    name = f"{frontend}.ipynb"
    written = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    written.cells = [nbformat.v4.new_code_cell(cell.strip()) for cell in cells(pipeline)]
    nbformat.write(written, jupyter.notebooks / name)

    page = opened(context, jupyter, frontend, theme, name)
    page.wait_for_function("window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'")
    command(page, "notebook:run-all-cells")
    live = page.locator(".widget-html", has_text="movies-main: running").first  # the strip; below it are the pictures
    expect(live).to_contain_text(TRAINING)
    expect(page.get_by_text("the kernel is free")).to_be_visible()
    expect(picture(page, "movies-solution: running").last).to_be_visible()
    shoot(page, f"{frontend}-{theme}-live")

    command(page, "docmanager:save")
    page.reload()
    polls = polls_of(live)
    expect(live).not_to_contain_text(f"({polls} poll")  # it goes on
    shoot(page, f"{frontend}-{theme}-reloaded")
    pipeline.clock.train()
    expect(live).to_have_count(0)
    expect(ended(page)).to_contain_text("✓ Campaign")
    shoot(page, f"{frontend}-{theme}-ended-after-reload")

    # Run again without a reload: what is saved then is the static form, and no widget.
    command(page, "notebook:run-all-cells")
    expect(live).to_contain_text(TRAINING)
    pipeline.clock.train()
    expect(live).to_have_count(0)
    expect(ended(page)).to_contain_text("✓ Campaign")
    command(page, "docmanager:save")
    page.close()

    strange = nbformat.read(jupyter.notebooks / name, as_version=4)
    strange.cells.append(nbformat.v4.new_markdown_cell("From somebody else."))
    nbformat.write(strange, jupyter.notebooks / f"untrusted-{name}")
    for theme in THEMES:
        for file, is_trusted in ((name, True), (f"untrusted-{name}", False)):
            page = opened(context, jupyter, frontend, theme, file)
            check_pictures(page)
            assert (page.locator("body").get_attribute("data-canary") == "true") is is_trusted
            shoot(page, f"{frontend}-{theme}-{'trusted' if is_trusted else 'untrusted'}")
            page.close()

    assert asked.here > 100
    assert asked.elsewhere == []


def shoot(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")


def opened(context: BrowserContext, jupyter: Jupyter, frontend: str, theme: str, notebook: str) -> Page:
    """A page with a notebook, all of whose cells are in it."""
    jupyter.use_theme(theme)
    page = context.new_page()
    page.goto(jupyter.page(frontend, notebook))
    expect(page.locator(".jp-Notebook .jp-CodeCell").last).to_be_visible()
    expect(page.locator("body")).to_have_attribute("data-jp-theme-light", str(theme == "light").lower())
    return page


def command(page: Page, name: str) -> None:
    """Do what a menu's entry does, and wait until it is done."""
    page.evaluate("name => window.jupyterapp.commands.execute(name)", name)


def picture(page: Page, said: str) -> Locator:
    return page.locator(f'img[src^="data:image/svg"][alt*="{said}"]')


def ended(page: Page) -> Locator:
    """The static form of a run that succeeded."""
    return page.locator(".jp-OutputArea-output", has_text="movies-main: succeeded").last


def polls_of(live: Locator) -> str:
    expect(live).to_contain_text(TRAINING)
    found = re.search(r"\((\d+) poll", live.text_content() or "")
    assert found
    return found[1]


def check_pictures(page: Page) -> None:
    """Each kind of picture is there and was drawn, and of a run only what failed is open."""
    for folded in ("movies-main: succeeded", "movies-solution: succeeded"):
        expect(picture(page, folded).first).to_be_hidden()
    page.locator("summary", has_text="movies-main: succeeded").first.click()
    for said in ("Graph of movies-main", "movies-main: succeeded", "movies-campaign: failed"):
        shown = picture(page, said).first
        expect(shown).to_be_visible()
        assert shown.evaluate("image => image.complete && image.naturalWidth > 100"), said
    expect(page.locator("summary", has_text="movies-campaign: failed")).to_contain_text("no capacity left")
    expect(ended(page).locator("li")).to_have_count(8)
