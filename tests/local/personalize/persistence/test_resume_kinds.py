"""What answers after a restart as before, beside campaigns: actions, segments, recommenders, event ids of actions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fakes.personalize_aws import BUCKET, ROLE, Aws, avro, csv_bytes, two_tastes
from fakes.restarted_personalize import running

TEXT = ["null", "string"]
ACTION = [{"name": "ACTION_ID", "type": "string"}, {"name": "TYPE", "type": TEXT}]
TAKEN = [
    {"name": "USER_ID", "type": "string"},
    {"name": "ACTION_ID", "type": "string"},
    {"name": "EVENT_TYPE", "type": "string"},
    {"name": "TIMESTAMP", "type": "long"},
]


def _actions(aws: Aws, group: str) -> str:
    """The tracking id of what was taken: odd users take a1 and a2, even ones a3 to a5."""
    actions = aws.dataset(group, aws.schema("actions", schema=avro(name="Actions", fields=ACTION)), "Actions")
    aws.events.put_actions(datasetArn=actions, actions=[{"actionId": f"a{n}"} for n in range(1, 6)])
    schema = aws.schema("taken", schema=avro(name="ActionInteractions", fields=TAKEN))
    taken = aws.dataset(group, schema, "Action_Interactions")
    rows = [
        (f"u{user}", f"a{1 + turn % 2 if user % 2 else 3 + turn % 3}", "Taken", 1_600_000_000 + turn)
        for turn in range(6)
        for user in range(60)
    ]
    job = aws.imported(taken, csv_bytes(rows * 3, "USER_ID,ACTION_ID,EVENT_TYPE,TIMESTAMP"), name="taken")
    assert job["status"] == "ACTIVE", job
    return str(aws.describe("dataset", taken)["trackingId"])


def _rows_of(aws: Aws, group: str) -> int:
    """How many interactions with actions came one by one, as an export says it."""
    [dataset] = [
        each["datasetArn"]
        for each in aws.personalize.list_datasets(datasetGroupArn=group)["datasets"]
        if each["datasetType"] == "ACTION_INTERACTIONS"
    ]
    name = f"export-{len(aws.personalize.list_dataset_export_jobs()['datasetExportJobs'])}"
    arn = aws.personalize.create_dataset_export_job(
        jobName=name,
        datasetArn=dataset,
        ingestionMode="PUT",
        roleArn=ROLE,
        jobOutput={"s3DataDestination": {"path": f"s3://{BUCKET}/{name}/"}},
    )["datasetExportJobArn"]
    job = aws.settled("dataset_export_job", arn)
    assert job["status"] == "ACTIVE", job
    return sum(
        len(content.splitlines()) - 1
        for key, content in aws.environment.objects.items()
        if key.startswith(f"{name}/") and content
    )


def test_the_next_best_action_and_the_event_ids_that_it_knows_last(tmp_path: Path) -> None:
    one = {"actionId": "a1", "userId": "u1", "sessionId": "s", "eventType": "Taken", "timestamp": 1_700_000_000}
    one["eventId"] = "once"
    with running(tmp_path) as aws:
        group = aws.data()
        tracking_id = _actions(aws, group)
        aws.events.put_action_interactions(trackingId=tracking_id, actionInteractions=[one])
        campaign = aws.campaign(aws.trained(group, "aws-next-best-action"))
        before = aws.runtime.get_action_recommendations(campaignArn=campaign, userId="u1")["actionList"]
    assert before
    with running(tmp_path) as aws:
        assert aws.runtime.get_action_recommendations(campaignArn=campaign, userId="u1")["actionList"] == before
        aws.events.put_action_interactions(trackingId=tracking_id, actionInteractions=[one])
        assert _rows_of(aws, group) == 1
        other = one | {"eventId": "another", "actionId": "a2"}
        aws.events.put_action_interactions(trackingId=tracking_id, actionInteractions=[other])
        assert _rows_of(aws, group) == 2


def _segment(aws: Aws, version: str, name: str) -> bytes:
    aws.environment.objects["in.jsonl"] = b'{"itemId": "i1"}\n'
    arn = aws.personalize.create_batch_segment_job(
        jobName=name,
        solutionVersionArn=version,
        numResults=10,
        roleArn=ROLE,
        jobInput={"s3DataSource": {"path": f"s3://{BUCKET}/in.jsonl"}},
        jobOutput={"s3DataDestination": {"path": f"s3://{BUCKET}/{name}/"}},
    )["batchSegmentJobArn"]
    job = aws.settled("batch_segment_job", arn)
    assert job["status"] == "ACTIVE", job
    return aws.environment.objects[f"{name}/in.jsonl.out"]


def test_an_items_segment_lasts(tmp_path: Path) -> None:
    with running(tmp_path) as aws:
        version = aws.trained(aws.data(), "aws-item-affinity")
        before = _segment(aws, version, "before")
    with running(tmp_path) as aws:
        assert _segment(aws, version, "after") == before


def test_a_recommender_lasts(tmp_path: Path) -> None:
    typed: list[dict[str, Any]] = [{"name": "EVENT_TYPE", "type": "string"}]
    with running(tmp_path) as aws:
        group = aws.group(domain="ECOMMERCE")
        dataset = aws.dataset(group, aws.schema(schema=avro(*typed), domain="ECOMMERCE"))
        rows = [(*row, "View") for row in two_tastes()]
        aws.imported(dataset, csv_bytes(rows, "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE"))
        arn = aws.personalize.create_recommender(
            name="you",
            datasetGroupArn=group,
            recipeArn="arn:aws:personalize:::recipe/aws-ecomm-recommended-for-you",
        )["recommenderArn"]
        described = aws.settled("recommender", arn)
        assert described["status"] == "ACTIVE", described
        before = aws.runtime.get_recommendations(recommenderArn=arn, userId="u1")["itemList"]
    assert before
    with running(tmp_path) as aws:
        assert aws.describe("recommender", arn) == described
        assert aws.runtime.get_recommendations(recommenderArn=arn, userId="u1")["itemList"] == before
