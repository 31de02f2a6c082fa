"""Train a recipe; measure it as Amazon Personalize measures a solution version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import numpy as np

from .interactions import Interactions, Mask
from .metrics import DEPTH, item_metrics
from .model import Model
from .recipes import parse_options, recipe_named
from .split import HeldOut, folds, held_out

AT_ONCE = 500
"""Test users asked in one batch."""


def fit(
    recipe: str, interactions: Interactions, *, hyperparameters: Mapping[str, str] | None = None, seed: int = 0
) -> Model:
    """Train a recipe on all of the data.

    `recipe` is a name of `RECIPES`, with or without ``aws-``; `hyperparameters` are strings by name, as the service
    takes them.  The same seed on the same machine gives the same model.  Raises `ConfigError` for what it
    does not know.

        >>> data = Interactions.from_columns(["u", "u", "v"], ["a", "b", "a"], [1, 2, 3])
        >>> fit("popularity-count", data).recommend([], k=1)
        [Scored(item_id='a', score=None)]
    """
    model: Model = recipe_named(recipe).model.fit(interactions, parse_options(recipe, hyperparameters), seed=seed)
    return model


def evaluate(
    recipe: str,
    interactions: Interactions,
    *,
    hyperparameters: Mapping[str, str] | None = None,
    seed: int = 0,
    seen: Literal["as recommended", "left out"] = "as recommended",
) -> dict[str, float]:
    """A solution version's metrics: train on 90 % of the users, ask for the others.  Keys as in GetSolutionMetrics.

    `seen` says what becomes of items that a test user chose before: "as recommended" takes the model's answers as they
    are, "left out" filters those items from them.  One such test asks a tenth of the users, so it is a noisy figure;
    `cross_validate` asks all.
    """
    return measure(recipe, held_out(interactions, seed=seed), hyperparameters=hyperparameters, seed=seed, seen=seen)


def cross_validate(
    recipe: str,
    interactions: Interactions,
    *,
    hyperparameters: Mapping[str, str] | None = None,
    seed: int = 0,
    seen: Literal["as recommended", "left out"] = "as recommended",
    count: int = 10,
) -> dict[str, float]:
    """The means of `evaluate` over `count` disjoint groups of test users: every user is asked once."""
    measured = [
        measure(recipe, test, hyperparameters=hyperparameters, seed=seed, seen=seen)
        for test in folds(interactions, count, seed=seed)
    ]
    return {name: float(np.mean([metrics[name] for metrics in measured])) for name in measured[0]}


def measure(
    recipe: str,
    test: HeldOut,
    *,
    hyperparameters: Mapping[str, str] | None = None,
    seed: int = 0,
    seen: Literal["as recommended", "left out"] = "as recommended",
) -> dict[str, float]:
    """Train a recipe on a test's training data and compare its answers with the test's targets."""
    model = fit(recipe, test.training, hyperparameters=hyperparameters, seed=seed)
    recommended: list[list[str]] = []
    for histories in _batches(test.histories):
        candidates = None if seen == "as recommended" else _unseen(model, histories)
        answers = model.recommend_batch(histories, k=DEPTH, candidates=candidates)
        recommended += [[item.item_id for item in answer] for answer in answers]
    return item_metrics(recommended, test.targets, catalogue=len(model.item_ids))


def _batches(histories: Sequence[list[str]]) -> Iterator[Sequence[list[str]]]:
    return (histories[start : start + AT_ONCE] for start in range(0, len(histories), AT_ONCE))


def _unseen(model: Model, histories: Sequence[Sequence[str]]) -> Mask:
    mask = np.ones((len(histories), len(model.item_ids)), dtype=np.bool_)
    for row, history in enumerate(histories):
        mask[row, model.interactions.known(history)] = False
    return mask
