"""Dataset group, schemas and datasets."""

from __future__ import annotations

from personalize_sfn.arns import Arns
from personalize_sfn.config import Config, DatasetType
from personalize_sfn.resources import DATASET, DATASET_GROUP
from personalize_sfn.sdk import Chain, Pass, State, in_partition
from personalize_sfn.stages import states
from personalize_sfn.stages.dataset import dataset as dataset_stage
from personalize_sfn.stages.dataset_group import dataset_group
from personalize_sfn.stages.schema import schema
from personalize_sfn.workflows.composition import for_each_dataset, output_paths


def dataset(config: Config, arns: Arns) -> Chain:
    """Create the dataset group and, for each configured dataset, its schema and the dataset.

    Output: ``{"datasetGroupArn": ..., "datasetArns": {"interactions": ...}}``.
    """

    def branch(kind: DatasetType) -> list[State]:
        return [schema(config, kind), dataset_stage(config, kind)]

    role = states.personalize_role(config, arns)
    answer = Pass(
        "Return Datasets",
        parameters={
            "datasetGroupArn.$": DATASET_GROUP.state_path,
            "datasetArns": output_paths(config, DATASET),
        },
    )
    datasets = for_each_dataset(config, "Create Datasets", branch, DATASET)
    return in_partition(Chain([dataset_group(config, role_arn=role), *datasets, answer]), arns.partition)
