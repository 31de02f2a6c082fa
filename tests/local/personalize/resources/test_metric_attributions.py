"""Metric attributions: their metrics, and the reports of import jobs."""

from __future__ import annotations

import csv
import io

import pytest

from fakes.personalize_aws import ACCOUNT, BUCKET, REGION, ROLE, avro, csv_bytes, two_tastes

CLICKS = {"eventType": "click", "metricName": "clicks", "expression": "SAMPLECOUNT()"}
REVENUE = {"eventType": "buy", "metricName": "revenue", "expression": "SUM(Items.PRICE)"}
MINUTES = {"eventType": "watch", "metricName": "minutes", "expression": "SUM(Interactions.EVENT_VALUE)"}
OUTPUT = {"roleArn": ROLE, "s3DataDestination": {"path": f"s3://{BUCKET}/reports/"}}
EVENTS = avro(
    {"name": "EVENT_TYPE", "type": "string"},
    {"name": "EVENT_VALUE", "type": ["null", "float"]},
    {"name": "EVENT_ATTRIBUTION_SOURCE", "type": ["null", "string"]},
)
EVENTS_HEADER = "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE,EVENT_VALUE,EVENT_ATTRIBUTION_SOURCE"
ITEMS = avro(
    name="Items",
    fields=[
        {"name": "ITEM_ID", "type": "string"},
        {"name": "PRICE", "type": ["null", "float"]},
        {"name": "GENRES", "type": ["null", "string"], "categorical": True},
    ],
)


@pytest.fixture
def group(aws):
    """A dataset group with empty Interactions and Items datasets."""
    group = aws.group()
    aws.dataset(group, aws.schema("events", schema=EVENTS))
    aws.dataset(group, aws.schema("items", schema=ITEMS), "Items")
    return group


def dataset_arn(kind):
    return f"arn:aws:personalize:{REGION}:{ACCOUNT}:dataset/movies/{kind}"


def request(group, *metrics, name="impact", output=OUTPUT):
    return {
        "name": name,
        "datasetGroupArn": group,
        "metrics": list(metrics or (CLICKS,)),
        "metricsOutputConfig": output,
    }


def create(aws, group, *metrics, **options):
    return aws.personalize.create_metric_attribution(**request(group, *metrics, **options))["metricAttributionArn"]


def metrics_of(aws, arn):
    return aws.personalize.list_metric_attribution_metrics(metricAttributionArn=arn)["metrics"]


def imported(aws, rows, **options):
    """The job of an import of these events, with others to fill it up, and the report's rows if there is one."""
    filling = [(f"u{number}", "i0", 1, "view", "", "") for number in range(1000)]
    job = aws.imported(dataset_arn("INTERACTIONS"), csv_bytes([*rows, *filling], EVENTS_HEADER), **options)
    names = [key for key in aws.environment.objects if key.startswith("reports/")]
    text = aws.environment.objects[names[-1]].decode() if names else ""
    return job, list(csv.reader(io.StringIO(text)))


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


def test_metrics_come_page_by_page(aws, group):
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


