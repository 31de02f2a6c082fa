"""A recommender of a domain: trained and served by one resource."""

from __future__ import annotations

from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.resources import DATASET_GROUP, RECOMMENDER
from personalize_sfn.sdk import Chain, Pass, in_partition
from personalize_sfn.stages.recommender import recommender_from, request
from personalize_sfn.workflows.composition import PARENT, with_defaults, with_parent


def recommender(config: Config, arns: Arns) -> Chain:
    """Create the recommender, or find it and bring its settings up to date.

    Input: ``{"recommender": <CreateRecommender's members>, "datasetGroupArn": ...}``, by default the first recommender
    of the config and the project's group.  Output: ``{"recommenderArn": ...}``.
    """
    defaults = with_defaults(
        {"recommender": request(config, arns, next(iter(config.recommenders)))},
        datasetGroupArn=arns.personalize(f"dataset-group/{config.dataset_group_name}"),
    )
    stage = recommender_from(config, f"States.JsonMerge($.input.recommender, {PARENT}, false)")
    answer = Pass("Return Recommender", parameters={f"{RECOMMENDER.arn_field}.$": RECOMMENDER.state_path})
    return in_partition(Chain([*defaults, with_parent(DATASET_GROUP), stage, answer]), arns.partition)
