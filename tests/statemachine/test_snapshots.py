"""An execution as JSON, and as it was again."""

import json

from fakes.branching_machines import WISHES, sometimes, three_wishes
from fakes.small_machines import (
    machine,
)
from personalize_sfn.statemachine import MachineExecution, TaskOutcome, run


def test_an_execution_restored_after_every_event_goes_on_as_if_it_never_stopped():
    definition = three_wishes()
    whole = run(definition, WISHES, tasks=sometimes, seed=3)
    execution = MachineExecution.start(definition, WISHES, seed=3)
    restored = 0
    while execution.status == "RUNNING":
        execution = MachineExecution.restore(definition, execution.snapshot())
        execution.step(sometimes)
        restored += 1
    assert execution.events == whole.events
    assert execution.output == whole.output
    assert restored > 40


def test_a_snapshot_is_json_with_the_history_and_little_else():
    execution = MachineExecution.start(three_wishes(), WISHES)
    execution.advance(lambda _: TaskOutcome(pending=True), until=0)
    plain = json.loads(execution.snapshot())
    assert len(json.dumps({**plain, "events": []})) < 6000
    assert plain["status"] == "RUNNING"
    assert len(execution.pending()) == 2


def test_a_restored_execution_says_what_the_other_would_have_said():
    states = machine(A={"Type": "Wait", "Seconds": 5, "Next": "B"}, B={"Type": "Pass", "End": True})
    first = MachineExecution.start(states, {"a": 1})
    first.step(None)
    again = MachineExecution.restore(states, first.snapshot())
    for each in (first, again):
        each.advance(None)
    assert again.events == first.events
