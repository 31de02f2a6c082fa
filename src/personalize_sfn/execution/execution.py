"""An execution of a state machine: wait for it, watch it, and learn why it failed."""

from __future__ import annotations

import json
import logging
import time
import warnings
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, cast

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from personalize_sfn import sdk
from personalize_sfn.aws_errors import code_of
from personalize_sfn.display import Picture, render_events, render_run, render_timeline
from personalize_sfn.display.history import Run
from personalize_sfn.errors import SessionError, WorkflowError
from personalize_sfn.execution.definitions import definition_of
from personalize_sfn.execution.failure import failure
from personalize_sfn.execution.history_reader import (
    Follower,
    Poll,
    back_off,
    is_loopback,
    is_passing,
    is_signed_out,
    longest_silence,
    poll_of,
)
from personalize_sfn.execution.still_running import Stopped, stop_training, trainings, what_it_waits_for
from personalize_sfn.notices import notice
from personalize_sfn.session import Session

if TYPE_CHECKING:
    from personalize_sfn.display.card import Card
    from personalize_sfn.execution.watch import Watch
    from personalize_sfn.execution.workflow import Workflow

__all__ = ["Execution", "client_of"]

logger = logging.getLogger(__name__)

_SHOWN_WITHIN = 10.0
"""Seconds that a wait gives a live watch to show the end: it looks once more, and draws."""


def client_of(session: Session | None, client: Any) -> Any:
    """The Step Functions client to use: of ``session``, or ``client`` itself.

    Raises:
        SessionError: neither was given.  boto3's default client would go to whatever account the environment names.
    """
    if client is not None:
        return client
    if session is not None:
        return session.client("stepfunctions")
    raise SessionError("say which AWS is meant: pass session=connect('local'), session=connect('aws') or client=")


