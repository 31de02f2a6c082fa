"""Starting a run: what is refused by name, and what happens when two start at the same moment."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fakes.deployed_definitions import ARNS, CONFIG, FakeStepFunctions, session_of
from personalize_sfn.errors import AlreadyRunningError, ConfigError, WorkflowError
from personalize_sfn.execution import run


def test_what_is_deployed_as_the_config_says_is_started() -> None:
    client = FakeStepFunctions()

    started = run(session_of(client), CONFIG, train="always")

    (only,) = client.executions.values()
    assert started.execution_arn == only["executionArn"]
    assert json.loads(only["input"])["train"] == "always"


def test_what_is_not_deployed_says_so() -> None:
    client = FakeStepFunctions()
    del client.definitions[ARNS.state_machine("movies-solution")]

    with pytest.raises(WorkflowError, match=r"there is no state machine '.*:movies-solution' .* Deploy first"):
        run(session_of(client), CONFIG)


def test_a_second_run_says_what_is_running_since_when_and_how_to_follow_it() -> None:
    client = FakeStepFunctions()
    first = run(session_of(client), CONFIG)

    with pytest.raises(AlreadyRunningError) as refused:
        run(session_of(client), CONFIG)

    assert refused.value.arns == (first.execution_arn,)
    said = str(refused.value)
    assert said.startswith("movies-main is running since 2026-01-01 12:00:00 UTC (")
    assert f"Execution.attach({first.execution_arn!r}, session=session).wait()" in said
    assert f"'personalize-sfn status --wait {first.execution_arn}'" in said
    assert "run(..., at_once=True)" in said
    client.end_all()
    assert run(session_of(client), CONFIG).execution_arn != first.execution_arn


def test_at_once_starts_another_beside_it() -> None:
    client = FakeStepFunctions()
    run(session_of(client), CONFIG)

    run(session_of(client), CONFIG, at_once=True)

    assert len(client.executions) == 2


def test_of_two_that_start_at_the_same_moment_one_is_refused() -> None:
    client = FakeStepFunctions()
    for number in range(3):
        run(session_of(client), CONFIG, name=f"earlier-{number}")
        client.end_all()
    started = client.start_execution

    def both(**request: Any) -> Any:
        """The other one comes first, after this one has looked for what runs."""
        client.start_execution = started  # type: ignore[method-assign]
        run(session_of(client), CONFIG)
        return started(**request)

    client.start_execution = both  # type: ignore[method-assign]
    with pytest.raises(AlreadyRunningError):
        run(session_of(client), CONFIG)
    assert [one["status"] for one in client.executions.values()].count("RUNNING") == 1


def test_a_list_that_is_late_does_not_stop_a_run() -> None:
    client = FakeStepFunctions()
    run(session_of(client), CONFIG)
    client.end_all()
    client.hidden = 1

    run(session_of(client), CONFIG)

    assert [one["status"] for one in client.executions.values()] == ["SUCCEEDED", "RUNNING"]


@pytest.mark.parametrize(
    "name",
    [
        *("", "x" * 81, "bad name", "x<y>", "a/b", "a:b", "tab\t", "ä[b]", "a#b", 'a"b', "a\\b", "a^b", "a|b", "a~b"),
        *("a`b", "a$b", "a&b", "a,b", "a;b", "a{b", "a?b", "a*b", "a%b", "a\x7fb", "a\x9fb", "a\nb", "a\ufffeb"),
    ],
)
def test_a_name_that_step_functions_refuses_is_refused_before_anything_is_asked(name: str) -> None:
    client = FakeStepFunctions()
    client.denied = {"DescribeStateMachine"}

    with pytest.raises(ConfigError, match=r"^name: expected "):
        run(session_of(client), CONFIG, name=name)

    assert client.executions == {}


@pytest.mark.parametrize("name", ["a", "x" * 80, "Monday_2026-01-05", "nächtlich", "a.b", "a+b", "(a)", "a=b", "a@b!"])
def test_a_name_that_step_functions_takes_is_taken(name: str) -> None:
    client = FakeStepFunctions()

    assert run(session_of(client), CONFIG, name=name).name == name


def test_a_name_that_was_used_says_so() -> None:
    client = FakeStepFunctions()
    run(session_of(client), CONFIG, name="monday")
    client.end_all()

    with pytest.raises(WorkflowError) as refused:
        run(session_of(client), CONFIG, name="monday")

    assert str(refused.value) == (
        "an execution 'monday' of movies-main exists already, and a name is used once in 90 days: choose another name"
    )
