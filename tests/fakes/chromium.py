"""Chromium, as Debian packages it: nothing here downloads a browser."""

from __future__ import annotations

import os
import shutil

import pytest

__all__ = ["FLAGS", "chromium"]

#: No window, and no calls home of the browser itself.
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-extensions",
)


def chromium() -> str:
    """Its path.  Where there is none the test that asks is skipped, but in CI it fails: nobody reads what CI skips."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no Chromium on this machine: apt-get install chromium")
    return found
