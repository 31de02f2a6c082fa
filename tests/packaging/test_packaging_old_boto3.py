"""Lambda's own boto3 lags behind: the functions run on an old one as well."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from personalize_sfn.deploy.packages import packages

OLD = "boto3==1.34.162"


@pytest.mark.slow
def test_every_function_imports_and_makes_its_clients_on_an_older_boto3(tmp_path: Path) -> None:
    """What a newer boto3 alone knows (an operation, a member) would fail here and not with ours."""
    site = tmp_path / "site"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target", str(site), OLD],
        check=True,
    )
    made = packages()
    for each in made.values():
        zipfile.ZipFile(io.BytesIO(each.zip)).extractall(tmp_path / "functions")
    code = (
        "import sys, importlib\n"
        "sys.path[:0] = sys.argv[1:3]\n"
        "import boto3\n"
        "for module in sys.argv[3:]:\n"
        "    assert callable(importlib.import_module(module).lambda_handler)\n"
        "print(boto3.__version__)\n"
    )
    modules = [each.handler.split(".")[0] for each in made.values()]

    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code, str(site), str(tmp_path / "functions"), *modules],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.stdout, done.stderr) == (f"{OLD.partition('==')[2]}\n", "")
