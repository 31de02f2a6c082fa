"""A batch: many answers at once, from files in S3 to files in S3."""

from __future__ import annotations

from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.resources import BATCH_INFERENCE_JOB, BATCH_SEGMENT_JOB
from personalize_sfn.sdk import Chain, ChoiceRule, Pass, in_partition
from personalize_sfn.stages import batch_inference_job, batch_segment_job
from personalize_sfn.workflows.composition import chosen, with_defaults

_REQUESTS = {BATCH_INFERENCE_JOB: batch_inference_job.request, BATCH_SEGMENT_JOB: batch_segment_job.request}
_STAGES = {
    BATCH_INFERENCE_JOB: batch_inference_job.batch_inference_job_from,
    BATCH_SEGMENT_JOB: batch_segment_job.batch_segment_job_from,
}


def batch(config: Config, arns: Arns) -> Chain:
    """Answer every line of the input, by the newest ACTIVE version of the solution.

    Input: ``{"job": "newsletter", "again": false}``, a key of ``config.batch``, by default the first; or a request
    like those in the definition, ``{"batchInferenceJob": {...}}`` or ``{"batchSegmentJob": {...}}``.  Unless ``again``,
    a job that had the same input, version and settings is found, not paid for twice.
    Output: ``{"batchInferenceJobArn" or "batchSegmentJobArn", "outputLocation", "solutionVersionArn"}``.
    """
    rows = {key: config.batch_row(key) for key in config.batch}
    requests = {key: _REQUESTS[row](config, arns, key) for key, row in rows.items()}
    stages = {row: _STAGES[row](config, "$.request", again="$.input.again") for row in _STAGES if row in rows.values()}
    which = chosen("Which Batch?", "$.input.job", requests, lambda key: stages[rows[key]], noun="batch")
    for row, stage in stages.items():
        given = f"$.input.{row.key}"
        take = Pass(f"Take Given {row.title}", input_path=given, result_path="$.request")
        take.next(stage)
        which.choices.insert(0, (ChoiceRule.IsPresent(given, True), take))
        kept = (row.arn_field, "outputLocation", "solutionVersionArn")
        stage.next(Pass(f"Return {row.title}", parameters={f"{name}.$": f"$.{row.key}.{name}" for name in kept}))
    defaults = with_defaults(job=next(iter(config.batch)), again=False)
    return in_partition(Chain([*defaults, which]), arns.partition)
