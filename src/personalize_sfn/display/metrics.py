"""The metrics of solution versions, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from personalize_sfn.display import markup
from personalize_sfn.display.picture import Html
from personalize_sfn.display.tables import text_table

__all__ = ["render_metrics"]

#: What each metric of GetSolutionMetrics says, by its key without the number at the end; every recipe type has its own.
#: https://docs.aws.amazon.com/personalize/latest/dg/working-with-training-metrics.html
_MEANINGS = {
    "mean_reciprocal_rank": "1 over the place of the first hit among {at}",
    "normalized_discounted_cumulative_gain": "hits among the first {at}, higher places count more",
    "normalized_discounted_cumulative_gain_with_event_weights": "the same, each hit counts its event's weight",
    "precision": "share of the first {at} that are hits",
    "average_rewards": "how near the first {at} come to the objective; 1 is ideal",
    "hits": "users of a segment, the likeliest {at}, who chose the item",
    "recall": "share of those who chose the item that the likeliest {at} hold",
}
#: The same for keys without a number; precision and recall are those of next-best-action.
_WITHOUT_NUMBER = {
    "coverage": "share of all items that are recommended to at least one user",
    "trend_prediction_accuracy": "growth of what is recommended, over that of what grew most",
    "precision": "share of the likeliest actions that were taken",
    "recall": "share of the actions taken that are among the likeliest",
    "area_under_the_curve": "chance that an action taken has a higher score than one that was not",
}
#: AWS: "for each metric, higher numbers are better than lower numbers"
#: https://aws.amazon.com/tutorials/real-time-movie-recommendations-amazon-personalize/module-four/
_HIGHER = "Higher is better, for every metric."
_HIT = "A hit is a recommended item that the user did choose, in interactions that were held back from training."
_SAME_DATA = "Compare only versions that were trained on the same data."


def render_metrics(
    metrics: Mapping[str, Mapping[str, float]], notes: Mapping[str, Sequence[str]] | None = None
) -> Html:
    """The metrics of solution versions, side by side; what a version does not have stays empty.

    Args:
        metrics: by the version's name: what GetSolutionMetrics answers.  The first is the baseline: the others tell how
            they differ from it.  Bars are drawn to the scale of the best of their row.
        notes: lines below a version's name.
    """
    names = list(metrics)
    keys = dict.fromkeys(key for each in metrics.values() for key in each)
    values = {key: [each.get(key) for each in metrics.values()] for key in keys}
    explained = " ".join([_HIGHER, *([_SAME_DATA] if len(names) > 1 else []), _HIT])
    heads = [
        markup.narrow(markup.lines(markup.bold(name), *map(markup.muted, (notes or {}).get(name, ()))))
        for name in names
    ]
    if len(names) > 1:
        heads[0] = markup.pill("baseline") + " " + heads[0]
    rows = [[markup.lines(markup.bold(_label(key)), markup.muted(_meaning(key))), *_cells(values[key])] for key in keys]
    html = markup.grid(rows, ["", *heads]) + markup.heading(markup.muted(explained))
    return Html(html, f"{_text(names, values)}\n\n{explained}")


def _text(names: list[str], values: Mapping[str, list[float | None]]) -> str:
    if len(names) == 1:
        rows = [[key, _number(value), _meaning(key)] for key, (value,) in values.items()]
        return text_table(["metric", *names, "meaning"], rows)
    rows = [
        [key, _number(first), *(f"{_number(value)}  {_change(value, first)}".rstrip() for value in others)]
        for key, (first, *others) in values.items()
    ]
    return text_table(["metric", f"{names[0]} (baseline)", *names[1:]], rows)


def _label(key: str) -> str:
    return key.replace("normalized_discounted_cumulative_gain", "NDCG").replace("_", " ")


def _meaning(key: str) -> str:
    """What a metric says; empty where that is not known."""
    name, _, at = key.rpartition("_at_")
    return _MEANINGS.get(name, "").format(at=at.replace("_", " ")) if name else _WITHOUT_NUMBER.get(key, "")


def _cells(values: list[float | None]) -> list[str]:
    """A row: of several versions the best is bold, and bars show the others beside it."""
    known = [value for value in values if value is not None]
    best, is_best_of_several = max(known), len(set(known)) > 1
    cells = []
    for i, value in enumerate(values):
        number = (markup.bold if is_best_of_several and value == best else markup.plain)(_number(value))
        share = value / best if value and len(values) > 1 else 0.0
        change = markup.muted(_change(value, values[0])) if i else ""
        cells.append(markup.lines(f"{number} {change}".rstrip(), markup.bar(share, "main" if i else "other")))
    return cells


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"


def _change(value: float | None, baseline: float | None) -> str:
    """How ``value`` differs: ``+12 %``, ``−3.4 %``; ``× 3.4`` from twice as much on."""
    if value is None or not baseline:
        return ""
    percent = 100 * (value / baseline - 1)
    if percent >= 100:
        return f"× {value / baseline:.1f}"
    return f"{percent:+.{int(abs(percent) < 10)}f} %".replace("-", "−").replace("+0.0", "±0")
