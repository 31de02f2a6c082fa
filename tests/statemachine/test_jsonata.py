"""Expressions of JSONata states."""

import subprocess
import sys

import pytest

from fakes.small_machines import failure, in_state, jsonata, output
from personalize_sfn.statemachine import jsonata as statemachine_jsonata


def evaluated(text, given=None, **more):
    return output(jsonata(S={"Type": "Pass", "Output": f"{{% {text} %}}", "End": True}), given, **more)


@pytest.mark.parametrize(
    ("text", "given", "expected"),
    [
        ("$states.input.a", {"a": None}, None),
        ("$exists($states.input.a)", {"a": None}, True),
        ("$states.input.a = null", {"a": None}, True),
        ("$states.input", {"a": [None, {"b": None}]}, {"a": [None, {"b": None}]}),
        ("$states.input.l[x = 2].y", {"l": [{"x": 2, "y": 3}]}, 3),
        ("$sum($states.input.l)", {"l": [1, 2]}, 3),
        ("$partition([1,2,3], 2)", {}, [[1, 2], [3]]),
        ("$range(1, 5, 2)", {}, [1, 3, 5]),
        ("$range(1, 1, 2)", {}, 1),
        ("$hash('x', 'SHA-1')", {}, "11f6ad8ec52a2984abaafd7c3b516503785c2072"),
        ("$parse('{\"a\": null}')", {}, {"a": None}),
        ("$now()", {}, "1970-01-01T00:01:00.000Z"),
        ("$millis()", {}, 60000),
        ("1/2", {}, 0.5),
        ("4/2", {}, 2),
    ],
)
def test_an_expression_gives_json(text, given, expected):
    assert repr(evaluated(text, given, now=60)) == repr(expected)


def test_chance_comes_from_the_seed():
    assert evaluated("[$random(), $uuid()]", seed=1) == evaluated("[$random(), $uuid()]", seed=1)
    assert evaluated("$random()", seed=1) != evaluated("$random()", seed=2)
    assert evaluated("$random(7)", seed=1) == evaluated("$random(7)", seed=2)
    assert evaluated("$random($states.input.x)", seed=1) == evaluated("$random()", seed=1)
    numbers = "$shuffle([1..50])"
    assert evaluated(numbers, seed=1) == evaluated(numbers, seed=1)
    assert evaluated(numbers, seed=1) != evaluated(numbers, seed=2)
    assert sorted(evaluated(numbers, seed=1)) == list(range(1, 51))
    assert evaluated("[$shuffle([])]") == []


def test_a_list_is_not_partitioned_into_parts_of_less_than_one():
    for size in ("-2", "0", "0.5", "'x'"):
        state = {"Type": "Pass", "Output": f"{{% $partition([1,2,3], {size}) %}}", "End": True}
        error, cause = failure(jsonata(S=state))
        assert error == "States.QueryEvaluationError"
        assert "$partition takes an array and a size of at least 1" in cause


def test_only_a_whole_text_within_the_marks_is_an_expression():
    definition = jsonata(S={"Type": "Pass", "Output": [" {% 1 %} ", "{%1%}", "{% 1"], "End": True})
    assert output(definition) == [" {% 1 %} ", 1, "{% 1"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("$no", "returned nothing (undefined)."),
        ("function($x){$x}", "returned an unsupported result type."),
        ("$nope(1)", "threw an error during evaluation. T1006: Attempted to invoke a non-function"),
        ("$eval('1')", "threw an error during evaluation. T1006: Attempted to invoke a non-function"),
        (
            "($f := function($n){1 + $f($n)}; $f(1))",
            "threw an error during evaluation. maximum recursion depth exceeded",
        ),
    ],
)
def test_an_expression_that_cannot_be_evaluated_says_which_field_and_why(text, said):
    error, cause = failure(jsonata(S={"Type": "Pass", "Output": f"{{% {text} %}}", "End": True}))
    assert error == "States.QueryEvaluationError"
    assert cause.startswith(in_state("S", f"The JSONata expression '{text}' specified for the field 'Output' {said}"))


def test_the_package_is_loaded_only_where_a_definition_needs_it_and_leaves_the_recursion_limit():
    script = """
import sys
from personalize_sfn.statemachine import StateMachine, run

limit = sys.getrecursionlimit()
for language, loaded in (("JSONPath", False), ("JSONata", True)):
    state = {"Type": "Succeed", "QueryLanguage": language, "Output": "{% 1 %}"}
    run(StateMachine({"StartAt": "S", "States": {"S": state}}), {}, tasks=None)
    assert ("jsonata" in sys.modules) is loaded
assert sys.getrecursionlimit() == limit
"""
    subprocess.run([sys.executable, "-c", script], check=True)


def test_an_expression_without_end_is_stopped(monkeypatch):
    monkeypatch.setattr(statemachine_jsonata, "_MILLISECONDS", 20)
    text = "($f := function($n){$f($n + 1)}; $f(1))"
    error, cause = failure(jsonata(S={"Type": "Pass", "Output": f"{{% {text} %}}", "End": True}))
    assert error == "States.QueryEvaluationError"
    assert "D1012" in cause
