"""State machines: created, updated, attached, run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from personalize_sfn import sdk, stages
from personalize_sfn.config import Config
from personalize_sfn.errors import ConfigError, SessionError, WorkflowError
from personalize_sfn.execution import Execution, Workflow

ROLE = "arn:aws:iam::123456789012:role/movies-step-functions"
ARN = "arn:aws:states:us-east-1:123456789012:stateMachine:movies-main"


def workflow(client: Any, state: str = "A", role: str = ROLE) -> Workflow:
    return Workflow("movies-main", sdk.Chain([sdk.Pass(state)]), role, client=client)


def test_a_workflow_is_the_sdks(client: Any) -> None:
    assert isinstance(workflow(client), sdk.Workflow)


def test_the_first_create_makes_the_state_machine(client: Any) -> None:
    made = workflow(client)

    assert made.create() == ARN
    assert made.change == "created"
    assert json.loads(client.machines[ARN]["definition"])["StartAt"] == "A"


def test_creating_it_again_changes_nothing(client: Any) -> None:
    workflow(client).create()
    again = workflow(client)

    assert again.create() == ARN
    assert again.change == "unchanged"
    assert client.named("update_state_machine") == []


def test_another_definition_under_the_same_name_is_an_update(client: Any) -> None:
    workflow(client).create()
    other = workflow(client, state="B")

    assert other.create() == ARN
    assert other.change == "updated"
    assert json.loads(client.machines[ARN]["definition"])["StartAt"] == "B"


def test_a_stage_made_by_hand_gets_the_partition_of_the_role(client: Any) -> None:
    stage = stages.campaign.campaign(Config(project="movies"))
    role = "arn:aws-cn:iam::123456789012:role/movies-step-functions"
    arn = Workflow("movies-main", stage, role, client=client).create()

    states = json.loads(client.machines[arn]["definition"])["States"]
    assert states["Create Campaign"]["Resource"] == "arn:aws-cn:states:::lambda:invoke"
    assert states["Check Campaign"]["Resource"] == "arn:aws-cn:states:::lambda:invoke"


def test_another_role_is_an_update(client: Any) -> None:
    workflow(client).create()
    other = workflow(client, role=f"{ROLE}-2")
    other.create()

    assert other.change == "updated"
    assert client.machines[ARN]["roleArn"] == f"{ROLE}-2"


def test_a_role_that_is_no_arn_is_refused_before_any_call(client: Any) -> None:
    with pytest.raises(ConfigError, match="role: expected a role's ARN, got 'me'"):
        workflow(client, role="me").create()
    assert client.calls == []


def test_execute_gives_our_execution_and_sends_the_input(client: Any) -> None:
    made = workflow(client)
    made.create()

    execution = made.execute(inputs={"train": "always"}, name="mine")

    assert isinstance(execution, Execution)
    assert execution.execution_arn == "arn:aws:states:us-east-1:123456789012:execution:movies-main:mine"
    assert json.loads(client.named("start_execution")[0]["input"]) == {"train": "always"}


def test_attach_finds_a_state_machine_by_its_arn(client: Any) -> None:
    workflow(client).create()

    found = Workflow.attach(ARN, client)

    assert (found.name, found.role, found.definition.to_dict()["StartAt"]) == ("movies-main", ROLE, "A")


def test_attaching_to_no_state_machine_says_to_deploy(client: Any) -> None:
    with pytest.raises(WorkflowError, match=r"there is no state machine .*movies-main.*Deploy first"):
        Workflow.attach(ARN, client)


def test_without_a_client_or_session_nothing_is_called() -> None:
    with pytest.raises(SessionError, match="say which AWS is meant"):
        Workflow("movies-main", sdk.Pass("A"), ROLE)


def test_its_graph_shows_in_a_notebook_without_a_script_or_another_host(client: Any) -> None:
    html = workflow(client)._repr_html_()

    assert '<img src="data:image/svg+xml;base64,' in html
    assert "<script" not in html
    assert "http" not in html


def test_its_graph_goes_to_a_file_and_as_mermaid_into_a_readme(client: Any, tmp_path: Path) -> None:
    made = workflow(client, 'Is "it" <done>?')
    assert made.to_svg(tmp_path / "graph.svg").read_text().startswith("<svg")
    assert made.to_mermaid() == 'flowchart TD\n  s0["Is #quot;it#quot; #lt;done#gt;?"]\n'


CHILD = "arn:aws:states:us-east-1:123456789012:stateMachine:movies-campaign"


def starting(client: Any) -> Workflow:
    started = sdk.Task(
        "Run Campaign Workflow",
        resource="arn:aws:states:::states:startExecution.sync:2",
        parameters={"StateMachineArn": CHILD},
    )
    return Workflow("movies-main", sdk.Chain([started]), ROLE, client=client)


def test_its_graph_holds_those_of_the_workflows_that_it_starts(client: Any) -> None:
    Workflow("movies-campaign", sdk.Chain([sdk.Pass("Create Campaign")]), ROLE, client=client).create()
    made = starting(client)
    made.create()

    (part,) = made.render_graph().parts

    assert (part.title, part.arn) == ("movies-campaign", CHILD)
    assert "Create Campaign" in part.svg


def test_a_workflow_that_is_not_created_asks_the_service_nothing_for_its_graph(client: Any) -> None:
    client.describe_state_machine = None

    assert starting(client).render_graph().parts == ()


def test_a_workflow_that_it_starts_and_that_cannot_be_read_is_left_out_of_its_graph(client: Any) -> None:
    made = starting(client)
    made.create()

    assert made.render_graph().parts == ()


def test_where_no_html_shows_it_is_a_tree_of_text(client: Any) -> None:
    shown = workflow(client)._repr_mimebundle_()

    assert shown["text/plain"].endswith("\nmovies-main\n  - A")
    assert shown["text/html"] == workflow(client)._repr_html_()


def test_a_workflow_of_a_projects_stages_carries_the_projects_tag_beside_its_own(client: Any) -> None:
    stage = stages.campaign.campaign(Config(project="movies"))
    own = [{"key": "team", "value": "films"}]

    Workflow("mine", sdk.Chain([stage]), ROLE, tags=own, client=client).create()

    (request,) = client.named("create_state_machine")
    assert request["tags"] == [*own, {"key": "personalize-sfn:project", "value": "movies"}]


def test_a_workflow_of_other_states_has_no_projects_tag(client: Any) -> None:
    workflow(client).create()

    (request,) = client.named("create_state_machine")
    assert request["tags"] == []


def test_a_workflow_that_is_there_without_the_tag_gets_it(client: Any) -> None:
    workflow(client).create()
    tagged: list[Any] = []
    client.list_tags_for_resource = lambda resourceArn: {"tags": []}
    client.tag_resource = lambda **request: tagged.append(request)
    stage = stages.campaign.campaign(Config(project="movies"))

    Workflow("movies-main", sdk.Chain([stage]), ROLE, client=client).create()

    assert tagged == [{"resourceArn": ARN, "tags": [{"key": "personalize-sfn:project", "value": "movies"}]}]
