"""What the fixtures of the browser tests give: a pipeline, a Jupyter server, whom pages ask."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from personalize_sfn.config import Config
from personalize_sfn.execution import Execution
from personalize_sfn.session import Session

__all__ = ["TOKEN", "TRAINING_SECONDS", "Asked", "Clock", "Jupyter", "Pipeline"]

TRAINING_SECONDS = 3600.0
TOKEN = "of-this-test-only"


@dataclass
class Clock:
    """The embedded AWS's clock: training takes an hour, which passes when a test says so."""

    ahead: float = 0.0

    def now(self, *_: object) -> float:
        return time.time() + self.ahead

    def train(self) -> None:
        self.ahead += TRAINING_SECONDS


@dataclass(frozen=True)
class Pipeline:
    session: Session
    config: Config
    clock: Clock
    failed: Execution
    """One whose campaign failed."""


@dataclass(frozen=True)
class Jupyter:
    """A server of its own: no configuration, no settings and no notebooks of the machine's user."""

    url: str
    notebooks: Path
    settings: Path

    def use_theme(self, theme: str) -> None:
        """For pages that are opened from now on."""
        self.set("apputils-extension/themes", theme=f"JupyterLab {theme.title()}")

    def page(self, frontend: str, notebook: str) -> str:
        """The address of a notebook in JupyterLab (``lab``) or Notebook 7 (``notebook``)."""
        # A workspace of its own: JupyterLab opens again what was open in the one before.
        workspace = notebook.removesuffix(".ipynb")
        place = {"lab": f"lab/workspaces/{workspace}/tree/{notebook}", "notebook": f"notebooks/{notebook}"}[frontend]
        return f"{self.url}/{place}?token={TOKEN}"

    def set(self, plugin: str, **values: object) -> None:
        file = self.settings / "@jupyterlab" / f"{plugin}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values))


@dataclass
class Asked:
    """Whom the pages of a context asked for something."""

    here: int = 0
    elsewhere: list[str] = field(default_factory=list)

    def of(self, url: str) -> bool:
        """Count ``url``; whether it is on this machine."""
        parts = urlsplit(url)
        is_here = parts.scheme in {"data", "blob", "about"} or parts.hostname == "127.0.0.1"
        self.here += is_here
        self.elsewhere += [] if is_here else [url]
        return is_here
