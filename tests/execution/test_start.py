"""Starting a run: what is refused by name, and what happens when two start at the same moment."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from personalize_sfn import workflows
from personalize_sfn.arns import Arns
from personalize_sfn.config import CampaignConfig, Config, PollingConfig, SolutionConfig, WaitConfig
from personalize_sfn.errors import AlreadyRunningError, ConfigError, OtherConfigDeployedError, WorkflowError
from personalize_sfn.execution import run

ARNS = Arns("us-east-1", "123456789012")
CONFIG = Config(project="movies")
OTHER = Config(project="movies", solution=SolutionConfig(recipe="aws-popularity-count", name="movies-s"))
SAME_NAME = Config(project="movies", solution=SolutionConfig(name="movies-s"))
MAIN = ARNS.state_machine("movies-main")
BEGAN = datetime(2026, 1, 1, 12, tzinfo=UTC)


def refusal(code: str, operation: str = "Any") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, operation)


class FakeStepFunctions:
    """State machines, and executions that run until they are ended; names are taken for good."""

    def __init__(self, config: Config = CONFIG) -> None:
        self.definitions = {
            ARNS.state_machine(config.name(key)): json.loads(json.dumps(workflows.to_dict(made)))
            for key, made in workflows.definitions(config, ARNS).items()
        }
        self.executions: dict[str, dict[str, Any]] = {}
        self.denied: set[str] = set()
        self.hidden = 0
        self.meta = SimpleNamespace(endpoint_url="http://127.0.0.1:1", region_name="us-east-1")
        self._client_config = SimpleNamespace(user_agent="fake")

    def _require(self, operation: str) -> None:
        if operation in self.denied:
            raise refusal("AccessDeniedException", operation)

    def describe_state_machine(self, stateMachineArn: str) -> dict[str, Any]:
        self._require("DescribeStateMachine")
        if stateMachineArn not in self.definitions:
            raise refusal("StateMachineDoesNotExist")
        return {"definition": json.dumps(self.definitions[stateMachineArn])}

    def list_executions(self, stateMachineArn: str, **asked: Any) -> dict[str, Any]:
        self._require("ListExecutions")
        newest_first = list(self.executions.values())[::-1][self.hidden :]
        wanted = asked.get("statusFilter")
        return {"executions": [one for one in newest_first if wanted in {None, one["status"]}]}

    def start_execution(self, stateMachineArn: str, name: str = "made-by-aws", **request: str) -> dict[str, Any]:
        text = request["input"]
        if name in self.executions and not (
            self.executions[name]["input"] == text and self.executions[name]["status"] == "RUNNING"
        ):
            raise refusal("ExecutionAlreadyExists")
        arn = f"{stateMachineArn.replace(':stateMachine:', ':execution:')}:{name}"
        self.executions[name] = {"executionArn": arn, "startDate": BEGAN, "status": "RUNNING", "input": text}
        return self.executions[name]

    def end_all(self) -> None:
        for one in self.executions.values():
            one["status"] = "SUCCEEDED"


def session_of(client: FakeStepFunctions) -> Any:
    return SimpleNamespace(client=lambda _: client, arns=ARNS, endpoint_url=None)


def test_what_is_deployed_as_the_config_says_is_started() -> None:
    client = FakeStepFunctions()

    started = run(session_of(client), CONFIG, train="always")

    (only,) = client.executions.values()
    assert started.execution_arn == only["executionArn"]
    assert json.loads(only["input"])["train"] == "always"


def test_another_recipe_than_the_deployed_one_is_refused_by_name() -> None:
    client = FakeStepFunctions(SAME_NAME)

    with pytest.raises(OtherConfigDeployedError) as refused:
        run(session_of(client), OTHER)

    assert str(refused.value) == (
        "what is deployed as movies is not what this config describes: recipeArn "
        "recipe/aws-user-personalization-v2 -> recipe/aws-popularity-count (deployed -> this config). "
        "Deploy first: deploy(session, config), or 'personalize-sfn deploy'. Nothing was started"
    )
    assert client.executions == {}


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (Config(project="movies", tags={"team": "films"}), "tags.team none -> films"),
        (Config(project="movies", campaign=CampaignConfig(min_provisioned_tps=2)), "minProvisionedTPS 1 -> 2"),
        (
            Config(
                project="movies", polling=PollingConfig(campaign=WaitConfig(typical_seconds=480, timeout_seconds=600))
            ),
            "timeoutSeconds 14400 -> 600",
        ),
        (
            Config(
                project="movies",
                solution=SolutionConfig(recipe="aws-user-personalization", hyperparameters={"hidden_dimension": "55"}),
            ),
            "solutionConfig.algorithmHyperParameters.hidden_dimension none -> 55",
        ),
    ],
    ids=["a tag", "a campaign's setting", "a time limit", "a hyperparameter"],
)
def test_whatever_the_config_says_otherwise_is_named(config: Config, said: str) -> None:
    with pytest.raises(OtherConfigDeployedError) as refused:
        run(session_of(FakeStepFunctions()), config)

    assert said in str(refused.value)


def test_what_an_older_version_of_this_package_deployed_from_the_same_config_is_run() -> None:
    client = FakeStepFunctions()
    for definition in client.definitions.values():
        definition["Comment"] = "older"
        for state in definition["States"].values():
            state.pop("Retry", None)

    run(session_of(client), CONFIG)

    assert len(client.executions) == 1


def test_a_caller_who_may_not_read_definitions_or_list_executions_can_still_run() -> None:
    client = FakeStepFunctions(SAME_NAME)
    client.denied = {"DescribeStateMachine", "ListExecutions"}

    run(session_of(client), OTHER)

    assert len(client.executions) == 1


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
