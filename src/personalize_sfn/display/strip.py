"""A run as a strip of chips: one a step, with how long it has taken over how long it usually takes.

A step keeps its place from before it begins until the run is over, so that nothing moves while one looks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from personalize_sfn.display import markup
from personalize_sfn.display.formatting import GLYPHS, about, duration
from personalize_sfn.display.history import Run, RunStage
from personalize_sfn.display.palette import LOOKS
from personalize_sfn.display.steps import Plan

__all__ = ["Chip", "ChipRow", "chip_rows", "strip_html"]

_MOST_ITEMS = 24
"""Of a Map with more items than that, those that failed or run are shown first."""


_DONE = ("SUCCEEDED", "RETRIED")


@dataclass(frozen=True, slots=True)
class Chip:
    """A step of a run."""

    label: str
    status: str = ""
    """Of its stage; empty: it has not begun."""
    took: timedelta | None = None
    """So far; None: it has not begun."""
    usual: timedelta | None = None
    """How long it usually takes; None: not known."""

    @property
    def share(self) -> float:
        """Of its bar: what it has taken over what it usually takes; full once it has ended."""
        if self.took is None:
            return 0.0
        if self.status != "RUNNING":
            return 1.0
        return min(1.0, self.took / self.usual) if self.usual else 0.0

    @property
    def is_late(self) -> bool:
        """It runs for longer than usual, by more than chance."""
        if self.status != "RUNNING" or self.took is None or self.usual is None:
            return False
        return self.took > 1.5 * self.usual

    def note(self) -> str:
        """``12 min of ~25 min``; short enough for a chip, so that its size never changes."""
        if self.took is None:
            return f"usually {about(self.usual)}" if self.usual else "to come"
        if self.status == "RUNNING":
            return f"{about(self.took)} of ~{about(self.usual)}" if self.usual else about(self.took)
        word = "" if self.status in _DONE else LOOKS[self.status].word
        return " · ".join(part for part in (word, duration(self.took)) if part)


@dataclass(frozen=True, slots=True)
class ChipRow:
    """Steps in their order; of an item of a Map, with its name."""

    chips: tuple[Chip, ...]
    name: str = ""


def chip_rows(
    run: Run,
    plan: Plan,
    now: datetime,
    usual: Mapping[str, timedelta] | None = None,
) -> list[ChipRow]:
    """The steps of ``run``: in one row, or, where a Map has several items, a row for each of them.

    Args:
        run: as it is now.
        plan: what its definitions say, for the steps that are still to come.
        now: for what is still running.
        usual: how long steps usually take, by label.
    """
    # Before the service has said so, a state that starts a machine looks like a step.
    begun = {(stage.item, stage.label): stage for stage in run.stages if stage.label not in plan.starts}
    items = list(dict.fromkeys(span.item for span in run.spans if span.item)) or [""]
    going_on = run.status != "SUCCEEDED"

    def chip(item: str, label: str) -> Chip:
        of = item if (item, label) in begun else ""
        usually = (usual or {}).get(label)
        if (stage := begun.get((of, label))) is None:
            return Chip(label, usual=usually)
        took = max(timedelta(0), (stage.ended or now) - stage.began)
        return Chip(label, stage.status, took, usually)

    def row(item: str, labels: Sequence[str], name: str = "") -> ChipRow:
        return ChipRow(tuple(chip(item, label) for label in labels), name)

    if len(items) == 1:
        there = [label for _, label in begun]
        known = [step for step in plan.steps if step in there or going_on]
        return [row(items[0], [*known, *(label for label in there if label not in plan.steps)])]
    shared = [label for item, label in begun if not item]
    steps = [step for step in plan.steps if step not in plan.of_items and (step in shared or going_on)]
    first = next((i for i, step in enumerate(steps) if _comes_after_items(step, plan)), len(steps))
    rows = [row("", [*steps[:first], *(label for label in shared if label not in plan.steps)])]
    done = {item for item in items if all(each.status in _DONE for (of, _), each in begun.items() if of == item)}
    shown = set(sorted(items, key=lambda item: item in done)[:_MOST_ITEMS])  # sorting is stable: the first of each
    rows += [row(item, _of_item(item, begun, plan, going_on=going_on), item) for item in items if item in shown]
    rows += [ChipRow((), f"and {len(items) - _MOST_ITEMS} more")] if len(items) > _MOST_ITEMS else []
    return [each for each in [*rows, row("", steps[first:])] if each.chips or each.name]


def _comes_after_items(step: str, plan: Plan) -> bool:
    return any(step in plan.follows.get(inner, ()) for inner in plan.of_items)


def _of_item(item: str, begun: Mapping[tuple[str, str], RunStage], plan: Plan, *, going_on: bool) -> list[str]:
    there = [label for of, label in begun if of == item]
    if not there:
        return [step for step in plan.steps if step in plan.of_items]
    to_come = [step for step in plan.follows.get(there[-1], ()) if step in plan.of_items] if going_on else []
    return list(dict.fromkeys([*there, *to_come]))


#: The colour of a chip's bar, by status.
_COLOURS = {
    "SUCCEEDED": "ok",
    "RETRIED": "ok",
    "RUNNING": "main",
    "CAUGHT": "gone",
    "FAILED": "bad",
    "TIMED_OUT": "bad",
    "ABORTED": "bad",
}


def strip_html(rows: Sequence[ChipRow]) -> str:
    """The rows for a notebook: a list each, with the same markup from the first look to the last."""
    return "".join(markup.chips(*map(_html, row.chips), name=row.name) for row in rows)


def _html(chip: Chip) -> str:
    is_strong = chip.status not in {"", *_DONE}
    label = (markup.bold if is_strong else markup.plain)(chip.label)
    colour = "gone" if chip.is_late else _COLOURS.get(chip.status, "other")
    return markup.chip(f"{GLYPHS[chip.status]} {label}", chip.note(), chip.share, colour, is_strong=is_strong)