def test_a_recommendation_id_names_the_campaign_that_answered(aws):
    group = aws.group()
    columns = [{"name": name, "type": ["null", "string"]} for name in ("RECOMMENDATION_ID", "EVENT_ATTRIBUTION_SOURCE")]
    events = avro({"name": "EVENT_TYPE", "type": "string"}, *columns)
    dataset = aws.dataset(group, aws.schema(schema=events))
    header = "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE,RECOMMENDATION_ID,EVENT_ATTRIBUTION_SOURCE"
    filling = [(*row, "view", "", "") for row in two_tastes()]
    assert aws.imported(dataset, csv_bytes(filling, header))["status"] == "ACTIVE"
    version = aws.trained(group, "aws-popularity-count")
    first, second, gone = (aws.campaign(version, name) for name in ("first", "second", "gone"))
    ids = {
        arn: aws.runtime.get_recommendations(campaignArn=arn, userId="u1")["recommendationId"]
        for arn in (first, second, gone)
    }
    aws.personalize.delete_campaign(campaignArn=gone)
    aws.gone("campaign", gone)
    create(aws, group, CLICKS)
    rows = [
        ("u1", "i1", 900, "click", ids[first], ""),
        ("u2", "i1", 900, "click", ids[first], ""),
        ("u3", "i1", 900, "click", ids[second], ""),
        ("u4", "i1", 900, "click", ids[second], "mail"),
        ("u5", "i1", 900, "click", ids[gone], ""),
        ("u6", "i1", 900, "click", "RID-of-somebody-else", ""),
    ]
    job = aws.imported(dataset, csv_bytes([*rows, *filling], header), name="again", publishAttributionMetricsToS3=True)
    assert job["status"] == "ACTIVE"
    [name] = [key for key in aws.environment.objects if key.startswith("reports/")]
    _, *report = csv.reader(io.StringIO(aws.environment.objects[name].decode()))
    assert [(row[4], row[2]) for row in report] == [
        ("SOURCE_NAME_UNDEFINED", "2.0"),
        (first, "2.0"),
        (second, "1.0"),
        ("mail", "1.0"),
    ]


def test_an_import_that_publishes_writes_what_its_events_brought_by_source(aws, group):
    items = csv_bytes([("i1", 2.5, "War"), ("i2", 4, "War"), ("i3", "", "")], "ITEM_ID,PRICE,GENRES")
    assert aws.imported(dataset_arn("ITEMS"), items, name="items")["status"] == "ACTIVE"
    create(aws, group, CLICKS, REVENUE, MINUTES)
    start = 1_700_000_100  # a quarter of an hour begins here
    assert start % 900 == 0
    rows = [
        ("u1", "i1", start, "click", "", "home"),
        ("u2", "i1", start + 899, "click", "", "home"),
        ("u3", "i1", start + 900, "click", "", ""),
        ("u1", "i1", start, "buy", "", "home"),
        ("u1", "i2", start, "buy", "", "home"),
        ("u1", "i3", start, "buy", "", "home"),
        ("u1", "i1", start, "watch", "1.5", "mail"),
    ]
    job, report = imported(aws, rows, publishAttributionMetricsToS3=True)
    assert job["status"] == "ACTIVE"
    assert job["publishAttributionMetricsToS3"] is True
    assert report == [
        ["METRIC_NAME", "EVENT_TYPE", "VALUE", "MATH_FUNCTION", "EVENT_ATTRIBUTION_SOURCE", "TIMESTAMP"],
        ["clicks", "click", "1.0", "samplecount", "SOURCE_NAME_UNDEFINED", str(start + 900)],
        ["clicks", "click", "2.0", "samplecount", "home", str(start)],
        ["minutes", "watch", "1.5", "sum", "mail", str(start)],
        ["revenue", "buy", "6.5", "sum", "home", str(start)],
    ]
    [name] = [key for key in aws.environment.objects if key.startswith("reports/")]
    assert name.startswith("reports/AggregatedAttributionMetrics - BULK - ")
    assert name.endswith(".csv")


def test_an_import_that_does_not_publish_writes_no_report(aws, group):
    create(aws, group)
    job, report = imported(aws, [("u1", "i1", 900, "click", "", "home")])
    assert job["status"] == "ACTIVE"
    assert report == []


def test_publishing_needs_a_metric_attribution_with_a_path(aws, group, refused):
    start = {"dataset": dataset_arn("INTERACTIONS"), "publishAttributionMetricsToS3": True}
    code, message = refused(aws.start_import, **start)
    assert code == "InvalidInputException"
    assert message.startswith("publishAttributionMetricsToS3 needs an Interactions dataset and an ACTIVE metric")
    arn = create(aws, group, output={"roleArn": ROLE})
    code, message = refused(aws.start_import, **start)
    assert (code, message) == ("InvalidInputException", f"The metric attribution names no path in Amazon S3: {arn}")
