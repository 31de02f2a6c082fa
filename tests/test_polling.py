"""The wait between two looks at a resource."""

from __future__ import annotations

from personalize_sfn.polling import next_wait


def polls(duration: float, typical: float) -> tuple[int, float]:
    """How many looks it takes until a resource that is ready after ``duration`` is seen to be, and how late that is."""
    elapsed, looks = 0.0, 1
    while elapsed < duration:
        elapsed += next_wait(elapsed, typical)
        looks += 1
    return looks, elapsed - duration


def test_the_first_wait_reaches_a_share_of_the_typical_duration():
    assert next_wait(0, 900) == 360


def test_a_resource_found_half_way_is_not_waited_for_from_the_start():
    assert next_wait(340, 900) == 20


def test_the_lag_of_a_typical_training_is_under_a_minute():
    looks, lag = polls(3500, 3360)
    assert lag <= 58
    assert looks <= 45


def test_two_days_of_training_take_far_fewer_than_twenty_thousand_events():
    looks, _ = polls(48 * 3600, 3360)
    assert looks * 9 < 20_000


def test_a_resource_typically_ready_in_a_second_is_polled_by_the_second():
    assert [next_wait(elapsed, 1) for elapsed in (0, 1, 2)] == [1, 1, 1]
