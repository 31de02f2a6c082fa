"""Dataset group, schemas, datasets, and the tracker of live events."""

from __future__ import annotations

from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.config_datasets import DatasetType
from personalize_sfn.resources import DATASET, DATASET_GROUP, EVENT_TRACKER
from personalize_sfn.sdk import Chain, Pass, State, in_partition
from personalize_sfn.stages import states
from personalize_sfn.stages.dataset import dataset as dataset_stage
from personalize_sfn.stages.dataset_group import dataset_group
from personalize_sfn.stages.event_tracker import event_tracker
from personalize_sfn.stages.schema import schema
from personalize_sfn.workflows.composition import for_each_dataset, output_paths


def dataset(config: Config, arns: Arns) -> Chain:
    """Create the dataset group and, for each configured dataset, its schema and the dataset; then the event tracker, if
    the config has one.

    Output: ``{"datasetGroupArn": ..., "datasetArns": {"interactions": ...}, "eventTrackerArn": ...}``.
    """

    def branch(kind: DatasetType) -> list[State]:
        return [schema(config, kind), dataset_stage(config, kind)]

    tracker = [event_tracker(config)] if config.event_tracker else []
    role = states.personalize_role(config, arns)
    answer = Pass(
        "Return Datasets",
        parameters={
            "datasetGroupArn.$": DATASET_GROUP.state_path,
            "datasetArns": output_paths(config, DATASET),
            **({"eventTrackerArn.$": EVENT_TRACKER.state_path} if tracker else {}),
        },
    )
    datasets = for_each_dataset(config, "Create Datasets", branch, DATASET)
    return in_partition(Chain([dataset_group(config, role_arn=role), *datasets, *tracker, answer]), arns.partition)
