"""Running another workflow and waiting for it; and why it failed, in one sentence."""

from __future__ import annotations

from collections.abc import Mapping

from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.sdk import Catch, Choice, ChoiceRule, Fail, Pass, StepFunctionsStartExecutionStep
from personalize_sfn.stages import states

#: What a child of a workflow does is in its own limits; main's own ends only what never answers.
_MARGIN_SECONDS = 3600
#: Step Functions did not start the child: too many executions, throttling, a role that has not reached every server.
#: What the child itself fails with is States.TaskFailed and is not tried again.
#: https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html
_NOT_STARTED = (
    "StepFunctions.ExecutionLimitExceeded",
    "StepFunctions.ExecutionLimitExceededException",
    "StepFunctions.AWSStepFunctionsException",
    "StepFunctions.SdkClientException",
)
_ATTEMPTS_TO_START = 8


def run_child(
    config: Config,
    arns: Arns,
    title: str,
    key: str,
    *,
    given: Mapping[str, str],
    kept: tuple[str, ...],
    limit_seconds: int,
    catch: Catch,
    name: str = "$$.Execution.Name",
) -> StepFunctionsStartExecutionStep:
    """Run a child; what is ``kept`` of its output stays under its key."""
    return StepFunctionsStartExecutionStep(
        f"Run {title} Workflow",
        parameters={
            "StateMachineArn": arns.state_machine(config.name(key)),
            # Trying again starts no second child: of one name and input there is only one execution.
            "Name.$": name,
            "Input": {"AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID.$": "$$.Execution.Id", **given},
        },
        result_selector={f"{member}.$": f"$.Output.{member}" for member in kept},
        result_path=f"$.{key.replace('-', '_')}",
        timeout_seconds=limit_seconds + _MARGIN_SECONDS,
        retry=states.again(_NOT_STARTED, _ATTEMPTS_TO_START),
        catch=catch,
    )


def explain_failure() -> Choice:
    """Dig the innermost error and cause out of what a failed sub-workflow leaves at ``$.failure``.

    A failed ``startExecution.sync:2`` gives States.TaskFailed, whose Cause is the JSON of the child's description; the
    Cause in there is a sentence, or, if a function raised, the JSON of Lambda's error.
    """
    machine = "States.ArrayGetItem(States.StringSplit($.child.StateMachineArn, ':'), 6)"
    # What is ACTIVE is found again and reused, so running again is always the way on.
    advice = "Fix the cause, then run it again: finished steps are not repeated."
    not_started = Fail("Sub-Workflow Not Run", error_path="$.failure.Error", cause_path="$.failure.Cause")
    stopped = Fail(
        "Sub-Workflow Stopped",
        error="SubWorkflowStopped",
        cause_path=(
            f"States.Format('{{}} ended as {{}}. Run it again: finished steps are not repeated.', "
            f"{machine}, $.child.Status)"
        ),
    )
    failed = Fail(
        "Sub-Workflow Failed",
        error_path="$.child.Error",
        cause_path=f"States.Format('{{}}: {{}} ({advice})', {machine}, $.child.Cause)",
    )
    failed_silently = Fail(
        "Sub-Workflow Failed Without Cause",
        error_path="$.child.Error",
        cause_path=f"States.Format('{{}} failed and gave no cause. ({advice})', {machine})",
    )
    function_failed = Fail(
        "Function Failed",
        error_path="$.child.Error",
        cause_path=f"States.Format('{{}}: {{}} ({advice})', {machine}, $.function.errorMessage)",
    )
    read_function = Pass(
        "Read Error of Function",
        parameters={"child.$": "$.child", "function.$": "States.StringToJson($.child.Cause)"},
    )
    read_function.next(function_failed)
    has_cause = [ChoiceRule.IsPresent(f"$.child.{name}", True) for name in ("Error", "Cause")]
    by_function = ChoiceRule.StringMatches("$.child.Cause", '{*"errorMessage"*}')
    which = Choice("Did a Function Fail?")
    which.add_choice(ChoiceRule.And([*has_cause, by_function]), read_function)
    which.add_choice(ChoiceRule.And(has_cause), failed)
    which.add_choice(has_cause[0], failed_silently)
    which.default_choice(stopped)
    read_child = Pass("Read Failure", parameters={"child.$": "States.StringToJson($.failure.Cause)"})
    read_child.next(which)
    # A time limit often has no cause, and a path to what is not there would itself fail the execution.
    silent = Fail(
        "Sub-Workflow Gave No Cause",
        error_path="$.failure.Error",
        cause="A sub-workflow did not end within its time limit, or did not say why it failed. "
        "Run it again: finished steps are not repeated.",
    )
    first = Choice("Did a Sub-Workflow Fail?")
    first.add_choice(ChoiceRule.StringEquals("$.failure.Error", "States.Timeout"), silent)
    first.add_choice(ChoiceRule.IsPresent("$.failure.Cause", False), silent)
    first.add_choice(ChoiceRule.StringMatches("$.failure.Cause", '{*"StateMachineArn"*}'), read_child)
    first.default_choice(not_started)
    return first
