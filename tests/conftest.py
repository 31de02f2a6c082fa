"""What holds for every test."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

# jsonschema, and nbformat with it, imports a grammar of IRIs that every process compiles anew, for seconds.  No test
# asks for that format, and without the module jsonschema does not check it.
sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests first, then whole journeys: a long file that begins last keeps one process busy alone."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: (item.path not in slow, "journeys" not in item.path.parts))


@pytest.fixture(autouse=True, scope="session")
def state_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test sees, or makes, the key pair of the machine's user."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PERSONALIZE_SFN_HOME", str(tmp_path_factory.mktemp("state")))
        yield
