"""The card that a run ends with: what it made and reused, how good that is, what it costs, and what to do next."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from personalize_sfn.display import markup
from personalize_sfn.display.formatting import counted
from personalize_sfn.display.metrics import main_metric, metric_label
from personalize_sfn.display.outcome import Made, RunOutcome
from personalize_sfn.display.picture import Html
from personalize_sfn.text import one_line

__all__ = ["Beside", "Card"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What the metrics of a solution version are compared with, as far as it is known."""

    margins: Mapping[str, float] = field(default_factory=dict)
    """Half of the 95 % interval of each metric."""
    users: int | None = None
    """How many users they are means over."""
    users_about: int | None = None
    """The same where it is an estimate from the data."""
    popularity: Mapping[str, float] = field(default_factory=dict)
    """What the items that most users chose reach in the same test."""
    previous: Mapping[str, float] = field(default_factory=dict)
    """What the version before reached."""
    differs: tuple[str, ...] = ()
    """Why the version before cannot be compared with it; empty: it can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What a run came to.  It shows as a card in a notebook and as lines of text elsewhere."""

    outcome: RunOutcome
    succeeded: bool = True
    beside: Mapping[str, Beside] = field(default_factory=dict)
    """By the ARN of a solution version."""
    costs: Mapping[str, str] = field(default_factory=dict)
    """What is billed by the hour: a sentence by ARN."""
    links: Mapping[str, str] = field(default_factory=dict)
    """Pages to look at, by what they are called."""
    next_steps: tuple[str, ...] = ()
    """What to do now: code, or commands."""

    def __bool__(self) -> bool:
        """Whether there is anything to tell."""
        return bool(self.outcome.made)

    @property
    def title(self) -> str:
        if not self.succeeded:
            return "What there is although the run failed"
        is_new = any(each.how != "found" for each in self.outcome.made)
        return "What this run made" if is_new else "Nothing had to be made: all of it was there"

    def rows(self) -> list[tuple[str, list[str]]]:
        """A label, and sentences on what it names."""
        return [(label, [text for text, _ in lines]) for label, lines in self._rows()]

    def text(self, width: int = 80) -> str:
        """Lines of at most ``width`` characters, where no word is longer."""
        rows = [*self.rows(), *(("Next" if not i else "", [step]) for i, step in enumerate(self.next_steps))]
        indent = min(2 + max((len(label) for label, _ in rows), default=0) + 2, 26)
        lines = [self.title]
        for label, said in rows:
            for i, each in enumerate(map(one_line, said)):
                first = f"  {one_line(label)}".ljust(indent) if not i else " " * indent
                if len(first) > indent:
                    lines.append(first)
                    first = " " * indent
                wide = max(width, indent + 20)
                options: dict[str, Any] = {"break_long_words": False, "break_on_hyphens": False}
                lines += textwrap.wrap(
                    each, wide, initial_indent=first, subsequent_indent=" " * (indent + 2), **options
                ) or [first.rstrip()]
        return "\n".join(lines)

    def shown(self) -> Html:
        """For a notebook."""
        rows = [
            # Blocks, not lines: after a table a line break would be an empty line.
            [markup.stacked(markup.bold(label)), markup.stacked(*(html or markup.plain(text) for text, html in lines))]
            for label, lines in self._rows()
        ]
        if self.next_steps:
            rows.append([markup.stacked(markup.bold("Next")), markup.stacked(*map(markup.code, self.next_steps))])
        links = markup.heading(" · ".join(markup.link(name, url) for name, url in self.links.items()))
        return Html(markup.boxed(markup.heading(markup.title(self.title)), markup.grid(rows), links), self.text())

    def _repr_html_(self) -> str:
        return self.shown().html

    def __str__(self) -> str:
        return self.text()

    def to_dicts(self) -> list[dict[str, Any]]:
        """A mapping for each resource, as JSON values; those of versions with metrics, those of campaigns with cost."""
        found = []
        for each in self.outcome.made:
            told = each.to_dict()
            if (metrics := self.outcome.metrics.get(each.arn)) and each.resource == "solutionVersion":
                told |= {"metrics": dict(metrics)} | _compared(self.beside.get(each.arn, Beside()))
            if each.arn in self.costs:
                told["cost"] = self.costs[each.arn]
            found.append(told)
        return found

    def _rows(self) -> Iterator[tuple[str, list[tuple[str, str]]]]:
        """Label and lines, each as text and, where it is more than that, as HTML."""
        made = self.outcome.made
        for each in made:
            if each.resource == "datasetImportJob":
                said = _imported(each) if each.is_ready else f"{each.name}: {_UNSEEN[each.how]}"
                yield _words(str(each.facts.get("datasetType", "data"))), [(said, "")]
        of_items = [each for each in made if each.resource in _OF_ITEM]
        for item in dict.fromkeys([*self.outcome.items, *(each.item for each in of_items)]):
            mine = [each for each in of_items if each.item == item]
            lines = [line for each in mine for line in self._of_item(each)]
            error = self.outcome.errors.get(item)
            lines += [(f"It failed: {error}", markup.alert(f"It failed: {error}"))] if error else []
            yield item or (mine[0].name if mine else ""), lines
        others = [each for each in made if each.resource not in {"datasetImportJob", *_OF_ITEM}]
        for how, word in _HOW.items():
            if some := [each for each in others if each.how == how]:
                yield word, [(_counted(some), "")]

    def _of_item(self, made: Made) -> Iterator[tuple[str, str]]:
        if not made.is_ready:
            yield f"{_words(made.resource).lower()} {made.name}: {_UNSEEN[made.how]}", ""
            return
        if made.resource == "solution":
            what = str(made.facts.get("recipe", "")) or f"solution {made.name}"
            yield what + {"created": "", "updated": ", its automatic training changed", "found": ""}[made.how], ""
        elif made.resource == "solutionVersion":
            yield _trained(made), ""
            yield from self._measured(made)
        elif made.resource == "campaign":
            yield f"campaign {made.name} {_SERVED.get(made.how, made.how)}", ""
        else:
            yield f"recommender {made.name} {_RECOMMENDS.get(made.how, made.how)}", ""
        if cost := self.costs.get(made.arn):
            yield cost, markup.muted(cost)

    def _measured(self, made: Made) -> Iterator[tuple[str, str]]:
        metrics = self.outcome.metrics.get(made.arn, {})
        key = main_metric(metrics)
        if key is None:
            return
        beside = self.beside.get(made.arn, Beside())
        margin = f" ± {beside.margins[key]:.3f}" if key in beside.margins else ""
        users = _users(beside)
        values = [("this version", metrics[key], margin, "main")]
        if key in beside.previous:
            note = f" ({', '.join(beside.differs)})" if beside.differs else ""
            values.append(("the last version", beside.previous[key], note, "other"))
        if key in beside.popularity:
            times = _times(metrics[key], beside.popularity[key])
            values.append(("popularity", beside.popularity[key], times, "other"))
        label = metric_label(key)
        rest = "".join(f"; {name} {value:.4f}{note}" for name, value, note, _ in values[1:])
        best = max(value for _, value, _, _ in values) or 1.0
        bars = [
            [markup.plain(name), markup.bar(value / best, colour), markup.unbroken(markup.plain(f"{value:.4f}{note}"))]
            for name, value, note, colour in values
        ]
        # One bar alone has nothing to be measured by.
        alone = f" {metrics[key]:.4f}{margin}" if len(bars) == 1 else ""
        head = markup.plain(label + alone) + (f" {markup.muted(users)}" if users else "")
        drawn = "" if alone else markup.grid(bars, vertical="middle", is_ruled=False)
        yield (
            f"{label}: {metrics[key]:.4f}{margin}{f' {users}' if users else ''}{rest}",
            f"{head}{drawn}",
        )


