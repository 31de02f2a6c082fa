"""The main workflow: runs the four sub-workflows one after the other and hands ARNs on."""

from __future__ import annotations

from collections.abc import Mapping

from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.sdk import (
    Catch,
    Chain,
    Choice,
    ChoiceRule,
    Fail,
    Pass,
    State,
    StepFunctionsStartExecutionStep,
    in_partition,
)
from personalize_sfn.stages import states
from personalize_sfn.workflows.composition import with_defaults

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


def main(config: Config, arns: Arns) -> Chain:
    """From data in S3 to a campaign.

    Input: ``{"train": "auto" or "always"}``, ``auto`` by default.  Output: ``{"datasetGroupArn", "datasetArns",
    "solutionArn", "solutionVersionArn", "campaignArn", "metrics"}``.

    A failed sub-workflow fails main with the error of the state that failed and a cause in one sentence, which begins
    with the name of the sub-workflow.
    """
    polling = config.polling
    why = Catch(_explain(), error_equals=["States.ALL"], result_path="$.failure")

    def run(
        title: str, key: str, given: Mapping[str, str], kept: tuple[str, ...], limits: tuple[int, ...]
    ) -> StepFunctionsStartExecutionStep:
        return StepFunctionsStartExecutionStep(
            f"Run {title} Workflow",
            parameters={
                "StateMachineArn": arns.state_machine(config.name(key)),
                # Trying again starts no second child: of one name and input there is only one execution.
                "Name.$": "$$.Execution.Name",
                "Input": {"AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID.$": "$$.Execution.Id", **given},
            },
            result_selector={f"{name}.$": f"$.Output.{name}" for name in kept},
            result_path=f"$.{key.replace('-', '_')}",
            timeout_seconds=sum(limits) + _MARGIN_SECONDS,
            retry=states.again(_NOT_STARTED, _ATTEMPTS_TO_START),
            catch=why,
        )

    children: list[State] = [
        run(
            "Dataset",
            "dataset",
            {},
            ("datasetGroupArn", "datasetArns"),
            (polling.dataset_group.timeout_seconds, polling.dataset.timeout_seconds),
        ),
        run(
            "Dataset Import",
            "dataset-import",
            {"datasetArns.$": "$.dataset.datasetArns"},
            ("datasetImportJobArns",),
            (polling.dataset_import_job.timeout_seconds,),
        ),
        run(
            "Solution",
            "solution",
            {
                "datasetGroupArn.$": "$.dataset.datasetGroupArn",
                "train.$": "$.input.train",
                "rootExecution.$": "$.input.rootExecution",
            },
            ("solutionArn", "solutionVersionArn"),
            (polling.solution.timeout_seconds, polling.solution_version.timeout_seconds),
        ),
        run(
            "Campaign",
            "campaign",
            {"solutionVersionArn.$": "$.solution.solutionVersionArn"},
            ("campaignArn", "metrics"),
            (polling.campaign.timeout_seconds,),
        ),
    ]
    answer = Pass(
        "Return Result",
        parameters={
            "datasetGroupArn.$": "$.dataset.datasetGroupArn",
            "datasetArns.$": "$.dataset.datasetArns",
            "solutionArn.$": "$.solution.solutionArn",
            "solutionVersionArn.$": "$.solution.solutionVersionArn",
            "campaignArn.$": "$.campaign.campaignArn",
            "metrics.$": "$.campaign.metrics",
        },
    )
    return in_partition(
        Chain([*with_defaults(train="auto", rootExecution="$$.Execution.Id"), *children, answer]), arns.partition
    )


def _explain() -> Choice:
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
