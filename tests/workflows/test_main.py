"""Tests of ``main``: the main workflow: runs the four sub-workflows one after the other and hands ARNs on."""

from __future__ import annotations

from fakes.checked_definitions import ARNS, DEFINITIONS


def test_main_runs_machines_that_are_defined():
    states = DEFINITIONS["one-main"]["States"]
    inner = states["Train and Serve Each Solution"]["Iterator"]["States"]
    started = {
        state["Parameters"]["StateMachineArn"]
        for state in (*states.values(), *inner.values())
        if "StateMachineArn" in state.get("Parameters", {})
    }
    keys = ("dataset", "dataset-import", "solution", "campaign")
    assert started == {ARNS.state_machine(f"movies-{key}") for key in keys}
