"""Testing a state machine: mocks, and what can be asserted."""

import re
from pathlib import Path

import pytest

from fakes.small_machines import LAMBDA
from personalize_sfn import workflows
from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.testing import MissingMockError, attempts, fails, run_states, takes

PAGE = Path(__file__).resolve().parents[1] / "docs" / "testing-state-machines.md"


def task(**fields):
    return {"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": LAMBDA, "End": True, **fields}}}


def test_every_example_of_the_page_runs_as_it_stands():
    names: dict[str, object] = {}
    examples = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    for example in examples:
        exec(compile(example, str(PAGE), "exec"), names)
    text = "".join(examples)
    for kind in ("Task", "Choice", "Wait", "Succeed", "Fail", "Pass", "Parallel", "Map"):
        assert f'"Type": "{kind}"' in text


def test_a_task_without_a_mock_is_named():
    with pytest.raises(MissingMockError) as raised:
        run_states(task(), mocks={"U": 1})
    assert str(raised.value) == f"the task state 'T' ({LAMBDA}) has no mock: give one, mocks={{'T': ...}}"


@pytest.mark.parametrize(
    ("mock", "output"),
    [
        ({"a": 1}, {"a": 1}),
        ([1, 2], [1, 2]),
        (None, None),
        (takes(5, "x"), "x"),
        (lambda call: call.arguments, {"in": 1}),
        (lambda call: takes(1, call.attempt), 0),
        (attempts(1, 2), 1),
    ],
)
def test_a_mock_is_an_answer_or_says_how_to_answer(mock, output):
    assert run_states(task(), {"in": 1}, mocks={"T": mock}).output == output


def test_the_last_of_the_attempts_is_for_those_after_it_too():
    retry = [{"ErrorEquals": ["E"], "MaxAttempts": 5}]
    run = run_states(task(Retry=retry), mocks={"T": attempts(fails("F"), fails("E", "why"))})
    assert (run.error, run.retries("T")) == ("F", 0)
    run = run_states(task(Retry=retry), mocks={"T": attempts(fails("E"), fails("E", "why", after=1))})
    assert (run.error, run.cause, run.retries("T"), len(run.arguments("T"))) == ("E", "why", 5, 6)


def test_visits_are_told_apart_and_a_map_is_as_long_as_its_slowest_item():
    inner = {"StartAt": "W", "States": {"W": {"Type": "Wait", "SecondsPath": "$", "End": True}}}
    definition = {"StartAt": "M", "States": {"M": {"Type": "Map", "ItemProcessor": inner, "End": True}}}
    run = run_states(definition, [3, 9])
    assert run.inputs("W") == run.outputs("W") == run.waits("W") == [3, 9]
    assert run.waits("M") == [9]
    assert run.path == ["M", "W", "W"]


def test_a_mock_cannot_change_the_definition_nor_what_it_answered_before():
    answer = {"n": 0}

    def counting(call):
        call.arguments["changed"] = True
        answer["n"] += 1
        return answer

    task_state = {"Type": "Task", "Resource": LAMBDA}
    definition = {
        "StartAt": "P",
        "States": {
            "P": {"Type": "Pass", "Result": {"a": 1}, "Next": "M"},
            "M": {
                "Type": "Parallel",
                "Branches": [{"StartAt": name, "States": {name: {**task_state, "End": True}}} for name in "TU"],
                "End": True,
            },
        },
    }
    run = run_states(definition, mocks={"T": counting, "U": counting})
    assert run.output == [{"n": 1}, {"n": 2}]
    assert run.outputs("P") == run.inputs("T") == run.inputs("U") == [{"a": 1}]
    assert run.arguments("U") == [{"a": 1}]


def test_attempts_need_a_mock():
    with pytest.raises(MissingMockError, match=re.escape("attempts() needs at least one mock, such as attempts(fails")):
        attempts()


def test_our_own_workflow_polls_until_the_campaign_is_active():
    made = workflows.definitions(Config(project="movies"), Arns("us-east-1", "123456789012"))["campaign"]
    created = dict.fromkeys(("updating", "metrics", "since"), None) | {
        "campaignArn": "arn:c",
        "solutionVersionArn": "v",
    }
    checked = {"failureReason": "", "waitSeconds": 90, "waitedSeconds": 0, "timedOut": False}
    statuses = iter(["CREATE PENDING", "CREATE IN_PROGRESS", "ACTIVE"])
    run = run_states(
        made,
        mocks={
            "Create Campaign": {"Payload": created},
            "Check Campaign": lambda _: {"Payload": {**checked, "status": next(statuses)}},
        },
    )
    assert run.status == "SUCCEEDED", (run.error, run.cause)
    assert run.path.count("Check Campaign") == 3
    assert run.waits("Wait for Campaign") == [90, 90]
    assert run.seconds == 180
