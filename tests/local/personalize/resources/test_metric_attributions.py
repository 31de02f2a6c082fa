"""Metric attributions: their metrics, and the reports of import jobs."""

from __future__ import annotations

import pytest

from fakes.metric_attributions import CLICKS, EVENTS, ITEMS, MINUTES, OUTPUT, REVENUE, create, request
from fakes.personalize_aws import ACCOUNT, REGION, ROLE


@pytest.fixture
def group(aws):
    """A dataset group with empty Interactions and Items datasets."""
    group = aws.group()
    aws.dataset(group, aws.schema("events", schema=EVENTS))
    aws.dataset(group, aws.schema("items", schema=ITEMS), "Items")
    return group


def metrics_of(aws, arn):
    return aws.personalize.list_metric_attribution_metrics(metricAttributionArn=arn)["metrics"]


def test_a_metric_attribution_is_described_listed_and_deleted(aws, group, refused):
    arn = create(aws, group, CLICKS, REVENUE, MINUTES)
    assert arn == f"arn:aws:personalize:{REGION}:{ACCOUNT}:metric-attribution/impact"
    described = aws.settled("metric_attribution", arn)
    assert described["status"] == "ACTIVE"
    assert described["metricsOutputConfig"] == OUTPUT
    assert "metrics" not in described
    assert metrics_of(aws, arn) == [CLICKS, REVENUE, MINUTES]
    listed = aws.personalize.list_metric_attributions(datasetGroupArn=group)["metricAttributions"]
    assert [each["metricAttributionArn"] for each in listed] == [arn]
    assert aws.personalize.list_metric_attributions(datasetGroupArn=group + "x")["metricAttributions"] == []
    aws.personalize.delete_metric_attribution(metricAttributionArn=arn)
    aws.gone("metric_attribution", arn)
    code, message = refused(aws.personalize.describe_metric_attribution, metricAttributionArn=arn)
    assert code == "ResourceNotFoundException"
    assert message == f"The given metric attribution does not exist: {arn}"


def test_pagination_gives_metrics_page_by_page(aws, group):
    arn = create(aws, group, CLICKS, REVENUE, MINUTES)
    first = aws.personalize.list_metric_attribution_metrics(metricAttributionArn=arn, maxResults=2)
    assert first["metrics"] == [CLICKS, REVENUE]
    rest = aws.personalize.list_metric_attribution_metrics(metricAttributionArn=arn, nextToken=first["nextToken"])
    assert rest["metrics"] == [MINUTES]
    assert "nextToken" not in rest


def test_a_group_has_one_metric_attribution(aws, group, refused):
    arn = create(aws, group)
    code, message = refused(aws.personalize.create_metric_attribution, **request(group, name="other"))
    assert (code, message) == ("ResourceAlreadyExistsException", f"Another resource with Arn {arn} already exists.")


@pytest.mark.parametrize(
    ("expression", "problem"),
    [
        ("AVG(Items.PRICE)", "expected SUM(Items.<column>), SUM(Interactions.<column>) or SAMPLECOUNT()"),
        ("SUM(Users.AGE)", "expected SUM(Items.<column>), SUM(Interactions.<column>) or SAMPLECOUNT()"),
        ("SAMPLECOUNT", "expected SUM(Items.<column>), SUM(Interactions.<column>) or SAMPLECOUNT()"),
        ("SUM(Items.COST)", "the ITEMS dataset has no column COST"),
        ("SUM(Items.GENRES)", "expected a column of numbers, GENRES is of type string"),
    ],
)
def test_expressions_are_checked_against_the_schemas(aws, group, refused, expression, problem):
    metric = CLICKS | {"expression": expression}
    code, message = refused(aws.personalize.create_metric_attribution, **request(group, metric))
    assert (code, message) == ("InvalidInputException", f"Invalid expression {expression!r}: {problem}")


def test_metrics_are_at_most_ten_each_with_its_own_name(aws, group, refused):
    code, message = refused(aws.personalize.create_metric_attribution, **request(group, CLICKS, CLICKS))
    assert (code, message) == ("InvalidInputException", "metrics: each metric needs a metricName of its own")
    ten = [CLICKS | {"metricName": f"m{number}"} for number in range(10)]
    arn = create(aws, group, *ten)
    update = aws.personalize.update_metric_attribution
    code, message = refused(update, metricAttributionArn=arn, addMetrics=[REVENUE])
    assert (code, message) == ("InvalidInputException", "metrics: expected 1 to 10 metrics, got 11")
    update(metricAttributionArn=arn, addMetrics=[REVENUE], removeMetrics=["m0"])
    assert metrics_of(aws, arn) == [*ten[1:], REVENUE]


def test_events_need_a_type(aws, refused):
    group = aws.group()
    aws.dataset(group)
    code, message = refused(aws.personalize.create_metric_attribution, **request(group))
    assert code == "InvalidInputException"
    assert message == "A metric attribution needs an Interactions dataset with an EVENT_TYPE column"


def test_an_update_says_what_is_wrong_with_it(aws, group, refused):
    arn, update = create(aws, group), aws.personalize.update_metric_attribution
    code, message = refused(update, metricAttributionArn=arn)
    assert code == "InvalidInputException"
    assert message == f"The update changes nothing of the given metric attribution: {arn}"
    code, message = refused(update, metricAttributionArn=arn, removeMetrics=["others"])
    assert (code, message) == ("ResourceNotFoundException", "The given metric does not exist: others")
    code, message = refused(update, metricAttributionArn=arn, addMetrics=[CLICKS])
    assert (code, message) == ("ResourceAlreadyExistsException", "Another metric named clicks exists.")
    code, message = refused(update, metricAttributionArn=arn, removeMetrics=["clicks"])
    assert (code, message) == ("InvalidInputException", "metrics: expected 1 to 10 metrics, got 0")
    assert metrics_of(aws, arn) == [CLICKS]


@pytest.mark.parametrize(
    "change",
    [{"denied": {"s3:PutObject"}}, {"bucket_allows": False}],
    ids=["put", "bucket-policy"],
)
def test_lacking_access_to_the_bucket_is_refused(aws, group, refused, change):
    for name, value in change.items():
        setattr(aws.environment, name, value)
    code, message = refused(aws.personalize.create_metric_attribution, **request(group))
    assert code == "InvalidInputException"
    assert message.startswith("Insufficient privileges for accessing data in S3.")
    create(aws, group, output={"roleArn": ROLE})


@pytest.mark.parametrize("change", [{"trusts": False}, {"denied": {"cloudwatch:PutMetricData"}}], ids=["trust", "put"])
def test_a_role_that_may_not_put_metrics_is_refused(aws, group, refused, change):
    for name, value in change.items():
        setattr(aws.environment, name, value)
    code, message = refused(aws.personalize.create_metric_attribution, **request(group, output={"roleArn": ROLE}))
    assert code == "InvalidInputException"
    assert message == f"metricsOutputConfig: the role may not put metric data to Amazon CloudWatch: {ROLE}"
