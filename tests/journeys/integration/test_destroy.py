"""Removing a pipeline from Python, with what people made beside it."""

from __future__ import annotations

from typing import Any

import pytest

from fakes.pipelines import Pipeline
from personalize_sfn import sdk, stages
from personalize_sfn.clean_up import clean_up, ours
from personalize_sfn.config import Config, DatasetConfig, DatasetsConfig
from personalize_sfn.datasets import schemas
from personalize_sfn.deploy import deploy, destroy
from personalize_sfn.errors import DeployError, NotOursError
from personalize_sfn.execution import Workflow
from personalize_sfn.ownership import PROJECT_TAG
from personalize_sfn.resources import EVENT_TRACKER, FILTER
from personalize_sfn.waiters import wait_until_active

TAG = [{"tagKey": PROJECT_TAG, "tagValue": "movies"}]
BOUGHT = 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("buy")'
WITH_EVENTS = Config(
    project="movies",
    datasets=DatasetsConfig(interactions=DatasetConfig(schema=dict(schemas.interactions(schemas.field("EVENT_TYPE"))))),
)


@pytest.fixture
def group(pipeline: Pipeline) -> str:
    """A dataset group whose interactions have an EVENT_TYPE."""
    pipeline.config = WITH_EVENTS
    deploy(pipeline.session, WITH_EVENTS)
    return str(pipeline.run("dataset")["datasetGroupArn"])


def make_tracker_and_filter(pipeline: Pipeline, group: str, tags: list[dict[str, str]]) -> tuple[str, str]:
    personalize = pipeline.personalize()
    tracker = personalize.create_event_tracker(name="clicks", datasetGroupArn=group, tags=tags)["eventTrackerArn"]
    kept = personalize.create_filter(
        name="bought",
        datasetGroupArn=group,
        filterExpression=BOUGHT,
        tags=tags,
    )["filterArn"]
    wait_until_active(personalize, EVENT_TRACKER, tracker, delay_seconds=0.05)
    wait_until_active(personalize, FILTER, kept, delay_seconds=0.05)
    return tracker, kept


def kinds(changes: list[Any]) -> list[str]:
    return [change.sentence for change in changes if change.kind == "Personalize resource"]


def left(pipeline: Pipeline) -> list[str]:
    return [str(each) for each in ours(pipeline.session, pipeline.config)]


def test_destroy_deletes_the_campaign_and_all_else_in_personalize_first(pipeline: Pipeline) -> None:
    pipeline.run()

    planned = destroy(pipeline.session, pipeline.config, dry_run=True)
    assert kinds(planned)[:2] == [
        "delete campaign movies-for-you (ACTIVE)",
        "delete solution movies-for-you-user-personalization-v2 (ACTIVE)",
    ]
    assert len(left(pipeline)) == 5

    assert destroy(pipeline.session, pipeline.config) == planned

    assert left(pipeline) == []
    assert destroy(pipeline.session, pipeline.config) == []


@pytest.mark.slow
def test_the_infrastructure_alone_is_not_removed_while_a_campaign_is_billed(pipeline: Pipeline) -> None:
    pipeline.run()

    with pytest.raises(DeployError) as refused:
        destroy(pipeline.session, pipeline.config, infrastructure_only=True)

    assert str(refused.value) == (
        "campaign movies-for-you (ACTIVE) would go on being billed by the hour, and nothing would be left that "
        "deletes it: call destroy(session, config) without infrastructure_only, or clean_up(session, config) first. "
        "Nothing was removed"
    )
    clean_up(pipeline.session, pipeline.config)
    assert "delete state machine movies-clean-up" in [
        change.sentence for change in destroy(pipeline.session, pipeline.config, infrastructure_only=True)
    ]


@pytest.mark.slow
def test_trackers_and_filters_of_ours_go_too(pipeline: Pipeline, group: str) -> None:
    make_tracker_and_filter(pipeline, group, TAG)

    removed = [str(each) for each in clean_up(pipeline.session, pipeline.config)]

    assert removed[:2] == ["event tracker clicks (ACTIVE)", "filter bought (ACTIVE)"]
    assert left(pipeline) == []


@pytest.mark.slow
@pytest.mark.parametrize("remove", [clean_up, destroy])
def test_a_tracker_of_somebody_elses_is_named_before_anything_is_deleted(
    pipeline: Pipeline, group: str, remove: Any
) -> None:
    make_tracker_and_filter(pipeline, group, [])
    before = left(pipeline)

    with pytest.raises(NotOursError) as refused:
        remove(pipeline.session, pipeline.config)

    assert str(refused.value).startswith(
        "event tracker clicks (ACTIVE), filter bought (ACTIVE): without the tag personalize-sfn:project=movies, "
        "so they are left alone, "
    )
    assert left(pipeline) == before


@pytest.mark.slow
def test_a_bucket_that_the_config_names_keeps_everything(pipeline: Pipeline) -> None:
    pipeline.run("dataset")
    s3 = pipeline.session.client("s3")
    name = pipeline.config.bucket_name(pipeline.session.region, pipeline.session.account_id)

    destroy(pipeline.session, Config(project="movies", bucket=name))

    assert [each["Key"] for each in s3.list_objects_v2(Bucket=name)["Contents"]] == ["movies/interactions.csv"]


@pytest.mark.slow
def test_workflows_that_people_made_with_the_session_go_too(pipeline: Pipeline) -> None:
    role = deploy(pipeline.session, pipeline.config).role_arns["step_functions"]
    of_stages = sdk.Chain([stages.dataset_group.dataset_group(pipeline.config)])
    mine = Workflow("of-my-own", of_stages, role, session=pipeline.session)
    mine.create()
    mine.execute(inputs={}).wait(timeout=60)
    Workflow("movies-plain", sdk.Chain([sdk.Pass("Mine")]), role, session=pipeline.session).create()

    removed = [change.sentence for change in destroy(pipeline.session, pipeline.config)]

    assert {"delete state machine of-my-own", "delete state machine movies-plain"} <= set(removed)
    assert pipeline.session.client("stepfunctions").list_state_machines()["stateMachines"] == []
