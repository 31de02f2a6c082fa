"""Tests of ``main``: the main workflow: runs the four sub-workflows one after the other and hands ARNs on."""

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
