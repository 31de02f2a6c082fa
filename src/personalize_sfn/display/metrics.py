"""The metrics of solution versions, side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from personalize_sfn.display import markup
from personalize_sfn.display.picture import Html
from personalize_sfn.display.tables import text_table

__all__ = ["MetricsColumn", "main_metric", "metric_label", "render_metrics"]

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
#: Four columns stand side by side in a notebook of 900 pixels.
_BAR_SHARE = 0.9
_SAME_DATA = "Compare only versions that were trained on the same data."


_MARGIN = "± is half of the 95 % interval of a mean over the test users; coverage is no such mean."
_TENTH = (
    "Personalize tests on about a tenth of the users, and does not say how many they are: small differences are chance."
)
#: From here on a ratio is told as "1.1 times".
_CLEARLY = 1.05
#: Which metric is told in a sentence.
_TOLD = "normalized_discounted_cumulative_gain_at_10"


@dataclass(frozen=True, slots=True)
class MetricsColumn:
    """A solution version among others."""

    name: str
    metrics: Mapping[str, float]
    """What GetSolutionMetrics answers."""
    notes: Sequence[str] = ()
    """Lines below the name."""
    margins: Mapping[str, float] = field(default_factory=dict)
    """Half of the 95 % interval of each metric, where it is known."""
    users: int | None = None
    """How many users the metrics are means over, where it is known."""
    differs: Sequence[str] = ()
    """Why it cannot be compared with the first; empty: it can."""
    own_baseline: Mapping[str, float] = field(default_factory=dict)
    """What popularity reaches in its own test, where that is known: what it is compared with if ``differs``."""


#: Pixels of a metric's name and of a version's: of one or two a name has a line; more must fit into 900 pixels, too.
_WIDE, _NARROW = (400, 260), (250, 150)


def render_metrics(
    metrics: Mapping[str, Mapping[str, float]] | Sequence[MetricsColumn],
    notes: Mapping[str, Sequence[str]] | None = None,
    *,
    is_popularity: bool = False,
) -> Html:
    """The metrics of solution versions, side by side; what a version does not have stays empty.

    Args:
        metrics: by the version's name what GetSolutionMetrics answers; or columns that know more.  The first is the
            baseline: the others tell how they differ from it.  Bars are drawn to the scale of the best of their row.
        notes: lines below a version's name, where ``metrics`` is a mapping.
        is_popularity: whether the baseline is what popularity reaches: then a sentence says what knowing a user brings.
    """
    columns = (
        [MetricsColumn(name, each, (notes or {}).get(name, ())) for name, each in metrics.items()]
        if isinstance(metrics, Mapping)
        else list(metrics)
    )
    keys = dict.fromkeys(key for each in columns for key in each.metrics)
    several = len(columns) > 1
    explained = [_HIGHER, *([_SAME_DATA] if several else []), _HIT]
    explained += [_MARGIN] if any(each.margins for each in columns) else []
    explained += [_TENTH] if _TOLD in keys and all(each.users is None for each in columns) else []
    told = _sentence(columns) if several and is_popularity else ""
    of_name, of_head = _WIDE if len(columns) <= 2 else _NARROW
    rows = [[markup.narrow(_named(key), of_name), *_cells(key, columns)] for key in keys]
    heads = [
        markup.narrow(_head(each, is_baseline=several and not place), of_head) for place, each in enumerate(columns)
    ]
    html = markup.heading(markup.title(told)) if told else ""
    html += markup.grid(rows, ["", *heads]) + markup.heading(markup.muted(" ".join(explained)))
    text = [*([told, ""] if told else []), _text(columns, keys), "", " ".join(explained)]
    return Html(html, "\n".join([*text, *_told_of_each(columns)]))


def _head(column: MetricsColumn, *, is_baseline: bool) -> str:
    users = [f"{column.users:,} test users"] if column.users is not None else []
    return markup.lines(
        " ".join([*([markup.pill("baseline")] if is_baseline else []), markup.bold(column.name)]),
        *map(markup.muted, [*column.notes, *users]),
        *map(markup.pill, column.differs),
    )


def _told_of_each(columns: Sequence[MetricsColumn]) -> list[str]:
    """What the columns' heads say in a notebook."""
    found = []
    for each in columns:
        users = [f"measured on {each.users:,} users"] if each.users is not None else []
        if about := "; ".join([*users, *each.differs]):
            found.append(f"{each.name}: {about}.")
    return ["", *found] if found else []


