"""How a run stands, in words: no percentages, because they are not known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING, Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from personalize_sfn.arns import parse
from personalize_sfn.display import GLYPHS, Run, duration
from personalize_sfn.display.formatting import polls_text
from personalize_sfn.display.history import unwrapped
from personalize_sfn.display.steps import Plan, plan_of, step_of
from personalize_sfn.execution.definitions import definition_of
from personalize_sfn.execution.history_reader import is_loopback

if TYPE_CHECKING:
    from personalize_sfn.execution.execution import Execution

__all__ = ["Outlook", "Status", "console_url", "outlook_of"]

#: By partition: https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
_CONSOLES = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
}
_RUNS = 10
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is known of a run before it ends."""

    steps: tuple[str, ...] = ()
    """Labels of its stages, as far as its definitions can be read."""
    typical: str = ""
    """How long such runs take, as a sentence; empty: not known."""
    console_url: str = ""
    """Its page in the console; empty on the embedded AWS, which has none."""


def outlook_of(execution: Execution) -> Outlook:
    """Asks the service for the definitions and the last runs; what it does not tell is left out."""
    client, arn = execution.client, execution.execution_arn

    planned = (
        _told(lambda: plan_of(definition_of(client, arn), lambda each: _told(lambda: definition_of(client, each))))
        or Plan()
    )
    is_local = is_loopback(client.meta.endpoint_url)
    typical = _told(lambda: _last_runs(client, arn)) or ""
    if not typical and planned.typical and not is_local:
        typical = f"such a run typically takes {duration(planned.typical)}"
    return Outlook(planned.steps, typical, "" if is_local else console_url(arn))


def _told(ask: Callable[[], T]) -> T | None:
    """The answer; None where the service refuses: nothing is lost but a few words."""
    try:
        return ask()
    except (ClientError, BotoCoreError):
        return None


def _last_runs(client: Any, arn: str) -> str:
    """What the last successful runs of the same machine took."""
    machine = arn.replace(":execution:", ":stateMachine:").rpartition(":")[0]
    listed = client.list_executions(stateMachineArn=machine, statusFilter="SUCCEEDED", maxResults=_RUNS)
    took = sorted(found["stopDate"] - found["startDate"] for found in listed["executions"] if "stopDate" in found)
    if not took:
        return ""
    if len(took) == 1:
        return f"the last run took {duration(took[0])}"
    return f"the last {len(took)} runs took {duration(took[0])} to {duration(took[-1])}"


def console_url(arn: str) -> str:
    """The execution's page in the Step Functions console; empty where it is not known."""
    parts = parse(arn)
    console = _CONSOLES.get(parts.partition)
    page = f"states/home?region={parts.region}#/v2/executions/details/{arn}"
    return f"https://{parts.region}.{console}/{page}" if console else ""


@dataclass(frozen=True, slots=True)
class Status:
    """A run as it was at one look."""

    run: Run
    outlook: Outlook = field(default_factory=Outlook)
    checked: datetime | None = None
    """When it was looked at."""
    note: str = ""
    """Why the watch ended."""

    def head(self, now: datetime | None = None) -> str:
        """``▶ movies-main: running · 12 min 05 s``."""
        word = self.run.status.lower().replace("_", " ")
        return f"{GLYPHS[self.run.status]} {self.run.machine}: {word} · {duration(self.run.elapsed(now))}"

    def facts(self) -> list[str]:
        """Step n of m, what it does, how long such runs take, when it was looked at; of a run that failed, why."""
        if self.run.status != "RUNNING":
            problem = ": ".join(part for part in unwrapped(self.run.error, self.run.cause) if part)
            return [problem] if problem else []
        step = step_of(self.run, self.outlook.steps)
        of = f"step {step} of {len(self.outlook.steps)}" if step else ""
        known = self.run.stages
        current = [stage for stage in known if stage.status == "RUNNING"] or known[-1:]  # between two stages: the last
        now = " and ".join(stage.label + (f" ({polls_text(stage.polls)})" if stage.polls else "") for stage in current)
        checked = f"last checked {self.checked.astimezone():%H:%M:%S}" if self.checked else ""
        return [fact for fact in (": ".join(filter(None, (of, now))), self.outlook.typical, checked) if fact]

    def again(self) -> str:
        """How to come back to a run that continues; empty for one that is over."""
        return f"Execution.attach({self.run.arn!r}, session=session)" if self.run.status == "RUNNING" else ""

    def line(self, now: datetime | None = None) -> str:
        """All of it as one line of text."""
        again = f"pick it up elsewhere with {self.again()}" if self.again() else ""
        return " · ".join(part for part in (self.head(now), *self.facts(), again, self.note) if part)

    def html(self, now: datetime | None = None) -> str:
        """All of it for a notebook."""
        console = f'<a href="{escape(self.outlook.console_url)}" target="_blank" rel="noopener">Open in the console</a>'
        again = f"It continues without this notebook: <code>{escape(self.again())}</code>" if self.again() else ""
        last = " · ".join(part for part in (console if self.outlook.console_url else "", again) if part)
        lines = [f"<b>{escape(self.head(now or datetime.now(UTC)))}</b>", escape(" · ".join(self.facts()))]
        lines += [f'<span style="font-size:85%">{last}</span>'] if last else []
        lines += [escape(self.note)] if self.note else []
        return f'<div style="line-height:1.5">{"<br>".join(line for line in lines if line)}</div>'
