"""The zip of each Lambda function: the file in ``lambdas/``, what it imports from this package, and nothing else.

The same input makes the same bytes on any machine: entries are sorted, carry one fixed time and one permission, and are
stored uncompressed, because compressors differ between builds of zlib.  So the hash that Lambda reports tells whether
the deployed code is this code.  boto3 and botocore are in Lambda's runtime
(https://docs.aws.amazon.com/lambda/latest/dg/lambda-python.html) and are left out; any other third party is refused.
"""

from __future__ import annotations

import ast
import base64
import hashlib
import io
import sys
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from personalize_sfn.errors import DeployError

__all__ = ["Package", "lambdas_folder", "package", "packages"]

_PACKAGE = "personalize_sfn"
_SOURCE = Path(__file__).resolve().parents[1]
_PARSE_TRIES = 5
_IN_RUNTIME = frozenset(sys.stdlib_module_names) | {"boto3", "botocore"}
# The package's own __init__ names the whole library: a function needs only the package to exist.
_MINIMAL_INIT = '"""The part of personalize_sfn that one Lambda function needs."""\n'


@dataclass(frozen=True, slots=True)
class Package:
    """One function's code."""

    name: str
    """The function's name without the project: ``create-campaign``."""
    handler: str
    """Lambda's ``Handler``: ``create_campaign.lambda_handler``."""
    description: str
    """The first line of the file's docstring."""
    zip: bytes

    @property
    def code_sha256(self) -> str:
        """As Lambda reports it: base64 of the zip's SHA-256."""
        return base64.b64encode(hashlib.sha256(self.zip).digest()).decode()


def lambdas_folder() -> Path:
    """The folder of function files: inside the installed package, or beside ``src/`` in a checkout.

    Raises:
        DeployError: neither is there.
    """
    inside, beside = Path(__file__).resolve().parent / "lambdas", _SOURCE.parents[1] / "lambdas"
    for folder in (inside, beside):
        if folder.is_dir():
            return folder
    raise DeployError(
        f"the Lambda functions' files are missing: neither {inside} nor {beside} exists. Reinstall the package"
    )


def packages(names: Iterable[str] | None = None) -> dict[str, Package]:
    """The packages of the functions ``names``, by default of all, by name without the project, in alphabetical order.

    Raises:
        DeployError: a function has no file.
    """
    folder = lambdas_folder()
    files = {file.stem.replace("_", "-"): file for file in folder.glob("*.py") if not file.name.startswith("_")}
    wanted = sorted(files if names is None else names)
    if missing := [name for name in wanted if name not in files]:
        file = f"{missing[0].replace('-', '_')}.py"
        raise DeployError(
            f"a workflow invokes the function {missing[0]}, which has no file: expected {file} in {folder}"
        )
    return {name: package(files[name]) for name in wanted}


def package(file: Path) -> Package:
    """The package of one function file.

    Raises:
        DeployError: the file, or what it imports from us, imports a third party.
    """
    entries = {file.name: file.read_bytes()}
    seen: set[Path] = set()
    pending = [file]
    while pending:
        path = pending.pop()
        if path in seen:
            continue
        seen.add(path)
        for name, source in _needed(path, path.stat().st_mtime_ns):
            entries[name] = source.read_bytes()
            pending.append(source)
    if len(entries) > 1:
        entries[f"{_PACKAGE}/__init__.py"] = _MINIMAL_INIT.encode()
    docstring = ast.get_docstring(_parsed(file)) or ""
    return Package(
        name=file.stem.replace("_", "-"),
        handler=f"{file.stem}.lambda_handler",
        description=docstring.partition("\n")[0][:256],
        zip=_zip(entries),
    )


@cache
def _needed(path: Path, _modified_ns: int) -> tuple[tuple[str, Path], ...]:
    """What the imports of ``path`` add to a zip: names of entries and their files.  Most functions share most of it."""
    return tuple(dict.fromkeys(entry for module in _imports(path) for entry in _files_of(module, path)))


def _files_of(module: str, importer: Path) -> Iterator[tuple[str, Path]]:
    """The entries that ``module`` adds to the zip of ``importer``: its file and its parents' ``__init__``."""
    top, *rest = module.split(".")
    if top != _PACKAGE:
        if top not in _IN_RUNTIME:
            raise DeployError(
                f"{importer.name} imports {module}: a Lambda function may import the standard library, boto3 and "
                f"{_PACKAGE} only, for nothing else is in its zip"
            )
        return
    for depth in range(1, len(rest) + 1):
        base = "/".join(rest[:depth])
        for relative in (f"{base}.py", f"{base}/__init__.py"):
            path = _SOURCE / relative
            if path.is_file():
                yield f"{_PACKAGE}/{relative}", path


def _imports(path: Path) -> frozenset[str]:
    """Absolute names of all modules that ``path`` imports at run time; ``from a import b`` names ``a`` and ``a.b``."""
    found: set[str] = set()
    pending: list[ast.AST] = [_parsed(path)]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            pending.extend(node.orelse)
            continue
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(node, path)
            found.add(base)
            found.update(f"{base}.{alias.name}" for alias in node.names if base.split(".")[0] == _PACKAGE)
        pending.extend(ast.iter_child_nodes(node))
    return frozenset(found)


def _parsed(path: Path) -> ast.Module:
    """The syntax tree of a file.

    Python 3.11 counts the depth of a tree for all threads together: where another one parses at the same moment, it
    raises SystemError (https://github.com/python/cpython/issues/106905), and the next try succeeds.
    """
    source = path.read_bytes()
    for _ in range(_PARSE_TRIES - 1):
        with suppress(SystemError):
            return ast.parse(source, filename=str(path))
    return ast.parse(source, filename=str(path))


def _absolute(node: ast.ImportFrom, path: Path) -> str:
    if not node.level:
        return node.module or ""
    parents = (_PACKAGE, *path.relative_to(_SOURCE).parent.parts)
    kept = parents[: len(parents) - node.level + 1]
    return ".".join((*kept, node.module) if node.module else kept)


def _zip(entries: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(entries):
            info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            info.create_system = 3  # Unix, also when made on Windows
            info.external_attr = 0o100644 << 16
            archive.writestr(info, entries[name])
    return buffer.getvalue()
