"""How far a project reaches: the ARNs and conditions by which policies tell its resources from its neighbours'.

``movies`` is the beginning of ``movies-prod``, so a name's beginning alone separates nothing.  What a project makes has
a name that is known exactly; what it may find besides (an older solution) carries its tag, and a condition asks for it.
"""

from __future__ import annotations

from typing import Any

from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.config_datasets import DatasetType
from personalize_sfn.ownership import PROJECT_TAG
from personalize_sfn.resources import (
    BATCH_INFERENCE_JOB,
    BATCH_SEGMENT_JOB,
    CAMPAIGN,
    DATA_DELETION_JOB,
    DATASET,
    DATASET_EXPORT_JOB,
    DATASET_GROUP,
    DATASET_IMPORT_JOB,
    FILTER,
    RECOMMENDER,
    SOLUTION,
    SOLUTION_VERSION,
)

__all__ = [
    "data_arns",
    "data_prefixes",
    "is_tagged",
    "is_tagged_or_new",
    "literal",
    "not_tagged_otherwise",
    "project_arns",
    "schema_arns",
    "tagged_arns",
]

PolicyCondition = dict[str, dict[str, Any]]

_RESOURCE_TAG = f"aws:ResourceTag/{PROJECT_TAG}"
_REQUEST_TAG = f"aws:RequestTag/{PROJECT_TAG}"
#: Twelve characters: a hash.  A longer name that begins alike is another project's.
_HASH = "?" * 12
#: The kinds of dataset, whether or not the config has them now.
_KINDS: tuple[DatasetType, ...] = ("INTERACTIONS", "ITEMS", "USERS", "ACTIONS", "ACTION_INTERACTIONS")


# --- names -----------------------------------------------------------------------------------------


def project_arns(config: Config, arns: Arns) -> list[str]:
    """Every taggable Personalize resource that the pipeline makes by this config: no other project's has such an ARN.

    A dataset's ARN holds its group's name, a version's its solution's, a job's a hash and, from the second attempt on,
    a number of one or two digits.  Of a row that is not in the table, the name begins with the project's; what has an
    id of the service in its ARN is not among them.
    """
    of_datasets = _job_names([config.dataset_name(kind) for kind in _KINDS])
    batches = {row: [config.name(key) for key in config.batch if config.batch_row(key) is row] for row in _BATCHES}
    solutions = [config.solution_name(key) for key in config.solutions]
    names = {
        DATASET_GROUP.key: [config.dataset_group_name],
        DATASET.key: [f"{config.dataset_group_name}/*"],
        DATASET_IMPORT_JOB.key: of_datasets,
        DATASET_EXPORT_JOB.key: of_datasets,
        **{row.key: _job_names(batches[row]) for row in _BATCHES},
        SOLUTION.key: solutions,
        SOLUTION_VERSION.key: [f"{name}/*" for name in solutions],
        CAMPAIGN.key: [config.campaign_name(key) for key in config.campaigns],
        FILTER.key: [f"{config.name(key)}-{_HASH}" for key in config.filters],
        DATA_DELETION_JOB.key: _job_names([config.name("forget")]),
        RECOMMENDER.key: [config.recommender_name(key) for key in config.recommenders],
    }
    return [
        arns.personalize(f"{row.arn_prefix}{name}")
        for row in config.rows()
        if row.taggable and row.arn_follows_from_request
        for name in names.get(row.key, [config.name("*")])
    ]


_BATCHES = (BATCH_INFERENCE_JOB, BATCH_SEGMENT_JOB)


def _job_names(beginnings: list[str]) -> list[str]:
    return [f"{each}-{_HASH}{end}" for each in beginnings for end in ("", "-?", "-??")]


def schema_arns(config: Config, arns: Arns) -> list[str]:
    """The project's schemas: they take no tags, and their names end in a hash of their content."""
    return [arns.personalize(f"schema/{config.dataset_name(kind)}-{_HASH}") for kind in _KINDS]


def tagged_arns(config: Config, arns: Arns) -> list[str]:
    """Solutions and campaigns that an earlier config may have named otherwise: to be told by their tag."""
    return [arns.personalize(f"{row.arn_prefix}{config.name('*')}") for row in (CAMPAIGN, SOLUTION)]


# --- conditions ------------------------------------------------------------------------------------


def is_tagged(config: Config) -> PolicyCondition:
    """The resource is there and carries the project's tag."""
    return {"StringEquals": {_RESOURCE_TAG: config.project}}


def not_tagged_otherwise(config: Config) -> PolicyCondition:
    """The resource carries the project's tag, or none, or is not there."""
    return {"StringEqualsIfExists": {_RESOURCE_TAG: config.project}}


def is_tagged_or_new(config: Config) -> PolicyCondition:
    """The request tags what carries no other project's tag: no project can take over a neighbour's resources."""
    return {"StringEquals": {_REQUEST_TAG: config.project}} | not_tagged_otherwise(config)


# --- data ------------------------------------------------------------------------------------------


def literal(text: str) -> str:
    """``text`` as it stands in a policy: ``*``, ``?`` and ``$`` mean themselves.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-specialchars
    """
    return "".join(f"${{{letter}}}" if letter in "*?$" else letter for letter in text)


def data_prefixes(config: Config) -> list[str]:
    """Patterns of the keys that hold the project's data: its own folder, and what the config names outside of it."""
    keys = [config.data_key(kind) for kind in config.datasets.by_type()]
    outside = [literal(key) + ("*" if key.endswith("/") else "") for key in keys if not _is_own(config, key)]
    batches = [f"{literal(key)}*" for key in (each.input for each in config.batch.values()) if not _is_own(config, key)]
    return list(dict.fromkeys([f"{config.project}/*", *outside, *batches]))


def _is_own(config: Config, key: str) -> bool:
    return key.startswith(f"{config.project}/")


def data_arns(config: Config, arns: Arns) -> list[str]:
    """The objects of :func:`data_prefixes`."""
    bucket = config.bucket_name(arns.region, arns.account_id)
    return [arns.bucket(bucket, key) for key in data_prefixes(config)]