def _sentence(columns: Sequence[MetricsColumn]) -> str:
    """What knowing the user brings, by the best that can be compared with popularity."""
    value = columns[0].metrics.get(_TOLD)
    rivals = [each for each in columns[1:] if _TOLD in each.metrics and not each.differs]
    if not value or not rivals:
        return ""
    best = max(rivals, key=lambda each: each.metrics[_TOLD])
    reached, margin = best.metrics[_TOLD], best.margins.get(_TOLD, 0.0)
    on = f", on {best.users:,} test users" if best.users is not None else ""
    if reached - margin <= value <= reached + margin:
        return (
            f"{best.name}: {metric_label(_TOLD)} of {reached:.4f}{on} can hardly be told from popularity's {value:.4f}"
        )
    times = reached / value
    how = f"{times:.1f} times" if times >= _CLEARLY else f"{100 * times:.0f} % of"
    return f"{best.name}: {metric_label(_TOLD)} is {how} that of popularity ({reached:.4f} to {value:.4f}{on})"


def _text(columns: Sequence[MetricsColumn], keys: Iterable[str]) -> str:
    if len(columns) == 1:
        (only,) = columns
        rows = [[key, _with_margin(only, key), _meaning(key)] for key in keys]
        return text_table(["metric", only.name, "meaning"], rows)
    rows = [
        [key, *(f"{_with_margin(each, key)}  {_compared(each, columns[0], key)}".strip() for each in columns)]
        for key in keys
    ]
    return text_table(["metric", f"{columns[0].name} (baseline)", *(each.name for each in columns[1:])], rows)


def _compared(column: MetricsColumn, baseline: MetricsColumn, key: str) -> str:
    """How the value differs from the baseline's; where that is of another test, from popularity's in its own."""
    if column is baseline:
        return ""
    base = column.own_baseline if column.differs else baseline.metrics
    return _change(column.metrics.get(key), base.get(key))


def _with_margin(column: MetricsColumn, key: str) -> str:
    number = _number(column.metrics.get(key))
    return f"{number} ± {column.margins[key]:.3f}" if number and key in column.margins else number


def _named(key: str) -> str:
    return markup.lines(markup.bold(metric_label(key)), markup.muted(_meaning(key)))


def main_metric(metrics: Mapping[str, float]) -> str | None:
    """The key of the metric that is told where there is room for one; None: there is none."""
    return _TOLD if _TOLD in metrics else next(iter(metrics), None)


def metric_label(key: str) -> str:
    """``NDCG at 10``: a metric's key as people read it."""
    return key.replace("normalized_discounted_cumulative_gain", "NDCG").replace("_", " ")


def _meaning(key: str) -> str:
    """What a metric says; empty where that is not known."""
    name, _, at = key.rpartition("_at_")
    return _MEANINGS.get(name, "").format(at=at.replace("_", " ")) if name else _WITHOUT_NUMBER.get(key, "")


def _cells(key: str, columns: Sequence[MetricsColumn]) -> list[str]:
    """A row: of several versions that can be compared the best is bold, and bars show the others beside it."""
    known = [each.metrics[key] for each in columns if key in each.metrics and not each.differs]
    best, is_best_of_several = max(known, default=0.0), len(set(known)) > 1
    cells = []
    for i, column in enumerate(columns):
        value = column.metrics.get(key)
        is_best = is_best_of_several and value == best and not column.differs
        number = (markup.bold if is_best else markup.plain)(_number(value))
        margin = f"± {column.margins[key]:.3f}" if value is not None and key in column.margins else ""
        change = _compared(column, columns[0], key)
        share = value / best if value and best and len(columns) > 1 and not column.differs else 0.0
        drawn = markup.bar(_BAR_SHARE * share, "main" if i else "other")
        cells.append(markup.lines(markup.unbroken(number, markup.muted(margin), markup.muted(change)), drawn))
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
