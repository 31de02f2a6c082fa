"""What a how-to page tells its reader to write, type and expect, done as the reader would.

A fence titled with a file (``yaml title="shop.yaml"``) is written; ``csv`` of a file that is there is its beginning.
``python`` runs, all blocks of a page in one namespace, and what its last line is worth is printed as in a notebook.
``sh`` is typed line by line: each exits with 0, or with what its comment says (``# exit code 1``).
``sh`` with a title, such as "on AWS", and the steps of a workflow of GitHub: only their commands and options are read.
``text`` is what the block before it prints, with ``...`` for what is left out.
"""

from __future__ import annotations

import ast
import io
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from doctest import ELLIPSIS, NORMALIZE_WHITESPACE, OutputChecker
from pathlib import Path
from typing import Any
from unittest.mock import patch

from personalize_sfn.cli import main

__all__ = ["Fence", "fences", "follow"]

_FENCE = re.compile(r'^```(\w+)(?: title="([^"]+)")?(?: [^\n]*)?\n(.*?)^```$', re.DOTALL | re.MULTILINE)
_STEP = re.compile(r"- run: (.*)")
_EXPRESSION = re.compile(r"\$\{\{.*?\}\}")
_VARIABLE = re.compile(r"([A-Z_]+)=(.*)")
_EXIT_CODE = re.compile(r"# exit code (\d+)")
_SAME = ELLIPSIS | NORMALIZE_WHITESPACE


@dataclass(frozen=True)
class Fence:
    language: str
    title: str
    text: str
    line: int


def fences(page: str) -> list[Fence]:
    return [
        Fence(found[1], found[2] or "", found[3], page.count("\n", 0, found.start()) + 1)
        for found in _FENCE.finditer(page)
    ]


def follow(page: Path, folder: Path) -> int:
    """Do what ``page`` says in ``folder``, the working directory; the number of blocks that ran.

    Raises:
        AssertionError: a command ends otherwise, or prints something else, than the page says; names page and line.
    """
    names: dict[str, Any] = {"__name__": "__main__"}
    printed, ran = "", 0
    for fence in fences(page.read_text(encoding="utf-8")):
        where = f"{page.name}:{fence.line}"
        match fence.language, fence.title:
            case "text", "":
                wanted = f"...{fence.text.strip()}..."
                assert OutputChecker().check_output(wanted, printed, _SAME), f"{where}: printed\n{printed}"
                continue
            case "sh", title if title:
                _read(fence.text, where)
                continue
            case "csv", title if (folder / title).exists():
                beginning = fence.text.removesuffix("...\n")
                assert (folder / title).read_text().startswith(beginning), f"{where}: {title} begins otherwise"
                continue
            case "sh", _:
                printed = ""
                for words, wanted_code in _commands(fence.text):
                    code, out = _call(words)
                    assert code == wanted_code, f"{where}: {shlex.join(words)}: exit code {code}\n{out}"
                    printed += out
            case "python", "":
                printed = _run(fence.text, where, names)
            case _, title:
                assert title, f"{where}: a block of {fence.language} without the name of a file"
                (folder / title).parent.mkdir(parents=True, exist_ok=True)
                (folder / title).write_text(fence.text, encoding="utf-8")
                if title.startswith(".github/workflows/"):
                    _read("\n".join(_STEP.findall(fence.text)), where)
                continue
        ran += 1
    return ran


def _read(commands: str, where: str) -> None:
    for words, _ in _commands(_EXPRESSION.sub("1", commands)):
        if words[0] == "personalize-sfn":
            assert _call([*words, "--help"])[0] == 0, f"{where}: {shlex.join(words)}"


def _commands(text: str) -> Iterator[tuple[list[str], int]]:
    for line in text.replace("\\\n", " ").splitlines():
        code = _EXIT_CODE.search(line)
        if words := shlex.split(line, comments=True):
            yield words, int(code[1]) if code else 0


def _call(words: list[str]) -> tuple[int, str]:
    program, *rest = words
    if variable := _VARIABLE.fullmatch(program):
        with patch.dict(os.environ, {variable[1]: variable[2]}):
            return _call(rest)
    if program == "personalize-sfn":
        out = io.StringIO()
        with redirect_stdout(out), redirect_stderr(out):
            code = main(rest)
        return code, out.getvalue()
    command = {"python": [sys.executable], "pytest": [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]}
    done = subprocess.run(
        [*command[program], *rest],
        check=False,
        env=os.environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
    )
    return done.returncode, done.stdout


def _run(source: str, where: str, names: dict[str, Any]) -> str:
    tree = ast.parse(source, where)
    last = ast.Expression(tree.body.pop().value) if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(out):
        exec(compile(tree, where, "exec"), names)
        if last and (value := eval(compile(last, where, "eval"), names)) is not None:
            print(repr(value))
    return out.getvalue()
