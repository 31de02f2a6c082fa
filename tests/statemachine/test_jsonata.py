"""Expressions of JSONata states."""

import re
import subprocess
import sys
import tracemalloc

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


DOUBLED = "".join("$s := $s & $s; " for _ in range(31))
LISTED = "".join("$l := [[$l], [$l]]; " for _ in range(31))
NAMED = "".join('$o := {"a": $o, "b": $o}; ' for _ in range(31))
APPENDED = "".join("$l := $append($l, $l); " for _ in range(31))


@pytest.mark.parametrize(
    "text",
    [
        "$length($pad('x', 1500000000))",
        "$length($pad('x', -1500000000))",
        f"($s := 'x'; {DOUBLED} $length($s))",
        f"($l := 1; {LISTED} $length($string($l)))",
        f"($l := 1; {LISTED} $l)",
        f"($o := 1; {NAMED} $length('' & $o))",
        f"($o := 1; {NAMED} $o)",
        f"($l := [1, 2]; {APPENDED} $count($l))",
        "$length($join($map([1..100], function($n) { 'x' }), $pad('x', 100000)))",
        "$length($replace($pad('x', 10000), ' ', $pad('y', 100000)))",
        "$length($replace($pad('x', 10000), / /, $pad('y', 100000)))",
        "($s := $pad('x', 250000); $count($map([1..1000], function($n) { $s & $n })))",
    ],
)
def test_an_expression_that_would_fill_the_memory_fails(text):
    tracemalloc.start()
    try:
        error, cause = failure(jsonata(P={"Type": "Pass", "Output": f"{{% {text} %}}", "End": True}))
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert error == "States.QueryEvaluationError"
    assert re.search("makes a value of more than 4194304|keeps values of more than 8388608", cause)
    assert most < 200_000_000


def test_functions_that_are_bounded_work_as_before():
    text = (
        "[$pad('x', 3), $pad('x', -3, '0'), $join(['a', 'b'], '-'), $join(['a']), $replace('aaa', 'a', 'b', 2),"
        " $string({'a': [1, null]}), $map([1, 2], $string), $replace('a1', /[0-9]/, '#'), 1 & 'x']"
    )
    definition = jsonata(P={"Type": "Pass", "Output": f"{{% {text} %}}", "End": True})
    expected = ["x  ", "00x", "a-b", "a", "bba", '{"a":[1,null]}', "1", "2", "a#", "1x"]
    assert output(definition) == expected


def test_an_expression_makes_as_many_long_texts_as_it_likes_one_after_the_other():
    text = "($s := $pad('x', 250000); $reduce([1..200], function($all, $n) { $length($s & $n) }, 0))"
    assert output(jsonata(P={"Type": "Pass", "Output": f"{{% {text} %}}", "End": True})) == 250_003


def test_a_large_value_counts_as_often_as_it_is_written():
    text = "($s := $pad('x', 2000000); $length($string({'': [$s, $s, $s]})))"
    _, cause = failure(jsonata(P={"Type": "Pass", "Output": f"{{% {text} %}}", "End": True}))
    assert "makes a value of more than 4194304 characters and items" in cause
