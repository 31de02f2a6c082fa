"""How large what an expression makes may become."""

import re
import tracemalloc

import pytest

from fakes.small_machines import (
    failure,
    jsonata,
    output,
)

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
