"""A state machine: make it or bring it up to date, run it, look at it."""

from __future__ import annotations

import copy
import json
import logging
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from botocore.exceptions import BotoCoreError, ClientError

from personalize_sfn import sdk
from personalize_sfn.arns import Arn, Arns, parse
from personalize_sfn.aws_errors import code_of
from personalize_sfn.display import Picture, mermaid, render_definition
from personalize_sfn.errors import ConfigError, WorkflowError
from personalize_sfn.execution.definitions import definition_of
from personalize_sfn.execution.execution import Execution, client_of
from personalize_sfn.execution.history_reader import is_loopback
from personalize_sfn.execution.inputs import require_fitting
from personalize_sfn.execution.listing import Executions
from personalize_sfn.execution.status import console_url
from personalize_sfn.ownership import PROJECT_TAG
from personalize_sfn.session import Session

__all__ = ["Workflow"]

logger = logging.getLogger(__name__)


class Workflow(sdk.Workflow):
    """A state machine; the SDK's class, whose ``create`` also updates and whose graph shows in every notebook.

    Args:
        name: of the state machine.
        definition: a State, Chain, Graph or Stage.
        role: ARN of the role that Step Functions takes on.
        session: which AWS; or ``client``, a boto3 Step Functions client.

    The other arguments are the SDK's.  A workflow that is made of a project's stages, or runs under a project's role,
    carries the project's tag beside ``tags``: ``destroy`` removes it with the project.
    """

    change: Literal["created", "updated", "unchanged"] | None = None
    """What the last :meth:`create` did."""

    def __init__(  # noqa: PLR0917 - the SDK's order
        self,
        name: str,
        definition: sdk.State | sdk.Chain | sdk.Graph,
        role: str,
        tags: list[dict[str, str]] | None = None,
        execution_input: Any = None,
        timeout_seconds: int | None = None,
        comment: str | None = None,
        version: str | None = None,
        state_machine_arn: str | None = None,
        format_json: bool = True,
        client: Any = None,
        *,
        session: Session | None = None,
    ) -> None:
        super().__init__(
            name=name,
            definition=definition,
            role=role,
            tags=tags or [],
            execution_input=execution_input,
            timeout_seconds=timeout_seconds,
            comment=comment,
            version=version,
            state_machine_arn=state_machine_arn,
            format_json=format_json,
            client=client_of(session, client),
        )
        self._session = session

    @classmethod
    def attach(cls, state_machine_arn: str, client: Any = None, *, session: Session | None = None) -> Workflow:
        """An existing state machine, by its ARN.

        Raises:
            SessionError: neither ``client`` nor ``session`` was given.
            WorkflowError: there is no such state machine.
        """
        client = client_of(session, client)
        try:
            found = client.describe_state_machine(stateMachineArn=state_machine_arn)
        except ClientError as error:
            if code_of(error) not in {"StateMachineDoesNotExist", "InvalidArn"}:
                raise
            raise WorkflowError(
                f"there is no state machine {state_machine_arn!r} in this account and region. "
                "Deploy first: deploy(session, config), or 'personalize-sfn deploy'",
                status="UNKNOWN",
                arn=state_machine_arn,
            ) from error
        from stepfunctions.steps.states import FrozenGraph

        return cls(
            found["name"],
            FrozenGraph.from_json(found["definition"]),
            found["roleArn"],
            state_machine_arn=found["stateMachineArn"],
            client=client,
            session=session,
        )

    def create(self) -> str:
        """Create the state machine, or bring an existing one of this name to this definition and role.

        :attr:`change` says which; running executions go on with the definition they started with.

        Returns:
            The state machine's ARN.

        Raises:
            ConfigError: ``role`` is not an ARN.
        """
        arn = self.state_machine_arn or self._arn()
        try:
            found = self.client.describe_state_machine(stateMachineArn=arn)
        except ClientError as error:
            if code_of(error) != "StateMachineDoesNotExist":
                raise
            self.state_machine_arn = str(
                self.client.create_state_machine(
                    name=self.name, definition=self._definition_text(), roleArn=self.role, tags=self._all_tags()
                )["stateMachineArn"]
            )
            self._changed("created")
            return self.state_machine_arn
        self.state_machine_arn = arn
        # Both as JSON, where a tuple is a list and every key a text.
        same = json.loads(found["definition"]) == json.loads(self._definition_text())
        if same and found["roleArn"] == self.role:
            self._changed("unchanged")
        else:
            self.client.update_state_machine(stateMachineArn=arn, definition=self._definition_text(), roleArn=self.role)
            self._changed("updated")
        self._tag(arn)
        return arn

    def _tag(self, arn: str) -> None:
        """Give a state machine that is there the tags that it lacks; one of another project keeps that project's."""
        wanted = self._all_tags()
        if not wanted:
            return
        found = {tag["key"]: tag["value"] for tag in self.client.list_tags_for_resource(resourceArn=arn)["tags"]}
        missing = [
            tag
            for tag in wanted
            if found.get(tag["key"]) != tag["value"] and not (tag["key"] == PROJECT_TAG and PROJECT_TAG in found)
        ]
        if missing:
            self.client.tag_resource(resourceArn=arn, tags=missing)

    def _all_tags(self) -> list[dict[str, str]]:
        project = None if any(tag["key"] == PROJECT_TAG for tag in self.tags) else self._project()
        return [*self.tags, *([{"key": PROJECT_TAG, "value": project}] if project else [])]

    def _project(self) -> str | None:
        """The project whose stages it is made of; else the one whose role it has; None: neither is a project's."""
        if found := _tagged_project(self.definition.to_dict()):
            return found
        if self._session is None or ":role/" not in self.role:
            return None
        try:
            role = self._session.client("iam").get_role(RoleName=self.role.rpartition("/")[2])["Role"]
        except (ClientError, BotoCoreError):  # not to be read: then nothing is known of it
            return None
        return next((tag["Value"] for tag in role.get("Tags", ()) if tag["Key"] == PROJECT_TAG), None)

    def _arn(self) -> str:
        """The ARN that it has, or will have: in the account of its role, which AWS demands to be the same."""
        role = self._role()
        return Arns(self.client.meta.region_name, role.account_id, role.partition).state_machine(self.name)

    def _role(self) -> Arn:
        try:
            return parse(self.role)
        except ValueError as error:
            raise ConfigError("role", f"expected a role's ARN, got {self.role!r}") from error

    def _definition_text(self) -> str:
        """With integrations of the partition that its role is in: states that were made by hand do not know theirs."""
        definition = sdk.definition_in_partition(self.definition.to_dict(), self._role().partition)
        return json.dumps(definition, indent=4 if self.format_json else None)

    def _changed(self, change: Literal["created", "updated", "unchanged"]) -> None:
        self.change = change
        logger.info("State machine %s: %s", self.name, change)

    def execute(self, name: str | None = None, inputs: Any = None) -> Execution:
        """Start an execution.

        Args:
            name: of the execution; the service makes one when it is None.  The same name and input start it only once.
            inputs: JSON value; None: ``{}``.

        Raises:
            ValueError: the input does not fit ``execution_input``; says which member, and the whole schema.
            stepfunctions.exceptions.WorkflowNotFound: neither created nor attached.
        """
        given = self.workflow_input
        if given:
            require_fitting(given.get_schema_as_dict(), inputs, given.get_schema_as_json())
        # The SDK's own check takes no dict where one is wanted, and no 1 where a float is: it is done above.
        unchecked = copy.copy(self)
        unchecked.workflow_input = None
        started = sdk.Workflow.execute(unchecked, name=name, inputs=inputs)
        return Execution(self, started.execution_arn, started.start_date, started.status, self.client, name)

    def list_executions(
        self, max_items: int = 100, status_filter: sdk.ExecutionStatus | None = None, html: bool = False
    ) -> Any:
        """Its executions, newest first, which show as a table with their times.  ``html``: the SDK's table."""
        listed = super().list_executions(max_items=max_items, status_filter=status_filter, html=html)
        if html:
            return listed
        return Executions(
            Execution(self, e.execution_arn, e.start_date, e.status, self.client, e.name, e.stop_date) for e in listed
        )

    def render_graph(self, portrait: bool = True, *, detail: bool = False) -> Picture:  # noqa: ARG002
        """Its graph as SVG, poll loops folded into one node each; below it the workflows that it starts.

        Those are read from the service once this one is there (created or attached), as far as it lets them be read.

        Args:
            portrait: kept for the SDK's callers; the graph goes from left to right where that fits.
            detail: show Pass states, which only move data about, too.
        """
        arn = self.state_machine_arn
        picture = render_definition(
            self.definition.to_dict(), self.name, self._definition_of if arn else None, detail=detail
        )
        is_local = is_loopback(self.client.meta.endpoint_url)
        return replace(picture, has_header=True, arn=arn or "", url=console_url(arn) if arn and not is_local else "")

    def _definition_of(self, state_machine_arn: str) -> dict[str, Any] | None:
        """The definition of another state machine; None when it is not there or not to be read."""
        try:
            return definition_of(self.client, state_machine_arn)
        except (ClientError, BotoCoreError):
            return None

    def __repr__(self) -> str:
        state = self.change or ("attached" if self.state_machine_arn else "not created")
        return f"Workflow({self.name!r}, {state}, state_machine_arn={self.state_machine_arn!r})"

    def to_svg(self, path: str | Path) -> Path:
        """Write its graph, as :meth:`render_graph` shows it, to a file; answers the file's path."""
        return self.render_graph().save(path)

    def to_mermaid(self) -> str:
        """Its graph as a Mermaid flowchart, for a README or a review."""
        return mermaid(self.definition.to_dict())

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:  # noqa: ARG002
        """In a notebook: its graph, as a picture and as a tree of text."""
        picture = self.render_graph()
        return {"text/plain": f"{self!r}\n{picture}", "text/html": picture._repr_html_()}

    def _repr_html_(self) -> str:
        return self.render_graph()._repr_html_()


def _tagged_project(value: Any) -> str | None:
    """The project that the stages in a definition tag what they make with."""
    if isinstance(value, dict):
        if isinstance(project := value.get(PROJECT_TAG), str):
            return project
        value = list(value.values())
    if isinstance(value, list):
        return next((found for item in value if (found := _tagged_project(item))), None)
    return None
