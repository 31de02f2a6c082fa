"""What a table must have at least, and at most, to be imported and trained on.

https://docs.aws.amazon.com/personalize/latest/dg/limits.html
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from personalize_sfn.datasets.naming import listed
from personalize_sfn.datasets.report import Report
from personalize_sfn.datasets.schemas import AvroSchema
from personalize_sfn.errors import DataError
from personalize_sfn.schema_rules import REQUIRED, RESERVED

__all__ = ["check_event_types", "check_minima", "facts"]

MIN_INTERACTIONS = 1_000
MIN_USERS_WITH_TWO = 25
MIN_SHARE_OF_USERS_WITH_TWO = 0.01
MAX_KINDS_AND_COLUMNS = 10
"""Different event types and columns of one's own, together."""


def check_minima(report: Report, users: int, with_two: int) -> None:
    """Hold the account of a table against what Personalize needs.

    Args:
        report: the account.
        users: different users, of interactions.
        with_two: those of them with two interactions or more.

    Raises:
        DataError: no row is left, or there are fewer interactions or users than Personalize takes.
    """
    dropped = "".join(f"; {count:,} dropped: {reason}" for reason, count in report.dropped.items())
    account = f"({report.rows_read:,} rows read{dropped})"
    if not report.rows_kept:
        raise DataError(f"{report.name}: no row is left {account}; Personalize needs data")
    if report.dataset_type != "Interactions":
        return
    if report.rows_kept < MIN_INTERACTIONS:
        raise DataError(
            f"{report.name}: expected at least {MIN_INTERACTIONS:,} interactions, found {report.rows_kept:,} {account}"
            "; Personalize refuses to import fewer: add data"
        )
    least = max(MIN_USERS_WITH_TWO, MIN_SHARE_OF_USERS_WITH_TWO * users)
    if with_two < least:
        raise DataError(
            f"{report.name}, column USER_ID: expected at least {least:,.0f} users with 2 interactions or more, "
            f"found {with_two:,} of {users:,} users {account}; Personalize refuses to train with fewer: add data"
        )


def check_event_types(kinds: Sequence[str], schema: AvroSchema, name: str) -> None:
    """Hold the event types of interactions against what Personalize imports.

    Args:
        kinds: the different ones, as they came.
        schema: whose other columns count, too.
        name: what to call the data.

    Raises:
        DataError: there are too many.
    """
    meant = {*REQUIRED["Interactions"], *RESERVED["Interactions"]}
    own = [column["name"] for column in schema["fields"] if column["name"] not in meant]
    most = MAX_KINDS_AND_COLUMNS - len(own)
    if len(kinds) > most:
        beside = f" beside {len(own)} column{'s' * (len(own) > 1)} of your own" if own else ""
        raise DataError(
            f"{name}, column EVENT_TYPE: expected at most {most} different event types{beside}, found {len(kinds):,}: "
            f"{listed(kinds, 12)}; Personalize refuses to import more: keep those that matter"
        )


def facts(
    *, users: int | None = None, items: int | None = None, times: tuple[int, int] | None = None
) -> dict[str, str]:
    """What a report says of the rows that were kept.

    Args:
        users: different ones.
        items: different ones.
        times: epoch seconds of the first and the last event.
    """
    counts = {name: f"{count:,}" for name, count in (("users", users), ("items", items)) if count is not None}
    if times is None:
        return counts
    first, last = (datetime.fromtimestamp(int(each), UTC).date().isoformat() for each in times)
    return counts | {"from": first, "to": last}
