"""IAM of the functions: those that only read, and those that make, change and delete, made from the resource rows."""

from __future__ import annotations

from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.deploy.keys import keys_of_functions
from personalize_sfn.deploy.reach import (
    data_arns,
    data_prefixes,
    is_tagged,
    is_tagged_or_new,
    not_tagged_otherwise,
    project_arns,
    schema_arns,
    tagged_arns,
)
from personalize_sfn.deploy.role_arns import function_role, role_arns
from personalize_sfn.deploy.statements import Statement, statement
from personalize_sfn.resources import (
    BY_KEY,
    CAMPAIGN,
    DATA_DELETION_JOB,
    DATASET_GROUP,
    EVENT_TRACKER,
    FILTER,
    METRIC_ATTRIBUTION,
    RESOURCE_TYPES,
    SCHEMA,
    SOLUTION,
    ResourceType,
)
from personalize_sfn.what_serves import serving

__all__ = ["asking", "changing", "log_streams", "reading"]


def reading(config: Config, arns: Arns) -> list[Statement]:
    """Of the functions that only read: statuses, and recommendations."""
    rows = [row for row in config.rows() if row.arn_follows_from_request and row.taggable]
    describe = [f"personalize:{row.operation('Describe')}" for row in rows]
    measured = [
        arns.personalize(f"solution/{config.solution_name(key)}/*")
        for key in config.solutions
        if key not in config.campaigns
    ]
    return [
        statement(describe, project_arns(config, arns)),
        *asking(config, arns),
        *_looking_at_the_rest(config, arns),
        *([statement(["personalize:GetSolutionMetrics"], measured)] if measured else []),
    ]


def asking(config: Config, arns: Arns) -> list[Statement]:
    """To ask what serves, each for what its recipe answers; and to find a filter by its key."""
    by_action: dict[str, list[str]] = {}
    for each in serving(config, arns).values():
        by_action.setdefault(_ASKED_BY.get(each["answers"], "GetRecommendations"), []).append(each["arn"])
    found = [statement([f"personalize:{action}"], asked) for action, asked in by_action.items()]
    return [*found, *([statement(["personalize:ListFilters"], "*")] if config.filters else [])]


_ASKED_BY = {"ranking": "GetPersonalizedRanking", "actions": "GetActionRecommendations"}


def _looking_at_the_rest(config: Config, arns: Arns) -> list[Statement]:
    """What has an id of the service in its ARN, or takes no tags."""
    found = []
    if config.event_tracker:
        trackers = arns.personalize(f"{EVENT_TRACKER.arn_prefix}*")
        found.append(statement(["personalize:DescribeEventTracker"], trackers, Condition=not_tagged_otherwise(config)))
    if config.metric_attribution is not None:
        mine = arns.personalize(f"{METRIC_ATTRIBUTION.arn_prefix}{config.name('attribution')}")
        found.append(statement(["personalize:DescribeMetricAttribution"], mine))
    return found


def changing(config: Config, arns: Arns) -> list[Statement]:
    """Of the functions that make, change and delete.

    A Describe is not narrowed by strict tags: of something that is gone it has to say so, not be refused.
    """
    made, tagged, schemas = project_arns(config, arns), tagged_arns(config, arns), schema_arns(config, arns)
    rows = _made(config)
    make = [f"personalize:{row.operation('Create')}" for row in rows]
    named = [row for row in rows if row.arn_follows_from_request]
    look = [f"personalize:{row.operation('Describe')}" for row in named]
    remove = [f"personalize:{row.operation('Delete')}" for row in named if row.deletable]
    update = [f"personalize:{row.operation('Update')}" for row in named if row.updates]
    of_any_id = [arns.personalize(f"{row.arn_prefix}*") for row in rows if not row.arn_follows_from_request]
    jobs = tuple(arns.personalize(row.arn_prefix) for row in rows if row.name_field == "jobName")
    return [
        statement([*make, "personalize:TagResource"], [*made, *of_any_id], Condition=is_tagged_or_new(config)),
        statement([*look, "personalize:GetSolutionMetrics", "personalize:ListTagsForResource"], made),
        statement(
            [*(f"personalize:{row.operation('Describe')}" for row in _RENAMED), "personalize:ListTagsForResource"],
            tagged,
            Condition=not_tagged_otherwise(config),
        ),
        statement(
            [*remove, *update],
            [*(arn for arn in made if not arn.startswith(jobs)), *tagged],
            Condition=is_tagged(config),
        ),
        statement([f"personalize:{SCHEMA.operation(verb)}" for verb in ("Create", "Describe", "Delete")], schemas),
        *_deleting_what_people_made(config, arns),
        *_attributing(config, arns),
        *_taking_turns(config, arns),
        statement(["personalize:DescribeRecipe"], arns.recipe("*")),
        statement([f"personalize:{row.operation('List')}" for row in _listed(config)], "*"),
        _listing(config, arns),
        statement(["s3:GetObject"], data_arns(config, arns)),
        *keys_of_functions(config),
        statement(
            ["iam:PassRole"],
            role_arns(config, arns)["personalize"],
            Condition={"StringEquals": {"iam:PassedToService": "personalize.amazonaws.com"}},
        ),
    ]


