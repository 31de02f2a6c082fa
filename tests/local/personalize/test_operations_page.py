"""The page of all operations is what the code says."""

from __future__ import annotations

from pathlib import Path

import pytest

from personalize_sfn.local.personalize import operations_page
from personalize_sfn.local.personalize.wire.protocol import operations

PAGE = Path(__file__).parents[3] / "docs" / "personalize-operations.md"


def test_the_page_is_up_to_date() -> None:
    command = "python -m personalize_sfn.local.personalize.operations_page > docs/personalize-operations.md"
    assert PAGE.read_text(encoding="utf-8") == operations_page.page(), f"make it again: {command}"


def test_every_operation_stands_in_it_once() -> None:
    lines = operations_page.page().splitlines()
    for name in operations():
        assert sum(line.startswith(f"| {name} |") for line in lines) == 1


@pytest.mark.parametrize("name", sorted(operations_page.NOTES))
def test_a_note_is_about_an_operation(name: str) -> None:
    assert name in operations()
