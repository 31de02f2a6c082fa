"""The stage of a deletion: delete, wait, delete again until it is gone.  What is not ours is skipped."""

from __future__ import annotations

from personalize_sfn.config import Config
from personalize_sfn.resources import ResourceType
from personalize_sfn.sdk import Choice, ChoiceRule, Fail, LambdaStep, Pass, State, Wait
from personalize_sfn.stages import states
from personalize_sfn.stages.stage import Stage

#: Where the state keeps it; the same for every resource type.
_KEY = "deletion"


def delete_step(config: Config, row: ResourceType, *, arn: str = "$.arn") -> LambdaStep:
    """Delete it if it is ours, and say how far that is."""
    payload = states.pairs(
        **{row.arn_field: arn}, tags=config.all_tags, **states.waiting(_KEY, config.polling.deletion)
    )
    return states.task(
        config,
        f"Delete {row.title}",
        row.function("Delete"),
        payload,
        result_selector={
            "check": {
                f"{member}.$": f"$.Payload.{member}"
                for member in ("status", "reason", "again", "waitSeconds", "waitedSeconds", "timedOut")
            }
        },
        result_path=f"$.{_KEY}",
    )


def wait_state(row: ResourceType) -> Wait:
    return Wait(f"Wait for Deletion of {row.title}", seconds_path=f"$.{_KEY}.check.waitSeconds")


def choice_state(row: ResourceType, *, gone: State, pending: State) -> Choice:
    """Go on when it is gone or skipped; fail when it takes too long."""
    check = f"$.{_KEY}.check"
    choice = Choice(f"Is {row.title} Gone?")
    choice.add_choice(ChoiceRule.BooleanEquals(f"{check}.again", False), gone)
    choice.add_choice(ChoiceRule.BooleanEquals(f"{check}.timedOut", False), pending)
    choice.default_choice(
        Fail(
            f"Deletion of {row.title} Timed Out",
            error=f"{row.pascal}DeletionTimedOut",
            cause_path=(
                f"States.Format('{{}} is still {{}} after the time limit. {{}} Clean up again to go on, or raise "
                f"polling.deletion.timeout_seconds', $.arn, {check}.status, {check}.reason)"
            ),
        )
    )
    return choice


def deletion(config: Config, row: ResourceType) -> Stage:
    """The whole stage, for the ARN at ``$.arn``; it leaves ``{"arn", "status": DELETED or SKIPPED, "reason"}``."""
    check = f"$.{_KEY}.check"
    start = Pass(f"Find {row.title}", result={"waitedSeconds": 0}, result_path=f"$.{_KEY}.check")
    delete, waits = delete_step(config, row), wait_state(row)
    done = Pass(
        f"{row.title} Is Gone",
        parameters={"arn.$": "$.arn", "status.$": f"{check}.status", "reason.$": f"{check}.reason"},
    )
    choice = choice_state(row, gone=done, pending=waits)
    start.next(delete)
    delete.next(choice)
    waits.next(delete)
    return Stage(start, done, status=delete, wait=waits, choice=choice)
