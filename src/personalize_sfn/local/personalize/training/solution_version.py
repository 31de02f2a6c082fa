"""A solution version's work: the data that it may train on, Personalize's minima, the engine, the metrics.

https://docs.aws.amazon.com/personalize/latest/dg/limits.html (minima of training data)
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from personalize_sfn.engine.coded_column import CodedColumn, different
from personalize_sfn.local.personalize.data.schemas import EVENT_COLUMNS
from personalize_sfn.local.personalize.data.tables import InteractionRows
from personalize_sfn.local.personalize.wire.errors import WorkFailed

if TYPE_CHECKING:
    from personalize_sfn.engine import Attributes, Event, Interactions, Model, Objective, TrainingInput

FEWEST_INTERACTIONS = 1000
FEWEST_USERS = 25
"""So many users with at least two interactions, and at least 1 % of all users."""
METRIC = "normalized_discounted_cumulative_gain_at_25"
"""By which the best candidate is chosen where autoMLConfig names no other."""


@dataclass(frozen=True, slots=True)
class WeightedEvent:
    """One entry of eventsConfig: a type of event and how much it counts."""

    event_type: str
    weight: float = 1.0
    threshold: float | None = None
    """The least EVENT_VALUE."""

    def takes(self, event_type: str | None, value: float | None) -> bool:
        if event_type != self.event_type or self.weight <= 0:
            return False
        return self.threshold is None or (value is not None and value >= self.threshold)


@dataclass(frozen=True, slots=True)
class Selection:
    """Which events a solution learns from: all, those of one type, or those of several types by weight."""

    event_type: str | None = None
    threshold: float | None = None
    """The least EVENT_VALUE; only together with an event type."""
    events: tuple[WeightedEvent, ...] = ()
    """From eventsConfig; events of types that it does not name are not learned from."""

    @classmethod
    def of_solution(cls, members: Mapping[str, Any]) -> Selection:
        """From a solution's members eventType and solutionConfig."""
        config = members.get("solutionConfig", {})
        threshold = config.get("eventValueThreshold")
        events = tuple(
            WeightedEvent(entry["eventType"], float(entry.get("weight", 1.0)), entry.get("eventValueThreshold"))
            for entry in config.get("eventsConfig", {}).get("eventParametersList", [])
        )
        return cls(members.get("eventType"), None if threshold is None else float(threshold), events)

    @property
    def parts(self) -> tuple[WeightedEvent, ...]:
        """The types that are learned from; empty for all."""
        if self.events:
            return self.events
        return () if self.event_type is None else (WeightedEvent(self.event_type, 1.0, self.threshold),)

    @property
    def equal_weights(self) -> bool:
        """Does every event that is learned from count alike?  Only the ratio of weights matters."""
        return len({part.weight for part in self.parts if part.weight > 0}) <= 1

    def takes(self, event_type: str | None, value: float | None) -> bool:
        """Would this event have been trained on?"""
        parts = self.parts
        return not parts or any(part.takes(event_type, value) for part in parts)


@dataclass(frozen=True, slots=True)
class Trained:
    """What a solution version holds when it is ACTIVE."""

    model: Model
    metrics: dict[str, float]
    """By the keys of GetSolutionMetrics, rounded as there."""
    selection: Selection
    last_event: int
    """The number of the last live event that was there when training began; later ones are added to histories."""
    hours: float
    """Hours that training took on this machine."""
    hyperparameters: dict[str, str] = field(default_factory=dict)
    """What it was trained with: the solution's, and the tuned ones over them."""
    tuned: dict[str, str] | None = None
    """What HPO found; None without HPO."""
    recipe: str = ""
    """The recipe's name; with AutoML the one that won."""
    forgotten: frozenset[str] = frozenset()
    """Users whose data were deleted after the training: their histories are answered as empty."""
    test_users: int | None = None
    """How many users the metrics are means over; None where they are no means over users."""
    margins: dict[str, float] = field(default_factory=dict)
    """Of those metrics that are means over users: half of the 95 % interval."""
    popularity: dict[str, float] = field(default_factory=dict)
    """The metrics of the same test for the items that most users chose; empty where there is no such."""
    scored: frozenset[str] = frozenset()
    """Of next best action: the actions of which enough was known for a score; that of the others is 0."""

    def user(self, person: str) -> str | None:
        """The user whose attributes describe the person: their own, unless they were deleted since."""
        return None if person in self.forgotten else person

    def history(self, person: str) -> list[str]:
        """Item ids, oldest first: what training knew of the person, unless they were deleted since."""
        return [event.item_id for event in self.events(person)]

    def events(self, person: str) -> list[Event]:
        """The same with times."""
        return [] if person in self.forgotten else self.model.history(person)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One way to train: a recipe, with its hyperparameters, or with some left to be tuned."""

    recipe: str
    hyperparameters: dict[str, str] = field(default_factory=dict)
    tuning: Callable[[Interactions, TrainingInput], dict[str, str]] | None = None
    """Finds hyperparameters on the data, and what is given beside them; None without HPO."""


def weights(rows: InteractionRows, selection: Selection) -> NDArray[np.float64]:
    """Each row's weight by the selection: 0 where it is not learned from."""
    if not selection.parts:
        return np.ones(len(rows))
    found = np.zeros(len(rows))
    if rows.event_types is None:
        return found
    values = np.full(len(rows), np.nan)
    if rows.event_values is not None:
        values = np.array([np.nan if value is None else value for value in rows.event_values], dtype=np.float64)
    for part in selection.parts:
        of_type = rows.event_types == part.event_type
        found[of_type if part.threshold is None else of_type & (values >= part.threshold)] = part.weight
    return found


