"""A whole life of a pipeline under exactly the caller's policy, and nothing in any policy that it does not need."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
import pytest

from fakes.callers import ACCOUNT, assumed
from fakes.solutions import served
from personalize_sfn import datasets
from personalize_sfn.clean_up import clean_up, ours
from personalize_sfn.config import Config, DatasetConfig, DatasetsConfig, RolesConfig
from personalize_sfn.datasets import schemas
from personalize_sfn.deploy import caller_policy, deploy, describe, destroy, preflight
from personalize_sfn.deploy.packages import packages
from personalize_sfn.deploy.policies import roles
from personalize_sfn.deploy.role_arns import ROLE_KEYS, role_arns
from personalize_sfn.deploy.statements import DEMANDED_BY_AWS
from personalize_sfn.evaluation import evaluate
from personalize_sfn.execution import Execution, Workflow
from personalize_sfn.execution.function_logs import FunctionLogs
from personalize_sfn.execution.still_running import stop_training
from personalize_sfn.local import LocalAws
from personalize_sfn.prune import orphans
from personalize_sfn.resources import EVENT_TRACKER, FILTER, METRIC_ATTRIBUTION, RECOMMENDER
from personalize_sfn.session import Session

pytestmark = pytest.mark.slow

#: What clean-up needs where people made such a thing; in this life nobody did.  tests/integration deletes some.
OF_WHAT_PEOPLE_MAKE = {
    f"personalize:{row.operation(verb)}"
    for row in (EVENT_TRACKER, FILTER, METRIC_ATTRIBUTION, RECOMMENDER)
    for verb in ("Delete", "Describe")
}
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/boundary"
EVERYTHING = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
GENRES = schemas.field("GENRES", categorical=True, nullable=True)
CONFIG = Config(project="movies", datasets=DatasetsConfig(items=DatasetConfig(schema=schemas.items(GENRES))))
CHANGED = dataclasses.replace(
    CONFIG,
    tags={"team": "films"},
    # Another column, which may be null: the dataset is updated.
    datasets=DatasetsConfig(
        items=DatasetConfig(schema=schemas.items(GENRES, schemas.field("YEAR", "int", nullable=True)))
    ),
    functions=dataclasses.replace(CONFIG.functions, memory_mb=512, log_retention_days=7),
    polling=dataclasses.replace(
        CONFIG.polling, campaign=dataclasses.replace(CONFIG.polling.campaign, timeout_seconds=9999)
    ),
)
OWN_BUCKET = Config(project="series", bucket="own-bucket")
BOUNDED = Config(project="shows", roles=RolesConfig(permissions_boundary_arn=BOUNDARY))


def interactions() -> pd.DataFrame:
    """40 users with 30 of 60 items each."""
    rows = [
        (f"u{user}", f"i{(user * 7 + step * 3) % 60}", 1_600_000_000 + step, "watch")
        for user in range(40)
        for step in range(30)
    ]
    return pd.DataFrame(rows, columns=["USER_ID", "ITEM_ID", "TIMESTAMP", "EVENT_TYPE"])


def catalogue() -> pd.DataFrame:
    return pd.DataFrame({"ITEM_ID": [f"i{item}" for item in range(60)], "GENRES": ["Drama", "Comedy"] * 30})


def run(session: Session, config: Config, machine: str, **inputs: Any) -> Any:
    workflow = Workflow.attach(session.arns.state_machine(config.name(machine)), session=session)
    execution = workflow.execute(inputs=inputs)
    execution.wait(timeout=120)
    execution.list_events()
    return execution.get_output()


def tamper(owner: Session) -> None:
    """What somebody could do to a deployment by hand, so that the next deploy has something to correct everywhere."""
    iam = owner.client("iam")
    iam.attach_role_policy(RoleName="movies-personalize-us-east-1", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    trust = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    iam.update_assume_role_policy(
        RoleName="movies-personalize-us-east-1",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    )
    # The next run turns it off: nothing serves what it trains.
    solution = owner.arns.personalize(f"solution/{CONFIG.solution_name('for-you')}")
    owner.client("personalize").update_solution(solutionArn=solution, performAutoTraining=True)
    package = packages()["create-schema"]
    owner.client("lambda").update_function_code(FunctionName="movies-describe-campaign", ZipFile=package.zip)


def make_strangers_dataset(owner: Session) -> None:
    """In the same account, but not of the project."""
    personalize = owner.client("personalize")
    text = CONFIG.datasets.interactions.schema_text
    schema = personalize.create_schema(name="theirs", schema=text)["schemaArn"]
    group = personalize.create_dataset_group(name="theirs")["datasetGroupArn"]
    while personalize.describe_dataset_group(datasetGroupArn=group)["datasetGroup"]["status"] != "ACTIVE":
        pass
    personalize.create_dataset(name="theirs", schemaArn=schema, datasetGroupArn=group, datasetType="Interactions")


@pytest.fixture(scope="module")
def lived() -> Iterator[LocalAws]:
    """An embedded AWS on which a pipeline was deployed, run, changed, run again, cleaned up and destroyed."""
    with LocalAws() as aws:
        session = assumed(aws, CHANGED)
        deployment = deploy(session, CONFIG)
        datasets.upload(session, interactions(), f"s3://{deployment.bucket}/{CONFIG.data_key('INTERACTIONS')}")
        datasets.upload(session, catalogue(), f"s3://{deployment.bucket}/{CONFIG.data_key('ITEMS')}")
        run(session, CONFIG, "main")
        tamper(aws.session())
        deploy(session, CHANGED)
        assert describe(session, CHANGED) is not None
        assert deploy(session, CHANGED, dry_run=True).changes == ()
        datasets.upload(
            session, interactions().head(1150), f"s3://{deployment.bucket}/{CONFIG.data_key('INTERACTIONS')}"
        )
        items = catalogue().assign(YEAR=1999)
        datasets.upload(session, items, f"s3://{deployment.bucket}/{CONFIG.data_key('ITEMS')}")
        run(session, CHANGED, "main", train="always")
        run(session, CHANGED, "main")
        assert preflight(session, CHANGED).refused == ()
        assert len(evaluate(session, CHANGED, newest=5).versions) == 2
        lost = dataclasses.replace(CHANGED, solutions=served("aws-sims"))
        assert orphans(session, lost) == [], "the campaign of that key serves it until the next run"
        gone = dataclasses.replace(CHANGED, solutions={"other": served("aws-sims")["for-you"]})
        assert [each.requests for each in orphans(session, gone)] == [0, None]
        version = evaluate(session, CHANGED).versions[0].arn
        assert not stop_training(session.client("personalize"), version), "it has ended long ago"
        recommended = run(session, CHANGED, "recommendation", userId="u1", numResults=5)
        assert len(recommended["itemList"]) == 5
        directly = session.client("personalize-runtime").get_recommendations(
            campaignArn=session.arns.personalize("campaign/movies-for-you"), userId="u1", numResults=5
        )
        assert directly["itemList"] == recommended["itemList"]
        stopped = Workflow.attach(session.arns.state_machine("movies-main"), session=session).execute(inputs={})
        stopped.stop()
        Execution.attach(stopped.execution_arn, session=session).render_progress()
        asked = FunctionLogs(session, CHANGED, "get-recommendations").lines(datetime.now(UTC) - timedelta(hours=1))
        assert [(each.operation, each.status) for each in asked] == [("GetRecommendations", "ok")]
        make_strangers_dataset(aws.session())
        clean_up(session, CHANGED)
        destroy(session, CHANGED)

        aws.session().client("iam").create_policy(PolicyName="boundary", PolicyDocument=EVERYTHING)
        bounded = assumed(aws, BOUNDED)
        deploy(bounded, dataclasses.replace(BOUNDED, tags={"team": "films"}))
        iam = aws.session().client("iam")
        iam.delete_role_permissions_boundary(RoleName="shows-personalize-us-east-1")
        iam.delete_role_policy(RoleName="shows-lambda-read-us-east-1", PolicyName="personalize-sfn")
        deploy(bounded, BOUNDED)
        assert deploy(bounded, BOUNDED, dry_run=True).changes == ()
        destroy(bounded, BOUNDED)

        aws.session().client("s3").create_bucket(Bucket="own-bucket")
        other = assumed(aws, OWN_BUCKET)
        deploy(other, OWN_BUCKET)
        destroy(other, OWN_BUCKET)
        yield aws


def allowed_actions(policy: dict[str, Any]) -> set[str]:
    return {action for statement in policy["Statement"] for action in statement["Action"]}


def seen_by(aws: LocalAws, role: str) -> set[str]:
    return {call.action for call in aws.calls if call.principal.endswith(f":role/{role}")}


def test_every_call_of_a_whole_life_was_allowed(lived: LocalAws) -> None:
    refused = sorted({(call.principal, call.action, call.resource) for call in lived.calls if not call.allowed})

    assert len(lived.calls) > 500
    assert refused == []


def test_nothing_is_left_of_it(lived: LocalAws) -> None:
    owner = lived.session()

    assert ours(owner, CHANGED) == []
    groups = owner.client("personalize").list_dataset_groups()["datasetGroups"]
    assert [group["name"] for group in groups] == ["theirs"]
    assert destroy(owner, CHANGED, dry_run=True) == []
    roles = [role["RoleName"] for role in owner.client("iam").list_roles()["Roles"]]
    assert sorted(roles) == ["caller-of-movies", "caller-of-series", "caller-of-shows"]
    assert [bucket["Name"] for bucket in owner.client("s3").list_buckets()["Buckets"]] == ["own-bucket"]


@pytest.mark.parametrize("config", [CHANGED, OWN_BUCKET, BOUNDED], ids=lambda config: config.project)
def test_every_action_that_the_callers_policy_allows_was_used_or_is_demanded_by_aws(
    lived: LocalAws, config: Config
) -> None:
    arns = lived.session().arns
    allowed = allowed_actions(caller_policy(config, arns))
    seen = {action for project in ("movies", "series", "shows") for action in seen_by(lived, f"caller-of-{project}")}

    assert sorted(allowed - seen - DEMANDED_BY_AWS.keys()) == []


@pytest.mark.parametrize("key", ROLE_KEYS)
def test_every_action_that_a_role_allows_was_used_or_is_demanded_by_aws(lived: LocalAws, key: str) -> None:
    arns = lived.session().arns
    (role,) = [role for role in roles(CHANGED, arns, functions=["f"], machines=["m"]) if role.key == key]
    seen = seen_by(lived, role_arns(CHANGED, arns)[key].rpartition("/")[2])

    assert sorted(allowed_actions(role.policy) - seen - DEMANDED_BY_AWS.keys() - OF_WHAT_PEOPLE_MAKE) == []
    assert seen
