"""What was read, what went and why, and what is kept: a table for people and for programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from personalize_sfn.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Report", "Summary", "summary"]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Report:
    """The account of one table's rows: ``rows_read == rows_kept + sum(dropped.values())``."""

    name: str
    """What was read: a file's name, or what the caller named the frame."""
    dataset_type: str
    """``Interactions``, ``Items``, ``Users``, ..."""
    rows_read: int
    rows_kept: int
    dropped: Mapping[str, int] = field(default_factory=dict)
    """Rows by the reason why they went."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """What is in the rows that were kept, for example ``{"users": "671", "from": "1995-01-09"}``."""
    notes: tuple[str, ...] = ()
    """What a reader should know besides."""

    def rows(self) -> list[tuple[str, str]]:
        """Label and value of each line of the table."""
        dropped = [(f"dropped: {reason}", f"{count:,}") for reason, count in self.dropped.items()]
        return [
            ("rows read", f"{self.rows_read:,}"),
            *dropped,
            ("rows kept", f"{self.rows_kept:,}"),
            *self.facts.items(),
        ]

    def to_frame(self) -> pd.DataFrame:
        """The account of the rows as a frame with the columns ``step`` and ``rows``."""
        import pandas as pd

        steps = [("read", self.rows_read), *((f"dropped: {why}", count) for why, count in self.dropped.items())]
        return pd.DataFrame([*steps, ("kept", self.rows_kept)], columns=["step", "rows"])

    def __str__(self) -> str:
        rows = self.rows()
        label, value = (max(len(row[side]) for row in rows) for side in (0, 1))
        lines = [f"  {name:<{label}}  {text:>{value}}" for name, text in rows]
        return "\n".join([f"{self.name} ({self.dataset_type})", *lines, *(f"  note: {note}" for note in self.notes)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return _html(self)


@dataclass(frozen=True, slots=True, repr=False)
class Summary:
    """The accounts of several datasets together.  It shows as bars in a notebook and as text elsewhere."""

    reports: tuple[Report, ...]

    def to_frame(self) -> pd.DataFrame:
        """The accounts as one frame with the columns ``dataset`` (its type), ``step`` and ``rows``."""
        import pandas as pd

        frames = [report.to_frame() for report in self.reports]
        for frame, report in zip(frames, self.reports, strict=True):
            frame.insert(0, "dataset", report.dataset_type)
        return pd.concat(frames, ignore_index=True)

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.reports))

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from personalize_sfn.display import markup

        return markup.side_by_side(*map(_html, self.reports))


class HasReport(Protocol):
    """Prepared data, or an object that was uploaded from them; None: it was uploaded without a report."""

    @property
    def report(self) -> Report | None: ...


def summary(*data: Report | HasReport) -> Summary:
    """Put the accounts of several datasets together: interactions, items, users.

    Args:
        data: what ``prepare``, ``load_csv``, ``validate`` or ``upload_dataset`` gave, in the order to be shown.

    Raises:
        DataError: there is nothing to show, or an object was uploaded without having been prepared.
    """
    if not data:
        raise DataError("summary: expected one dataset at least, such as summary(prepared), got none")
    found = [each if isinstance(each, Report) else each.report for each in data]
    reports = tuple(report for report in found if report is not None)
    if len(reports) < len(found):
        given = data[found.index(None)]
        raise DataError(
            f"{getattr(given, 'uri', given)} has no report of its rows: upload it by upload_dataset, "
            "which prepares them, instead of upload"
        )
    return Summary(reports)


def _html(report: Report) -> str:
    """The rows as steps from what was read down to what was kept: each bar begins where the next one ends."""
    from personalize_sfn.display import markup

    read = max(report.rows_read, 1)
    facts = " · ".join(f"{name} {value}" for name, value in report.facts.items())
    title = markup.title(report.name) + markup.plain(f" ({report.dataset_type})")
    below = markup.heading(*map(markup.muted, [facts, *report.notes]))
    if report.rows_kept == report.rows_read:  # two bars of the same length would tell nothing
        return markup.heading(title, markup.plain(f"{report.rows_kept:,} rows read, all kept")) + below
    steps = [("read", report.rows_read, markup.bar(report.rows_read / read, "other"))]
    left = report.rows_read
    for reason, count in report.dropped.items():
        left -= count
        steps.append((f"dropped: {reason}", count, markup.bar(count / read, "gone", left / read)))
    steps.append(("kept", report.rows_kept, markup.bar(report.rows_kept / read)))
    rows = [
        [markup.plain(step), markup.plain(f"{count:,}"), markup.muted(f"{count / read:.1%}".replace("%", " %")), drawn]
        for step, count, drawn in steps
    ]
    return markup.heading(title) + markup.grid(rows, align="lrr", vertical="middle") + below
