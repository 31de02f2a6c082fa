"""What Step Functions checks of a state machine's role before it accepts it.

Only what AWS checks then: that it may assume the role, and that the role may create the managed rule by which ``.sync``
executions report their end.  Whether the role may call a function or start a machine shows when a task does it: the
interpreter signs each call with the role's own credentials, so the task fails as it does on AWS.
"""

from __future__ import annotations

import json
import re
from typing import Any

from personalize_sfn.local.aws.responses import AwsError
from personalize_sfn.local.stepfunctions.context import StepFunctionsContext

__all__ = ["check_at_creation", "check_logging", "check_trust", "task_resources"]

# https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html#sync-async-iam-policies
_MANAGED_RULE = "StepFunctionsGetEventsForStepFunctionsExecutionRule"
_RULE_ACTIONS = ("events:PutTargets", "events:PutRule", "events:DescribeRule")
_LOG_ACTIONS = (
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
)
_ROLE_ARN = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/\S+")
_CHILD_EXECUTION = ("arn:aws:states:::states:startExecution.sync", "arn:aws:states:::states:startExecution.sync:2")


def check_trust(role_arn: str, context: StepFunctionsContext) -> None:
    """Refuse a role that does not exist or that Step Functions may not assume.

    Raises:
        AwsError: AccessDeniedException, in AWS's words; InvalidArn, it is no ARN of a role.
    """
    if not _ROLE_ARN.fullmatch(role_arn):
        raise AwsError("InvalidArn", f"Invalid Arn: 'Invalid ARN prefix: {role_arn}'")
    if not context.authorizer.role_trusts(role_arn, "states.amazonaws.com", region=context.region):
        raise AwsError(
            "AccessDeniedException",
            "Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume "
            f"the provided role: {role_arn}",
        )


def check_at_creation(definition: str, role_arn: str, context: StepFunctionsContext) -> None:
    """Refuse what CreateStateMachine and UpdateStateMachine refuse of a role.  The definition must be valid JSON.

    Raises:
        AwsError: AccessDeniedException.
    """
    check_trust(role_arn, context)
    if any(resource in _CHILD_EXECUTION for resource in task_resources(json.loads(definition))):
        rule = f"arn:aws:events:{context.region}:{context.account}:rule/{_MANAGED_RULE}"
        if not all(context.authorizer.decide(role_arn, action, rule).allowed for action in _RULE_ACTIONS):
            raise AwsError("AccessDeniedException", f"'{role_arn}' is not authorized to create managed-rule.")


def check_logging(role_arn: str, context: StepFunctionsContext) -> None:
    """Refuse a role that may not deliver logs.

    https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html#cloudwatch-iam-policy

    Raises:
        AwsError: AccessDeniedException.
    """
    if not all(context.authorizer.decide(role_arn, action, "*").allowed for action in _LOG_ACTIONS):
        text = "The state machine IAM Role is not authorized to access the Log Destination"
        raise AwsError("AccessDeniedException", text)


def task_resources(definition: Any) -> list[str]:
    """The Resource of every Task state, those in branches and iterations too."""
    found: list[str] = []
    for state in definition.get("States", {}).values():
        if state.get("Type") == "Task":
            found.append(str(state.get("Resource")))
        for inner in (*state.get("Branches", ()), state.get("Iterator"), state.get("ItemProcessor")):
            if isinstance(inner, dict):
                found.extend(task_resources(inner))
    return found
