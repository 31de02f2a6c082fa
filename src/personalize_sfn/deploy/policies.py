"""IAM: who may do what, made from the resource rows.

Four roles (Step Functions, the functions that only read, those that change something, Personalize) and the statements
of the bucket's policy.  Every permission is narrowed to this project's own resources by
:mod:`personalize_sfn.deploy.reach`; the two tables below hold what AWS makes impossible to narrow or to see locally,
each with the page that says so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from personalize_sfn.arns import Arns, parse
from personalize_sfn.config import Config
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
from personalize_sfn.errors import DeployError
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

__all__ = [
    "DEMANDED_BY_AWS",
    "KMS_ACCESS",
    "MANAGED_RULE",
    "POLICY_NAME",
    "ROLE_KEYS",
    "WITHOUT_ARN",
    "Role",
    "Statement",
    "asking",
    "bucket_key",
    "bucket_sids",
    "bucket_statements",
    "document",
    "function_role",
    "made_roles",
    "require_own_account",
    "role_arns",
    "roles",
    "statement",
]

Statement = dict[str, Any]

_REFERENCE = "https://docs.aws.amazon.com/service-authorization/latest/reference/list_"
_NESTED = "https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html"
_S3_ACCESS = "https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-s3-access.html"
KMS_ACCESS = "https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-key-access.html"
_TAGGING = "https://docs.aws.amazon.com/personalize/latest/dg/tags-iam.html"

#: Step Functions hears through this rule that a nested execution ended.
MANAGED_RULE = "StepFunctionsGetEventsForStepFunctionsExecutionRule"

#: Name of the one inline policy of each role.
POLICY_NAME = "personalize-sfn"

#: The roles, by the names under which a deployment and the config know them.
ROLE_KEYS = ("step_functions", "lambda_read", "lambda_change", "personalize")

#: Actions that AWS does not let a policy narrow to an ARN (no resource type in its table), and the page that says so.
WITHOUT_ARN: dict[str, str] = {
    **{f"personalize:{row.operation('List')}": f"{_REFERENCE}amazonpersonalize.html" for row in RESOURCE_TYPES},
    "personalize:PutEvents": f"{_REFERENCE}amazonpersonalize.html",
    "personalize:ListMetricAttributionMetrics": f"{_REFERENCE}amazonpersonalize.html",
    "cloudwatch:GetMetricStatistics": f"{_REFERENCE}amazoncloudwatch.html",
    "cloudwatch:PutMetricData": f"{_REFERENCE}amazoncloudwatch.html",
    "lambda:ListFunctions": f"{_REFERENCE}awslambda.html",
    "logs:DescribeLogGroups": f"{_REFERENCE}amazoncloudwatchlogs.html",
    "servicequotas:ListServiceQuotas": f"{_REFERENCE}servicequotas.html",
    "states:ListStateMachines": f"{_REFERENCE}awsstepfunctions.html",
}

#: Actions that AWS checks within other calls, so that no call of that name is seen, and the page that demands them.
DEMANDED_BY_AWS: dict[str, str] = {
    "states:DescribeExecution": _NESTED,
    "states:StopExecution": _NESTED,
    "events:PutTargets": _NESTED,
    "events:PutRule": _NESTED,
    "events:DescribeRule": _NESTED,
    "personalize:TagResource": _TAGGING,
    # Here a version's ARN ends in its name, so that it needs no look; AWS does not promise that.
    "personalize:DescribeSolutionVersion": "https://docs.aws.amazon.com/personalize/latest/dg/API_SolutionVersion.html",
    "s3:GetObject": _S3_ACCESS,
    "s3:ListBucket": _S3_ACCESS,
    "s3:DeleteObject": "https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html",
    "kms:Decrypt": KMS_ACCESS,
    "kms:GenerateDataKey": KMS_ACCESS,
    "kms:DescribeKey": KMS_ACCESS,
    "kms:ListGrants": KMS_ACCESS,
    "logs:CreateLogStream": "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html",
    "logs:PutLogEvents": "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html",
    "iam:PassRole": "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html",
    "iam:TagRole": "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags_roles.html",
    "lambda:ListTags": "https://docs.aws.amazon.com/lambda/latest/api/API_GetFunction.html",
    "lambda:TagResource": "https://docs.aws.amazon.com/lambda/latest/dg/configuration-tags.html",
    "logs:TagResource": "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html",
    "states:TagResource": "https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html#concepts-tagging",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A role that deploy makes."""

    key: str
    """``step_functions``, ``lambda_read``, ``lambda_change`` or ``personalize``."""
    name: str
    description: str
    trust: dict[str, Any]
    policy: dict[str, Any]


def statement(actions: Iterable[str], resources: str | Iterable[str], **more: Any) -> Statement:
    """An Allow statement; ``more`` adds ``Sid`` or ``Condition``."""
    listed = [resources] if isinstance(resources, str) else list(resources)
    return {**more, "Effect": "Allow", "Action": sorted(actions), "Resource": listed}


