"""Definitions drawn at random from parts that go together well, badly or not at all, and inputs for them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from fakes.small_machines import LAMBDA
from personalize_sfn.statemachine import TaskCall, TaskOutcome

NAMES = ["A", "B", "C", "D"]
PATHS = [
    *(
        "$",
        "$.a",
        "$.a.b",
        "$.l[0]",
        "$.l[*].n",
        "$..n",
        "$.l[?(@.n > 1)]",
        "$$",
        "$$.Execution.Input.a",
        "$$.State.RetryCount",
    ),
    *("$v", "$v.a", "$.t", "$['a']", "$.l[-1:]", "$$.Map.Item.Value", "$$.Task.Token", "$.l[0,1]"),
]
CALLS = [
    *(
        "States.UUID()",
        "States.Format('{}', $.a)",
        "States.ArrayLength($.l)",
        "States.MathAdd($.a, 1)",
        "States.MathRandom(1, 9)",
    ),
    *(
        "States.StringToJson($.t)",
        "States.JsonMerge($, $, false)",
        "States.ArrayGetItem($.l, $.a)",
        "States.Hash($, 'MD5')",
    ),
    *(
        "States.ArrayPartition($.l, $.a)",
        "States.StringSplit($.t, ',')",
        "States.ArrayRange(1, $.a, 1)",
        "States.Base64Decode($.t)",
    ),
]
EXPRESSIONS = [
    *(
        "{% $states.input %}",
        "{% $states.input.a %}",
        "{% $states.input.l %}",
        "{% $states.result %}",
        "{% $v %}",
        "{% 1 %}",
    ),
    *(
        "{% $states.input.l[n > 1] %}",
        "{% $random() %}",
        "{% $states.context.State.Name %}",
        "{% $states.errorOutput %}",
    ),
    *(
        "{% $states.input.a + 1 %}",
        "{% null %}",
        "{% [] %}",
        "{% $sum($states.input.l.n) %}",
        "{% true %}",
        "{% $uuid() %}",
    ),
]
PLAIN = st.sampled_from([None, True, 0, 1, 2, -1, 1.5, "", "x", "2", "1970-01-01T00:00:09Z", [], [1, 2], {}, {"n": 1}])
#: What no field and no function expects; NaN and infinity are no JSON.
HOSTILE = st.sampled_from([10**400, "\ud800", 1e300, 2147483647, float("inf"), float("nan"), "NaN", "[" * 3000])
VALUES = st.fixed_dictionaries(
    {},
    optional={
        "a": PLAIN | HOSTILE | st.fixed_dictionaries({"b": PLAIN}),
        "l": st.lists(st.fixed_dictionaries({"n": PLAIN}), max_size=3) | PLAIN,
        "t": st.sampled_from(["[1]", "{", "a,b", "", "é", "1970-01-01T00:00:09Z"]),
    },
)
GIVEN = VALUES | PLAIN | HOSTILE
ERRORS = st.sampled_from([["States.ALL"], ["E"], ["States.TaskFailed"], ["States.Timeout"], ["States.Runtime"]])
RETRIES = st.lists(
    st.fixed_dictionaries(
        {"ErrorEquals": ERRORS},
        optional={
            "MaxAttempts": st.integers(0, 2),
            "IntervalSeconds": st.integers(1, 9),
            "BackoffRate": st.sampled_from([1, 2.5]),
            "MaxDelaySeconds": st.integers(1, 9),
            "JitterStrategy": st.sampled_from(["FULL", "NONE"]),
        },
    ),
    max_size=2,
)


def _templates(language: str) -> st.SearchStrategy[Any]:
    if language == "JSONata":
        leaves: st.SearchStrategy[Any] = st.sampled_from(EXPRESSIONS) | PLAIN
        return leaves | st.fixed_dictionaries({}, optional={"x": leaves, "y": st.lists(leaves, max_size=2)})
    return (
        st.fixed_dictionaries({}, optional={"x.$": st.sampled_from(PATHS + CALLS), "y": st.lists(PLAIN, max_size=1)})
        | PLAIN
    )


def _state(language: str, depth: int) -> st.SearchStrategy[dict[str, Any]]:
    path, template = st.sampled_from(PATHS), _templates(language)
    variables = st.fixed_dictionaries(
        {},
        optional={
            "v.$" if language == "JSONPath" else "v": st.sampled_from(PATHS if language == "JSONPath" else EXPRESSIONS)
        },
    )
    common: dict[str, Any] = {"Assign": variables}
    common |= (
        {"Output": template}
        if language == "JSONata"
        else {"InputPath": path | st.none(), "OutputPath": path | st.none()}
    )
    results = (
        {} if language == "JSONata" else {"ResultPath": st.sampled_from(["$", "$.a", "$.r", "$.a.b", "$.l[0]", None])}
    )
    select = {} if language == "JSONata" else {"ResultSelector": template}
    given = {"Arguments": template} if language == "JSONata" else {"Parameters": template}
    move = st.sampled_from([*({"Next": name} for name in NAMES), {"End": True}])
    catch = st.lists(
        st.fixed_dictionaries({"ErrorEquals": ERRORS, "Next": st.sampled_from(NAMES)}, optional=dict(results.items())),
        max_size=1,
    )
    errors = {"Retry": RETRIES, "Catch": catch}
    number = st.integers(0, 9) | (st.sampled_from(EXPRESSIONS) if language == "JSONata" else st.nothing())

    def state(kind: str, needed: dict[str, Any], optional: dict[str, Any], *, moves: bool = True) -> Any:
        made = st.fixed_dictionaries({"Type": st.just(kind), **needed}, optional={**common, **optional})
        return st.builds(lambda fields, where: {**fields, **where}, made, move) if moves else made

    waits = [{"Seconds": st.integers(0, 9)}, {"Timestamp": st.just("1970-01-01T00:00:30Z")}]
    waits += (
        [{"Seconds": st.sampled_from(EXPRESSIONS)}]
        if language == "JSONata"
        else [{"SecondsPath": path}, {"TimestampPath": path}]
    )
    tests = st.sampled_from(
        ["NumericGreaterThan", "StringMatches", "IsPresent", "IsNull", "TimestampLessThanPath", "BooleanEqualsPath"]
    )

    def compared(test: str, variable: str, other: str, target: str) -> dict[str, Any]:
        value = other if test.endswith("Path") else test.startswith("Is") or "*"
        return {"Variable": variable, test: value, "Next": target}

    rule = st.builds(compared, tests, path, path, st.sampled_from(NAMES))
    if language == "JSONata":
        rule = st.fixed_dictionaries({"Condition": st.sampled_from(EXPRESSIONS), "Next": st.sampled_from(NAMES)})
    choices = {"Choices": st.lists(rule, min_size=1, max_size=2)}
    kinds = [
        state("Pass", {}, {**results, **({} if language == "JSONata" else {"Result": PLAIN, **given})}),
        state(
            "Task",
            {"Resource": st.just(LAMBDA)},
            {**results, **select, **given, **errors, "TimeoutSeconds": st.integers(1, 9)},
        ),
        *(state("Wait", wait, {}) for wait in waits),
        state("Choice", choices, {"Default": st.sampled_from(NAMES)}, moves=False),
        state("Succeed", {}, {}, moves=False),
        st.fixed_dictionaries(
            {"Type": st.just("Fail")},
            optional={"Error": st.sampled_from(["E", "States.Runtime"]), "Cause": st.just("c")},
        ),
    ]
    if depth:
        inner = machines(language, depth - 1)
        items = {"Items": st.sampled_from(EXPRESSIONS)} if language == "JSONata" else {"ItemsPath": path}
        mode = st.sampled_from(["INLINE", "DISTRIBUTED"])
        processor = st.builds(
            lambda machine, how: {**machine, "ProcessorConfig": {"Mode": how, "ExecutionType": "STANDARD"}}, inner, mode
        )
        more = {**results, **select, **errors, **items, "ItemSelector": template, "MaxConcurrency": number}
        kinds.append(state("Map", {"ItemProcessor": processor}, {**more, "ToleratedFailurePercentage": number}))
        branches = {"Branches": st.lists(inner, min_size=1, max_size=2)}
        kinds.append(state("Parallel", branches, {**results, **select, **given, **errors}))
    return st.one_of(kinds)


def _spoiled(state: dict[str, Any], where: int, value: Any) -> dict[str, Any]:
    """A state one of whose fields has a value of a type that it may not take."""
    return {**state, [*state][where % len(state)]: value}


def machines(language: str = "JSONPath", depth: int = 1) -> st.SearchStrategy[dict[str, Any]]:
    states = st.fixed_dictionaries({name: _state(language, depth) for name in NAMES})
    return st.builds(lambda found: {"StartAt": "A", "States": found}, states)


#: In one language as a whole.
DEFINITIONS = st.sampled_from(["JSONPath", "JSONata"]).flatmap(
    lambda language: machines(language).map(lambda made: {"QueryLanguage": language, "TimeoutSeconds": 500, **made})
)
#: The same, with a field of a state or of the machine that may not have this value.
WRONG_DEFINITIONS = st.builds(
    lambda made, where, value: (
        _spoiled(made, where, value)
        if where < 4
        else {**made, "States": {**made["States"], "A": _spoiled(made["States"]["A"], where, value)}}
    ),
    DEFINITIONS,
    st.integers(0, 20),
    PLAIN | HOSTILE,
)


def answer(call: TaskCall) -> TaskOutcome:
    """An outcome that depends on nothing but the call: fails, takes time, echoes."""
    luck = int(call.token[:6], 16) % 6
    if luck == 0:
        return TaskOutcome(error="E", cause="c", after=1)
    if luck == 1:
        return TaskOutcome(error="States.TaskFailed")
    return TaskOutcome(call.arguments if luck % 2 else {"n": call.attempt}, after=luck * 2)
