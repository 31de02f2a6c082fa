"""How good the recommendations are, as a Markdown table.  Usage: python benchmarks/quality.py

Always measures the shipped ml-latest-small (ratings above 2); MovieLens-100K too where PERSONALIZE_SFN_ML100K names a
folder that holds its u.data; and where PERSONALIZE_SFN_SEQUENCES names a folder, each of its .txt files: a line is a
user and the items that he chose, oldest first, with spaces between; a user may have several lines.

Protocols: (a) ten folds; of each, 90 % of the users train, and of the others the oldest 90 % of the events are asked
with and the newest 10 % wanted, as for GetSolutionMetrics; (b) all users train and are asked without their last event.
Segments: the oldest 80 % of each user's events train, the newest 20 % are wanted, for segments of 1 % of the users.
Large sets are measured on a part of the folds or users, and the table says so.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np

from engine import METRIC, V1, V2, bare_fit
from engine import data_sets as tuned_on
from personalize_sfn.engine import Interactions, Model, evaluate, fit
from personalize_sfn.engine.als import Factors
from personalize_sfn.engine.interactions import Codes
from personalize_sfn.engine.metrics import DEPTH, item_metrics
from personalize_sfn.engine.model import Scores
from personalize_sfn.engine.segment_evaluation import measure_segments
from personalize_sfn.engine.segments import Segments
from personalize_sfn.engine.sequences import encode_histories
from personalize_sfn.engine.split import HeldOut, folds, held_out_events
from personalize_sfn.engine.training import score_answers

MOST_FOLD_EVENTS = 1_000_000
"""Folds are left out so that no more events than about these are trained on, but never all."""
MOST_ASKED = 5_000
"""Of more users than these a random part is asked in protocol (b)."""


class Line(NamedTuple):
    """NDCG at 10 by model, for one data set and protocol."""

    protocol: str
    popularity: float
    plain: float
    v1: float
    v2: float
    sims: float
    v2_as_recommended: float


def sequences(folder: Path) -> Iterator[tuple[str, Interactions]]:
    for path in sorted(folder.glob("*.txt")):
        users: list[str] = []
        items: list[str] = []
        for line in path.read_text(encoding="utf-8").splitlines():
            user, *chosen = line.split()
            users += [user] * len(chosen)
            items += chosen
        yield path.stem, Interactions.from_columns(users, items, range(len(users)))


def data_sets() -> Iterator[tuple[str, Interactions, bool]]:
    """Title, data, and whether anything was ever tuned on it."""
    for title, data in tuned_on():
        yield title, data, True
    folder = os.environ.get("PERSONALIZE_SFN_SEQUENCES")
    for title, data in sequences(Path(folder)) if folder else ():
        yield title, data, False


def last_left_out(data: Interactions) -> HeldOut:
    """Protocol (b): every user's last event is wanted, and everything else trains."""
    last = data.starts[1:] - 1
    keep = np.ones(len(data), dtype=np.bool_)
    keep[last[np.diff(data.starts) > 1]] = False
    training = data.where(keep)
    several = np.flatnonzero(np.diff(data.starts) > 1)
    asked = np.sort(np.random.default_rng(0).permutation(several)[:MOST_ASKED])
    names, titles = data.user_ids[asked].tolist(), data.item_ids[data.items[last[asked]]].tolist()
    histories = [[event.item_id for event in training.history(user)] for user in names]
    return HeldOut(training, histories, [frozenset([title]) for title in titles])


def plain(test: HeldOut) -> float:
    """Bare least squares, every event of a history weighing the same."""
    model, asked, names = (
        bare_fit(test.training),
        encode_histories(test.training, test.histories),
        test.training.item_ids,
    )
    rows = asked.weighted(np.ones(len(asked.items)), len(names))
    rows.sort_indices()
    found, _ = model.recommend(np.arange(rows.shape[0]), rows, N=DEPTH, recalculate_user=True)
    return item_metrics(names[found].tolist(), test.targets, catalogue=len(names))[METRIC]


def line(protocol: str, tests: Sequence[HeldOut]) -> Line:
    """The means over the tests.  Seen items are left out, but for the last figure."""

    def of(recipe: str) -> Callable[[HeldOut], Model]:
        return lambda test: fit(recipe, test.training)

    rows = []
    for test in tests:
        v2 = of(V2)(test)
        left_out = [score_answers(of(name)(test), test, "left out")[METRIC] for name in ("aws-popularity-count", V1)]
        sims = score_answers(of("aws-sims")(test), test, "left out")[METRIC]
        rows.append(
            [
                left_out[0],
                plain(test),
                left_out[1],
                score_answers(v2, test, "left out")[METRIC],
                sims,
                score_answers(v2, test, "as recommended")[METRIC],
            ]
        )
    return Line(protocol, *np.mean(rows, axis=0).tolist())


class MostActive(Segments):
    """Segments that hold the most active users of those who do not know the item."""

    def _scores(self, groups: Sequence[Codes]) -> Scores:
        return np.tile(self._activity, (len(groups), 1))


def most_active(data: Interactions) -> float:
    def trained(training: Interactions) -> MostActive:
        return MostActive(training, Factors(np.zeros((len(training.item_ids), 1), dtype=np.float32), 1, 1), {})

    return measure_segments(trained, held_out_events(data), by_value=False, seen="left out")[0]["hits_at_1_percent"]


def main() -> None:
    print("NDCG@10, items that a user chose before left out but in the last column; v1, v2: user-personalization.\n")
    print(
        "| data set | protocol | popularity | plain ALS | v1 | x pop. | x ALS | v2 | x pop. | x ALS | sims | v2, all |"
    )
    print("| --- | --- |" + " ---: |" * 10)
    about = []
    for title, data, tuned in data_sets():
        count = min(10, max(1, MOST_FOLD_EVENTS // len(data)))
        tests = list(islice(folds(data), count))
        asked = sum(len(test.histories) for test in tests)
        lines = [line(f"(a), {count} of 10 folds, {asked:,} users", tests)]
        last = last_left_out(data)
        lines.append(line(f"(b), {len(last.histories):,} users", [last]))
        for figures in lines:
            print(_row(title, figures), flush=True)
        hits = evaluate("aws-item-affinity", data, seen="left out")["hits_at_1_percent"]
        sizes = f"{len(data):,} | {len(data.user_ids):,} | {len(data.item_ids):,}"
        about.append(f"| {title} | {sizes} | {'yes' if tuned else 'never'} | {hits:.3f} | {most_active(data):.3f} |")
    print("\n| data set | events | users | items | tuned on | item-affinity, hits@1 % | most active users |")
    print("| --- | ---: | ---: | ---: | --- | ---: | ---: |")
    print("\n".join(about))


def _row(title: str, of: Line) -> str:
    def ratios(value: float) -> str:
        return f"{value:.4f} | {value / of.popularity:.2f} | {value / of.plain:.2f}"

    cells = [title, of.protocol, f"{of.popularity:.4f}", f"{of.plain:.4f}", ratios(of.v1), ratios(of.v2)]
    return "| " + " | ".join([*cells, f"{of.sims:.4f}", f"{of.v2_as_recommended:.4f}"]) + " |"


if __name__ == "__main__":
    main()
