"""Step Functions of the embedded AWS: moto's interpreter with its defects patched, behind a front that validates.

``install`` patches the interpreter (once a process) and says where its calls go and how fast time passes; ``handle``
answers the ``AWSStepFunctions.*`` requests; ``definition.diagnose`` checks a definition without running it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from personalize_sfn.local.aws.iam import Keys
from personalize_sfn.local.stepfunctions.api import handle
from personalize_sfn.local.stepfunctions.context import StepFunctionsContext
from personalize_sfn.local.stepfunctions.patches.settings import InterpreterSettings

if TYPE_CHECKING:
    from personalize_sfn.local.aws.authorizer import Authorizer

__all__ = ["InterpreterSettings", "Keys", "StepFunctionsContext", "handle", "install", "patch_interpreter"]


def install(settings: InterpreterSettings) -> None:
    """Patch moto's interpreter for this process and put ``settings`` in force.

    May be called again, with other settings or after moto was reset: patches are applied once, cached clients (and the
    role credentials in them) are dropped.
    """
    from personalize_sfn.local.stepfunctions.loading import load_interpreter

    load_interpreter()
    from personalize_sfn.local.stepfunctions import patches
    from personalize_sfn.local.stepfunctions.patches import calls
    from personalize_sfn.local.stepfunctions.patches.settings import put_in_force

    put_in_force(settings)
    patches.apply_all()
    calls.forget_clients()


def patch_interpreter(authorizer: Authorizer, endpoint_url: str, wait_scale: float, min_timeout_seconds: float) -> None:
    """Patch the interpreter and tell it where its calls go and with whose keys."""
    from botocore.exceptions import ClientError

    def assume(role_arn: str) -> Keys:
        if not authorizer.iam.role_trusts(role_arn, "states.amazonaws.com"):
            message = f"states.amazonaws.com is not authorized to perform: sts:AssumeRole on resource: {role_arn}"
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": message}}, "AssumeRole")
        keys = authorizer.iam.assume(role_arn, "stepfunctions", "us-east-1")
        return Keys(access_key=keys.access_key, secret_key=keys.secret_key, session_token=keys.session_token)

    install(
        InterpreterSettings(
            endpoint_url=lambda: endpoint_url,
            assume_role=assume,
            wait_scale=wait_scale,
            timeout_floor_seconds=min_timeout_seconds,
        )
    )
