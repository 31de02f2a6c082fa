"""The running branches of an execution, and what is due."""

import tracemalloc

from fakes.small_machines import (
    LAMBDA,
    machine,
)
from personalize_sfn.statemachine import TaskOutcome, run
from personalize_sfn.statemachine.frames import Frame, Timer


def test_events_that_say_the_same_share_one_text():
    """A loop over a large input has twenty thousand of them."""
    answered = {"Type": "Task", "Resource": LAMBDA, "Next": "W"}
    states = machine(A={"Type": "Pass", "Next": "T"}, T=answered, W={"Type": "Wait", "Seconds": 1, "End": True})
    tracemalloc.start()
    try:
        execution = run(states, {"text": "x" * 200_000}, tasks=lambda call: TaskOutcome({**call.arguments}))
        now, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert execution.status == "SUCCEEDED"
    assert sum("x" * 200_000 in str(event) for event in execution.events) == 10
    assert now < 600_000


def frame(**fields):
    return Frame(id=0, parent=None, at=[], index=0, state="S", input={}, previous=0, **fields)


def test_a_value_is_written_once_as_long_as_it_is_the_last_one():
    branch, value = frame(), {"a": 1}
    assert branch.text(value) == '{"a":1}'
    assert branch.text(value) is branch.text(value)
    assert branch.text({"a": 2}) == '{"a":2}'


def test_a_frame_that_was_saved_is_the_same_frame_without_the_text_of_its_last_value():
    branch = frame(variables={"n": 1}, task={"token": "t"})
    branch.text(branch.input)
    again = Frame(**branch.plain())
    assert again == branch
    assert (branch.said_last, again.said_last) == (({}, "{}"), None)


def test_of_two_timers_at_the_same_time_the_one_that_was_set_first_is_due_first():
    later, second, first = (
        Timer(9, 1, 0, "wait", "b"),
        Timer(5, 3, 0, "wait", "a"),
        Timer(5, 2, 7, "retry", "z", {"x": 1}),
    )
    assert sorted([later, second, first]) == [first, second, later]
    assert Timer(*first.plain()).data == {"x": 1}
