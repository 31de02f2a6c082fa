"""Train a recipe; measure it as Amazon Personalize measures a solution version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np

from personalize_sfn.engine.actions import Actions
from personalize_sfn.engine.history_scores import Learned
from personalize_sfn.engine.interactions import Interactions, Mask, Strings
from personalize_sfn.engine.metrics import DEPTH, Measured, action_metrics, item_metrics, reward_metrics
from personalize_sfn.engine.model import Model, by_popularity
from personalize_sfn.engine.recipes import RECIPES, parse_options, recipe_named
from personalize_sfn.engine.segment_evaluation import measure_segments
from personalize_sfn.engine.segments import Segments
from personalize_sfn.engine.split import HeldOut, folds, held_out, held_out_events
from personalize_sfn.engine.training_input import TrainingInput
from personalize_sfn.engine.trend_evaluation import measure_trends
from personalize_sfn.engine.trending import Trending
from personalize_sfn.engine.user_personalization import Personalization
from personalize_sfn.errors import ConfigError

if TYPE_CHECKING:
    from personalize_sfn.engine.attributes import Attributes
    from personalize_sfn.engine.objective import Objective

NOTHING = TrainingInput()
AT_ONCE = 500
"""Test users asked in one batch."""

Seen = Literal["as recommended", "left out"]


def fit(
    recipe: str,
    interactions: Interactions,
    given: TrainingInput = NOTHING,
    *,
    hyperparameters: Mapping[str, str] | None = None,
    like: Learned | None = None,
) -> Model:
    """Train a recipe on all of the data.

    `recipe` is a name of `RECIPES`, with or without ``aws-``; `hyperparameters` are strings by name, as the service
    takes them.  Recipes pass over the attributes and the context of events that they learn nothing from; an objective
    is for aws-user-personalization and aws-personalized-ranking alone.  `like`, what the same recipe learned with the
    same hyperparameters from a part of the data, saves more than half of the time: what was chosen by trial is taken
    over, and training starts from those factors.
    The same seed on the same machine gives the same model.  Raises `ConfigError` for what it does not know.

        >>> data = Interactions.from_columns(["u", "u", "v"], ["a", "b", "a"], [1, 2, 3])
        >>> fit("popularity-count", data).recommend([], k=1)
        [Scored(item_id='a', score=None)]
    """
    row = recipe_named(recipe)
    if given.objective is not None and not row.objective:
        takers = ", ".join(name for name, each in RECIPES.items() if each.objective)
        raise ConfigError("objective", f"{row.name} takes none; those that do: {takers}")
    data = interactions if "context" in row.metadata else interactions.without_context()
    learned = () if like is None else (like,)  # only of recipes that learned something for it
    model: Model = row.model.fit(data, parse_options(recipe, hyperparameters), given.only(row.metadata), *learned)
    return model


def with_new_items(
    model: Model, items: Attributes | None, users: Attributes | None = None, objective: Objective | None = None
) -> Model:
    """The model with what `items` and `users` hold that it does not know yet; what events taught it stays.

    An `objective`, for a model that was trained with one, says what the new items bring: without it, the mean.
    Takes milliseconds where a training takes seconds.  A model that learns nothing from attributes answers itself.
    """
    if isinstance(model, Personalization):
        return model.updated(items, users, objective)
    return model.updated(items) if isinstance(model, Actions) and items is not None else model


def evaluate(
    recipe: str,
    interactions: Interactions,
    given: TrainingInput = NOTHING,
    *,
    hyperparameters: Mapping[str, str] | None = None,
    seen: Seen = "as recommended",
) -> dict[str, float]:
    """A solution version's metrics, by its recipe's own test.  Keys as in GetSolutionMetrics.

    Most recipes train on 90 % of the users and are asked for the others.  Segments train on the oldest 80 % of each
    user's events, trends on what was before the last window.

    `seen` says what becomes of items that a test user chose before: "as recommended" takes the model's answers as they
    are, "left out" filters those items from them.  One such test asks a tenth of the users, so it is a noisy figure;
    `cross_validate` asks all.
    """
    return evaluate_and_learn(recipe, interactions, given, hyperparameters=hyperparameters, seen=seen)[0]


def evaluate_and_learn(
    recipe: str,
    interactions: Interactions,
    given: TrainingInput = NOTHING,
    *,
    hyperparameters: Mapping[str, str] | None = None,
    seen: Seen = "as recommended",
) -> tuple[dict[str, float], Learned | None]:
    """`evaluate`, and what was learned for it: give that to `fit` as `like`, and trials run only once.  None for some.

    No trial saw the test's users, so metrics stay fair; a trial for the whole data would have ten ninths of its data.
    Users are asked without context, so the model has learned none.
    """
    interactions = interactions.without_context()

    def trained(data: Interactions) -> Model:
        return fit(recipe, data, given, hyperparameters=hyperparameters)

    kind = recipe_named(recipe).model
    if kind is Segments:
        by_value = recipe_named(recipe).by_attributes
        metrics, segments = measure_segments(trained, held_out_events(interactions), by_value=by_value, seen=seen)
        return metrics, segments.learned
    if kind is Trending:
        return measure_trends(trained, interactions, parse_options(recipe, hyperparameters).window), None
    test = held_out(interactions, seed=given.seed)
    model = trained(test.training)
    learned = model.learned if isinstance(model, Personalization) else None
    metrics = score_answers(model, test, seen, given.objective)
    if isinstance(metrics, Measured) and seen == "as recommended":
        metrics.popularity = dict(score_popularity(test, given.objective))
    return metrics, learned


def cross_validate(
    recipe: str,
    interactions: Interactions,
    *,
    hyperparameters: Mapping[str, str] | None = None,
    seed: int = 0,
    seen: Seen = "as recommended",
    count: int = 10,
) -> dict[str, float]:
    """The means of `evaluate` over `count` disjoint groups of test users: every user is asked once."""
    measured = [
        evaluate_on(recipe, test, hyperparameters=hyperparameters, seed=seed, seen=seen)
        for test in folds(interactions.without_context(), count, seed=seed)
    ]
    return {name: float(np.mean([metrics[name] for metrics in measured])) for name in measured[0]}


def evaluate_on(
    recipe: str,
    test: HeldOut,
    *,
    hyperparameters: Mapping[str, str] | None = None,
    seed: int = 0,
    seen: Seen = "as recommended",
) -> dict[str, float]:
    """Train a recipe on a test's training data and compare its answers with the test's targets."""
    model = fit(recipe, test.training, TrainingInput(seed=seed), hyperparameters=hyperparameters)
    return score_answers(model, test, seen)


def score_answers(
    model: Model, test: HeldOut, seen: Seen = "as recommended", objective: Objective | None = None
) -> dict[str, float]:
    """A trained model's answers against the test's targets, and against what an objective makes of them."""
    recommended: list[list[str]] = []
    scores: list[dict[str, float]] = []
    depth = len(model.item_ids) if isinstance(model, Actions) else DEPTH
    for histories in _batches(test.histories):
        candidates = None if seen == "as recommended" else _unseen(model, histories)
        for answer in model.recommend_batch(histories, k=depth, candidates=candidates):
            recommended.append([item.item_id for item in answer])
            scores.append({item.item_id: item.score or 0.0 for item in answer})
    if isinstance(model, Actions):
        return action_metrics(scores, test.targets)
    return _measured(recommended, test, model.item_ids, objective)


def score_popularity(test: HeldOut, objective: Objective | None = None) -> Measured:
    """The same of the items that most users of the training chose: what is reached without knowing the user.

    It takes no training and no question: everybody gets the same list.
    """
    names = test.training.item_ids
    popular = names[by_popularity(test.training)[:DEPTH]].tolist()
    return _measured([popular] * len(test.targets), test, names, objective)


def _measured(
    recommended: Sequence[Sequence[str]], test: HeldOut, item_ids: Strings, objective: Objective | None
) -> Measured:
    metrics = item_metrics(recommended, test.targets, catalogue=len(item_ids), weights=test.weights)
    if objective is not None:
        metrics |= reward_metrics(recommended, test.targets, objective.rewards(item_ids))
    return metrics


def _batches(histories: Sequence[list[str]]) -> Iterator[Sequence[list[str]]]:
    return (histories[start : start + AT_ONCE] for start in range(0, len(histories), AT_ONCE))


def _unseen(model: Model, histories: Sequence[Sequence[str]]) -> Mask:
    mask = np.ones((len(histories), len(model.item_ids)), dtype=np.bool_)
    for row, history in enumerate(histories):
        mask[row, model.interactions.known(history)] = False
    return mask
