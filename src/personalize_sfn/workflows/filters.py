"""Filters, each made anew when its expression is another one."""

from __future__ import annotations

from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.resources import DATASET_GROUP, FILTER
from personalize_sfn.sdk import Chain, Map, Pass, in_partition
from personalize_sfn.stages import states
from personalize_sfn.stages.filter import filter_from, request
from personalize_sfn.workflows.composition import PARENT, with_defaults, with_parent


def filters(config: Config, arns: Arns) -> Chain:
    """Create every filter, or find it; then delete those that were replaced ``filters_keep_days`` ago.

    Input: ``{"filters": [{"key": ..., "request": {"name", "filterExpression"}}], "datasetGroupArn": ...}``, by default
    the config's.  Output: ``{"filters": {"unseen": ARN, ...}, "deleted": [ARN, ...]}``.
    """
    given = [{"key": key, "request": request(config, key)} for key in config.filters]
    defaults = with_defaults(
        {"filters": given}, datasetGroupArn=arns.personalize(f"dataset-group/{config.dataset_group_name}")
    )
    each = Map(
        "Create Each Filter",
        items_path="$.input.filters",
        parameters={"item.$": "$$.Map.Item.Value", "parent.$": PARENT},
        # CreateFilter takes one call a second: https://docs.aws.amazon.com/personalize/latest/dg/limits.html
        max_concurrency=2,
        result_path="$.filters",
    )
    made = Pass("Return Filter", parameters={"key.$": "$.item.key", FILTER.arn_field + ".$": FILTER.state_path})
    each.attach_iterator(Chain([filter_from(config, f"States.JsonMerge($.item.request, {PARENT}, false)"), made]))
    delete = states.task(
        config,
        "Delete Old Filters",
        "delete-old-filters",
        {
            "filters.$": "$.filters",
            "datasetGroupArn.$": "$.input.datasetGroupArn",
            "keepDays": config.filters_keep_days,
            "tags": config.all_tags,
            "startedAt.$": "$$.Execution.StartTime",
        },
        result_selector={"filters.$": "$.Payload.filters", "deleted.$": "$.Payload.deleted"},
    )
    return in_partition(Chain([*defaults, with_parent(DATASET_GROUP), each, delete]), arns.partition)
