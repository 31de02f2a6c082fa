"""An execution in one go."""

from fakes.branching_machines import WISHES, sometimes, three_wishes
from fakes.small_machines import (
    kinds,
    machine,
    task,
)
from personalize_sfn.statemachine import TaskOutcome, run


def test_the_same_seed_gives_the_same_events_and_another_seed_others():
    one, again, other = (run(three_wishes(), WISHES, tasks=sometimes, seed=seed) for seed in (1, 1, 2))
    assert one.status == "SUCCEEDED"
    assert one.events == again.events
    assert one.events != other.events


def test_a_run_goes_as_far_as_it_can_without_the_world_outside():
    definition = machine(A={"Type": "Pass", "Next": "T"}, T=task(End=True))
    execution = run(definition, {"a": 1}, tasks=lambda _: TaskOutcome(pending=True), now=60)
    assert (execution.status, execution.now, len(execution.pending())) == ("RUNNING", 60, 1)
    assert kinds(execution)[-1] == "TaskStarted"