def selected(rows: InteractionRows, selection: Selection) -> InteractionRows:
    """The rows to train on."""
    if not selection.parts:
        return rows
    keep = weights(rows, selection) > 0
    contexts = {name: column.at(keep) for name, column in rows.contexts.items()}
    return InteractionRows(rows.users[keep], rows.items[keep], rows.timestamps[keep], contexts=contexts)


def check_types(rows: InteractionRows) -> None:
    """Raises WorkFailed with AWS's text when no interaction has an EVENT_TYPE, though the column is there.

    Names of the schema's columns are no values: https://docs.aws.amazon.com/personalize/latest/dg/custom-datasets-and-schemas.html
    """
    if rows.event_types is not None and len(rows) and different(rows.event_types) <= {None, "", *EVENT_COLUMNS}:
        raise WorkFailed("All values in the event_type column are either reserved keywords or null")


def check_count(rows: InteractionRows, selection: Selection) -> None:
    """Raises WorkFailed with AWS's text when there are too few interactions to train on."""
    if len(rows) < FEWEST_INTERACTIONS:
        types = ", ".join(part.event_type for part in selection.parts)
        filtered = f" after filtering by event type: {types}" if types else ""
        raise WorkFailed(f"Dataset has fewer than {FEWEST_INTERACTIONS} interactions{filtered}")


def check_users(data: Interactions) -> None:
    """Raises WorkFailed with AWS's text when too few users have two interactions."""
    counts = np.diff(data.starts)
    repeated = int((counts >= 2).sum())
    if repeated < FEWEST_USERS or repeated < 0.01 * len(counts):
        raise WorkFailed("Create failed. Dataset has fewer than 25 users with at least 2 interactions each.")


def interactions(rows: InteractionRows, selection: Selection) -> Interactions:
    """The engine's data set of the rows that the selection leaves, with weights where the solution gives them.

    Raises:
        WorkFailed: with AWS's text, when there is too little to train on.
    """
    from personalize_sfn.engine import Interactions

    check_types(rows)
    chosen = selected(rows, selection)
    check_count(chosen, selection)
    counting = None
    if not selection.equal_weights:
        each = weights(rows, selection)
        counting = each[each > 0]
    data = Interactions.from_columns(
        CodedColumn.of(chosen.users),
        CodedColumn.of(chosen.items),
        chosen.timestamps,
        weights=counting,
        contexts=chosen.contexts,
    )
    check_users(data)
    return data


def train_best(
    candidates: list[Candidate],
    rows: InteractionRows,
    selection: Selection,
    last_event: int,
    given: TrainingInput,
    *,
    taken: InteractionRows | None = None,
    metric: str = METRIC,
) -> Trained:
    """Tune and measure each candidate, and train the one with the highest value of the metric on all data.

    ``taken``: what to train on instead of the rows, whose minima then count only: the actions that users took.

    Raises:
        WorkFailed: with the text for failureReason.
    """
    from personalize_sfn.engine import Interactions, evaluate_and_learn, fit

    started = time.perf_counter()
    data = interactions(rows, selection)
    if taken is not None:
        columns = (taken.users, taken.items, taken.timestamps)
        data = Interactions.from_columns(*columns) if len(taken) else Interactions.without_events()
    found = []
    for candidate in candidates:
        tuned = None if candidate.tuning is None else candidate.tuning(data, given)
        parameters = candidate.hyperparameters | (tuned or {})
        measured, learned = evaluate_and_learn(candidate.recipe, data, given, hyperparameters=parameters)
        found.append((candidate.recipe, parameters, tuned, measured, learned))
    name, parameters, tuned, measured, learned = max(found, key=lambda entry: entry[3].get(metric, 0.0))
    model = fit(name, data, given, hyperparameters=parameters, like=learned)
    return Trained(
        model,
        _rounded(measured),
        selection,
        last_event,
        (time.perf_counter() - started) / 3600,
        parameters,
        tuned,
        name,
        test_users=getattr(measured, "users", None),
        margins=_rounded(getattr(measured, "margins", {})),
        popularity=_rounded(getattr(measured, "popularity", {})),
    )


def _rounded(metrics: Mapping[str, float]) -> dict[str, float]:
    """As GetSolutionMetrics shows them."""
    return {key: round(float(value), 4) for key, value in metrics.items()}


def refreshed(base: Trained, rows: InteractionRows) -> Trained:
    """The same, trained anew on all of the rows that its selection leaves; its metrics stay.

    Raises:
        WorkFailed: with AWS's text, when there is too little to train on.
    """
    from personalize_sfn.engine import fit

    data = interactions(rows, base.selection)
    return replace(base, model=fit(base.recipe, data, hyperparameters=base.hyperparameters))


def updated(
    base: Trained,
    item_ids: list[str],
    items: Attributes | None,
    users: Attributes | None,
    objective: Objective | None = None,
) -> Trained:
    """The same model with the items that have come since: trainingMode UPDATE, and the automatic updates.

    What it learned of events stays, and so do its metrics; attributes place the new items, and so does what an
    objective says of them.  ``item_ids`` are all the items that it is to know.

    Raises:
        WorkFailed: the recipe's model cannot take up items that have no interactions.
    """
    from personalize_sfn.engine import with_new_items

    started = time.perf_counter()
    model = with_new_items(base.model, items, users, objective)
    missing = sorted(set(item_ids).difference(model.item_ids.tolist()))
    if missing:
        raise WorkFailed(
            f"The embedded AWS cannot add {len(missing)} new items, such as {missing[0]}, to a model of {base.recipe}. "
            "A solution version with trainingMode FULL learns of those that have interactions."
        )
    return replace(base, model=model, hours=(time.perf_counter() - started) / 3600)
