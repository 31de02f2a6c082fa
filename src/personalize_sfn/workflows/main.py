"""The main workflow: runs the sub-workflows and hands ARNs on; solutions run at the same time (docs/adr/0005)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.sdk import (
    Catch,
    Chain,
    Choice,
    ChoiceRule,
    Fail,
    Map,
    Pass,
    State,
    StepFunctionsStartExecutionStep,
    in_partition,
)
from personalize_sfn.stages import states
from personalize_sfn.stages.campaign import request as campaign_request
from personalize_sfn.stages.solution import request as solution_request
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
    """From data in S3 to campaigns: the datasets, their imports, then every solution at the same time.

    Input: ``{"train": "auto" or "always"}``, ``auto`` by default.  Output: ``{"datasetGroupArn", "datasetArns",
    "solutions": {"for-you": {"solutionArn", "solutionVersionArn", "campaignArn", "metrics", "error"}, ...}}``, and with
    one solution its members beside them.  A solution without a campaign has ``campaignArn`` null.

    A failed sub-workflow of the data fails main with the error of the state that failed and a cause in one sentence,
    which begins with the name of the sub-workflow.  A solution that fails stops no other: when all have ended, main
    fails with ``SolutionsFailed``, whose cause names each, why, and what goes on serving.
    """
    polling = config.polling
    why = Catch(_explain(), error_equals=["States.ALL"], result_path="$.failure")
    children: list[State] = [
        _run(
            config,
            arns,
            "Dataset",
            "dataset",
            given={},
            kept=("datasetGroupArn", "datasetArns"),
            limit_seconds=polling.dataset_group.timeout_seconds + polling.dataset.timeout_seconds,
            catch=why,
        ),
        _run(
            config,
            arns,
            "Dataset Import",
            "dataset-import",
            given={"datasetArns.$": "$.dataset.datasetArns"},
            kept=("datasetImportJobArns",),
            limit_seconds=polling.dataset_import_job.timeout_seconds + states.SLOT_SECONDS,
            catch=why,
        ),
        Pass("List Solutions", result=_requests(config, arns), result_path="$.solutions"),
        _each_solution(config, arns),
        states.task(
            config,
            "Report Solutions",
            "report-solutions",
            {"solutions.$": "$.solved"},
            result_selector={f"{name}.$": f"$.Payload.{name}" for name in ("solutions", "failed", "cause")},
            result_path="$.report",
        ),
    ]
    only = next(iter(config.solutions)) if len(config.solutions) == 1 else None
    of_the_only_one = {
        f"{name}.$": f"$.report.solutions['{only}'].{name}"
        for name in ("solutionArn", "solutionVersionArn", "campaignArn", "metrics")
        if only is not None
    }
    answer = Pass(
        "Return Result",
        parameters={
            "datasetGroupArn.$": "$.dataset.datasetGroupArn",
            "datasetArns.$": "$.dataset.datasetArns",
            "solutions.$": "$.report.solutions",
            **of_the_only_one,
        },
    )
    failed = Fail("Solutions Failed", error="SolutionsFailed", cause_path="$.report.cause")
    all_done = Choice("Did Every Solution Succeed?")
    all_done.add_choice(ChoiceRule.BooleanEquals("$.report.failed", True), failed)
    all_done.default_choice(answer)
    defaults = with_defaults(train="auto", rootExecution="$$.Execution.Id")
    return in_partition(Chain([*defaults, *children, all_done]), arns.partition)


def _run(
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


def _requests(config: Config, arns: Arns) -> list[dict[str, Any]]:
    """What each solution and its campaign are to be; all that one has and another has not is in here."""
    return [
        {
            "key": key,
            "hasCampaign": campaign is not None,
            "solutionRequest": solution_request(config, arns, key),
            "campaignRequest": None if campaign is None else campaign_request(config, key),
            "campaignArn": None if campaign is None else arns.personalize(f"campaign/{config.campaign_name(key)}"),
        }
        for key, campaign in ((key, config.solutions[key].campaign) for key in config.solutions)
    ]


def _each_solution(config: Config, arns: Arns) -> Map:
    """Train and serve each solution of the list; one that fails leaves ``failure`` beside what it has."""
    polling = config.polling
    # Two solutions run the same state machine: each has a name of its own, in which 80 characters are enough for any.
    name = "States.Format('{}-{}', $.key, States.Hash($$.Execution.Name, 'SHA-1'))"
    done, failed = Pass("Solution Is Done"), Pass("Solution Failed")
    catch = Catch(failed, error_equals=["States.ALL"], result_path="$.failure")
    train = _run(
        config,
        arns,
        "Solution",
        "solution",
        given={
            "solution.$": "$.solutionRequest",
            "datasetGroupArn.$": "$.datasetGroupArn",
            "train.$": "$.train",
            "rootExecution.$": "$.rootExecution",
        },
        kept=("solutionArn", "solutionVersionArn"),
        limit_seconds=polling.solution.timeout_seconds + polling.solution_version.timeout_seconds + states.SLOT_SECONDS,
        catch=catch,
        name=name,
    )
    if config.campaigns:
        serve = _run(
            config,
            arns,
            "Campaign",
            "campaign",
            given={"campaign.$": "$.campaignRequest", "solutionVersionArn.$": "$.solution.solutionVersionArn"},
            kept=("campaignArn", "metrics"),
            limit_seconds=polling.campaign.timeout_seconds,
            catch=catch,
            name=name,
        )
        serve.next(done)
        is_served = Choice("Has It a Campaign?")
        is_served.add_choice(ChoiceRule.BooleanEquals("$.hasCampaign", False), done)
        is_served.default_choice(serve)
        train.next(is_served)
    else:
        train.next(done)
    each = Map(
        "Train and Serve Each Solution",
        items_path="$.solutions",
        parameters={
            **{f"{member}.$": f"$$.Map.Item.Value.{member}" for member in _requests(config, arns)[0]},
            "datasetGroupArn.$": "$.dataset.datasetGroupArn",
            "train.$": "$.input.train",
            "rootExecution.$": "$.input.rootExecution",
        },
        result_path="$.solved",
    )
    each.attach_iterator(Chain([train]))
    return each


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
