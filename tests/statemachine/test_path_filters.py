"""Comparisons in the filters of a path."""

import pytest

from personalize_sfn.statemachine.path_filters import COMPARISONS, identity, same


@pytest.mark.parametrize(
    ("one", "how", "other", "expected"),
    [
        (1, "==", 1.0, True),
        (1, "==", True, False),
        ([1, {"a": 0}], "==", [1.0, {"a": 0.0}], True),
        ([1], "!=", [True], True),
        (2, "<", 10, True),
        ("2", "<", "10", False),
        ("2", "<", 10, False),
        (True, "<=", 1, False),
        (None, ">=", None, False),
        (1, "in", [2, 1.0], True),
        (1, "nin", [True], True),
        (1, "in", 1, False),
        ([1, 2], "subsetof", [2, 1, 3], True),
        ([1, 4], "subsetof", [2, 1, 3], False),
        ([4, 1], "anyof", [1], True),
        ([4], "noneof", [1], True),
        ("abc", "size", 3, True),
        ({"a": 1}, "size", 1, False),
        ("", "empty", True, True),
        ([0], "empty", False, True),
        (None, "empty", True, False),
    ],
)
def test_values_are_compared_by_their_types_as_json(one, how, other, expected):
    assert COMPARISONS[how](one, other) is expected


VALUES = [1, 1.0, True, 0, False, "1", None, [1], [True], ["list", 1], {"a": 1}, {"a": 1.0}, {"a": [1]}, [], {}, ""]


@pytest.mark.parametrize("one", VALUES, ids=repr)
def test_what_is_the_same_has_one_identity_and_nothing_else_has_it(one):
    assert [identity(one) == identity(other) for other in VALUES] == [same(one, other) for other in VALUES]
