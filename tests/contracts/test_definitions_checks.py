"""Every definition: what Step Functions would refuse, and what this project asks of itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fakes.checked_definitions import ARNS, CONFIGS, DEFINITIONS
from personalize_sfn import stages, workflows
from personalize_sfn.arns import Arns
from personalize_sfn.local.stepfunctions.definition import diagnose

LAMBDAS = Path(__file__).resolve().parents[2] / "lambdas"
every_definition = pytest.mark.parametrize("definition", DEFINITIONS.values(), ids=DEFINITIONS)


def machines(definition: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The machine and those inside its Parallel and Map states."""
    yield definition
    for state in definition["States"].values():
        for inner in [*state.get("Branches", []), *([state["Iterator"]] if "Iterator" in state else [])]:
            yield from machines(inner)


def next_of(state: dict[str, Any]) -> list[str]:
    rules = [rule["Next"] for name in ("Choices", "Catch") for rule in state.get(name, [])]
    return [*rules, *[state[name] for name in ("Next", "Default") if name in state]]


def reachable(states: dict[str, Any], start: str) -> set[str]:
    seen: set[str] = set()
    pending = [start]
    while pending:
        name = pending.pop()
        if name not in seen:
            seen.add(name)
            pending.extend(next_of(states[name]))
    return seen


@every_definition
def test_step_functions_would_take_it(definition):
    assert diagnose(json.dumps(definition)) == []


@pytest.fixture(scope="module")
def cfn_lint():
    from cfnlint.api import lint
    from cfnlint.core import get_rules

    rules = get_rules([], [], ["I", "W", "E"], mandatory_rules=[])

    def run(definition: dict[str, Any]) -> list[str]:
        machine = {
            "Type": "AWS::StepFunctions::StateMachine",
            "Properties": {"RoleArn": ARNS.role("any"), "Definition": definition},
        }
        return [str(match) for match in lint(json.dumps({"Resources": {"Machine": machine}}), rules, ["us-east-1"])]

    return run


def test_cfn_lint_sees_a_wrong_definition(cfn_lint):
    assert any("E3601" in said for said in cfn_lint({"StartAt": "A", "States": {"A": {"Type": "Nonsense"}}}))


@every_definition
def test_cfn_lint_has_nothing_against_it(definition, cfn_lint):
    assert cfn_lint(definition) == []


@every_definition
def test_what_no_rule_of_a_choice_takes_is_a_failure(definition):
    """A choice without a default fails then: States.NoChoiceMatched."""
    for machine in machines(definition):
        defaults = {name: state["Default"] for name, state in machine["States"].items() if "Default" in state}
        kinds = {name: machine["States"][default]["Type"] for name, default in defaults.items()}
        assert set(kinds.values()) <= {"Fail"}, kinds


@every_definition
def test_every_state_is_reached_and_can_reach_an_end(definition):
    for machine in machines(definition):
        states = machine["States"]
        assert reachable(states, machine["StartAt"]) == set(states)
        ends = {name for name, state in states.items() if state["Type"] == "Fail" or state.get("End")}
        assert all(reachable(states, name) & ends for name in states)


@every_definition
def test_every_loop_ends_at_a_timeout(definition):
    for machine in machines(definition):
        states = machine["States"]
        for name, state in states.items():
            looping = name in {further for nearer in next_of(state) for further in reachable(states, nearer)}
            if looping and state["Type"] == "Choice":
                tested = [rule.get("Variable", "") for rule in state["Choices"]]
                # ``end-deletion`` counts its rounds.
                assert any(variable.endswith((".timedOut", ".deletion.again")) for variable in tested), name


@every_definition
def test_every_fail_has_an_error_and_a_cause(definition):
    for machine in machines(definition):
        for name, state in machine["States"].items():
            if state["Type"] == "Fail":
                assert {"Error", "ErrorPath"} & set(state), name
                assert {"Cause", "CausePath"} & set(state), name


@every_definition
def test_every_function_call_is_retried_on_what_may_pass_only(definition):
    for machine in machines(definition):
        for state in machine["States"].values():
            if state["Type"] == "Task" and state["Resource"].endswith("lambda:invoke"):
                # A slot becomes free when a job of hours ends: waited for longer, and more rarely, than all else.
                slots = [retry for retry in state["Retry"] if retry["ErrorEquals"] == ["PendingLimitError"]]
                creates = state["Parameters"]["FunctionName"].startswith("movies-create-")
                assert [(each["MaxAttempts"], each["MaxDelaySeconds"]) for each in slots] == [(864, 600)] * creates
                others = [retry for retry in state["Retry"] if retry not in slots]
                assert others[0]["ErrorEquals"][0] == "TransientError"
                retried = [error for retry in state["Retry"] for error in retry["ErrorEquals"]]
                assert len(retried) == len(set(retried))
                # A function that does not answer in time may run again; all else of the interpreter's own cannot pass.
                assert [error for error in retried if error.startswith("States.")] == ["States.Timeout"]
                assert all(retry["JitterStrategy"] == "FULL" for retry in state["Retry"])
                assert all((retry["MaxAttempts"], retry["MaxDelaySeconds"]) <= (100, 60) for retry in others)
                assert state["TimeoutSeconds"] > 0


@every_definition
def test_state_names_are_unique_short_and_begin_with_a_capital(definition):
    names = [name for machine in machines(definition) for name in machine["States"]]
    assert len(names) == len(set(names))
    assert all(name[0].isupper() and len(name) <= 80 for name in names)


def functions(definition: dict[str, Any]) -> set[str]:
    return {
        state["Parameters"]["FunctionName"].removeprefix("movies-")
        for machine in machines(definition)
        for state in machine["States"].values()
        if state["Type"] == "Task" and state["Resource"].endswith("lambda:invoke")
    }


def test_every_function_that_a_definition_names_has_a_file_and_the_other_way_round():
    named = set().union(*map(functions, DEFINITIONS.values()))
    assert named == {file.stem.replace("_", "-") for file in LAMBDAS.glob("*.py")}


def test_every_function_file_is_short_and_exports_the_handler():
    for file in LAMBDAS.glob("*.py"):
        lines = file.read_text().splitlines()
        assert len(lines) <= 15
        assert lines[-1].startswith("lambda_handler = ")


def test_integrations_are_of_the_sessions_partition_whatever_the_environment_says(monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    china = Arns("cn-north-1", "123456789012", "aws-cn")
    made = workflows.definitions(CONFIGS["three"], china)
    text = json.dumps({key: workflows.to_dict(each) for key, each in made.items()})
    assert "arn:aws-cn:states:::lambda:invoke" in text
    assert "arn:aws:" not in text


def test_a_stage_made_by_hand_and_the_definitions_agree_on_the_partition_whatever_the_environment_says(monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "cn-north-1")
    made = workflows.to_dict(workflows.definitions(CONFIGS["one"], ARNS, ["campaign"])["campaign"])
    by_hand = workflows.to_dict(stages.campaign.create_step(CONFIGS["one"]))
    assert made["States"]["Create Campaign"]["Resource"] == "arn:aws:states:::lambda:invoke"
    assert by_hand["States"]["Create Campaign"]["Resource"] == "arn:aws:states:::lambda:invoke"


def test_a_single_workflow_is_of_the_partition_of_the_arns_that_it_is_given():
    made = workflows.to_dict(workflows.main(CONFIGS["three"], Arns("cn-north-1", "123456789012", "aws-cn")))
    assert made["States"]["Run Dataset Workflow"]["Resource"] == "arn:aws-cn:states:::states:startExecution.sync:2"
