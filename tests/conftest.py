"""What holds for every test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True, scope="session")
def state_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test sees, or makes, the key pair of the machine's user."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PERSONALIZE_SFN_HOME", str(tmp_path_factory.mktemp("state")))
        yield
