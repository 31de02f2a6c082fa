"""Import of the data of every dataset."""

from __future__ import annotations

from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.config_datasets import DatasetType
from personalize_sfn.resources import DATASET_IMPORT_JOB
from personalize_sfn.sdk import Chain, Pass, State, in_partition
from personalize_sfn.stages.dataset_import_job import dataset_import_job
from personalize_sfn.workflows.composition import for_each_dataset, output_paths, with_defaults


def dataset_import(config: Config, arns: Arns) -> Chain:
    """Import what is new in the bucket; several datasets at the same time.

    Input: ``{"datasetArns": {"interactions": ...}}``, by default the project's own.
    Output: ``{"datasetImportJobArns": {"interactions": ...}}``.
    """

    def branch(kind: DatasetType) -> list[State]:
        return [dataset_import_job(config, arns, kind, dataset_arn=f"$.input.datasetArns.{kind.lower()}")]

    own = {
        kind.lower(): arns.personalize(f"dataset/{config.dataset_group_name}/{kind}")
        for kind in config.datasets.by_type()
    }
    answer = Pass(
        "Return Imports",
        parameters={"datasetImportJobArns": output_paths(config, DATASET_IMPORT_JOB)},
    )
    imports = for_each_dataset(config, "Import Datasets", branch, DATASET_IMPORT_JOB)
    return in_partition(Chain([*with_defaults(datasetArns=own), *imports, answer]), arns.partition)
