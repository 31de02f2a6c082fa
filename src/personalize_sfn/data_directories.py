"""Which data directory the embedded AWS kept its data in, and in which one each project was last deployed.

A file in the user's state folder says so, so that no command silently replaces a project's data by an empty AWS.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from personalize_sfn.errors import LocalAwsError
from personalize_sfn.session import Session
from personalize_sfn.state_folder import local_data_dir, local_home, local_state

__all__ = ["data_directory", "forget", "forget_project", "remember", "remember_project", "require_same_data"]


def data_directory() -> Path | None:
    """The directory that the embedded AWS is started with when none is named; None: in memory.

    Raises:
        LocalAwsError: it is not there any more, or cannot be looked at.
    """
    found = _read()["data_dir"]
    if found is None:
        return None
    if not Path(found).is_dir():
        raise LocalAwsError(
            f"the embedded AWS kept its data in {found}, which is not there any more: put it back, or go on without it:"
            " personalize-sfn local start --in-memory, or --data-dir with another directory"
        )
    return Path(found)


def remember(path: Path) -> None:
    """The embedded AWS keeps its data there from now on."""
    _write(_read() | {"data_dir": str(path)})


def forget() -> None:
    """Start in memory from now on, whatever projects were deployed in; directories stay as they are."""
    if _file().exists():
        _write({"data_dir": None, "projects": {}})


def remember_project(session: Session, project: str) -> None:
    """Note in which data directory, if any, a project has just been deployed."""
    if not _is_background(session):
        return
    found = _read()
    known = found["projects"].get(project)
    here = local_data_dir(session.endpoint_url)
    if here is None:
        found["projects"].pop(project, None)
    else:
        found["projects"][project] = here
    if known != here:
        _write(found)


def forget_project(session: Session, project: str) -> None:
    """The project is not deployed any more."""
    found = _read()
    if _is_background(session) and found["projects"].pop(project, None) is not None:
        _write(found)


def require_same_data(session: Session, project: str) -> None:
    """Refuse to go on with a project whose data are kept elsewhere than in the embedded AWS that runs.

    Raises:
        LocalAwsError: it was last deployed in another data directory; says which, and what to do.
    """
    if not _is_background(session):
        return
    expected, here = _read()["projects"].get(project), local_data_dir(session.endpoint_url)
    if expected is None or (here is not None and os.path.realpath(here) == os.path.realpath(expected)):
        return
    where = "keeps its data in memory" if here is None else f"keeps its data in {here}"
    raise LocalAwsError(
        f"the project {project} was last deployed in the data directory {expected}, and the embedded AWS at "
        f"{session.endpoint_url} {where}, without what is in there. To use it: personalize-sfn local stop, then "
        f"personalize-sfn local start --data-dir {expected}. To go on without it: personalize-sfn local forget"
    )


def _is_background(session: Session) -> bool:
    """Is it the user's background process?  The others are their programs' own affair."""
    if session.endpoint_url is None:
        return False
    return bool(local_state().get("endpoint_url") == session.endpoint_url)


def _file() -> Path:
    return local_home() / "data-directories.json"


def _read() -> dict[str, Any]:
    try:
        found = json.loads(_file().read_text())
    except FileNotFoundError:
        found = {}
    except (OSError, ValueError) as error:
        raise LocalAwsError(
            f"{_file()} says where the embedded AWS kept its data and cannot be read ({error}): remove it"
        ) from error
    if not isinstance(found, dict) or not isinstance(found.get("projects", {}), dict):
        raise LocalAwsError(f"{_file()}: expected an object with data_dir and projects: remove it")
    return {"data_dir": found.get("data_dir"), "projects": found.get("projects", {})}


def _write(found: dict[str, Any]) -> None:
    """All at once, readable by this user only."""
    local_home().mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = _file().with_name(f"{_file().name}.{os.getpid()}")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(found, file)
    partial.replace(_file())
