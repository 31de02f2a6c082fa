"""Tests of ``dataset_groups``: dataset groups: they hold everything else, and the live events."""

from __future__ import annotations

from fakes.personalize_aws import ACCOUNT, REGION

PREFIX = f"arn:aws:personalize:{REGION}:{ACCOUNT}:"


def test_a_dataset_group_is_active_and_has_no_failure_reason(aws):
    described = aws.settled("dataset_group", aws.group("movies"))
    assert described["datasetGroupArn"] == PREFIX + "dataset-group/movies"
    assert described["status"] == "ACTIVE"
    assert set(described) == {"name", "datasetGroupArn", "status", "creationDateTime", "lastUpdatedDateTime"}


def test_a_domain_dataset_group_echoes_its_domain(aws):
    assert aws.personalize.create_dataset_group(name="shop", domain="ECOMMERCE")["domain"] == "ECOMMERCE"


def test_a_missing_dataset_group_is_not_found_in_aws_words(aws, refused):
    arn = PREFIX + "dataset-group/none"
    assert refused(aws.personalize.describe_dataset_group, datasetGroupArn=arn) == (
        "ResourceNotFoundException",
        f"The given dataset group does not exist: {arn}",
    )
    assert refused(aws.personalize.delete_schema, schemaArn=PREFIX + "schema/none") == (
        "ResourceNotFoundException",
        f"Resource Arn {PREFIX}schema/none does not exist.",
    )


def test_a_group_goes_last(aws, refused):
    group = aws.group()
    tracker = aws.personalize.create_event_tracker(name="clicks", datasetGroupArn=group)["eventTrackerArn"]
    solution = aws.solution(group)
    dataset = aws.dataset(group)
    for kind, left, delete in (
        ("event_tracker", tracker, lambda: aws.personalize.delete_event_tracker(eventTrackerArn=tracker)),
        ("solution", solution, lambda: aws.personalize.delete_solution(solutionArn=solution)),
        ("dataset", dataset, lambda: aws.personalize.delete_dataset(datasetArn=dataset)),
    ):
        code, message = refused(aws.personalize.delete_dataset_group, datasetGroupArn=group)
        assert code == "ResourceInUseException"
        assert left in message
        delete()
        aws.gone(kind, left)
    aws.personalize.delete_dataset_group(datasetGroupArn=group)
    aws.gone("dataset_group", group)
    assert refused(aws.personalize.describe_dataset_group, datasetGroupArn=group)[0] == "ResourceNotFoundException"
