"""The metric attribution of the dataset group."""

from __future__ import annotations

from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.resources import METRIC_ATTRIBUTION
from personalize_sfn.sdk import Chain, Pass, in_partition
from personalize_sfn.stages.metric_attribution import metric_attribution
from personalize_sfn.workflows.composition import with_defaults


def attribution(config: Config, arns: Arns) -> Chain:
    """Create the metric attribution, or find it and bring its metrics up to date.

    Input: ``{"datasetGroupArn": ...}``, by default the project's.  Output: ``{"metricAttributionArn": ...}``.
    """
    defaults = with_defaults(datasetGroupArn=arns.personalize(f"dataset-group/{config.dataset_group_name}"))
    stage = metric_attribution(config, arns, dataset_group_arn="$.input.datasetGroupArn")
    answer = Pass("Return Attribution", parameters={f"{METRIC_ATTRIBUTION.arn_field}.$": METRIC_ATTRIBUTION.state_path})
    return in_partition(Chain([*defaults, stage, answer]), arns.partition)
