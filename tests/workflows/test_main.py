"""Every definition: what Step Functions would refuse, and what this project asks of itself."""

from __future__ import annotations

from fakes.checked_definitions import ARNS, DEFINITIONS


def test_main_runs_machines_that_are_defined():
    started = {
        state["Parameters"]["StateMachineArn"]
        for state in DEFINITIONS["one-main"]["States"].values()
        if state["Type"] == "Task"
    }
    keys = ("dataset", "dataset-import", "solution", "campaign")
    assert started == {ARNS.state_machine(f"movies-{key}") for key in keys}
