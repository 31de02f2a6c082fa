"""The local IAM's table against AWS's service-authorization reference."""

from __future__ import annotations

import json

from contracts.iam_reference import TABLE, table, text
from personalize_sfn.local.aws.service_authorization import service
from personalize_sfn.local.personalize.wire.protocol import operations


def test_the_table_is_what_the_installed_reference_says() -> None:
    assert TABLE.read_text() == text(table()), (
        "stale: run python tests/contracts/iam_reference.py, look at what changed"
    )
    assert json.loads(TABLE.read_text()) == table()


def test_every_operation_of_personalize_is_an_action_of_the_table() -> None:
    found = service("personalize")

    assert found is not None
    assert [name for name in operations() if not found.knows(name)] == []
    assert len(found.required) > 70
