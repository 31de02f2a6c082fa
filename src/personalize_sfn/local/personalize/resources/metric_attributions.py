"""Metric attributions: what recommendations brought, by source; reports are written by import jobs.

https://docs.aws.amazon.com/personalize/latest/dg/measuring-recommendation-impact.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from personalize_sfn.local.aws.responses import AwsError
from personalize_sfn.local.personalize.batch import s3_files
from personalize_sfn.local.personalize.context import OperationContext
from personalize_sfn.local.personalize.data.contents import dataset_content, schemas_of
from personalize_sfn.local.personalize.data.metric_report import parse, report
from personalize_sfn.local.personalize.data.schemas import ParsedSchema
from personalize_sfn.local.personalize.data.tables import Table
from personalize_sfn.local.personalize.environment import SERVICE_PRINCIPAL
from personalize_sfn.local.personalize.resources.crud import one_page
from personalize_sfn.local.personalize.resources.hooks import Behaviour, Parents
from personalize_sfn.local.personalize.runtime.recommendation_ids import sources_of
from personalize_sfn.local.personalize.store import Record, require_active
from personalize_sfn.local.personalize.wire.errors import already_exists, invalid_input, not_found
from personalize_sfn.local.personalize.wire.protocol import Members
from personalize_sfn.resources import ACTIVE, CAMPAIGN, DATASET, METRIC_ATTRIBUTION, RECOMMENDER

MOST_METRICS = 10
REPORT = "AggregatedAttributionMetrics - BULK - {timestamp}.csv"


class _Numbered(NamedTuple):
    number: int
    metric: Mapping[str, str]


def list_metrics(context: OperationContext, request: Members) -> Members:
    """ListMetricAttributionMetrics: in the order in which they were added."""
    if "metricAttributionArn" not in request:
        raise invalid_input("metricAttributionArn is required")
    record = context.store.get(METRIC_ATTRIBUTION, request["metricAttributionArn"])
    numbered = [_Numbered(number, metric) for number, metric in enumerate(record.members["metrics"], 1)]
    page, token = one_page(
        numbered, request | {"maxResults": request.get("maxResults", MOST_METRICS)}, context=["metrics", record.arn]
    )
    return {"metrics": [entry.metric for entry in page], "nextToken": token}


def update_metric_attribution(context: OperationContext, request: Members) -> Members:
    """Removes, then adds; in force at once."""
    if "metricAttributionArn" not in request:
        raise invalid_input("metricAttributionArn is required")
    record = context.store.get(METRIC_ATTRIBUTION, request["metricAttributionArn"])
    require_active(record)
    removed, added = request.get("removeMetrics", []), request.get("addMetrics", [])
    config = request.get("metricsOutputConfig", record.members["metricsOutputConfig"])
    if not removed and not added and config == record.members["metricsOutputConfig"]:
        raise invalid_input(f"The update changes nothing of the given metric attribution: {record.arn}")
    names = [metric["metricName"] for metric in record.members["metrics"]]
    for name in removed:
        if name not in names:
            raise not_found(f"The given metric does not exist: {name}")
    metrics = [metric for metric in record.members["metrics"] if metric["metricName"] not in removed]
    for metric in added:
        if metric["metricName"] in [other["metricName"] for other in metrics]:
            raise AwsError("ResourceAlreadyExistsException", f"Another metric named {metric['metricName']} exists.")
        metrics.append(metric)
    _check_metrics(metrics, schemas_of(context, record.ancestors["datasetGroup"]))
    _check_output(context, config, record.arn)
    record.members.update(metrics=metrics, metricsOutputConfig=config, lastUpdatedDateTime=context.now)
    return {"metricAttributionArn": record.arn}


def reporting(context: OperationContext, dataset: Record) -> Callable[[Table], None]:
    """What writes the report of an import into this dataset, given its rows; taken under the store's lock.

    Raises:
        AwsError: InvalidInputException: no Interactions, no ACTIVE metric attribution, or one without a path in S3.
    """
    group = dataset.ancestors["datasetGroup"]
    found = [record for record in context.store.of(METRIC_ATTRIBUTION, datasetGroup=group) if record.status == ACTIVE]
    if dataset.members["datasetType"] != "INTERACTIONS" or not found:
        raise invalid_input(
            "publishAttributionMetricsToS3 needs an Interactions dataset and an ACTIVE metric attribution in its group"
        )
    config = found[0].members["metricsOutputConfig"]
    if "s3DataDestination" not in config:
        raise invalid_input(f"The metric attribution names no path in Amazon S3: {found[0].arn}")
    _check_output(context, config, found[0].arn)
    metrics, schemas = list(found[0].members["metrics"]), schemas_of(context, group)
    items = [
        part
        for other in context.store.of(DATASET, datasetGroup=group)
        if other.members["datasetType"] == "ITEMS"
        for part in dataset_content(other).parts
    ]
    environment, destination = context.environment, config["s3DataDestination"]
    answering = (record.arn for row in (CAMPAIGN, RECOMMENDER) for record in context.store.of(row, datasetGroup=group))
    answered_by = sources_of(answering)

    def write(events: Table) -> None:
        name = REPORT.format(timestamp=int(environment.now()))
        content = report(metrics, schemas, events, items, answered_by)
        s3_files.write(environment, config["roleArn"], destination, name, content)

    return write


def _prepare(context: OperationContext, request: Members, parents: Parents) -> Members:
    group = parents["datasetGroup"]
    for other in context.store.of(METRIC_ATTRIBUTION, datasetGroup=group.arn):
        raise already_exists(other.arn)
    _check_metrics(request["metrics"], schemas_of(context, group.arn))
    arn = context.store.arns.personalize(METRIC_ATTRIBUTION.arn_path.format_map(request))
    _check_output(context, request["metricsOutputConfig"], arn)
    return {}


def _check_metrics(metrics: Sequence[Mapping[str, str]], schemas: Mapping[str, ParsedSchema]) -> None:
    if not 1 <= len(metrics) <= MOST_METRICS:
        raise invalid_input(f"metrics: expected 1 to {MOST_METRICS} metrics, got {len(metrics)}")
    names = [metric["metricName"] for metric in metrics]
    if len(set(names)) < len(names):
        raise invalid_input("metrics: each metric needs a metricName of its own")
    if "INTERACTIONS" not in schemas or schemas["INTERACTIONS"].field("EVENT_TYPE") is None:
        raise invalid_input("A metric attribution needs an Interactions dataset with an EVENT_TYPE column")
    for metric in metrics:
        parse(metric["expression"], schemas)


def _check_output(context: OperationContext, config: Mapping[str, Any], arn: str) -> None:
    """May the role do what AWS has it do: https://docs.aws.amazon.com/personalize/latest/dg/metric-attribution-requirements.html

    Raises:
        AwsError: InvalidInputException.
    """
    environment, role_arn = context.environment, config["roleArn"]
    if not (
        environment.role_trusts(role_arn, SERVICE_PRINCIPAL)
        and environment.authorize(role_arn, "cloudwatch:PutMetricData", "*").allowed
    ):
        raise invalid_input(f"metricsOutputConfig: the role may not put metric data to Amazon CloudWatch: {role_arn}")
    destination = config.get("s3DataDestination")
    if destination is None:
        return
    if not destination["path"].endswith("/"):
        raise invalid_input(f"metricsOutputConfig: expected a folder, which ends in /, got {destination['path']}")
    name = REPORT.format(timestamp=int(context.now))
    account = context.store.account
    s3_files.check_write(environment, role_arn, destination, name, account=account, source_arn=arn)


BEHAVIOUR = Behaviour(prepare=_prepare)
