"""The functions of a deployment, and their log groups."""

from __future__ import annotations

import dataclasses

from personalize_sfn.config import Config
from personalize_sfn.deploy import functions
from personalize_sfn.session import Session

KEY, OTHER = (f"arn:aws:kms:us-east-1:123456789012:key/{name}" for name in ("one", "other"))


def test_a_log_group_gets_the_key_changes_it_and_loses_it(session: Session, config: Config) -> None:
    keyed = dataclasses.replace(config, logs_kms_key_arn=KEY)
    made, _ = functions._log_group_steps(session, keyed, "movies-f", None)
    assert made.parameters["kmsKeyId"] == KEY
    session.client("logs").create_log_group(**made.parameters)
    session.client("logs").put_retention_policy(logGroupName="/aws/lambda/movies-f", retentionInDays=30)
    (present,) = functions.list_log_groups(session, config).values()

    def changes(wanted: str | None) -> list[tuple[str, dict[str, str]]]:
        given = dataclasses.replace(config, logs_kms_key_arn=wanted)
        return [
            (each.method, each.parameters) for each in functions._log_group_steps(session, given, "movies-f", present)
        ]

    assert changes(KEY) == []
    name = {"logGroupName": "/aws/lambda/movies-f"}
    assert changes(OTHER) == [("associate_kms_key", {**name, "kmsKeyId": OTHER})]
    assert changes(None) == [("disassociate_kms_key", name)]
