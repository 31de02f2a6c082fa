"""What is read from histories, and tables."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from fakes.history_events import BEGAN, event
from personalize_sfn.display import Run, read, render_events, stages
from personalize_sfn.display.history import unwrapped

ARN = "arn:aws:states:us-east-1:123456789012:execution:main:r"
CHILD = "arn:aws:states:us-east-1:123456789012:execution:child:r"


def test_no_events_are_a_run_that_has_not_begun() -> None:
    run = read(ARN, [])

    assert (run.status, run.spans, run.machine, run.elapsed()) == ("RUNNING", (), "main", timedelta(0))


def test_each_visit_of_a_state_is_a_span() -> None:
    run = read(
        ARN,
        [
            event(1, "ExecutionStarted", 0),
            event(2, "WaitStateEntered", name="Wait", input="{}"),
            event(3, "WaitStateExited", name="Wait"),
            event(4, "WaitStateEntered", name="Wait", input="{}"),
        ],
    )

    assert [(span.name, span.kind, span.status) for span in run.spans] == [
        ("Wait", "Wait", "SUCCEEDED"),
        ("Wait", "Wait", "RUNNING"),
    ]
    assert run.spans[0].ended == BEGAN + timedelta(seconds=2)


def test_an_event_of_a_task_finds_its_state_in_parallel_branches() -> None:
    run = read(
        ARN,
        [
            event(1, "ExecutionStarted", 0),
            event(2, "ParallelStateEntered", name="Both", input="{}"),
            event(3, "TaskStateEntered", 2, name="Left", input="{}"),
            event(4, "TaskStateEntered", 2, name="Right", input="{}"),
            event(5, "TaskScheduled", 3),
            event(6, "TaskSubmitted", 5, output=json.dumps({"ExecutionArn": CHILD})),
        ],
    )

    assert {span.name: span.child_arn for span in run.spans} == {"Both": None, "Left": CHILD, "Right": None}


def test_a_task_that_succeeds_at_its_second_attempt_has_succeeded() -> None:
    run = read(
        ARN,
        [
            event(1, "ExecutionStarted", 0),
            event(2, "TaskStateEntered", name="A", input="{}"),
            event(3, "TaskScheduled"),
            event(4, "TaskFailed", error="TransientError", cause="busy"),
            event(5, "TaskScheduled"),
            event(6, "TaskSucceeded"),
            event(7, "TaskStateExited", name="A"),
        ],
    )

    assert [(span.status, span.attempts, span.error) for span in run.spans] == [("SUCCEEDED", 2, "")]


def test_a_task_whose_error_is_caught_is_told_apart_from_one_that_succeeded() -> None:
    run = read(
        ARN,
        [
            event(1, "ExecutionStarted", 0),
            event(2, "TaskStateEntered", name="A", input="{}"),
            event(3, "TaskScheduled"),
            event(4, "TaskFailed", error="Boom", cause="why"),
            event(5, "TaskStateExited", name="A"),
        ],
    )

    assert [(span.status, span.error, span.cause) for span in run.spans] == [("CAUGHT", "Boom", "why")]


def test_an_exit_ends_the_visit_that_led_to_it_not_the_newest_of_that_name() -> None:
    run = read(
        ARN,
        [
            event(1, "ExecutionStarted", 0),
            event(2, "MapStateEntered", name="Each", input="[]"),
            event(3, "MapStateStarted", length=2),
            event(4, "MapIterationStarted", 3, name="Each", index=0),
            event(5, "PassStateEntered", 4, name="A", input="1"),
            event(6, "MapIterationStarted", 3, name="Each", index=1),
            event(7, "PassStateEntered", 6, name="A", input="2"),
            event(8, "PassStateExited", 5, name="A"),
        ],
    )

    each, first, second = run.spans
    assert (first.status, second.status) == ("SUCCEEDED", "RUNNING")
    assert first.inside is second.inside is each


def test_what_comes_after_a_parallel_is_not_inside_it() -> None:
    run = read(
        ARN,
        [
            event(1, "ExecutionStarted", 0),
            event(2, "ParallelStateEntered", name="Both", input="{}"),
            event(3, "ParallelStateStarted"),
            event(4, "PassStateEntered", name="Inner", input="{}"),
            event(5, "PassStateExited", name="Inner"),
            event(6, "PassStateEntered", name="Next Inner", input="{}"),
            event(7, "PassStateExited", name="Next Inner"),
            event(8, "ParallelStateSucceeded"),
            event(9, "ParallelStateExited", name="Both"),
            event(10, "PassStateEntered", name="After", input="{}"),
        ],
    )

    assert {span.name: span.inside and span.inside.name for span in run.spans} == {
        "Both": None,
        "Inner": "Both",
        "Next Inner": "Both",
        "After": None,
    }


def test_a_branch_that_is_aborted_as_aws_says_it_is_aborted() -> None:
    run = read(
        ARN,
        [
            event(1, "ExecutionStarted", 0),
            event(2, "ParallelStateEntered", name="Both", input="{}"),
            event(3, "ParallelStateStarted"),
            event(4, "WaitStateEntered", 3, name="Waits", input="{}"),
            event(5, "TaskStateEntered", 3, name="Breaks", input="{}"),
            event(6, "TaskFailed", 5, error="Broken", cause="why"),
            event(7, "WaitStateAborted", 4),
            event(8, "ParallelStateFailed", 6),
            event(9, "ExecutionFailed", 8, error="Broken", cause="why"),
        ],
    )

    assert [(span.name, span.status, span.error) for span in run.spans] == [
        ("Both", "FAILED", "Broken"),
        ("Waits", "ABORTED", ""),
        ("Breaks", "FAILED", "Broken"),
    ]


@pytest.mark.parametrize("previous", [2, 6], ids=["its state", "the event before"])
def test_a_failed_execution_that_is_redriven_runs_again_where_it_failed(previous: int) -> None:
    failed = [
        event(1, "ExecutionStarted", 0),
        event(2, "TaskStateEntered", name="A", input="{}"),
        event(3, "TaskScheduled"),
        event(4, "TaskFailed", error="Broken", cause="why"),
        event(5, "ExecutionFailed", error="Broken", cause="why"),
        event(6, "ExecutionRedriven"),
    ]

    again = read(ARN, [*failed, event(7, "TaskScheduled", previous)])
    done = read(ARN, [*failed, event(7, "TaskScheduled", previous), event(8, "TaskStateExited", name="A")])

    assert (again.status, again.ended, again.error) == ("RUNNING", None, "")
    assert [(span.status, span.ended) for span in again.spans] == [("RUNNING", None)]
    assert [(span.status, span.attempts) for span in done.spans] == [("SUCCEEDED", 2)]


@pytest.mark.parametrize(
    ("kind", "status"),
    [("ExecutionFailed", "FAILED"), ("ExecutionTimedOut", "TIMED_OUT"), ("ExecutionAborted", "ABORTED")],
)
def test_states_that_were_open_at_the_end_end_with_the_execution(kind: str, status: str) -> None:
    run = read(
        ARN,
        [
            event(1, "ExecutionStarted", 0),
            event(2, "TaskStateEntered", name="A", input="{}"),
            event(3, kind, error="E", cause="c"),
        ],
    )

    assert (run.status, run.error, run.cause) == (status, "E", "c")
    assert [(span.status, span.ended) for span in run.spans] == [(status, run.ended)]


def test_stages_are_those_of_nested_executions_too_and_the_last_of_a_failed_one_failed() -> None:
    child = read(
        CHILD,
        [
            event(1, "ExecutionStarted", 0),
            event(2, "TaskStateEntered", name="Create Campaign", input="{}"),
            event(3, "TaskStateExited", name="Create Campaign"),
            event(4, "WaitStateEntered", name="Wait for Campaign", input="{}"),
            event(5, "WaitStateExited", name="Wait for Campaign"),
            event(6, "ExecutionFailed", error="CampaignFailed"),
        ],
    )
    events = [
        event(1, "ExecutionStarted", 0),
        event(2, "TaskStateEntered", name="Run Campaign Workflow", input="{}"),
        event(3, "TaskScheduled"),
        event(4, "TaskSubmitted", output=json.dumps({"ExecutionArn": CHILD})),
    ]

    found = stages(read(ARN, events, {CHILD: child}))

    assert [(stage.label, stage.workflow, stage.polls, stage.status) for stage in found] == [
        ("Campaign", "child", 1, "FAILED")
    ]


def test_walk_goes_through_nested_executions_with_their_depth() -> None:
    events = [
        event(1, "ExecutionStarted", 0),
        event(2, "TaskStateEntered", name="Run", input="{}"),
        event(3, "TaskSubmitted", output=json.dumps({"ExecutionArn": CHILD})),
    ]

    walked = list(read(ARN, events, {CHILD: Run(CHILD)}).walk())

    assert [(depth, run.machine) for depth, run in walked] == [(0, "main"), (1, "child")]


@pytest.mark.parametrize(
    ("error", "cause", "expected"),
    [
        ("E", "plain", ("E", "plain")),
        ("E", '{"errorMessage": "m", "errorType": "T"}', ("E", "m")),
        ("", '{"errorMessage": "m", "errorType": "T"}', ("T", "m")),
        ("States.TaskFailed", '{"Error": "E", "Cause": "{\\"errorMessage\\": \\"m\\"}"}', ("E", "m")),
        ("E", "[1]", ("E", "[1]")),
    ],
)
def test_causes_are_read_out_of_the_json_around_them(error: str, cause: str, expected: tuple[str, str]) -> None:
    assert unwrapped(error, cause) == expected


def test_a_task_that_starts_an_execution_is_no_stage_even_before_it_has_started_it() -> None:
    events = [
        event(1, "ExecutionStarted", 0),
        event(2, "TaskStateEntered", name="Run Campaign Workflow"),
        event(3, "TaskScheduled", resourceType="states", resource="startExecution.sync:2"),
    ]

    assert stages(read("arn:aws:states:us-east-1:123456789012:execution:main:r", events)) == []


def test_events_say_how_long_after_the_beginning_they_were_whatever_their_order() -> None:
    events = [event(2724, "ExecutionSucceeded"), event(1, "ExecutionStarted", 0)]

    assert [line.split("  ")[-1].strip() for line in str(render_events(events)).splitlines()[2:]] == [
        "45 min 23 s",
        "0.000 s",
    ]
    assert "45 min 23 s" in str(render_events(events[:1], began=events[1]["timestamp"]))
