"""What the integration tests run: a small data set with two tastes, and a deployed pipeline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from personalize_sfn.config import Config
from personalize_sfn.datasets import csv_bytes
from personalize_sfn.execution import Execution, Workflow
from personalize_sfn.local import LocalAws
from personalize_sfn.session import Session


def interactions(*, seed: int = 0, users: int = 40, items: int = 100, each: int = 30) -> pd.DataFrame:
    """Two tastes: even users like even items, odd users odd ones; enough for Personalize's minima."""
    rows = [
        (
            f"u{user}",
            f"i{(2 * ((user * 7 + n * 3 + seed) % (items // 2)) + user % 2) % items}",
            880_000_000 + n * 60 + user,
            "watch",
        )
        for user in range(users)
        for n in range(each)
    ]
    return pd.DataFrame(rows, columns=["USER_ID", "ITEM_ID", "TIMESTAMP", "EVENT_TYPE"])


@dataclass
class Pipeline:
    """What a user has after deploy."""

    aws: LocalAws
    session: Session
    config: Config

    def upload(self, frame: pd.DataFrame) -> None:
        bucket = self.config.bucket_name(self.session.region, self.session.account_id)
        self.session.client("s3").put_object(
            Bucket=bucket, Key=self.config.data_key("INTERACTIONS"), Body=csv_bytes(frame)
        )

    def start(self, workflow: str = "main", **inputs: Any) -> Execution:
        arn = self.session.arns.state_machine(self.config.name(workflow))
        return Workflow.attach(arn, session=self.session).execute(inputs=inputs)

    def run(self, workflow: str = "main", **inputs: Any) -> dict[str, Any]:
        """The output of an execution that succeeds."""
        output: dict[str, Any] = self.start(workflow, **inputs).wait(timeout=60).get_output()
        return output

    def personalize(self) -> Any:
        return self.session.client("personalize")

    def versions(self, solution_arn: str) -> list[str]:
        listed = self.personalize().list_solution_versions(solutionArn=solution_arn)["solutionVersions"]
        return [version["solutionVersionArn"] for version in listed]