def _deleting_what_people_made(config: Config, arns: Arns) -> list[Statement]:
    """Clean-up deletes what carries our tag.  These kinds people make too, and give them any name."""
    rows = [row for row in RESOURCE_TYPES if row.any_name or (row.deletable and row not in config.rows())]
    tagged, named = ([row for row in rows if row.ownership == ownership] for ownership in ("tag", "parent"))
    of_people = [arns.personalize(f"{row.arn_prefix}*") for row in tagged]
    look = [f"personalize:{row.operation('Describe')}" for row in tagged]
    return [
        statement([*look, "personalize:ListTagsForResource"], of_people, Condition=not_tagged_otherwise(config)),
        statement([f"personalize:{row.operation('Delete')}" for row in tagged], of_people, Condition=is_tagged(config)),
        # What takes no tags is known by its name.
        *(
            statement(
                [f"personalize:{row.operation(verb)}" for verb in ("Delete", "Describe")],
                arns.personalize(f"{row.arn_prefix}{config.name('*')}"),
            )
            for row in named
        ),
    ]


def _listing(config: Config, arns: Arns) -> Statement:
    """To list the data's keys, and to be told of an object that it is not there.

    HeadObject answers 403 for what is not there unless ListBucket is allowed, and that question has no prefix: hence
    IfExists.  https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
    """
    bucket = config.bucket_name(arns.region, arns.account_id)
    condition = {"StringLikeIfExists": {"s3:prefix": data_prefixes(config)}}
    return statement(["s3:ListBucket"], arns.bucket(bucket), Condition=condition)


def log_streams(config: Config, arns: Arns, functions: list[str], role: str) -> list[Statement]:
    """The streams of each function's own log group."""
    names = [config.name(name) for name in functions if function_role(name) == role]
    streams = [arns.log_group(f"/aws/lambda/{name}:log-stream:*") for name in names]
    return [statement(["logs:CreateLogStream", "logs:PutLogEvents"], streams)] if streams else []


def _made(config: Config) -> list[ResourceType]:
    """Rows that the functions make and that carry tags."""
    return [row for row in config.rows() if row.taggable]


#: Rows whose names an earlier config may have given otherwise.
_RENAMED = (SOLUTION, CAMPAIGN)
_LISTED = tuple(BY_KEY[key] for key in ("dataset", "datasetImportJob", "solutionVersion"))


def _listed(config: Config) -> list[ResourceType]:
    """Rows of which the functions look for what is there already."""
    found = [*_LISTED, *(row for row in config.rows() if row in (EVENT_TRACKER, FILTER, METRIC_ATTRIBUTION))]
    if config.forgetting:  # whatever runs beside a deletion, of this config or not
        reading = (row for row in RESOURCE_TYPES if row.reads_users)
        found += [row for row in (SOLUTION, *reading, DATA_DELETION_JOB) if row not in found]
    return found


def _taking_turns(config: Config, arns: Arns) -> list[Statement]:
    """To claim a turn in the one folder that is the functions' own, and to see whether who claimed one still runs."""
    if not config.forgetting:
        return []
    bucket = config.bucket_name(arns.region, arns.account_id)
    return [
        statement(["s3:DeleteObject", "s3:PutObject"], arns.bucket(bucket, f"{config.forget_prefix}*")),
        statement(["states:DescribeExecution"], arns.execution(config.name("forget"))),
    ]


def _attributing(config: Config, arns: Arns) -> list[Statement]:
    if config.metric_attribution is None:
        return []
    mine = arns.personalize(f"{METRIC_ATTRIBUTION.arn_prefix}{config.name('attribution')}")
    group = arns.personalize(f"{DATASET_GROUP.arn_prefix}{config.dataset_group_name}")
    change = [f"personalize:{METRIC_ATTRIBUTION.operation(verb)}" for verb in ("Create", "Update")]
    return [statement(change, [group, mine]), statement(["personalize:ListMetricAttributionMetrics"], "*")]
