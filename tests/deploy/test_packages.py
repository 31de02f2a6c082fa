"""The functions' zips."""

from __future__ import annotations

import ast
import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from personalize_sfn.deploy.packages import Package, lambdas_folder, package, packages
from personalize_sfn.errors import DeployError


def names(made: Package) -> list[str]:
    return zipfile.ZipFile(io.BytesIO(made.zip)).namelist()


def unzip(made: Package, folder: Path) -> Path:
    zipfile.ZipFile(io.BytesIO(made.zip)).extractall(folder)
    return folder


def test_a_zip_holds_the_file_and_what_it_imports_from_us_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "create_thing.py"
    file.write_text(
        '"""Create a thing.\n\nMore."""\nfrom personalize_sfn.resources import CAMPAIGN\nlambda_handler = 1\n'
    )

    made = package(file)

    assert (made.name, made.handler) == ("create-thing", "create_thing.lambda_handler")
    assert made.description == "Create a thing."
    assert names(made) == ["create_thing.py", "personalize_sfn/__init__.py", "personalize_sfn/resources.py"]
    assert b"import" not in zipfile.ZipFile(io.BytesIO(made.zip)).read("personalize_sfn/__init__.py")


def test_imports_are_followed_and_those_for_type_checkers_are_not(tmp_path: Path) -> None:
    file = tmp_path / "f.py"
    file.write_text(
        "from typing import TYPE_CHECKING\nimport personalize_sfn.local_endpoint\nfrom personalize_sfn import polling\n"
        "if TYPE_CHECKING:\n    import pandas\n"
    )

    assert names(package(file)) == [
        "f.py",
        "personalize_sfn/__init__.py",
        "personalize_sfn/errors.py",
        "personalize_sfn/local_endpoint.py",
        "personalize_sfn/polling.py",
        "personalize_sfn/state_folder.py",
        "personalize_sfn/text.py",
    ]


def test_a_third_party_import_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "f.py"
    file.write_text("def lambda_handler(event, context):\n    import pandas\n")

    with pytest.raises(DeployError) as refused:
        package(file)

    assert str(refused.value) == (
        "f.py imports pandas: a Lambda function may import the standard library, boto3 and personalize_sfn only, for "
        "nothing else is in its zip"
    )


def test_the_same_input_makes_the_same_bytes(tmp_path: Path) -> None:
    made = []
    for folder, mtime in (("one", 1_000_000_000), ("two", 1_700_000_000)):
        (tmp_path / folder).mkdir()
        file = tmp_path / folder / "f.py"
        file.write_text("from personalize_sfn import arns, errors\n")
        os.utime(file, (mtime, mtime))
        made.append(package(file))

    assert made[0].zip == made[1].zip
    assert made[0].code_sha256 == made[1].code_sha256
    (tmp_path / "one" / "f.py").write_text("from personalize_sfn import arns, errors\nlambda_handler = 2\n")
    assert package(tmp_path / "one" / "f.py").code_sha256 != made[0].code_sha256


def test_another_interpreter_with_another_hash_seed_makes_the_same_bytes(tmp_path: Path) -> None:
    code = (
        "from personalize_sfn.deploy.packages import packages\n"
        "for made in packages().values(): print(made.name, made.code_sha256)"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert answers == {"".join(f"{made.name} {made.code_sha256}\n" for made in packages().values())}


def test_every_file_in_lambdas_is_a_function_with_a_description() -> None:
    made = packages()

    assert sorted(made) == sorted(file.stem.replace("_", "-") for file in lambdas_folder().glob("*.py"))
    assert "create-dataset-group" in made
    assert [name for name, each in made.items() if not each.description] == []


def test_every_zip_imports_in_a_bare_interpreter_with_only_boto3(tmp_path: Path) -> None:
    boto3_only = tmp_path / "site"
    boto3_only.mkdir()
    import boto3

    installed = Path(boto3.__file__).parents[1]
    needed = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six.py")
    for name in needed:
        if (installed / name).exists():
            (boto3_only / name).symlink_to(installed / name)
    code = (
        "import sys, importlib\n"
        "for folder, module in zip(sys.argv[2::2], sys.argv[3::2]):\n"
        "    sys.path[:0] = [folder, sys.argv[1]]\n"
        "    assert callable(importlib.import_module(module).lambda_handler), module\n"
        "    assert sys.modules.get('personalize_sfn') is None or folder in sys.modules['personalize_sfn'].__file__\n"
        "    for name in [n for n in sys.modules if n.split('.')[0] == 'personalize_sfn']: del sys.modules[name]\n"
        "    del sys.path[:2]\n"
        "print('imported', len(sys.argv[2::2]))\n"
    )
    arguments = [str(boto3_only)]
    for made in packages().values():
        arguments += [str(unzip(made, tmp_path / made.name)), made.handler.split(".")[0]]

    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code, *arguments], capture_output=True, text=True, check=False
    )

    assert (done.stdout, done.stderr) == (f"imported {len(packages())}\n", "")


def test_a_file_is_parsed_again_when_another_thread_of_python_3_11_was_in_the_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parse, refusals = ast.parse, [SystemError("AST constructor recursion depth mismatch (before=132, after=117)")]

    def parsed(*arguments: Any, **named: Any) -> ast.Module:
        if refusals:
            raise refusals.pop()
        return parse(*arguments, **named)

    monkeypatch.setattr(ast, "parse", parsed)
    assert package(lambdas_folder() / "create_campaign.py").handler == "create_campaign.lambda_handler"
    assert refusals == []