#: Resources of which each solution or recommender has its own.
_OF_ITEM = ("solution", "solutionVersion", "campaign", "recommender")
_UNSEEN = {
    "created": "begun, not finished",
    "updated": "change begun, not finished",
    "found": "was there; the run ended before it was seen ready",
}
_HOW = {"created": "Also made", "updated": "Also changed", "found": "Reused"}
_SERVED = {
    "created": "made: it serves this version",
    "updated": "updated: it serves this version now",
    "found": "was there and serves this version",
}
_RECOMMENDS = {"created": "made and trained", "updated": "updated", "found": "was there, as it should be"}
_BECAUSE = {
    "first": "it is the first",
    "failed": "none before it got ready",
    "data": "data came or went since the last one",
    "asked": "as you asked",
    "update": "what is new was added to the last one",
}


def _imported(made: Made) -> str:
    rows, users = made.facts.get("rows"), made.facts.get("users")
    of = f" of {users:,} users" if isinstance(users, int) else ""
    what = f"{rows:,} rows{of}" if isinstance(rows, int) else str(made.facts.get("dataLocation", made.name))
    return f"{what} imported" if made.how != "found" else f"{what}, imported by an earlier run"


def _trained(made: Made) -> str:
    if made.how == "found":
        return f"version {made.name} reused: nothing was imported since it was trained"
    why = _BECAUSE.get(str(made.facts.get("because", "")), "")
    return f"version {made.name} trained{f': {why}' if why else ''}"


def _times(value: float, popularity: float) -> str:
    return f" (this version: {value / popularity:.1f} times that)" if popularity and value else ""


def _users(beside: Beside) -> str:
    if beside.users is not None:
        return f"on {counted(beside.users, 'test user', 'test users')}"
    return f"on about {beside.users_about:,} test users, estimated" if beside.users_about else ""


def _compared(beside: Beside) -> dict[str, Any]:
    told = {
        "margins": dict(beside.margins),
        "testUsers": beside.users,
        "testUsersEstimated": beside.users_about,
        "popularityMetrics": dict(beside.popularity),
        "previousMetrics": dict(beside.previous),
        "previousDiffers": list(beside.differs),
    }
    return {name: value for name, value in told.items() if value}


def _counted(made: Sequence[Made]) -> str:
    """``dataset group, 3 schemas``."""
    kinds: dict[str, int] = {}
    for each in made:
        kinds[each.resource] = kinds.get(each.resource, 0) + 1
    return ", ".join(
        _words(kind).lower() if count == 1 else f"{count} {_words(kind).lower()}s" for kind, count in kinds.items()
    )


def _words(name: str) -> str:
    """``datasetGroup`` and ``ACTION_INTERACTIONS`` as people write them."""
    apart = name.replace("_", " ") if name.isupper() else "".join(f" {c.lower()}" if c.isupper() else c for c in name)
    return apart.strip().capitalize()
