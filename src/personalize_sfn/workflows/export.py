"""Exports: the rows of datasets as CSV in S3."""

from __future__ import annotations

from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.resources import DATASET_EXPORT_JOB
from personalize_sfn.sdk import Chain, Map, Pass, in_partition
from personalize_sfn.stages.dataset_export_job import dataset_export_job_from, request
from personalize_sfn.workflows.composition import chosen, with_defaults


def export(config: Config, arns: Arns) -> Chain:
    """Export what the datasets hold now, each execution anew.

    Input: ``{"datasets": ["interactions", "items"], "ingestionMode": "ALL"}``, by default all rows of every dataset;
    ``BULK`` are imported rows, ``PUT`` such as came one by one.
    Output: ``{"exports": [{"dataset", "datasetExportJobArn", "outputLocation"}, ...]}``.
    """
    requests = {kind.lower(): request(config, arns, kind) for kind in config.datasets.by_type()}
    stage = dataset_export_job_from(config, "States.JsonMerge($.request, $.mode, false)")
    kept = (DATASET_EXPORT_JOB.arn_field, "outputLocation")
    stage.next(
        Pass(
            "Return Export",
            parameters={
                "dataset.$": "$.dataset",
                **{f"{each}.$": f"$.{DATASET_EXPORT_JOB.key}.{each}" for each in kept},
            },
        )
    )
    each = Map(
        "Export Each Dataset",
        items_path="$.input.datasets",
        parameters={"dataset.$": "$$.Map.Item.Value", "mode": {"ingestionMode.$": "$.input.ingestionMode"}},
        result_path="$.exports",
    )
    each.attach_iterator(Chain([chosen("Which Dataset?", "$.dataset", requests, lambda _: stage, noun="dataset")]))
    defaults = with_defaults(datasets=list(requests), ingestionMode="ALL")
    answer = Pass("Return Exports", parameters={"exports.$": "$.exports"})
    return in_partition(Chain([*defaults, each, answer]), arns.partition)
