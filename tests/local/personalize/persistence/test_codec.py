"""Values as JSON, and as they were again."""

import json

import numpy as np
import pytest

from personalize_sfn.errors import LocalAwsError
from personalize_sfn.local.personalize.persistence.codec import decoded, encoded


def again(value):
    """Through the text of JSON, without parts: nothing is in files."""
    return decoded(json.loads(json.dumps(encoded(value, None, None))), None, None)


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        1.5,
        "text",
        [1, [2]],
        (1, (2, "x")),
        {1, 2},
        frozenset({"a"}),
        b"\x00\xff",
        {"a": {"b": [1]}},
        {1: "a", ("x", 2): "b"},
        {"$tuple": [1]},
        {"": {}},
    ],
)
def test_a_value_comes_back_with_its_types(value):
    found = again(value)
    assert found == value
    assert type(found) is type(value)


def test_a_number_of_numpy_is_a_number():
    assert repr(again([np.float64(0.5), np.int64(3), np.bool_(True)])) == "[0.5, 3, True]"


class Unknown:
    pass


def test_a_value_of_a_class_that_is_not_listed_is_not_kept():
    with pytest.raises(TypeError, match=r"a value of .*Unknown cannot be kept in a data directory$"):
        encoded({"a": [Unknown()]}, None, None)


def test_a_class_that_is_not_listed_is_not_made():
    with pytest.raises(LocalAwsError) as raised:
        decoded({"$object": "os:system", "fields": {"command": "x"}}, None, None)
    assert str(raised.value) == "the data directory holds a os:system of command, which this version does not know"
