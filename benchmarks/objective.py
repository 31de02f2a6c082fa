"""What an objective beside relevance costs and brings, as a Markdown table.  Usage: python benchmarks/objective.py

Ten folds as for GetSolutionMetrics, items chosen before left out; aws-user-personalization without an objective and
with each sensitivity.  What is sought: a price drawn at random, which has nothing to do with what users like, and on
the shipped films, whose years are known, the year.  MovieLens-100K too where PERSONALIZE_SFN_ML100K names a folder that
holds its u.data.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from engine import METRIC, V1, data_sets
from personalize_sfn.datasets import load_movielens
from personalize_sfn.engine import Interactions, Objective, fit
from personalize_sfn.engine.objective import WEIGHTS
from personalize_sfn.engine.split import HeldOut, folds
from personalize_sfn.engine.training import score_answers
from personalize_sfn.engine.user_personalization import Personalization

REWARD = "average_rewards_at_k"
SHOWN = 10


class Line(NamedTuple):
    """Means over the folds."""

    relevance: float
    reward: float
    shown: float
    """The mean value of the first ten items, in standard deviations over the catalogue."""


def sought(title: str, data: Interactions) -> Iterator[tuple[str, dict[str, float]]]:
    """What is sought, by item."""
    items = data.item_ids.tolist()
    draw = np.random.default_rng(1)
    yield "price, log-normal", dict(zip(items, draw.lognormal(2, 0.8, len(items)).tolist(), strict=True))
    yield "price, one of eight", dict(zip(items, draw.integers(0, 8, len(items)).astype(float).tolist(), strict=True))
    if "shipped" in title:
        films = load_movielens("shipped").items
        years = zip(films["ITEM_ID"].astype(str), films["YEAR"].astype("float64"), strict=True)
        yield "year", {item: year for item, year in years if not np.isnan(year)}


def line(model: Personalization, test: HeldOut, values: Mapping[str, float]) -> Line:
    measured = score_answers(model, test, "left out", Objective(values, "LOW"))
    unseen = np.ones((len(test.histories), len(model.item_ids)), dtype=np.bool_)
    for row, history in enumerate(test.histories):
        unseen[row, model.interactions.known(history)] = False
    numbers = np.array([values.get(item, np.nan) for item in model.item_ids.tolist()])
    standard = dict(zip(model.item_ids.tolist(), (numbers - np.nanmean(numbers)) / np.nanstd(numbers), strict=True))
    answers = model.recommend_batch(test.histories, k=SHOWN, candidates=unseen)
    shown = np.nanmean([standard[item.item_id] for answer in answers for item in answer])
    return Line(measured[METRIC], measured[REWARD], float(shown))


def main() -> None:
    print("| data set | sought | sensitivity | NDCG@10 | change | average_rewards_at_k | change | value shown, sd |")
    print("| --- | --- | --- |" + " ---: |" * 5)
    for title, data in data_sets():
        tests = list(folds(data))
        models = [fit(V1, test.training) for test in tests]
        for name, values in sought(title, data):
            base: Line | None = None
            for sensitivity in ("OFF", *WEIGHTS):
                lines = []
                for test, plain in zip(tests, models, strict=True):
                    assert isinstance(plain, Personalization)
                    bias = None if sensitivity == "OFF" else Objective(values, sensitivity).bias(plain.item_ids)
                    lines.append(line(replace(plain, objective_bias=bias), test, values))
                mean = Line(*np.mean(lines, axis=0).tolist())
                base = base or mean
                print("| " + " | ".join([title, name, sensitivity, *_cells(mean, base)]) + " |", flush=True)


def _cells(mean: Line, base: Line) -> list[str]:
    def change(value: float, without: float) -> str:
        return f"{100 * (value / without - 1):+.1f} %"

    relevance, reward = change(mean.relevance, base.relevance), change(mean.reward, base.reward)
    return [
        f"{mean.relevance:.4f}",
        relevance,
        f"{mean.reward:.4f}",
        reward,
        f"{mean.shown - base.shown:+.2f}",
    ]


if __name__ == "__main__":
    main()
