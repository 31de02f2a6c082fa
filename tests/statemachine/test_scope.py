"""What the fields of a JSONPath state can see."""

from random import Random

import pytest

from personalize_sfn.statemachine.failures import StateFailure
from personalize_sfn.statemachine.scope import Scope, is_path, split_root

SEEN = Scope({"a": [1, 2]}, lambda: {"State": {"Name": "S"}}, {"rate": {"usd": 3}}, lambda: Random(1))


@pytest.mark.parametrize(
    ("text", "root", "path"),
    [
        ("$", "$", "$"),
        ("$.a", "$", "$.a"),
        ("$['a']", "$", "$['a']"),
        ("$$.State.Name", "$$", "$.State.Name"),
        ("$rate.usd", "rate", "$.usd"),
        ("$_1[0]", "_1", "$[0]"),
    ],
)
def test_a_path_begins_at_the_input_the_context_or_a_variable(text, root, path):
    assert is_path(text)
    assert split_root(text) == (root, path)


def test_a_template_has_values_where_its_fields_end_in_a_dollar_sign():
    template = {"n.$": "$.a[1]", "list": [{"in.$": "$$.State.Name"}, "$.a"], "r.$": "States.MathAdd($rate.usd, 1)"}
    assert SEEN.template(template) == {"n": 2, "list": [{"in": "S"}, "$.a"], "r": 4}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("$.b", "States.Runtime: Invalid path '$.b' : No results for path: $['b']"),
        ("$price", "States.Runtime: Invalid path '$price' : The variable $price has no value"),
    ],
)
def test_a_path_that_leads_nowhere_is_a_runtime_failure_with_the_whole_path(text, said):
    with pytest.raises(StateFailure) as raised:
        SEEN.path(text)
    assert (str(raised.value), raised.value.in_state) == (said, True)
