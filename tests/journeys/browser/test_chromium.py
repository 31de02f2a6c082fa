"""A machine without Chromium."""

from __future__ import annotations

import shutil

import pytest

from fakes.chromium import chromium


@pytest.mark.parametrize(("ci", "outcome"), [("", pytest.skip.Exception), ("true", pytest.fail.Exception)])
def test_without_a_browser_its_tests_are_skipped_but_fail_in_ci(
    ci: str, outcome: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setenv("CI", ci)

    with pytest.raises(outcome, match="no Chromium on this machine: apt-get install chromium"):
        chromium()
