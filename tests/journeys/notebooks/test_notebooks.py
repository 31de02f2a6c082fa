"""Every notebook runs from top to bottom without an edit on the embedded AWS."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parents[3] / "notebooks").glob("*.ipynb"))


@pytest.fixture
def embedded_aws_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A background process that no other test or user shares, stopped at the end."""
    monkeypatch.setenv("PERSONALIZE_SFN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    yield
    subprocess.run([sys.executable, "-m", "personalize_sfn.local", "stop"], check=True, capture_output=True)


def text_of(cell: nbformat.NotebookNode) -> str:
    """What a person without pictures reads of a cell's outputs."""
    outputs = cell.get("outputs", [])
    return "".join(output.get("text") or output.get("data", {}).get("text/plain", "") for output in outputs)


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_from_top_to_bottom(path: Path, embedded_aws_of_its_own: None):
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert text_of(cells[0]).startswith("LOCAL")
    for cell in cells:
        failed = [output for output in cell.outputs if output.output_type == "error"]
        assert bool(failed) == ("raises-exception" in cell.metadata.get("tags", [])), cell.source
        # First which stage failed, then the traceback.
        assert all(re.match(r'[\w-]+ failed at "[^"]+": .*\. Fix the cause', output.traceback[0]) for output in failed)
    # What reaches the red box is only what deploy says before it replaces something.
    said = [output.text for cell in cells for output in cell.outputs if output.get("name") == "stderr"]
    assert all(text.startswith("compare: The next run makes another campaign") for text in said), said
    assert len(said) == (2 if path.stem == "Comparing-Recipes" else 0)
    # What was watched live is kept as a picture of how it ended, which needs no kernel.
    for watched in (cell for cell in cells if cell.source == "execution.watch()"):
        (kept,) = watched.outputs
        assert set(kept.data) == {"text/html", "text/plain"}
        assert kept.data["text/plain"].startswith("✓ movies-main: succeeded")


def test_only_the_first_cell_says_where_it_runs():
    for path in NOTEBOOKS:
        code = [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
        assert "connect(" in code[0]
        assert not any(word in cell for cell in code[1:] for word in ("connect(", "us-east-1", "127.0.0.1"))
