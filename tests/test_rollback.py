"""Rolling back: which version a campaign goes back to, and when it refuses; with a real campaign in journeys."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from personalize_sfn import rollback as _function
from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.errors import AlreadyRunningError, ConfigError, WorkflowError
from personalize_sfn.rollback import RolledBack, rollback

assert _function is rollback
ARNS = Arns("us-east-1", "123456789012")
ONE = Config.from_dict({"project": "shop", "solutions": {"for-you": {"recipe": "aws-sims", "campaign": {}}}})
SOLUTION = ARNS.personalize("solution/shop-for-you-sims")
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


class Pages:
    def __init__(self, versions: list[dict[str, Any]]) -> None:
        self.versions = versions

    def paginate(self, *, solutionArn: str) -> list[dict[str, Any]]:
        assert solutionArn == SOLUTION
        return [{"solutionVersions": self.versions[:2]}, {"solutionVersions": self.versions[2:]}]


class FakeAws:
    """Versions v1, v2, ... by status, oldest first; the campaign serves one of them."""

    def __init__(self, statuses: list[str], serves: str | None, running: tuple[str, ...] = (), **campaign: Any) -> None:
        self.started: list[dict[str, Any]] = []
        self.versions = [
            {"solutionVersionArn": f"{SOLUTION}/v{n}", "status": status, "creationDateTime": BEGAN + timedelta(days=n)}
            for n, status in enumerate(statuses, 1)
        ]
        self.serves, self.running = serves, running
        self.campaign = {"status": "ACTIVE", "solutionVersionArn": f"{SOLUTION}/{serves}", **campaign}
        self.arns = ARNS
        self.is_local = False

    def client(self, _: str) -> Any:
        return SimpleNamespace(
            describe_campaign=self._describe,
            get_paginator=lambda _: Pages(self.versions),
            list_executions=lambda **_: {"executions": [{"executionArn": arn} for arn in self.running]},
        )

    def _describe(self, *, campaignArn: str) -> Any:
        assert campaignArn == ARNS.personalize("campaign/shop-for-you")
        if self.serves is None:
            raise ClientError({"Error": {"Code": "ResourceNotFoundException", "Message": "none"}}, "DescribeCampaign")
        return {"campaign": self.campaign}

    def execute(self, inputs: dict[str, Any]) -> Any:
        self.started.append(inputs)
        return SimpleNamespace(execution_arn="arn:moved", wait=lambda progress: None)


@pytest.fixture(autouse=True)
def no_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    module = import_module("personalize_sfn.rollback")  # the package's attribute of that name is the function
    monkeypatch.setattr(module, "require_same_data", lambda *_: None)
    monkeypatch.setattr(module, "require_deployed", lambda *_: None)
    monkeypatch.setattr(module, "Workflow", SimpleNamespace(attach=lambda _, session: session))


@pytest.mark.parametrize(
    ("statuses", "serves", "target"),
    [
        (["ACTIVE", "ACTIVE", "ACTIVE"], "v3", "v2"),
        (["ACTIVE", "ACTIVE", "ACTIVE"], "v2", "v1"),
        (["ACTIVE", "CREATE FAILED", "ACTIVE", "CREATE IN_PROGRESS"], "v3", "v1"),
    ],
)
def test_it_goes_back_to_the_newest_active_version_before_the_one_that_is_served(statuses, serves, target) -> None:
    aws = FakeAws(statuses, serves)
    done = rollback(aws, ONE)  # type: ignore[arg-type]
    (inputs,) = aws.started
    assert inputs["solutionVersionArn"] == done.version_arn == f"{SOLUTION}/{target}"
    assert inputs["campaign"]["name"] == done.campaign == "shop-for-you"
    assert done.instead_of == f"{SOLUTION}/{serves}"
    assert str(done).startswith(f"campaign shop-for-you serves version {target} of 2026-01-0")
    assert isinstance(done, RolledBack)


@pytest.mark.parametrize(("statuses", "serves"), [(["ACTIVE"], "v1"), (["CREATE FAILED", "ACTIVE", "ACTIVE"], "v2")])
def test_without_a_version_before_it_refuses_and_changes_nothing(statuses, serves) -> None:
    aws = FakeAws(statuses, serves)
    with pytest.raises(WorkflowError, match=rf"serves {serves}, the oldest ACTIVE version .* Nothing was changed"):
        rollback(aws, ONE)  # type: ignore[arg-type]
    assert aws.started == []


def test_a_campaign_that_is_not_there_is_named_with_what_to_do() -> None:
    with pytest.raises(WorkflowError, match=r"shop-for-you does not exist yet\. Run the main workflow") as found:
        rollback(FakeAws(["ACTIVE"], None), ONE)  # type: ignore[arg-type]
    assert found.value.error == "ResourceNotFoundException"


@pytest.mark.parametrize(
    "status", ["DELETE PENDING", "DELETE IN_PROGRESS", "CREATE PENDING", "CREATE IN_PROGRESS", "CREATE FAILED"]
)
def test_a_campaign_that_is_not_active_is_left_alone_because_its_workflow_would_create_it_again(status: str) -> None:
    aws = FakeAws(["ACTIVE", "ACTIVE"], "v2", status=status)
    said = f"campaign shop-for-you: expected status ACTIVE, got {status}. Nothing was changed"
    with pytest.raises(WorkflowError, match=f"^{re.escape(said)}$") as found:
        rollback(aws, ONE)  # type: ignore[arg-type]
    assert found.value.arn == ARNS.personalize("campaign/shop-for-you")
    assert aws.started == []


@pytest.mark.parametrize("status", ["CREATE PENDING", "CREATE IN_PROGRESS"])
def test_while_an_update_is_under_way_it_refuses_because_it_would_go_one_version_too_far(status: str) -> None:
    update = {"status": status, "solutionVersionArn": f"{SOLUTION}/v3"}
    aws = FakeAws(["ACTIVE", "ACTIVE", "ACTIVE"], "v2", latestCampaignUpdate=update)
    with pytest.raises(WorkflowError, match=rf"is being updated to v3 \({status}\)\. Wait .* Nothing was changed"):
        rollback(aws, ONE)  # type: ignore[arg-type]
    assert aws.started == []


@pytest.mark.parametrize("status", ["ACTIVE", "CREATE FAILED"])
def test_an_update_that_has_ended_is_no_reason_to_refuse(status: str) -> None:
    update = {"status": status, "solutionVersionArn": f"{SOLUTION}/v3"}
    aws = FakeAws(["ACTIVE", "ACTIVE", "ACTIVE"], "v2", latestCampaignUpdate=update)
    assert rollback(aws, ONE).version_arn == f"{SOLUTION}/v1"  # type: ignore[arg-type]


def test_a_served_version_that_is_not_listed_is_refused_with_what_to_do() -> None:
    aws = FakeAws(["ACTIVE", "ACTIVE"], "$LATEST")
    with pytest.raises(WorkflowError, match=r"serves \$LATEST: expected a version that ListSolutionVersions lists\. "):
        rollback(aws, ONE)  # type: ignore[arg-type]
    assert aws.started == []


def test_while_the_main_workflow_runs_it_refuses_because_the_run_would_undo_it() -> None:
    aws = FakeAws(["ACTIVE", "ACTIVE"], "v2", running=("arn:run",))
    with pytest.raises(AlreadyRunningError, match=r"shop-main runs and will move the campaign .*: arn:run") as found:
        rollback(aws, ONE)  # type: ignore[arg-type]
    assert found.value.arns == ("arn:run",)
    assert aws.started == []


def test_of_several_campaigns_one_must_be_named() -> None:
    recipe = {"recipe": "aws-sims", "campaign": {}}
    several = Config.from_dict({"solutions": {"for-you": recipe, "alike": recipe, "bare": {"recipe": "aws-sims"}}})
    with pytest.raises(ConfigError, match=r"solution: expected one with a campaign \(for-you, alike\), got no name"):
        rollback(FakeAws([], None), several)  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match=r"expected one with a campaign \(for-you, alike\), got bare"):
        rollback(FakeAws([], None), several, "bare")  # type: ignore[arg-type]
