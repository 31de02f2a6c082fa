"""How much a path may visit."""

import time

import pytest

from personalize_sfn.statemachine.path_visits import TooManyVisits, Visit
from personalize_sfn.statemachine.paths import PathNotFound, parse

MANY = 3_000


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("$.i[?($..x == 1)]", {"i": [{"x": 1}] * MANY}),
        ("$.i[?(@.x in $.l)]", {"i": [{"x": 1}] * MANY, "l": [*range(2, 2_000)]}),
        ("$.i[?(@.x anyof $.l)]", {"i": [{"x": [1, 1]}] * MANY, "l": [*range(2, 2_000)]}),
        ("$.i[?($.l == $.m)]", {"i": [{}] * MANY, "l": [*range(2_000)], "m": [*range(2_000)]}),
        ("$..*..*..*", {"i": [[[[[[[1]]]]]]] * MANY}),
        ("$..[?(@..[?(@..x)])]", {"i": [[[[[[[1]]]]]]] * MANY}),
        ("$.t[?(@ =~ /(a+)+b/)]", {"t": ["a" * 30]}),
        ("$.t[?(@ =~ /(a|aa)*b/)]", {"t": ["a" * 40]}),
        ("$.t[?(@ =~ /(a?){40}b/)]", {"t": ["a" * 40]}),
        ("$.t[?(@ =~ /.*a.*a.*a.*a.*b/)]", {"t": ["a" * 2_000]}),
        ("$.t[?(@ =~ /(?:x(?i:a*)[*+?]|y)*b/)]", {"t": ["xa+" * 40]}),
    ],
)
def test_a_path_has_an_end_however_much_it_asks_for(path, data):
    begun = time.process_time()
    try:
        parse(path).find(data)
    except PathNotFound as problem:
        assert "visits more than 524288 values" in str(problem)  # noqa: PT017 - some of them find something
    assert time.process_time() - begun < 5


def test_an_operand_of_the_root_is_looked_up_once():
    data = {"i": [{"x": n} for n in range(MANY)], "limit": MANY - 2}
    begun = time.process_time()
    assert parse("$.i[?(@.x > $.limit && $..limit)]").find(data) == [{"x": MANY - 1}]
    assert time.process_time() - begun < 1


def test_visits_are_counted_over_the_whole_look_up():
    visit = Visit({})
    for _ in range(2):
        visit.spend(262_144)
    with pytest.raises(TooManyVisits) as raised:
        visit.spend(1)
    assert str(raised.value) == "The path visits more than 524288 values; expected a path, or data, that is smaller"
