"""How a run stands, in words: no percentages, because they are not known."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from personalize_sfn.arns import parse
from personalize_sfn.display import GLYPHS, Html, Run, duration, markup
from personalize_sfn.display.card import Card
from personalize_sfn.display.formatting import polls_text
from personalize_sfn.display.history import unwrapped
from personalize_sfn.display.steps import Plan, plan_of, step_of
from personalize_sfn.display.strip import chip_rows, strip_html
from personalize_sfn.execution.definitions import definition_of
from personalize_sfn.execution.history_reader import Follower, is_loopback

__all__ = ["Outlook", "Status", "attach_line", "console_url", "outlook_of"]

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

    plan: Plan = field(default_factory=Plan)
    """Its stages, as far as its definitions can be read."""
    typical: str = ""
    """How long such runs take, as a sentence; empty: not known."""
    console_url: str = ""
    """Its page in the console; empty on the embedded AWS, which has none."""
    usual: Mapping[str, timedelta] = field(default_factory=dict)
    """How long each stage usually takes, by its label."""


def outlook_of(client: Any, arn: str, *, is_over: bool = False) -> Outlook:
    """Asks the service for the definitions and the last runs; what it does not tell is left out.

    Args:
        client: of Step Functions.
        arn: the execution whose outlook it is.
        is_over: then the last runs are not asked for.
    """
    planned = (
        _told(lambda: plan_of(definition_of(client, arn), lambda each: _told(lambda: definition_of(client, each))))
        or Plan()
    )
    is_local = is_loopback(client.meta.endpoint_url)
    before = [] if is_over else _told(lambda: _last_runs(client, arn)) or []
    typical = _range([took for took, _ in before])
    # What a definition says is AWS's time; the embedded AWS has its own.
    usual = {} if is_local else dict(planned.each)
    if before:
        usual |= _told(lambda: _times_of(client, max(before)[1])) or {}
    elif planned.typical and not is_local and not is_over:
        typical = f"such a run typically takes {duration(planned.typical)}"
    return Outlook(planned, typical, "" if is_local else console_url(arn), usual)


def _told(ask: Callable[[], T]) -> T | None:
    """The answer; None where the service refuses: nothing is lost but a few words."""
    try:
        return ask()
    except (ClientError, BotoCoreError):
        return None


def _last_runs(client: Any, arn: str) -> list[tuple[timedelta, str]]:
    """What the last successful runs of the same machine took, with their ARNs."""
    machine = arn.replace(":execution:", ":stateMachine:").rpartition(":")[0]
    listed = client.list_executions(stateMachineArn=machine, statusFilter="SUCCEEDED", maxResults=_RUNS)["executions"]
    return [(found["stopDate"] - found["startDate"], found["executionArn"]) for found in listed if "stopDate" in found]


def _range(took: Sequence[timedelta]) -> str:
    if not took:
        return ""
    if len(took) == 1:
        return f"the last run took {duration(took[0])}"
    return f"the last {len(took)} runs took {duration(min(took))} to {duration(max(took))}"


def _times_of(client: Any, arn: str) -> dict[str, timedelta]:
    """How long the stages of a run took, by label: of several items, the longest.

    Of the last runs the longest is asked: what others reused, it made.
    """
    times: dict[str, timedelta] = {}
    for stage in Follower(client, arn).look().stages:
        if stage.ended is not None:
            times[stage.label] = max(times.get(stage.label, timedelta(0)), stage.ended - stage.began)
    return times


def console_url(arn: str) -> str:
    """The page of an execution or a state machine in the Step Functions console; empty where it is not known."""
    parts = parse(arn)
    console = _CONSOLES.get(parts.partition)
    place = "statemachines/view" if parts.resource.startswith("stateMachine:") else "v2/executions/details"
    page = f"states/home?region={parts.region}#/{place}/{arn}"
    return f"https://{parts.region}.{console}/{page}" if console else ""


def attach_line(arn: str) -> str:
    """How Python comes back to an execution."""
    return f"Execution.attach({arn!r}, session=session)"


@dataclass(frozen=True, slots=True)
class Status:
    """A run as it was at one look."""

    run: Run
    outlook: Outlook = field(default_factory=Outlook)
    checked: datetime | None = None
    """When it was looked at."""
    again: str = ""
    """How to come back to it from elsewhere, as a line to type, while it runs; empty: who shows it says that."""
    note: str = ""
    """Why the watch ended."""
    card: Card | None = None
    """Of a run that has ended, what it came to."""

    def head(self, now: datetime | None = None) -> str:
        """``▶ movies-main: running · 12 min 05 s``."""
        word = self.run.status.lower().replace("_", " ")
        return f"{GLYPHS[self.run.status]} {self.run.machine}: {word} · {duration(self.run.elapsed(now))}"

    def facts(self) -> list[str]:
        """Step n of m, what it does, how long such runs take, when it was looked at; of a run that failed, why."""
        if self.run.status != "RUNNING":
            return [problem] if (problem := self.problem()) else []
        known, steps = self.run.stages, self.outlook.plan.steps
        step = step_of(self.run, steps)
        of = f"step {step} of {len(steps)}" if step else ""
        current = [stage for stage in known if stage.status == "RUNNING"] or known[-1:]  # between two stages: the last
        now = " and ".join(stage.label + (f" ({polls_text(stage.polls)})" if stage.polls else "") for stage in current)
        checked = f"last checked {self.checked.astimezone():%H:%M:%S}" if self.checked else ""
        what = ": ".join(filter(None, (of, now))) or "starting"
        return [fact for fact in (what, self.outlook.typical, checked) if fact]

    def problem(self) -> str:
        """Error and cause of a run that failed; empty for others."""
        return ": ".join(part for part in unwrapped(self.run.error, self.run.cause) if part)

    def line(self, now: datetime | None = None) -> str:
        """All of it as one line of text."""
        again = f"pick it up elsewhere with {self.again}" if self.again else ""
        return " · ".join(part for part in (self.head(now), *self.facts(), again, self.note) if part)

    def html(self, now: datetime | None = None) -> str:
        """For a notebook: how it stands in two lines, and a strip of its steps.

        The markup is the same from the first look to the last, so that nothing moves when the run ends.
        """
        now = now or datetime.now(UTC)
        step, *facts = self.facts() if self.run.status == "RUNNING" else ["", *self._times()]
        console = markup.link("Open in the console", self.outlook.console_url) if self.outlook.console_url else ""
        lines = [
            markup.status_line(markup.bold(self.head(now)), markup.plain(step)),
            markup.status_line(*map(markup.plain, facts), console, is_small=True),
        ]
        rows = chip_rows(self.run, self.outlook.plan, now, self.outlook.usual)
        said = [markup.alert(problem)] if (problem := self.problem()) else []
        said += [markup.heading(markup.plain(self.note))] if self.note else []
        return f"<div>{''.join(lines)}{strip_html(rows)}{''.join(said)}</div>"

    def _times(self) -> list[str]:
        began, ended = self.run.began, self.run.ended
        return [
            *([f"started {began.astimezone():%Y-%m-%d %H:%M:%S}"] if began else []),
            *([f"ended {ended.astimezone():%H:%M:%S}"] if ended else []),
        ]

    def about_html(self) -> str:
        """The ARN and how to come back to it, folded."""
        arn = self.run.arn
        ways = {"Python": attach_line(arn), "Shell": f"personalize-sfn status --wait {arn}"}
        inside = [markup.code(arn), *(f"{name}: {markup.code(way)}" for name, way in ways.items())]
        return markup.folded("ARN, and how to pick it up from anywhere", markup.lines(*inside))

    def lead(self, now: datetime | None = None) -> Html:
        """What stands above the pictures of a run, as HTML and as a line of text."""
        return Html(markup.stacked(self.html(now), self.about_html()), self.line(now))
