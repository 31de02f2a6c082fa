"""How a state fails, and which Retry or Catch means it."""

import pytest

from fakes.small_machines import (
    failing,
    failure,
    machine,
    output,
    ran,
    task,
)
from personalize_sfn.statemachine.failures import StateFailure, matching_rule, runtime_failure


@pytest.mark.parametrize(
    ("named", "error", "caught"),
    [
        ("E", "E", True),
        ("States.ALL", "E", True),
        ("States.ALL", "States.DataLimitExceeded", True),
        ("States.ALL", "States.Timeout", True),
        ("States.TaskFailed", "E", True),
        ("States.TaskFailed", "States.Timeout", False),
        ("States.ALL", "States.Runtime", False),
        ("States.Runtime", "States.Runtime", False),
        ("F", "E", False),
    ],
)
def test_which_errors_a_name_in_a_catch_means(named, error, caught):
    definition = machine(
        S=task(Catch=[{"ErrorEquals": [named], "Next": "Caught"}], End=True),
        Caught={"Type": "Pass", "End": True},
    )
    execution = ran(definition, tasks=failing(error))
    assert (execution.status == "SUCCEEDED") is caught
    if caught:
        assert execution.output == {"Error": error, "Cause": "why"}


def test_a_catch_puts_the_error_at_its_result_path_and_says_an_empty_cause_for_none():
    definition = machine(
        S=task(
            Catch=[{"ErrorEquals": ["States.ALL"], "ResultPath": "$.e", "Next": "Next"}], End=True, OutputPath="$.no"
        ),
        Next={"Type": "Pass", "End": True},
    )
    assert output(definition, {"a": 1}, failing(cause=None)) == {"a": 1, "e": {"Error": "E", "Cause": ""}}


def test_a_runtime_error_of_a_states_own_fields_is_not_caught():
    definition = machine(
        S=task(Parameters={"x.$": "$.x"}, Catch=[{"ErrorEquals": ["States.ALL"], "Next": "Next"}], End=True),
        Next={"Type": "Pass", "End": True},
    )
    assert failure(definition)[0] == "States.Runtime"


def test_the_first_rule_that_names_the_error_applies():
    rules = [{"ErrorEquals": ["A"]}, {"ErrorEquals": ["B", "E"]}, {"ErrorEquals": ["States.ALL"]}]
    assert matching_rule(rules, StateFailure("E", None)) == (1, rules[1])
    assert matching_rule(rules, StateFailure("F", None)) == (2, rules[2])
    assert matching_rule(rules, runtime_failure("a path leads nowhere")) is None


def test_only_a_heartbeat_that_ran_out_is_a_heartbeat_timeout():
    limit, heartbeat = StateFailure("States.Timeout", None), StateFailure("States.Timeout", None, heartbeat=True)
    assert [each.matches("States.HeartbeatTimeout") for each in (limit, heartbeat)] == [False, True]
    assert [each.matches("States.Timeout") for each in (limit, heartbeat)] == [True, True]
