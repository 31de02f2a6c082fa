"""What an import loads."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = ("stepfunctions", "sagemaker", "pandas", "numpy", "moto", "boto3", "rich", "click")


def loaded_by(code: str) -> set[str]:
    """Top-level modules in ``sys.modules`` of a fresh interpreter after ``code``."""
    report = "import json, sys; print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))"
    done = subprocess.run([sys.executable, "-c", f"{code}\n{report}"], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_importing_the_package_loads_nothing_heavy() -> None:
    loaded = loaded_by("import personalize_sfn")

    assert "personalize_sfn" in loaded
    assert loaded.isdisjoint(HEAVY)


@pytest.mark.parametrize("module", ["personalize_sfn.deploy", "personalize_sfn.clean_up"])
def test_deploy_and_clean_up_load_the_sdk_only_when_they_need_it(module: str) -> None:
    loaded = loaded_by(f"import {module}")

    assert loaded.isdisjoint({"stepfunctions", "sagemaker", "pandas", "moto"})


def test_what_a_function_imports_is_boto3_and_nothing_heavier() -> None:
    loaded = loaded_by("import personalize_sfn.handlers")

    assert loaded.isdisjoint(set(HEAVY) - {"boto3"})
