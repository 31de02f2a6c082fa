"""Deletion of what the project made, in the order that Personalize demands."""

from __future__ import annotations

from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.resources import DELETION_ORDER, ResourceType
from personalize_sfn.sdk import Chain, Map, Pass, State, in_partition
from personalize_sfn.stages.deletion import deletion
from personalize_sfn.workflows.composition import with_defaults


def clean_up(config: Config, arns: Arns) -> Chain:
    """Delete campaigns, recommenders, solutions, and so on to the dataset group, and wait until each is gone.

    Input: ``{"campaignArns": [...], "solutionArns": [...], ...}``, a member for each kind in
    :data:`~personalize_sfn.resources.DELETION_ORDER`, by default
    what the configuration names.  Whatever the input says, only what is the project's is deleted.  Output: for each of
    these members a list of ``{"arn", "status", "reason"}``, where status is DELETED or SKIPPED.
    """
    kinds = list(config.datasets.by_type())
    own: dict[str, list[str]] = {f"{row.arn_field}s": [] for row in DELETION_ORDER} | {
        "campaignArns": [arns.personalize(f"campaign/{config.campaign_name(key)}") for key in config.campaigns],
        "solutionArns": [arns.personalize(f"solution/{config.solution_name(key)}") for key in config.solutions],
        "datasetArns": [arns.personalize(f"dataset/{config.dataset_group_name}/{kind}") for kind in kinds],
        "schemaArns": [arns.personalize(f"schema/{config.schema_name(kind)}") for kind in kinds],
        "datasetGroupArns": [arns.personalize(f"dataset-group/{config.dataset_group_name}")],
    }
    steps: list[State] = [_delete_all(config, row) for row in DELETION_ORDER]
    answer = Pass(
        "Return Deletions", parameters={f"{row.arn_field}s.$": f"$.deleted.{row.key}" for row in DELETION_ORDER}
    )
    empty = Pass("Begin", result={}, result_path="$.deleted")
    return in_partition(Chain([*with_defaults(**own), empty, *steps, answer]), arns.partition)


def _delete_all(config: Config, row: ResourceType) -> Map:
    """The deletion of each ARN in the input's list; two at a time, because the API takes few calls a second."""
    each = Map(
        f"Delete {row.title}s",
        items_path=f"$.input.{row.arn_field}s",
        parameters={"arn.$": "$$.Map.Item.Value"},
        max_concurrency=2,
        result_path=f"$.deleted.{row.key}",
    )
    each.attach_iterator(deletion(config, row))
    return each
