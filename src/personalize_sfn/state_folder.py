"""The user's state folder: where the embedded AWS runs, and the one key pair of its owner."""

from __future__ import annotations

import hmac
import json
import os
import secrets
import stat
import string
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from personalize_sfn.errors import LocalAwsError

__all__ = [
    "HEALTH_PATH",
    "HISTORY_PATH",
    "LocalKeys",
    "forget_endpoint",
    "history_proof",
    "keys_of",
    "local_data_dir",
    "local_home",
    "local_keys",
    "local_state",
    "local_state_file",
    "proof",
    "remember_keys",
]

HEALTH_PATH = "/_personalize_sfn/health"
"""Where an embedded AWS says that it runs; with ``?nonce=...``, also that it is this user's."""
HISTORY_PATH = "/_personalize_sfn/history"
"""Where it says what a campaign or recommender knows of a user."""


class LocalKeys(NamedTuple):
    """The key pair of the embedded AWS's owner.  The id is no secret; the secret key signs every request."""

    access_key_id: str
    secret_access_key: str


_OF_RUNNING: dict[str, LocalKeys] = {}
"""Keys of each embedded AWS of this process, by its endpoint."""
_in_memory: LocalKeys | None = None
"""The pair of a process that cannot write its state folder."""


def local_home() -> Path:
    """Folder of the embedded AWS's state and log: ``PERSONALIZE_SFN_HOME``, or in the user's state folder."""
    if home := os.environ.get("PERSONALIZE_SFN_HOME"):
        return Path(home)
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "personalize-sfn"


def local_state_file() -> Path:
    """Where the background process writes ``{"pid", "endpoint_url", "started", "version"}``."""
    return local_home() / "local.json"


def local_state() -> dict[str, Any]:
    """What the state file says; empty where there is none, or it cannot be read."""
    try:
        found = json.loads(local_state_file().read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def local_data_dir(endpoint_url: str | None) -> str | None:
    """The data directory of the background embedded AWS at that endpoint; None: there is none, or it is another one."""
    state = local_state()
    found = state.get("data_dir") if state.get("endpoint_url") == endpoint_url else None
    return None if found is None else str(found)


def local_keys() -> LocalKeys:
    """The user's one key pair: made at first use, kept in ``keys.json`` (0600), the same after every restart.

    Where the folder cannot be written (a read-only home), the pair lasts as long as this process.

    Raises:
        LocalAwsError: ``keys.json`` belongs to another user, or is damaged.
    """
    global _in_memory  # noqa: PLW0603 - one a process, as the file is one a user
    path = local_home() / "keys.json"
    try:
        return _read(path)
    except (FileNotFoundError, NotADirectoryError):
        pass
    except PermissionError as error:
        raise LocalAwsError(f"{path} cannot be read: {error.strerror}. It must be yours: delete it") from error
    if _in_memory is not None:
        return _in_memory
    made = LocalKeys(_random("LOCAL", 15, string.ascii_uppercase + "234567"), _random("", 40, _SECRET_ALPHABET))
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write_new(path, made)
    except OSError:
        _in_memory = made
        return made
    return _read(path)  # another process may have been first


_SECRET_ALPHABET = string.ascii_letters + string.digits


def _random(prefix: str, length: int, alphabet: str) -> str:
    return prefix + "".join(secrets.choice(alphabet) for _ in range(length))


def _read(path: Path) -> LocalKeys:
    with path.open() as file:
        found = os.fstat(file.fileno())
        if hasattr(os, "getuid") and found.st_uid != os.getuid():
            raise LocalAwsError(
                f"{path} belongs to another user (id {found.st_uid}), who would know your keys: set "
                "PERSONALIZE_SFN_HOME to a folder of your own"
            )
        if stat.S_IMODE(found.st_mode) & 0o077:
            with suppress(OSError):  # a file system without modes
                path.chmod(0o600)
        try:
            value = json.load(file)
            keys = LocalKeys(value["access_key_id"], value["secret_access_key"])
            if all(isinstance(part, str) and part.isascii() and len(part) >= 16 for part in keys):
                return keys
        except (ValueError, KeyError, TypeError):
            pass
    raise LocalAwsError(f"{path} is damaged: delete it, and a new key pair is made (stop the embedded AWS first)")


def _write_new(path: Path, keys: LocalKeys) -> None:
    """All at once and only if there is none: two first starts at the same time end with one pair."""
    partial = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(keys._asdict(), file)
        try:
            os.link(partial, path)
        except FileExistsError:
            pass
        except OSError:  # a file system without hard links
            partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def remember_keys(endpoint_url: str, keys: LocalKeys) -> None:
    """An embedded AWS of this process answers there, to these keys."""
    _OF_RUNNING[endpoint_url] = keys


def forget_endpoint(endpoint_url: str) -> None:
    """It does not answer there any more."""
    _OF_RUNNING.pop(endpoint_url, None)


def keys_of(endpoint_url: str) -> LocalKeys:
    """The keys that the embedded AWS at this endpoint takes: those of this process's own, else the user's.

    Raises:
        LocalAwsError: as :func:`local_keys`.
    """
    return _OF_RUNNING.get(endpoint_url.rstrip("/")) or local_keys()


def proof(keys: LocalKeys, nonce: str) -> str:
    """What only those answer to ``nonce`` who have the keys: a port may have passed to another user's program."""
    return hmac.digest(keys.secret_access_key.encode(), f"health {nonce}".encode(), "sha256").hex()


def history_proof(keys: LocalKeys, query: str) -> str:
    """What only those send with a query of ``HISTORY_PATH`` who have the keys, which stay here: as :func:`proof`."""
    return hmac.digest(keys.secret_access_key.encode(), f"history {query}".encode(), "sha256").hex()
