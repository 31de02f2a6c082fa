"""A small search for a recipe's hyperparameters, on the training side of a solution version's test only."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from personalize_sfn.engine.interactions import Interactions
from personalize_sfn.engine.recipes import hyperparameters_of, parse_options, recipe_named
from personalize_sfn.engine.segments import Segments
from personalize_sfn.engine.split import held_out, held_out_events
from personalize_sfn.engine.training import NOTHING, evaluate
from personalize_sfn.engine.training_input import TrainingInput
from personalize_sfn.errors import ConfigError

Range = tuple[float, float] | Sequence[str]
"""The lowest and the highest number, or the texts to choose from."""


def tune(
    recipe: str,
    interactions: Interactions,
    ranges: Mapping[str, Range] | None = None,
    max_jobs: int = 10,
    given: TrainingInput = NOTHING,
    *,
    hyperparameters: Mapping[str, str] | None = None,
    metric: str | None = None,
) -> tuple[dict[str, str], float]:
    """The best of at most `max_jobs` settings of the tunable hyperparameters, as strings by name, and its metric.

    What `evaluate` tests with the same seed is put aside first; each setting is trained on a part of the rest and
    measured on the other.  The first setting is `hyperparameters`, or the defaults, drawn into the ranges; the
    others are random, but what no model here reads stays as in the first.  `ranges` left out: all tunable
    hyperparameters in the recipe's own ranges.  `metric` is NDCG at 25, for segments the recall, unless given.
    Without anything to tune it measures once.

    Raises `ConfigError` for a hyperparameter that cannot be tuned, or a range that is not within the recipe's.
    """
    whole = tunable(recipe)
    wanted = dict(whole if ranges is None else ranges)
    _check(recipe, wanted, whole)
    if max_jobs < 1:
        raise ConfigError("max_jobs", f"expected at least 1, got {max_jobs}")
    segments = recipe_named(recipe).model is Segments
    training = held_out_events(interactions).training if segments else held_out(interactions, seed=given.seed).training
    name = metric or ("recall_at_1_percent" if segments else "normalized_discounted_cumulative_gain_at_25")
    draw = random.Random(given.seed)  # noqa: S311 - a search, no secret
    own = dict(hyperparameters or {})
    first = _first(recipe, own, wanted)
    inner = replace(given, objective=None, seed=given.seed + 1)
    drawn = [name for name in wanted if not hyperparameters_of(recipe)[name].metadata.get("unread")]
    tried: list[dict[str, str]] = []
    best: dict[str, str] = {}
    highest = -1.0
    for job in range(max_jobs):
        setting = first | ({} if job == 0 else {key: _one(wanted[key], draw) for key in drawn})
        if setting in tried:
            continue
        tried.append(setting)
        measured = evaluate(recipe, training, inner, hyperparameters=own | setting)
        value = measured.get(name, next(iter(reversed(measured.values()))))
        if value > highest:
            best, highest = setting, value
    return best, highest


def tunable(recipe: str) -> dict[str, Range]:
    """The hyperparameters that may be tuned, with the ranges that the recipe allows."""
    fields = hyperparameters_of(recipe).values()
    return {field.name: _whole(field) for field in fields if field.metadata.get("tunable")}


def _whole(field: Any) -> Range:
    if isinstance(field.default, bool):
        return ("true", "false")
    found: Range = field.metadata["values"] if "values" in field.metadata else field.metadata["range"]
    return found


def _check(recipe: str, ranges: Mapping[str, Range], whole: Mapping[str, Range]) -> None:
    for name, given in ranges.items():
        if name not in whole:
            raise ConfigError(f"ranges.{name}", f"{recipe} tunes {', '.join(whole) or 'nothing'}")
        if not len(given) or (not _texts(given) and (len(given) != 2 or given[0] > given[1])):  # type: ignore[operator]
            raise ConfigError(f"ranges.{name}", f"expected a lowest and a highest value, got {given!r}")
        for value in given:
            parse_options(recipe, {name: str(value)})


def _texts(values: Range) -> bool:
    return all(isinstance(value, str) for value in values)


def _first(recipe: str, given: Mapping[str, str], ranges: Mapping[str, Range]) -> dict[str, str]:
    options = parse_options(recipe, given)
    return {name: _within(getattr(options, name), values) for name, values in ranges.items()}


def _within(value: Any, values: Range) -> str:
    if _texts(values):
        text = str(value).lower() if isinstance(value, bool) else str(value)
        return text if text in values else str(values[0])
    low, high = values
    return str(min(max(value, low), high))


def _one(values: Range, draw: random.Random) -> str:
    if _texts(values):
        return str(draw.choice(values))
    low, high = values
    if isinstance(low, int) and isinstance(high, int):
        return str(draw.randint(low, high))
    return str(round(draw.uniform(float(low), float(high)), 6))
