"""Installed on top of what SageMaker's notebook images ship: nothing there changes, and the walkthrough runs.

Not collected with the other tests: ``make images`` runs it, in minutes, most of them pip's.  Images v2 and v3 of the
SageMaker Distribution have sagemaker 2, v4 has sagemaker 3 (https://github.com/aws/sagemaker-distribution).  They are
made by conda with hundreds of packages more; what can collide with this package comes with sagemaker and Jupyter.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
WALKTHROUGH = ROOT / "notebooks" / "Personalize-Stepfunction-Workflow.ipynb"
pytestmark = pytest.mark.timeout(1200)
#: What the images have around the sagemaker of that major version.
NOTEBOOK = ("jupyterlab>=4.2,<5", "ipywidgets>=8.1,<9", "nbclient>=0.10")


@dataclass(frozen=True)
class Image:
    """An environment with sagemaker and Jupyter, and this package installed into it as a user does."""

    major: int
    python: Path
    before: set[str]
    """What was installed, as ``name==version``."""

    def run(self, *arguments: str, cwd: Path, **environment: str) -> str:
        command = [str(self.python), *arguments]
        done = subprocess.run(
            command, cwd=cwd, env=os.environ | environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def installed(python: Path) -> set[str]:
    command = [python, "-m", "pip", "list", "--format=freeze"]
    return set(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split())


@pytest.fixture(scope="module", params=[2, 3], ids=["sagemaker-2", "sagemaker-3"])
def image(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Image]:
    folder, major = tmp_path_factory.mktemp("image"), request.param
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = folder / "bin" / "python"
    pip = [python, "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]
    subprocess.run([*pip, f"sagemaker>={major},<{major + 1}", *NOTEBOOK], check=True)
    before = installed(python)
    # Without this repository's constraints: a user has none.
    subprocess.run([*pip, f"{ROOT}[local]"], check=True)
    yield Image(major, python, before)
    shutil.rmtree(folder)


def test_everything_that_the_image_had_is_there_as_it_was(image: Image) -> None:
    assert any(name.startswith(f"sagemaker=={image.major}.") for name in image.before)
    assert image.before - installed(image.python) == set()


def test_what_is_installed_fits_together(image: Image, tmp_path: Path) -> None:
    assert image.run("-m", "pip", "check", cwd=tmp_path) == "No broken requirements found.\n"


def test_sagemaker_is_still_the_image_s_own_beside_this_package(image: Image, tmp_path: Path) -> None:
    code = "import personalize_sfn.sdk, sagemaker, importlib.metadata as m; print(m.version('sagemaker'))"

    # It says more before: where its configuration lies.
    assert image.run("-W", "ignore", "-c", code, cwd=tmp_path).splitlines()[-1].startswith(f"{image.major}.")


def test_the_walkthrough_runs_from_top_to_bottom(image: Image, tmp_path: Path) -> None:
    notebook = tmp_path / "walkthrough.ipynb"
    shutil.copy(WALKTHROUGH, notebook)
    own = {
        "HOME": str(tmp_path / "user"),
        "PERSONALIZE_SFN_HOME": str(tmp_path / "home"),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "IPYTHONDIR": str(tmp_path / "ipython"),
    }
    try:
        image.run("-m", "jupyter", "execute", "--inplace", "--timeout=300", str(notebook), cwd=tmp_path, **own)
    finally:
        image.run("-m", "personalize_sfn.local", "stop", cwd=tmp_path, **own)
    assert "things removed; left of this project: []" in notebook.read_text()


def test_how_long_it_keeps_you_waiting_is_printed(image: Image, capsys: pytest.CaptureFixture[str]) -> None:
    printed = image.run(str(ROOT / "benchmarks" / "startup.py"), cwd=ROOT)

    assert "import and all definitions" in printed
    with capsys.disabled():
        print(f"\nwith sagemaker {image.major}:\n{printed}")
