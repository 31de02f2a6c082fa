"""The intrinsic functions of JSONPath states."""

from random import Random

import pytest

from fakes.small_machines import failure, in_state, only, output
from personalize_sfn.statemachine import intrinsics, path_filters


def evaluated(call, data=None):
    return output(only(Parameters={"r.$": call}), data or {})["r"]


@pytest.mark.parametrize(
    ("call", "data", "expected"),
    [
        ("States.Format('{} of {}', $.a, 3)", {"a": "x"}, "x of 3"),
        ("States.Format('{}', 1.5)", {}, "1.5"),
        ("States.Format('{}', null)", {}, "null"),
        ("States.Format('{}', $.o)", {"o": {"Arg1": 1, "Arg2": []}}, "{Arg1=1, Arg2=[]}"),
        (r"States.Format('It\'s \{{}\} \\', $.a)", {"a": 1}, "It's {1} \\"),
        ("States.Format($.t, true)", {"t": "{}!"}, "true!"),
        ("States.Array(1, 2.5, 'a', null, $.x)", {"x": [1]}, [1, 2.5, "a", None, [1]]),
        ("States.Array()", {}, []),
        ("States.ArrayPartition($.a, 2)", {"a": [1, 2, 3]}, [[1, 2], [3]]),
        ("States.ArrayPartition($.a, 1.6)", {"a": [1, 2, 3]}, [[1, 2], [3]]),
        ("States.ArrayContains($.a, $.b)", {"a": [1, 2], "b": True}, False),
        ("States.ArrayContains($.a, $.b)", {"a": [{"x": 1}], "b": {"x": 1.0}}, True),
        ("States.ArrayRange(1, 9, 3)", {}, [1, 4, 7]),
        ("States.ArrayRange(3, 1, -1)", {}, [3, 2, 1]),
        ("States.ArrayGetItem($.a, 1)", {"a": [1, 2]}, 2),
        ("States.ArrayLength($.a)", {"a": [1, 2]}, 2),
        (
            "States.ArrayUnique($.a)",
            {"a": [1, True, 0, False, {"x": 1}, {"x": 1}, [1], [1]]},
            [1, True, 0, False, {"x": 1}, [1]],
        ),
        ("States.Base64Encode($.t)", {"t": "café"}, "Y2Fmw6k="),
        ("States.Base64Decode($.t)", {"t": "aGVsbG8"}, "hello"),
        ("States.Hash('x', 'SHA-1')", {}, "11f6ad8ec52a2984abaafd7c3b516503785c2072"),
        ("States.JsonMerge($.a, $.b, false)", {"a": {"x": 1, "y": 1}, "b": {"y": 2}}, {"x": 1, "y": 2}),
        ("States.JsonToString($.a)", {"a": {"b": "é"}}, '{"b":"é"}'),
        ("States.StringToJson('[1]')", {}, [1]),
        ("States.StringToJson('  ')", {}, None),
        ("States.MathAdd(-2.5, 0)", {}, -2),
        ("States.MathAdd(1.6, 1)", {}, 3),
        ("States.StringSplit('1.2,3', '.,')", {}, ["1", "2", "3"]),
        ("States.Format('{}', $.detail-type)", {"detail-type": "v"}, "v"),
        ("States.Format('{}', $['a,b)'])", {"a,b)": "v"}, "v"),
        (
            "States.Array(States.Array($.a[?(@.x == 1)].y), States.Format('{}', 'a,b'))",
            {"a": [{"x": 1, "y": 2}]},
            [[[2]], "a,b"],
        ),
        ("States.Format('{}', $$.State.Name)", {}, "S"),
    ],
)
def test_a_call_gives_what_aws_gives(call, data, expected):
    assert evaluated(call, data) == expected
    assert repr(evaluated(call, data)) == repr(expected)


def test_equal_values_are_found_in_one_pass():
    kinds = [
        1,
        1.0,
        True,
        "1",
        None,
        [1],
        [True],
        ["list", 1],
        {"a": 1},
        {"a": 1.0},
        {"a": [1]},
        [["a", 1]],
        [],
        {},
        "",
    ]
    found = []
    for each in kinds:
        found += [each] if not any(path_filters.same(each, kept) for kept in found) else []
    assert repr(evaluated("States.ArrayUnique($.a)", {"a": kinds * 2})) == repr(found)
    many = [{"n": number} for number in range(20_000)]
    assert len(evaluated("States.ArrayUnique($.a)", {"a": many})) == 20_000


def test_chance_comes_from_the_executions_seed():
    definition = only(
        Parameters={"u.$": "States.UUID()", "r.$": "States.MathRandom(1, 1000000)", "s.$": "States.MathRandom(1, 9, 3)"}
    )
    first, again, other = (output(definition, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first["u"] != other["u"]
    assert first["r"] != other["r"]
    assert first["s"] == other["s"] == Random(3).randrange(1, 9)


@pytest.mark.parametrize(
    ("call", "data", "said"),
    [
        ("States.Format('{}')", {}, "the template has 1 times {}, and there are 0 values for it"),
        ("States.Format('{')", {}, "a brace that is not {} needs a backslash before it"),
        ("States.ArrayGetItem($.a, 2)", {"a": [1, 2]}, "expected an index from 0 to 1, got 2"),
        ("States.ArrayPartition($.a, 0)", {"a": []}, "expected a size of at least 1, got 0"),
        ("States.ArrayRange(1, 2000, 1)", {}, "expected at most 1000 elements, got 2000"),
        ("States.ArrayRange(1, 2, 0)", {}, "expected a step other than 0"),
        ("States.ArrayLength('a')", {}, 'expected an array, got "a"'),
        ("States.Base64Decode('=')", {}, "expected Base64 of UTF-8, got '='"),
        ("States.Hash('x', 'CRC')", {}, 'expected one of MD5, SHA-1, SHA-256, SHA-384, SHA-512, got "CRC"'),
        ("States.JsonMerge($, $, true)", {}, "only a shallow merge is supported: the third argument must be false"),
        ("States.StringToJson('{')", {}, "expected JSON, got '{'"),
        ("States.MathAdd(true, 1)", {}, "expected a number, got true"),
    ],
)
def test_what_a_function_does_not_take_is_an_intrinsic_failure_with_the_call(call, data, said):
    error, cause = failure(only(Parameters={"r.$": call}), data)
    assert error == "States.IntrinsicFailure"
    assert cause.startswith(in_state("S", f"The function '{call}' had the following error: {said}"))


@pytest.mark.parametrize(
    "text",
    [
        "States.Nope()",
        "States.Format('a'",
        "States.Format('a',)",
        "States.Format(a)",
        "States.UUID() x",
        "States.MathAdd(1)",
        "Format('a')",
    ],
)
def test_what_is_no_call_is_refused_with_what_was_expected(text):
    with pytest.raises(intrinsics.InvalidIntrinsic, match=r"expected|takes"):
        intrinsics.parse(text)
