"""What a run made and what it found there already, as the functions told it in their answers.

The answers are in the history, so they are there for a run that failed, too, and for one of long ago.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from personalize_sfn.arns import parse
from personalize_sfn.display.history import Run, Span, with_items
from personalize_sfn.resources import BY_KEY

__all__ = ["Made", "RunOutcome", "outcome_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A resource that a run needed."""

    resource: str
    """The key of its type: ``campaign``."""
    arn: str
    how: str
    """``created``, ``updated``, or ``found``: it was there."""
    item: str = ""
    """The key of the solution or recommender that it belongs to; empty: it serves all."""
    is_ready: bool = True
    """The run saw it ready; else it was only begun, or is being changed."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What its function told besides, which depends on its type."""

    @property
    def name(self) -> str:
        """The last part of its ARN."""
        return parse(self.arn).name

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        of = {"solution": self.item} if self.item else {}
        return {"resource": self.resource, "name": self.name, "arn": self.arn, "how": self.how, **of, **self.facts}


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOutcome:
    """What a run made and found, in order of time."""

    made: tuple[Made, ...] = ()
    metrics: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """By the ARN of a solution version."""
    errors: Mapping[str, str] = field(default_factory=dict)
    """Why solutions and recommenders failed, by their keys."""
    items: tuple[str, ...] = ()
    """Keys of all solutions and recommenders, in the order of the configuration."""


def outcome_of(run: Run) -> RunOutcome:
    """What the functions told, of the run and of those that it started; empty where they told nothing.

    Functions of a project that was deployed by an older version of this package tell nothing.
    """
    made: dict[str, Made] = {}
    metrics: dict[str, Mapping[str, float]] = {}
    errors: dict[str, str] = {}
    items: list[str] = []
    for item, span, answer in _answers(run):
        if "waitedSeconds" in answer:
            of = _made_before(span)
            if of is not None and answer.get("status") == BY_KEY[of["resource"]].ready_status and of["arn"] in made:
                made[of["arn"]] = replace(made[of["arn"]], is_ready=True)
        elif (told := _told(answer)) is not None:
            facts = {name: value for name, value in told.items() if name not in _ALWAYS}
            row = BY_KEY[told["resource"]]
            made[told["arn"]] = Made(
                resource=row.key,
                arn=told["arn"],
                how=told["how"],
                item=item,
                is_ready=not row.has_status,
                facts=facts,
            )
        _measured(answer, metrics)
        for kind in ("solutions", "recommenders"):
            results = answer.get(kind)
            for key, result in results.items() if isinstance(results, Mapping) else ():
                if isinstance(result, Mapping):
                    items.append(key)
                    _measured(result, metrics)
                    errors |= {key: str(result["error"])} if result.get("error") else {}
    return RunOutcome(made=tuple(made.values()), metrics=metrics, errors=errors, items=tuple(dict.fromkeys(items)))


_ALWAYS = ("resource", "arn", "how")


def _told(answer: Any) -> Mapping[str, Any] | None:
    """What a create function says that it made or found; None: it is no answer of one."""
    told = answer.get("made") if isinstance(answer, Mapping) else None
    if not isinstance(told, Mapping) or not all(isinstance(told.get(name), str) for name in _ALWAYS):
        return None
    return told if told["resource"] in BY_KEY else None


def _made_before(span: Span | None) -> Mapping[str, Any] | None:
    """What the last create function before a look at a status told: the status is of that."""
    while span is not None:
        if '"made"' in span.output and (told := _told(_payload(span.output))) is not None:
            return told
        span = span.before
    return None


def _answers(run: Run) -> Iterator[tuple[str, Span, Mapping[str, Any]]]:
    """What each function answered, with the item of a Map that it was asked for."""
    for item, part in with_items(run):
        for span in part.spans:
            if any(word in span.output for word in ('"made"', '"metrics"', '"waitedSeconds"')):
                answer = _payload(span.output)
                if isinstance(answer, Mapping):
                    yield item or span.item, span, answer


def _payload(output: str) -> Any:
    try:
        value = json.loads(output)
    except ValueError:
        return None
    return value.get("Payload") if isinstance(value, Mapping) else None


def _measured(answer: Mapping[str, Any], metrics: dict[str, Mapping[str, float]]) -> None:
    version, found = answer.get("solutionVersionArn"), answer.get("metrics")
    if isinstance(version, str) and isinstance(found, Mapping):
        metrics[version] = found
