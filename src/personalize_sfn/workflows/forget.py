"""Forgetting users: their rows go from every dataset, while nothing that reads them runs."""

from __future__ import annotations

from personalize_sfn.arns import Arns
from personalize_sfn.config import Config, WaitConfig
from personalize_sfn.resources import DATA_DELETION_JOB
from personalize_sfn.sdk import Chain, Choice, ChoiceRule, Fail, Pass, Wait, in_partition
from personalize_sfn.stages import states
from personalize_sfn.stages.data_deletion_job import data_deletion_job
from personalize_sfn.workflows.composition import with_defaults

#: What it waits for are mostly trainings.
_WAIT = WaitConfig(typical_seconds=1200, timeout_seconds=states.SLOT_SECONDS)
_CHECKED = ("isFree", "running", "waitSeconds", "waitedSeconds", "timedOut")


def forget(config: Config, arns: Arns) -> Chain:
    """Wait for its turn, delete the users' data, and delete it again if anything ran beside that.

    Input: ``{"list": "s3://bucket/movies/meta/forget/lists/some.csv"}``, a CSV with the one column USER_ID; the file is
    deleted.  Output: ``{"dataDeletionJobArn", "numDeleted", "jobs", "ranBeside"}``: how many records went, by how many
    jobs, and what ran beside the last of them, which is empty unless something ran beside every one.
    """
    turn = {"turns": states.turns(config), "execution.$": "$$.Execution.Id"}
    claim = states.task(
        config,
        "Claim Turn",
        "claim-deletion-turn",
        {**turn, **states.pairs(**states.waiting("turn", _WAIT))},
        result_selector={f"{name}.$": f"$.Payload.{name}" for name in _CHECKED},
        result_path="$.turn.check",
    )
    stage = data_deletion_job(
        config,
        arns,
        data_location="$.input.list",
        root_execution="States.Format('{} {}', $$.Execution.Id, $.deletion.round)",
    )
    end = states.task(
        config,
        "Look for What Ran Beside It",
        "end-deletion",
        {
            **turn,
            **states.pairs(
                list="$.input.list",
                dataDeletionJobArn=DATA_DELETION_JOB.state_path,
                round="$.deletion.round",
                numDeleted="$.deletion.numDeleted",
                startedAt="$$.Execution.StartTime",
            ),
        },
        result_selector={f"{name}.$": f"$.Payload.{name}" for name in ("again", "round", "numDeleted", "ranBeside")},
        result_path="$.deletion",
    )
    begin = Pass("Begin Waiting", result={"check": {"waitedSeconds": 0}}, result_path="$.turn")
    begin.next(claim)
    first = Pass("Begin First Round", result={"round": 1, "numDeleted": 0}, result_path="$.deletion")
    first.next(begin)

    has_list = Choice("Is There a List?")
    has_list.add_choice(
        ChoiceRule.And(
            [ChoiceRule.IsPresent("$.input.list", True), ChoiceRule.StringMatches("$.input.list", "s3://*")]
        ),
        first,
    )
    has_list.default_choice(
        Fail(
            "No List",
            error="InvalidInputError",
            cause='the input names no users: expected {"list": "s3://bucket/key"}, a CSV with the one column USER_ID. '
            "forget(session, config, user_ids) writes it, or 'personalize-sfn forget CSV'",
        )
    )
    wait = Wait("Wait for What Runs", seconds_path="$.turn.check.waitSeconds")
    wait.next(claim)
    others_run = Fail(
        "Others Still Run",
        error="DeletionTurnTimedOut",
        cause_path="States.Format('after the time limit this still runs, and users can only be forgotten while it does "
        "not: {}. Wait for it or stop it, then run again', $.turn.check.running)",
    )
    is_free = Choice("Does Nothing Run?")
    is_free.add_choice(ChoiceRule.BooleanEquals("$.turn.check.isFree", True), stage)
    is_free.add_choice(ChoiceRule.BooleanEquals("$.turn.check.timedOut", True), others_run)
    is_free.add_choice(ChoiceRule.BooleanEquals("$.turn.check.isFree", False), wait)
    is_free.default_choice(others_run)
    claim.next(is_free)
    stage.next(end)
    answer = Pass(
        "Return Deletion",
        parameters={
            f"{DATA_DELETION_JOB.arn_field}.$": DATA_DELETION_JOB.state_path,
            "numDeleted.$": "$.deletion.numDeleted",
            "jobs.$": "States.MathAdd($.deletion.round, -1)",
            "ranBeside.$": "$.deletion.ranBeside",
        },
    )
    unknown = Fail("Unknown Whether Anything Ran", error="InvalidInputError", cause="end-deletion did not say so")
    ran_beside = Choice("Did Anything Run Beside It?")
    ran_beside.add_choice(ChoiceRule.BooleanEquals("$.deletion.again", True), begin)
    ran_beside.add_choice(ChoiceRule.BooleanEquals("$.deletion.again", False), answer)
    ran_beside.default_choice(unknown)
    end.next(ran_beside)
    return in_partition(Chain([*with_defaults(), has_list]), arns.partition)