class Execution(sdk.Execution):
    """One execution; the SDK's class with waiting, whole histories and failures that say why.

    Get one from :meth:`Workflow.execute`, or from :meth:`attach` in another process: a run outlives the kernel.
    """

    def __init__(  # noqa: PLR0917 - the SDK's order
        self,
        workflow: Workflow | None,
        execution_arn: str,
        start_date: datetime | None = None,
        status: Any = None,
        client: Any = None,
        name: str | None = None,
        stop_date: datetime | None = None,
        *,
        session: Session | None = None,
    ) -> None:
        if client is None:
            client = client_of(session, getattr(workflow, "client", None))
        self._workflow = workflow
        # With one it can ask Personalize too.
        self._session: Session | None = session or getattr(workflow, "_session", None)
        self._status = "RUNNING"
        self._card: Card | None = None
        self._watch: Watch | None = None
        super().__init__(
            workflow=cast("sdk.Workflow", workflow),
            execution_arn=execution_arn,
            start_date=cast(datetime, start_date),
            status=status,
            client=client,
            name=name or execution_arn.rsplit(":", 1)[-1],
            stop_date=stop_date,
        )
        self._follower = Follower(self.client, execution_arn)

    @classmethod
    def attach(cls, execution_arn: str, client: Any = None, *, session: Session | None = None) -> Execution:
        """Pick an execution up by its ARN, from any process.

        Raises:
            SessionError: neither ``client`` nor ``session`` was given.
            WorkflowError: there is no such execution.
        """
        client = client_of(session, client)
        try:
            found = client.describe_execution(executionArn=execution_arn)
        except ClientError as error:
            if code_of(error) not in {"ExecutionDoesNotExist", "InvalidArn"}:
                raise
            raise WorkflowError(
                f"there is no execution {execution_arn!r} in this account and region. "
                "Expected arn:aws:states:<region>:<account>:execution:<machine>:<name>; Workflow.list_executions() "
                "lists those that are there, and 'personalize-sfn status' shows the last one",
                status="UNKNOWN",
                arn=execution_arn,
            ) from error
        return cls(
            None,
            execution_arn,
            found["startDate"],
            found["status"],
            client,
            found.get("name"),
            found.get("stopDate"),
            session=session,
        )

    @property
    def workflow(self) -> Workflow:
        """The workflow that it runs; read from the service when the execution was attached."""
        if self._workflow is None:
            from personalize_sfn.execution.workflow import Workflow

            self._workflow = Workflow.attach(self.describe()["stateMachineArn"], self.client)
        return self._workflow

    @workflow.setter  # type: ignore[override]
    def workflow(self, value: Workflow | None) -> None:
        self._workflow = value

    @property  # type: ignore[override]
    def status(self) -> str:
        """RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED, as it is now."""
        if self._status == "RUNNING":
            self._status = str(self.describe()["status"])
        return self._status

    @status.setter
    def status(self, value: Any) -> None:
        self._status = str(getattr(value, "value", value) or "RUNNING")

    def wait(
        self,
        timeout: float | None = None,
        poll: float | Poll | None = None,
        progress: Callable[[Run], object] | None = None,
    ) -> Execution:
        """Wait until it ends.

        Args:
            timeout: seconds to wait at most; None: without end.  The execution itself continues.
            poll: seconds between two looks, or a function of the seconds waited so far.  Default: short on the embedded
                AWS; 10 s, then 30 s, then 60 s on AWS.  A look that is throttled or not answered doubles it.
            progress: called with the :class:`~personalize_sfn.display.Run` after each look.

        Returns:
            Itself, ended and SUCCEEDED.

        Raises:
            WorkflowError: it ended otherwise; says which stage failed, on which resource, why, and what to do.
            SessionError: AWS no longer takes the credentials, or has not answered for an hour (the embedded AWS: for a
                minute), or refuses to tell; the execution continues, and the message says how to pick it up.
            TimeoutError: ``timeout`` passed first.
        """
        rhythm = poll_of(self.client) if poll is None else poll if callable(poll) else (lambda _: poll)
        began = answered = time.monotonic()
        slower = 1.0
        try:
            while True:
                waited = time.monotonic() - began
                try:
                    run = self.snapshot()
                except (ClientError, BotoCoreError, ResponseParserError) as error:
                    silent = time.monotonic() - answered
                    if not is_passing(error) or silent > longest_silence(self.client):
                        raise self._lost(error, silent) from error
                    slower = 2 * slower
                else:
                    slower, answered = 1.0, time.monotonic()
                    if progress is not None:
                        progress(run)
                    if run.status != "RUNNING" and self._watch is not None:
                        # Now: papermill and nbconvert keep no output that comes after its cell has ended.
                        self._watch.catch_up(_SHOWN_WITHIN)
                    if run.status == "SUCCEEDED":
                        return self
                    if run.status != "RUNNING":
                        raise failure(run)
                interval = back_off(rhythm(waited), slower)
                if timeout is not None and waited + interval > timeout:
                    raise TimeoutError(
                        f"{self.execution_arn} still runs after {timeout:g} s. It continues: "
                        "wait again, or pick it up later with Execution.attach(arn)"
                    )
                time.sleep(interval)
        except KeyboardInterrupt as interrupt:
            interrupt.add_note(f"Stopped watching; the execution continues. Execution.attach({self.execution_arn!r})")
            raise

    def _lost(self, error: Exception, silent: float) -> SessionError:
        """What to raise when the execution cannot be looked at any more."""
        if is_signed_out(error):
            why, first = "AWS no longer takes these credentials", "sign in again (aws sso login, or new keys), then "
        elif is_passing(error):
            why, first = f"AWS has not answered for {silent:.0f} s", "when it answers again, "
        else:
            why, first = "AWS refuses to tell how it stands", ""
        return SessionError(
            f"{why}: {error}. Execution {self.execution_arn} continues without you: {first}pick it up with "
            f"Execution.attach({self.execution_arn!r}, session=session).wait(), or "
            f"'personalize-sfn status --wait {self.execution_arn}'"
        )

    def stop(
        self, cause: str | None = None, error: str | None = None, *, training: Literal["keep", "stop"] = "keep"
    ) -> Stopped:
        """Stop it, and those that it started.  What Personalize has begun continues, and so does its bill.

        Args:
            cause: why, for those who look at it later.
            error: a short name for it.
            training: ``"stop"``: stop the trainings that it began too, and wait until they have stopped.  What they
                have cost so far is billed, and nothing of them can be used.

        Returns:
            The service's answer, with ``goes_on``: a sentence for each training, import and campaign that continues:
            how to end it.  They are logged as warnings, too.

        Raises:
            SessionError: a training is to be stopped, and the execution was attached by a client, not by a session.
        """
        if training == "stop" and self._session is None:
            raise SessionError("to stop trainings, attach with the session: Execution.attach(arn, session=session)")
        said = {key: value for key, value in (("cause", cause), ("error", error)) if value is not None}
        try:
            run = self.snapshot()
        except (ClientError, BotoCoreError):  # to stop it is more important than to tell what it did
            run = Run(self.execution_arn)
        answer = self.client.stop_execution(executionArn=self.execution_arn, **said)
        ended = []
        if training == "stop" and self._session is not None:
            personalize = self._session.client("personalize")
            ended = [arn for arn in trainings(run) if stop_training(personalize, arn)]
        left = tuple(what_it_waits_for(run, ended))
        stopped = Stopped(answer, left)
        for sentence in left:
            notice(logger, sentence)
        return stopped

    def watch(self, poll: float | Poll | None = None) -> Watch:
        """Show it live and return at once: in a notebook a picture, in a terminal a table, elsewhere a line a change.

        The watch ends with the execution; stopping it, or the kernel, leaves the execution running.  A :meth:`wait` for
        the end returns when the watch shows it.

        Args:
            poll: seconds between two looks, or a function of the seconds watched so far; default as in :meth:`wait`.
        """
        from personalize_sfn.execution.watch import Watch, view_for_here

        # An execution of its own: following is not for two threads.
        apart = Execution(self._workflow, self.execution_arn, client=self.client, name=self.name, session=self._session)
        self._watch = Watch(apart, view_for_here(), poll)
        return self._watch

    def snapshot(self) -> Run:
        """How it stands: its states and those of the executions that it started.  Fetches only new events."""
        run = self._follower.look()
        self._status = run.status
        self.start_date = self.start_date or cast(datetime, run.began)
        self.stop_date = run.ended
        return run

    def run(self) -> Run:
        """The former name of :meth:`snapshot`: it reads, it starts nothing.  Deprecated."""
        warnings.warn("Execution.run() is now called Execution.snapshot()", DeprecationWarning, stacklevel=2)
        return self.snapshot()

    def card(self) -> Card | None:
        """What it came to: what it made and reused, metrics beside those before, and what is billed by the hour.

        It shows as a card in a notebook and as text elsewhere; ``to_dicts()`` is for programs.  None: it runs, or the
        functions of its project are of an older version of this package and told nothing.
        """
        from personalize_sfn.execution.ending import card_of

        if self._card is None and (run := self.snapshot()).status != "RUNNING":
            self._card = card_of(run, self._session, is_local=is_loopback(self.client.meta.endpoint_url))
        return self._card or None

    def timeline(self) -> Picture:
        """Where the time went: one bar a stage.  The data behind it: ``execution.snapshot().stages``."""
        return render_timeline(self.snapshot())

    def children(self) -> list[Execution]:
        """The executions that this one started, in order of start."""
        return [
            Execution(None, arn, span.began, client=self.client)
            for span in self.snapshot().spans
            for arn in span.started
        ]

    def get_output(self, wait: bool = False) -> Any:
        """Its output, parsed; None while it runs.

        Args:
            wait: wait for its end first; then a failure raises.

        Raises:
            WorkflowError: it has failed and ``wait`` is True.
        """
        if wait:
            self.wait()
        output = self.describe().get("output")
        return None if output is None else json.loads(output)

    def list_events(self, max_items: int | None = None, reverse_order: bool = False, html: bool = False) -> Any:
        """Its events, all of them, oldest first.

        Args:
            max_items: only so many.
            reverse_order: newest first.
            html: a table for notebooks instead of the list.
        """
        request: dict[str, Any] = {
            "executionArn": self.execution_arn,
            "reverseOrder": reverse_order,
            "maxResults": 1000,
        }
        events: list[dict[str, Any]] = []
        while max_items is None or len(events) < max_items:
            page = self.client.get_execution_history(**request)
            events += page["events"]
            if not page.get("nextToken"):
                break
            request["nextToken"] = page["nextToken"]
        events = events[:max_items]
        return render_events(events, self.start_date) if html else events

    def render_progress(
        self,
        portrait: bool = True,  # noqa: ARG002
        max_events: int | None = None,  # noqa: ARG002
        *,
        detail: bool = False,
    ) -> Picture:
        """Its graph coloured by what has happened so far, as SVG; below it the executions that it started.

        Args:
            portrait: kept for the SDK's callers; a graph goes from left to right where that fits.
            max_events: kept for the SDK's callers; the whole history is read.
            detail: show Pass states, which only move data about, too.
        """
        from personalize_sfn.execution.status import Status, attach_line, outlook_of

        run = self.snapshot()
        picture = render_run(run, partial(definition_of, self.client), detail=detail)
        outlook = outlook_of(self.client, self.execution_arn, is_over=True)
        again = attach_line(run.arn) if run.status == "RUNNING" else ""
        status, card = Status(run, outlook, datetime.now(UTC), again=again), self.card()
        return replace(picture, lead=status.lead(), card=card.shown() if card else None)

    def __repr__(self) -> str:
        return f"Execution({self.execution_arn!r}, status={self._status!r})"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:  # noqa: ARG002
        """In a notebook: how it stands, as a picture and as a tree of text."""
        picture = self.render_progress()
        text = "\n".join([repr(self), *([str(picture.card)] if picture.card else []), str(picture)])
        return {"text/plain": text, "text/html": picture._repr_html_()}

    def _repr_html_(self) -> str:
        return self.render_progress()._repr_html_()
