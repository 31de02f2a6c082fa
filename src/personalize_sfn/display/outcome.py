"""What a run made and what it found there already, as the functions told it in their answers.

The answers are in the history, so they are there for a run that failed, too, and for one of long ago.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from personalize_sfn.arns import parse
from personalize_sfn.display.history import Run, with_items

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
    error: str = ""
    """Of the run itself: ``DatasetImportJobFailed``; empty: it has none."""
    items: tuple[str, ...] = ()
    """Keys of all solutions and recommenders, in the order of the configuration."""

    def is_unfinished(self, made: Made) -> bool:
        """Whether it was begun and did not get ready: the error is called after its type."""
        error = self.errors.get(made.item, "").partition(":")[0] or self.error
        return error.lower() in {f"{made.resource}{end}".lower() for end in ("Failed", "TimedOut")}


def outcome_of(run: Run) -> RunOutcome:
    """What the functions told, of the run and of those that it started; empty where they told nothing.

    Functions of a project that was deployed by an older version of this package tell nothing.
    """
    made: dict[str, Made] = {}
    metrics: dict[str, Mapping[str, float]] = {}
    errors: dict[str, str] = {}
    items: list[str] = []
    for item, answer in _answers(run):
        told = answer.get("made")
        if isinstance(told, Mapping) and all(isinstance(told.get(name), str) for name in _ALWAYS):
            facts = {name: value for name, value in told.items() if name not in _ALWAYS}
            made[told["arn"]] = Made(
                resource=told["resource"], arn=told["arn"], how=told["how"], item=item, facts=facts
            )
        _measured(answer, metrics)
        for kind in ("solutions", "recommenders"):
            results = answer.get(kind)
            for key, result in results.items() if isinstance(results, Mapping) else ():
                if isinstance(result, Mapping):
                    items.append(key)
                    _measured(result, metrics)
                    errors |= {key: str(result["error"])} if result.get("error") else {}
    return RunOutcome(
        made=tuple(made.values()), metrics=metrics, errors=errors, error=run.error, items=tuple(dict.fromkeys(items))
    )


_ALWAYS = ("resource", "arn", "how")


def _answers(run: Run) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """What each function answered, with the item of a Map that it was asked for."""
    for item, part in with_items(run):
        for span in part.spans:
            if '"made"' in span.output or '"metrics"' in span.output:
                answer = _payload(span.output)
                if isinstance(answer, Mapping):
                    yield item or span.item, answer


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
