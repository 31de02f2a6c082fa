"""Expressions that move with time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from personalize_sfn.filter_expressions import filter_hash, resolved

NEW = "INCLUDE ItemID WHERE Items.CREATION_TIMESTAMP > {now-30d} AND Items.CREATION_TIMESTAMP < {now}"


def test_a_day_stands_for_its_start_in_utc():
    noon = datetime(2026, 3, 31, 12, tzinfo=UTC)
    start = int(datetime(2026, 3, 31, tzinfo=UTC).timestamp())
    assert resolved(NEW, noon) == (
        f"INCLUDE ItemID WHERE Items.CREATION_TIMESTAMP > {start - 30 * 86_400} AND Items.CREATION_TIMESTAMP < {start}"
    )


def test_it_is_one_filter_a_day_wherever_the_clock_stands():
    late = datetime(2026, 4, 1, 1, tzinfo=timezone(timedelta(hours=2)))
    assert resolved(NEW, late) == resolved(NEW, datetime(2026, 3, 31, 0, 1, tzinfo=UTC))
    assert filter_hash(resolved(NEW, late)) != filter_hash(resolved(NEW, late + timedelta(days=1)))


def test_placeholders_of_requests_stay():
    assert resolved("INCLUDE ItemID WHERE Items.YEAR > $YEAR", datetime.now(UTC)).endswith("$YEAR")
