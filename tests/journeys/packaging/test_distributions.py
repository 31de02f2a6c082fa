"""What is in the wheel and the sdist."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
LAMBDAS = sorted(file.name for file in (ROOT / "lambdas").glob("*.py"))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the wheel and the sdist, made by the declared build backend without a network."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--sdist", "--wheel", "--outdir", str(folder), str(ROOT)],
        check=True,
        capture_output=True,
        text=True,
    )
    return folder


def test_the_wheel_holds_every_function_inside_the_package(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()

    inside = sorted(Path(name).name for name in names if name.startswith("personalize_sfn/deploy/lambdas/"))
    assert [name for name in inside if name.endswith(".py")] == LAMBDAS
    assert "create_dataset_group.py" in LAMBDAS
    assert "personalize_sfn/py.typed" in names
    assert not [name for name in names if name.startswith(("tests/", "lambdas/", "notebooks/"))]


def test_the_sdist_holds_what_the_wheel_is_made_of(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = [name.partition("/")[2] for name in archive.getnames()]

    assert sorted(Path(name).name for name in names if name.startswith("lambdas/") and name.endswith(".py")) == LAMBDAS
    assert {"pyproject.toml", "LICENSE", "README.md", "src/personalize_sfn/config.py"} <= set(names)


def test_the_functions_are_found_from_an_unpacked_wheel(built: Path, tmp_path: Path) -> None:
    (wheel,) = built.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(tmp_path)
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from personalize_sfn.deploy.packages import lambdas_folder, packages\n"
        "assert str(lambdas_folder()).startswith(sys.argv[1]), lambdas_folder()\n"
        "for made in packages().values(): print(made.name, made.code_sha256)\n"
    )
    from personalize_sfn.deploy.packages import packages

    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=False)

    assert done.stderr == ""
    assert done.stdout == "".join(f"{made.name} {made.code_sha256}\n" for made in packages().values())
