"""Step Functions of the embedded AWS: moto's interpreter with its defects patched, behind a front that validates.

``install`` patches the interpreter (once a process) and says where its calls go and how fast time passes; ``handle``
answers the ``AWSStepFunctions.*`` requests; ``definition.diagnose`` checks a definition without running it.
"""

from __future__ import annotations

from personalize_sfn.local.aws.iam import Keys
from personalize_sfn.local.stepfunctions.api import handle
from personalize_sfn.local.stepfunctions.context import StepFunctionsContext
from personalize_sfn.local.stepfunctions.patches.settings import InterpreterSettings

__all__ = ["InterpreterSettings", "Keys", "StepFunctionsContext", "handle", "install"]


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
