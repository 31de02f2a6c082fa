"""How much of a known context is learned, as a Markdown table.  Usage: python benchmarks/context.py

The shipped ml-latest-small has no context, so one is planted: a column MOOD, which for some of the events, drawn at
random, is one of the film's genres, and for the others a genre drawn from all.  Three folds of ten with
aws-user-personalization: the users of a fold are asked with the oldest 90 % of their events, and each of the newest, up
to five, is looked for, as recommended, with its own context and without.  The first line is a column that tells
nothing; how often such a column counts all the same is said below, for columns of two, five and twenty-four values,
drawn for each event or each user.
MovieLens-100K, where PERSONALIZE_SFN_ML100K names a folder that holds its u.data, is asked for these too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from engine import V1, data_sets
from personalize_sfn.datasets import load_movielens
from personalize_sfn.engine import Interactions, Labels, fit, recommend_for_users
from personalize_sfn.engine.context_selection import MOST_TARGETS, WEIGHTS, prepared
from personalize_sfn.engine.split import newest_tenth
from personalize_sfn.engine.user_personalization import Personalization

TOLD = (0.0, 0.2, 0.4, 0.8)
"""Shares of the events whose mood is one of the film's genres."""
FOLDS, MEASURED = 10, 3
REPEATS = 10


def planted(data: Interactions, told: float) -> Labels:
    draw = np.random.default_rng(7)
    films = load_movielens("shipped").items
    genres = dict(zip(films["ITEM_ID"].astype(str), films["GENRES"].fillna("").str.split("|"), strict=True))
    of_events = [draw.choice(genres[item] or ["none"]) for item in data.item_ids[data.items].tolist()]
    others = draw.permutation(of_events)
    return Labels.of(np.where(draw.random(len(data)) < told, of_events, others).tolist())


def ndcg(answer: Sequence[str], wanted: str) -> float:
    return float(1 / np.log2(answer.index(wanted) + 2)) if wanted in answer else 0.0


def measured(data: Interactions) -> tuple[float, float, int]:
    """NDCG at 10 without context and with it, means over the users; and in how many folds the column counted."""
    column = data.contexts["MOOD"]
    without, under, counted = [], [], 0
    for users in np.array_split(np.random.default_rng(0).permutation(len(data.user_ids)), FOLDS)[:MEASURED]:
        model = _model(data.where(~np.isin(data.users, users)))
        counted += model.context is not None
        for user in users.tolist():
            events = np.arange(data.starts[user], data.starts[user + 1])
            history, targets = newest_tenth(data.item_ids[data.items[events]].tolist())
            targets = targets[-MOST_TARGETS:]
            moods = column.names[column.codes[events[-len(targets) :]]].tolist()
            plain = [item.item_id for item in model.recommend(history, k=10)]
            without.append(np.mean([ndcg(plain, target) for target in targets]))
            found = []
            for target, mood in zip(targets, moods, strict=True):
                [answer] = recommend_for_users(model, [None], [history], k=10, context={"MOOD": mood})
                found.append(ndcg([item.item_id for item in answer], target))
            under.append(np.mean(found))
    return float(np.mean(without)), float(np.mean(under)), counted


def by_chance(data: Interactions) -> tuple[int, int]:
    """How many columns that tell nothing count, of how many."""
    draw = np.random.default_rng(1)
    columns = {}
    for count in (2, 5, 24):
        for place in range(REPEATS):
            columns[f"event {count} {place}"] = Labels.of(draw.integers(count, size=len(data)).tolist())
            columns[f"user {count} {place}"] = Labels.of(
                draw.integers(count, size=len(data.user_ids))[data.users].tolist()
            )
    trial = prepared(replace(data, contexts=columns), lambda part: _model(part.without_context()).probabilities, 0)
    assert trial is not None
    return sum(trial.weight(name) > 0 for name in columns), len(columns)


def _model(data: Interactions) -> Personalization:
    model = fit(V1, data)
    assert isinstance(model, Personalization)
    return model


def main() -> None:
    [shipped] = [data for title, data in data_sets() if "shipped" in title]
    print(f"Powers that are tried: {', '.join(map(str, WEIGHTS))}.\n")
    print("| mood told | NDCG@10 without context | under it | change | counted in folds |")
    print("| ---: |" + " ---: |" * 4)
    for told in TOLD:
        without, under, counted = measured(replace(shipped, contexts={"MOOD": planted(shipped, told)}))
        change = 100 * (under / without - 1)
        figures = f"{without:.4f} | {under:.4f} | {change:+.0f} % | {counted} of {MEASURED}"
        print(f"| {100 * told:.0f} % | {figures} |", flush=True)
    print()
    for title, data in data_sets():
        counted, columns = by_chance(data)
        print(f"{title}: {counted} of {columns} columns that tell nothing counted.")


if __name__ == "__main__":
    main()
