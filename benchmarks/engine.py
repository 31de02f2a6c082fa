"""The engine beside the bare library: quality, training time, latency.  Usage: python benchmarks/engine.py

Uses MovieLens-100K where PERSONALIZE_SFN_ML100K names a folder that holds its u.data, and always the shipped
ml-latest-small; ratings above 2.  Times are the least of five runs, turn about, in one process, so their ratios hold on
a busy machine where the times themselves do not.  Single requests take turns too, call by call, and BLAS has one thread
in all of them: between requests a server does other things, and a cache is warm for nobody.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from implicit.cpu.als import AlternatingLeastSquares
from threadpoolctl import threadpool_limits

from personalize_sfn.datasets import load_movielens, prepare
from personalize_sfn.engine import Interactions, cross_validate, fit
from personalize_sfn.engine.als import chosen
from personalize_sfn.engine.metrics import DEPTH, item_metrics
from personalize_sfn.engine.sequences import encode_histories
from personalize_sfn.engine.split import folds
from personalize_sfn.engine.training import evaluate_and_learn

V1, V2 = "aws-user-personalization", "aws-user-personalization-v2"
METRIC = "normalized_discounted_cumulative_gain_at_10"
FACTORS, ALPHA, REGULARIZATION = 64, 2.0, 12.3
"""The bare library's settings: those that were best for it on validation data, not its defaults, which are worse."""


def data_sets() -> Iterator[tuple[str, Interactions]]:
    folder = os.environ.get("PERSONALIZE_SFN_ML100K")
    if folder:
        table = np.loadtxt(Path(folder) / "u.data", dtype=np.int64)
        table = table[table[:, 2] > 2]
        yield "MovieLens-100K", Interactions.from_columns(table[:, 0], table[:, 1], table[:, 3])
    frame = prepare(load_movielens("shipped").ratings).frame
    columns = frame["USER_ID"].to_numpy(), frame["ITEM_ID"].to_numpy(), frame["TIMESTAMP"].to_numpy()
    yield "ml-latest-small (shipped)", Interactions.from_columns(*columns)


def bare_fit(data: Interactions) -> AlternatingLeastSquares:
    with threadpool_limits(1, "blas"):
        model = AlternatingLeastSquares(
            factors=FACTORS, alpha=ALPHA, regularization=REGULARIZATION, iterations=15, random_state=0
        )
        model.fit(chosen(data), show_progress=False)
    return model


def bare_quality(data: Interactions) -> float:
    """Plain least squares with every event of a history weighing the same, in the same folds."""
    measured = []
    for test in folds(data):
        model = bare_fit(test.training)
        asked = encode_histories(test.training, test.histories)
        rows = asked.weighted(np.ones(len(asked.items)), len(test.training.item_ids))
        rows.sort_indices()
        found, _ = model.recommend(np.arange(rows.shape[0]), rows, N=DEPTH, recalculate_user=True)
        names = test.training.item_ids
        measured.append(item_metrics(names[found].tolist(), test.targets, catalogue=len(names))[METRIC])
    return float(np.mean(measured))


def seconds(*works: Callable[[], object], runs: int = 5) -> list[float]:
    """The least time of each, turn about, and every other time backwards.

    After a call the library's threads go on waiting for work for a while, which slows down who comes next.
    """
    taken = np.empty((runs, len(works)))
    for run in range(runs):
        for place, work in list(enumerate(works))[:: -1 if run % 2 else 1]:
            start = time.perf_counter()
            work()
            taken[run, place] = time.perf_counter() - start
    return taken.min(axis=0).tolist()


