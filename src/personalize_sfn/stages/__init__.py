"""The stages of a pipeline: for each Personalize resource its states, and a typed function that joins them.

Every module has ``create_step``, and where the resource takes time ``status_step``, ``wait_state`` and
``choice_state``: states of the Step Functions SDK.  The function of the module's own name returns the
:class:`~.stage.Stage`:

>>> from personalize_sfn import stages
>>> from personalize_sfn.config import Config
>>> stage = stages.campaign.campaign(Config(project="movies"), solution_version_arn="$.solutionVersionArn")
>>> stage.create.state_id, stage.choice.state_id
('Create Campaign', 'Is Campaign Active?')

A stage stands in ``Chain``, ``Parallel`` and ``Workflow`` like any state.  Arguments that name an ARN take the ARN
itself, or a JSONPath (text that starts with ``$``) into the state's input.  What a stage learns it leaves in the state
under the resource's key: ``$.campaign.campaignArn``, ``$.campaign.check.status``.
"""

from personalize_sfn.stages import (
    batch_inference_job,
    batch_segment_job,
    campaign,
    data_deletion_job,
    dataset,
    dataset_export_job,
    dataset_group,
    dataset_import_job,
    deletion,
    event_tracker,
    filter,  # noqa: A004 - called as the resource is
    metric_attribution,
    recommendations,
    recommender,
    schema,
    solution,
    solution_version,
)
from personalize_sfn.stages.stage import Stage

__all__ = [
    "Stage",
    "batch_inference_job",
    "batch_segment_job",
    "campaign",
    "data_deletion_job",
    "dataset",
    "dataset_export_job",
    "dataset_group",
    "dataset_import_job",
    "deletion",
    "event_tracker",
    "filter",
    "metric_attribution",
    "recommendations",
    "recommender",
    "schema",
    "solution",
    "solution_version",
]