def document(*statements: Statement) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def role_arns(config: Config, arns: Arns) -> dict[str, str]:
    """ARN of each role by its key: the configured one, or the one that deploy makes."""
    return {
        key: _given(config, key) or arns.role(config.role_name(key, arns.region), config.roles.path)
        for key in ROLE_KEYS
    }


def made_roles(config: Config, arns: Arns) -> list[str]:
    """ARNs of the roles that deploy makes."""
    return [arn for key, arn in role_arns(config, arns).items() if _given(config, key) is None]


def function_role(function: str) -> str:
    """The key of the role under which a function runs, by its name without the project.

    ``lambda_read`` answers people's requests and looks, ``lambda_change`` makes, changes and deletes.
    """
    return "lambda_read" if function.startswith(("describe-", "get-", "report-")) else "lambda_change"


def require_own_account(config: Config, arns: Arns) -> None:
    """A role, or a boundary, can only be used in its own account.

    Raises:
        DeployError: the config names one of another account, or of another partition.
    """
    for field in ("step_functions_arn", "lambda_arn", "lambda_read_arn", "lambda_change_arn", "personalize_arn"):
        _require_account(f"roles.{field}", getattr(config.roles, field), arns, (arns.account_id,))
    boundary = config.roles.permissions_boundary_arn
    _require_account("roles.permissions_boundary_arn", boundary, arns, (arns.account_id, "aws"))


def _require_account(field: str, arn: str | None, arns: Arns, accounts: tuple[str, ...]) -> None:
    if arn is None:
        return
    parts = parse(arn)
    if parts.account_id not in accounts or parts.partition != arns.partition:
        raise DeployError(
            f"{field} is {arn}, of another account than the one that is deployed to, {arns.account_id} "
            f"(partition {arns.partition}): AWS takes roles and boundaries of its own account only. Name one of "
            f"account {arns.account_id}, or leave the field out"
        )


def roles(config: Config, arns: Arns, *, functions: Iterable[str], machines: Iterable[str]) -> list[Role]:
    """The roles to make; those that the config names by ARN are not among them.

    ``functions`` and ``machines`` are names without the project.
    """
    named = list(functions)
    own = [
        Role(
            key="step_functions",
            name=config.role_name("step_functions", arns.region),
            description=f"Step Functions runs the workflows of {config.project}",
            trust=_trust("states.amazonaws.com", _from_source(arns, arns.state_machine(config.name("*")))),
            policy=document(*_step_functions(config, arns, named, list(machines))),
        ),
        # AWS does not document that Lambda sends aws:SourceAccount when it assumes a function's role, so no condition
        # is put on it; a role can be passed only to functions of its own account
        # (https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html).
        Role(
            key="lambda_read",
            name=config.role_name("lambda_read", arns.region),
            description=f"The functions of {config.project} that only read",
            trust=_trust("lambda.amazonaws.com", None),
            policy=document(*_reading(config, arns), *_logs(config, arns, named, "lambda_read")),
        ),
        Role(
            key="lambda_change",
            name=config.role_name("lambda_change", arns.region),
            description=f"The functions of {config.project} that make, change and delete",
            trust=_trust("lambda.amazonaws.com", None),
            policy=document(*_changing(config, arns), *_logs(config, arns, named, "lambda_change")),
        ),
        Role(
            key="personalize",
            name=config.role_name("personalize", arns.region),
            description=f"Personalize reads the data of {config.project}",
            trust=_trust("personalize.amazonaws.com", _from_source(arns, arns.personalize("*"))),
            policy=document(*_reading_data(config, arns), *_key(config)),
        ),
    ]
    return [role for role in own if _given(config, role.key) is None]


def bucket_statements(config: Config, arns: Arns) -> list[Statement]:
    """Our statements of the bucket's policy: Personalize may read the data, on behalf of this account only, and write
    its output, if the config has any, to the one folder that holds no data.

    Source: https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-s3-access.html
    """
    bucket = config.bucket_name(arns.region, arns.account_id)
    of_personalize = {
        "Effect": "Allow",
        "Principal": {"Service": "personalize.amazonaws.com"},
        "Condition": _from_source(arns, arns.personalize("*")),
    }
    read, write = bucket_sids(config)
    reading = {
        "Sid": read,
        **of_personalize,
        "Action": ["s3:GetObject", "s3:ListBucket"],
        "Resource": [arns.bucket(bucket), *data_arns(config, arns)],
    }
    output = arns.bucket(bucket, f"{config.output_prefix}*")
    writing = {"Sid": write, **of_personalize, "Action": ["s3:PutObject"], "Resource": [output]}
    return [reading, writing] if config.writes_output else [reading]


def bucket_sids(config: Config) -> tuple[str, str]:
    """Those of our statements, of reading and of writing."""
    return bucket_sid(config), f"{bucket_sid(config)}Output"


