"""IAM: who may do what, made from the resource rows.

Four roles (Step Functions, the functions that only read, those that change something, Personalize) and the statements
of the bucket's policy.  Every permission is narrowed to this project's own resources by
:mod:`personalize_sfn.deploy.reach`; :mod:`personalize_sfn.deploy.statements` holds what AWS makes impossible to narrow.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.deploy.function_policies import changing, log_streams, reading
from personalize_sfn.deploy.keys import keys_of_machines, keys_of_personalize
from personalize_sfn.deploy.reach import data_arns
from personalize_sfn.deploy.role_arns import given_role
from personalize_sfn.deploy.statements import Statement, document, statement

__all__ = ["MANAGED_RULE", "POLICY_NAME", "Role", "bucket_sids", "bucket_statements", "roles"]

#: Step Functions hears through this rule that a nested execution ended.
MANAGED_RULE = "StepFunctionsGetEventsForStepFunctionsExecutionRule"

#: Name of the one inline policy of each role.
POLICY_NAME = "personalize-sfn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A role that deploy makes."""

    key: str
    """``step_functions``, ``lambda_read``, ``lambda_change`` or ``personalize``."""
    name: str
    description: str
    trust: dict[str, Any]
    policy: dict[str, Any]


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
            policy=document(*reading(config, arns), *log_streams(config, arns, named, "lambda_read")),
        ),
        Role(
            key="lambda_change",
            name=config.role_name("lambda_change", arns.region),
            description=f"The functions of {config.project} that make, change and delete",
            trust=_trust("lambda.amazonaws.com", None),
            policy=document(*changing(config, arns), *log_streams(config, arns, named, "lambda_change")),
        ),
        Role(
            key="personalize",
            name=config.role_name("personalize", arns.region),
            description=f"Personalize reads the data of {config.project}",
            trust=_trust("personalize.amazonaws.com", _from_source(arns, arns.personalize("*"))),
            policy=document(*_reading_data(config, arns)),
        ),
    ]
    return [role for role in own if given_role(config, role.key) is None]


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
        *keys_of_machines(config, arns, machines),
    ]


def _reading_data(config: Config, arns: Arns) -> list[Statement]:
    """As AWS's page has it, without a prefix: how Personalize lists a bucket it does not say."""
    bucket = config.bucket_name(arns.region, arns.account_id)
    return [
        statement(["s3:ListBucket"], arns.bucket(bucket)),
        statement(["s3:GetObject"], data_arns(config, arns)),
        *_writing_output(config, arns),
        *keys_of_personalize(config),
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


# --- small parts -----------------------------------------------------------------------------------------


def _trust(service: str, condition: dict[str, Any] | None) -> dict[str, Any]:
    allowed: Statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return document({**allowed, "Condition": condition} if condition else allowed)


def _from_source(arns: Arns, source: str) -> dict[str, Any]:
    """Against the confused deputy: the service acts for this account and these resources.

    Sources: https://docs.aws.amazon.com/personalize/latest/dg/cross-service-confused-deputy-prevention.html and
    https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html
    """
    return {"StringEquals": {"aws:SourceAccount": arns.account_id}, "ArnLike": {"aws:SourceArn": source}}
