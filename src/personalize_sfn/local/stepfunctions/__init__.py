"""Step Functions of the embedded AWS, on the interpreter of :mod:`personalize_sfn.statemachine`.

A request comes to ``service``, which validates it by botocore's model and calls one function for each operation
(``machines``, ``aliases``, ``executions``, ``map_runs``, ``activities``, ``tags``, ``state_tests``).  ``driver`` runs
what was started; ``integrations`` are the calls that tasks make, with the credentials of the state machine's role.
With a data directory, ``persistence`` keeps machines, activities and executions in it (``documents`` says how).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from personalize_sfn.local.stepfunctions.pace import Pace
from personalize_sfn.local.stepfunctions.persistence import StatesDirectory, StatesPersistence
from personalize_sfn.local.stepfunctions.service import StepFunctionsService

if TYPE_CHECKING:
    from personalize_sfn.local.aws.authorizer import Authorizer
    from personalize_sfn.local.aws.iam import Keys

__all__ = ["Pace", "StepFunctionsService", "make_service"]


def make_service(
    authorizer: Authorizer,
    endpoint_url: str,
    pace: Pace,
    busy: Callable[[], bool],
    directory: StatesDirectory | None = None,
) -> StepFunctionsService:
    """Step Functions whose tasks call ``endpoint_url`` as the roles that ``authorizer`` knows.

    Raises:
        LocalAwsError: the data directory holds something damaged.
    """
    from botocore.exceptions import ClientError

    def assume(role_arn: str) -> Keys:
        if not authorizer.iam.role_trusts(role_arn, "states.amazonaws.com"):
            message = f"states.amazonaws.com is not authorized to perform: sts:AssumeRole on resource: {role_arn}"
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": message}}, "AssumeRole")
        return authorizer.iam.assume(role_arn, "stepfunctions", "us-east-1")

    return StepFunctionsService(
        authorizer,
        assume,
        endpoint_url=lambda: endpoint_url,
        pace=pace,
        busy=busy,
        persistence=None if directory is None else StatesPersistence(directory),
    )