def bucket_sid(config: Config) -> str:
    """Tells our statement from others'.  S3 allows letters and digits only; the hash keeps ``a-b`` and ``ab`` apart."""
    words = "".join(part.capitalize() for part in config.project.split("-"))
    return f"PersonalizeSfn{words}{hashlib.sha256(config.project.encode()).hexdigest()[:8]}"


# --- the roles' statements -----------------------------------------------------------------------------------------


def _step_functions(config: Config, arns: Arns, functions: list[str], machines: list[str]) -> list[Statement]:
    children = [config.name(key) for key in machines]
    return [
        statement(["lambda:InvokeFunction"], [arns.function(config.name(name)) for name in functions]),
        statement(["states:StartExecution"], [arns.state_machine(name) for name in children]),
        statement(["states:DescribeExecution", "states:StopExecution"], [arns.execution(name) for name in children]),
        statement(["events:DescribeRule", "events:PutRule", "events:PutTargets"], arns.events_rule(MANAGED_RULE)),
    ]


def _reading(config: Config, arns: Arns) -> list[Statement]:
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
    from personalize_sfn.stages.recommendations import serving  # loads the SDK: only where a policy is made

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


def _changing(config: Config, arns: Arns) -> list[Statement]:
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
        list_statement(config, arns),
        statement(["s3:GetObject"], data_arns(config, arns)),
        *bucket_key(config),
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


def list_statement(config: Config, arns: Arns) -> Statement:
    """To list the data's keys, and to be told of an object that it is not there.

    HeadObject answers 403 for what is not there unless ListBucket is allowed, and that question has no prefix: hence
    IfExists.  https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
    """
    bucket = config.bucket_name(arns.region, arns.account_id)
    condition = {"StringLikeIfExists": {"s3:prefix": data_prefixes(config)}}
    return statement(["s3:ListBucket"], arns.bucket(bucket), Condition=condition)


def _logs(config: Config, arns: Arns, functions: list[str], role: str) -> list[Statement]:
    """The streams of each function's own log group."""
    names = [config.name(name) for name in functions if function_role(name) == role]
    streams = [arns.log_group(f"/aws/lambda/{name}:log-stream:*") for name in names]
    return [statement(["logs:CreateLogStream", "logs:PutLogEvents"], streams)] if streams else []


def _reading_data(config: Config, arns: Arns) -> list[Statement]:
    """As AWS's page has it, without a prefix: how Personalize lists a bucket it does not say."""
    bucket = config.bucket_name(arns.region, arns.account_id)
    return [
        statement(["s3:ListBucket"], arns.bucket(bucket)),
        statement(["s3:GetObject"], data_arns(config, arns)),
        *_writing_output(config, arns),
        *_bucket_key_of_personalize(config),
    ]


def _writing_output(config: Config, arns: Arns) -> list[Statement]:
    """Of Personalize, to the one folder that holds no data, and of metrics.

    https://docs.aws.amazon.com/personalize/latest/dg/metric-attribution-requirements.html
    """
    found = []
    if config.writes_output:
        bucket = config.bucket_name(arns.region, arns.account_id)
        found.append(statement(["s3:PutObject"], arns.bucket(bucket, f"{config.output_prefix}*")))
    if config.metric_attribution is not None:
        # As the page has it: in which namespace Personalize puts them it does not say.
        found.append(statement(["cloudwatch:PutMetricData"], "*"))
    return found


def bucket_key(config: Config) -> list[Statement]:
    """To read objects that a key of the user's encrypts."""
    key = config.bucket_kms_key_arn
    return [] if key is None else [statement(["kms:Decrypt"], key)]


def _bucket_key_of_personalize(config: Config) -> list[Statement]:
    """To read such objects, and to write them where the config has output: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html"""
    write = ["kms:GenerateDataKey"] if config.writes_output else []
    return [{**each, "Action": [*each["Action"], *write]} for each in bucket_key(config)]


def _key(config: Config) -> list[Statement]:
    if config.kms_key_arn is None:
        return []
    return [statement(["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey", "kms:ListGrants"], config.kms_key_arn)]


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


# --- small parts -----------------------------------------------------------------------------------------


def _given(config: Config, key: str) -> str | None:
    """The ARN that the config names for a role; ``roles.lambda_arn`` serves for all functions."""
    given: str | None = getattr(config.roles, f"{key}_arn")
    return given or (config.roles.lambda_arn if key.startswith("lambda_") else None)


def _trust(service: str, condition: dict[str, Any] | None) -> dict[str, Any]:
    allowed: Statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return document({**allowed, "Condition": condition} if condition else allowed)


def _from_source(arns: Arns, source: str) -> dict[str, Any]:
    """Against the confused deputy: the service acts for this account and these resources.

    Sources: https://docs.aws.amazon.com/personalize/latest/dg/cross-service-confused-deputy-prevention.html and
    https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html
    """
    return {"StringEquals": {"aws:SourceAccount": arns.account_id}, "ArnLike": {"aws:SourceArn": source}}
