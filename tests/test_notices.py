"""A notice is a warning of the log, and in a notebook a plain line that nobody takes for an error."""

from __future__ import annotations

import logging
import sys
from types import SimpleNamespace

import pytest

from personalize_sfn.notices import notice


@pytest.fixture
def logger() -> logging.Logger:
    """One without a parent and without handlers, as where nobody has set up logging (pytest has)."""
    return logging.Logger("forgetting")


def in_a(monkeypatch: pytest.MonkeyPatch, **shell: object) -> None:
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: SimpleNamespace(**shell)))


def test_in_a_notebook_it_is_plain_output(
    logger: logging.Logger, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    in_a(monkeypatch, kernel=object())
    notice(logger, "Forgetting 2 users.\x1b[2J")
    assert capsys.readouterr() == ("Forgetting 2 users.�[2J\n", "")


def test_in_a_notebook_that_logs_it_goes_to_the_log(
    logger: logging.Logger, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    in_a(monkeypatch, kernel=object())
    seen: list[str] = []
    logger.addHandler(SimpleNamespace(level=0, handle=lambda record: seen.append(record.getMessage())))  # type: ignore[arg-type]
    notice(logger, "Forgetting 2 users.")
    assert (seen, capsys.readouterr().out) == (["Forgetting 2 users."], "")


@pytest.mark.parametrize("shell", [{}, {"kernel": None}])
def test_elsewhere_it_is_a_warning_of_the_log(
    shell: dict[str, object],
    logger: logging.Logger,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    in_a(monkeypatch, **shell)
    notice(logger, "Forgetting 2 users.")
    assert capsys.readouterr() == ("", "Forgetting 2 users.\n")
