"""Where each segment of a path leads."""

import pytest

from personalize_sfn.statemachine import path_segments
from personalize_sfn.statemachine.path_visits import TooManyVisits, Visit

FILMS = [{"title": "A", "cast": ["x", "y"]}, {"title": "B"}]


@pytest.mark.parametrize(
    ("segment", "value", "expected"),
    [
        (path_segments.names(("b", "a", "z")), {"a": 1, "b": None}, [None, 1]),
        (path_segments.names(("a",)), ["a"], []),
        (path_segments.indices((0, -1, 5, -4)), [1, 2, 3], [1, 3]),
        (path_segments.indices((0,)), {"0": 1}, []),
        (path_segments.sliced(slice(-2, None)), [1, 2, 3], [2, 3]),
        (path_segments.sliced(slice(2)), "abc", []),
        (path_segments.every, {"a": 1, "b": [2]}, [1, [2]]),
        (path_segments.every, "abc", []),
        (path_segments.deep(path_segments.names(("title",))), {"films": FILMS}, ["A", "B"]),
        (path_segments.filtered(lambda _visit, film: "cast" in film), FILMS, FILMS[:1]),
        (path_segments.filtered(lambda _visit, film: "title" in film), FILMS[1], [FILMS[1]]),
        (path_segments.filtered(lambda _visit, _value: True), "B", []),
    ],
)
def test_a_segment_leads_to_values_in_their_order_and_from_another_type_nowhere(segment, value, expected):
    assert list(segment(Visit(value), value)) == expected


def test_every_value_that_a_descent_or_a_filter_looks_at_counts():
    for segment in (path_segments.deep(path_segments.names(("x",))), path_segments.filtered(lambda *_: False)):
        visit = Visit(FILMS)
        visit.spend(2 * 262_144 - 1)
        with pytest.raises(TooManyVisits, match=r"^The path visits more than 524288 values; "):
            list(segment(visit, FILMS))