def milliseconds(works: Sequence[Callable[[int], object]], count: int) -> list[tuple[float, float]]:
    """Median and 99th percentile of `count` calls of each, turn about, after some to warm up."""
    taken = np.empty((20 + count, len(works)))
    with threadpool_limits(1, "blas"):
        for row in range(len(taken)):
            for place, work in enumerate(works):
                start = time.perf_counter()
                work(row % count)
                taken[row, place] = time.perf_counter() - start
    middle, high = 1e3 * np.percentile(taken[20:], [50, 99], axis=0)
    return list(zip(middle.tolist(), high.tolist(), strict=True))


def main() -> None:
    for title, data in data_sets():
        print(f"\n{title}: {len(data):,} events, {len(data.user_ids):,} users, {len(data.item_ids):,} items")
        quality(data)
        training(data)
        latency(data)


def quality(data: Interactions) -> None:
    figures = {
        "popularity": cross_validate("aws-popularity-count", data, seen="left out")[METRIC],
        "plain ALS": bare_quality(data),
        "user-personalization": cross_validate(V1, data, seen="left out")[METRIC],
        "user-personalization-v2": cross_validate(V2, data, seen="left out")[METRIC],
    }
    popularity, plain = figures["popularity"], figures["plain ALS"]
    print("\n  NDCG@10, mean of 10 folds over all users, seen items left out    x popularity  x plain ALS")
    for name, value in figures.items():
        print(f"    {name:<60} {value:.4f} {value / popularity:12.2f} {value / plain:12.2f}")


def training(data: Interactions) -> None:
    works = {
        "bare ALS, fit only": lambda: bare_fit(data),
        **{f"{recipe}, tuned, with metrics": partial(solution_version, recipe, data) for recipe in (V1, V2)},
        "aws-sims, with metrics": partial(solution_version, "aws-sims", data),
    }
    taken = seconds(*works.values())
    print("\n  Training                                                        seconds  x bare ALS")
    for name, value in zip(works, taken, strict=True):
        print(f"    {name:<60} {value:7.3f} {value / taken[0]:11.1f}")


def solution_version(recipe: str, data: Interactions) -> None:
    """What the embedded AWS does for one."""
    _, learned = evaluate_and_learn(recipe, data)
    fit(recipe, data, like=learned)


def latency(data: Interactions) -> None:
    bare, choices = bare_fit(data), chosen(data)
    bare.num_threads = 1
    choices.sort_indices()
    rows = [choices[user] for user in range(len(data.user_ids))]
    histories = [[event.item_id for event in data.history(user)] for user in data.user_ids.tolist()]
    model_v1, model_v2 = fit(V1, data), fit(V2, data)
    count = min(500, len(rows))
    works: dict[str, Callable[[int], object]] = {
        "bare recommend(recalculate_user=True), one thread": lambda at: bare.recommend(
            0, rows[at], N=25, recalculate_user=True
        ),
        f"{V1}, recommend": lambda at: model_v1.recommend(histories[at]),
        f"{V2}, recommend": lambda at: model_v2.recommend(histories[at]),
        f"{V2}, rank 100 items": lambda at: model_v2.rank(histories[at], data.item_ids[:100].tolist()),
        f"{V2}, similar": lambda at: model_v2.similar(histories[at][-1]),
    }
    print("\n  Latency in process, 25 items                              p50 ms  p99 ms  x bare p50")
    taken = milliseconds(list(works.values()), count)
    for name, (middle, high) in zip(works, taken, strict=True):
        print(f"    {name:<52} {middle:8.3f} {high:7.3f} {middle / taken[0][0]:11.1f}")
    bare.num_threads = 0
    everyone = np.arange(len(rows))
    together = seconds(
        lambda: bare.recommend(everyone, choices, N=25, recalculate_user=True),
        lambda: model_v1.recommend_batch(histories),
        lambda: model_v2.recommend_batch(histories),
    )
    print("\n  Batch                                                     users/s      x bare")
    for name, value in zip(("bare, all threads", V1, V2), together, strict=True):
        print(f"    {name:<52} {len(rows) / value:9,.0f} {together[0] / value:11.2f}")


if __name__ == "__main__":
    main()
