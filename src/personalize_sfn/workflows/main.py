"""The main workflow: runs the sub-workflows and hands ARNs on."""

from __future__ import annotations

from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.sdk import Catch, Chain, Choice, ChoiceRule, Fail, Pass, State, in_partition
from personalize_sfn.stages import states
from personalize_sfn.workflows.children import explain_failure, run_child
from personalize_sfn.workflows.composition import with_defaults
from personalize_sfn.workflows.each_solution import each_solution, requests

_OF_A_SOLUTION = ("solutionArn", "solutionVersionArn", "campaignArn", "metrics")


def main(config: Config, arns: Arns) -> Chain:
    """From data in S3 to campaigns: the datasets, their imports, every solution at the same time, then filters.

    Input: ``{"train": "auto", "always" or "update"}``, ``auto`` by default.  Output: ``{"datasetGroupArn",
    "datasetArns", "solutions": {"for-you": {"solutionArn", "solutionVersionArn", "campaignArn", "metrics", "error"},
    ...}}``, and with one solution its members beside them.  A solution without a campaign has ``campaignArn`` null.
    As far as the config has them also ``"recommenders": {"picks": {"recommenderArn", "metrics", "error"}}``,
    ``eventTrackerArn``, ``"filters": {"unseen": ARN}`` and ``metricAttributionArn``.

    A failed sub-workflow of the data fails main with the error of the state that failed and a cause in one sentence,
    which begins with the name of the sub-workflow.  A solution that fails stops no other: when all have ended, main
    fails with ``SolutionsFailed``, whose cause names each, why, and what goes on serving.
    """
    polling = config.polling
    catch = Catch(explain_failure(), error_equals=["States.ALL"], result_path="$.failure")
    group = {"datasetGroupArn.$": "$.dataset.datasetGroupArn"}
    tracker = ("eventTrackerArn",) if config.event_tracker else ()
    steps: list[State] = [
        run_child(
            config,
            arns,
            "Dataset",
            "dataset",
            given={},
            kept=("datasetGroupArn", "datasetArns", *tracker),
            limit_seconds=polling.dataset_group.timeout_seconds
            + polling.dataset.timeout_seconds
            + (polling.event_tracker.timeout_seconds if tracker else 0),
            catch=catch,
        ),
        run_child(
            config,
            arns,
            "Dataset Import",
            "dataset-import",
            given={"datasetArns.$": "$.dataset.datasetArns"},
            kept=("datasetImportJobArns",),
            limit_seconds=polling.dataset_import_job.timeout_seconds + states.SLOT_SECONDS,
            catch=catch,
        ),
        Pass("List Solutions", result=requests(config, arns), result_path="$.solutions"),
        each_solution(config, arns),
        states.task(
            config,
            "Report Solutions",
            "report-solutions",
            {"solutions.$": "$.solved"},
            result_selector={
                f"{name}.$": f"$.Payload.{name}" for name in ("solutions", "recommenders", "failed", "cause")
            },
            result_path="$.report",
        ),
    ]
    if config.filters:
        limit = polling.filter.timeout_seconds
        steps.append(
            run_child(
                config, arns, "Filters", "filters", given=group, kept=("filters",), limit_seconds=limit, catch=catch
            )
        )
    if config.metric_attribution is not None:
        steps.append(
            run_child(
                config,
                arns,
                "Attribution",
                "attribution",
                given=group,
                kept=("metricAttributionArn",),
                limit_seconds=polling.metric_attribution.timeout_seconds,
                catch=catch,
            )
        )
    failed = Fail("Solutions Failed", error="SolutionsFailed", cause_path="$.report.cause")
    all_done = Choice("Did Every Solution Succeed?")
    answer = Pass("Return Result", parameters=_result(config))
    all_done.add_choice(ChoiceRule.BooleanEquals("$.report.failed", False), answer)
    all_done.default_choice(failed)
    defaults = with_defaults(train="auto", rootExecution="$$.Execution.Id")
    return in_partition(Chain([*defaults, *steps, all_done]), arns.partition)


def _result(config: Config) -> dict[str, str]:
    only = next(iter(config.solutions)) if len(config.solutions) == 1 else None
    return {
        "datasetGroupArn.$": "$.dataset.datasetGroupArn",
        "datasetArns.$": "$.dataset.datasetArns",
        "solutions.$": "$.report.solutions",
        **{f"{name}.$": f"$.report.solutions['{only}'].{name}" for name in _OF_A_SOLUTION if only is not None},
        **({"recommenders.$": "$.report.recommenders"} if config.recommenders else {}),
        **({"eventTrackerArn.$": "$.dataset.eventTrackerArn"} if config.event_tracker else {}),
        **({"filters.$": "$.filters.filters"} if config.filters else {}),
        **(
            {"metricAttributionArn.$": "$.attribution.metricAttributionArn"}
            if config.metric_attribution is not None
            else {}
        ),
    }
