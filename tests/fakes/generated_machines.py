"""State machines as hypothesis makes them: up to 60 states, of every type, with every kind of edge."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

__all__ = ["machines"]

MOST_STATES = 60
_LEAVES = ("Task", "Pass", "Wait", "Succeed", "Fail")
_NAMES = st.text(st.sampled_from("abc WM?é漢<&\"'"), max_size=60)
_ERRORS = st.sampled_from([["States.ALL"], ["States.Timeout", "Busy"]])


@st.composite
def machines(draw: st.DrawFn, most: int = MOST_STATES, depth: int = 2) -> dict[str, Any]:
    """A definition: every state can be reached, a target is any state of the same branch, itself included."""
    budget = [most]
    return _branch(draw, budget, draw(st.integers(1, most)), depth)


def _branch(draw: st.DrawFn, budget: list[int], wanted: int, depth: int) -> dict[str, Any]:
    count = max(1, min(wanted, budget[0]))
    first = MOST_STATES - budget[0]
    budget[0] -= count
    # Unique in the whole machine, as the States Language demands.
    names = [f"{draw(_NAMES)} {first + i}"[-70:] for i in range(count)]
    states = {name: _state(draw, name, names, i, budget, depth) for i, name in enumerate(names)}
    return {"StartAt": names[0], "States": states}


def _state(draw: st.DrawFn, name: str, names: list[str], i: int, budget: list[int], depth: int) -> dict[str, Any]:
    any_state = st.sampled_from(names)
    is_last = i == len(names) - 1
    following = {"End": True} if is_last else {"Next": names[i + 1]}
    kinds = ("Task", "Task", "Workflow", "Pass", "Wait", "Choice", "Parallel", "Map", "Succeed", "Fail")
    kind = draw(st.sampled_from(kinds if depth and budget[0] > 0 else (*kinds[:6], *kinds[8:])))
    if kind in {"Succeed", "Fail"} and not is_last:
        kind = "Choice"  # else what follows could not be reached
    if kind in {"Succeed", "Fail"}:
        return {"Type": kind}
    if kind == "Choice":
        rule = st.builds(_rule, st.sampled_from(["ready", "x" * 40, True, 3]), any_state)
        more = draw(st.lists(rule, max_size=5))
        first = names[i + 1] if not is_last else draw(any_state)
        return {"Type": "Choice", "Choices": [_rule("on", first), *more], "Default": draw(any_state)}
    if kind == "Wait":
        return {"Type": "Wait", "Seconds": 1, **_next(draw, following, any_state, is_last)}
    state: dict[str, Any] = {"Type": kind, **_next(draw, following, any_state, is_last)}
    if kind == "Workflow":
        arn = "arn:aws:states:us-east-1:123456789012:stateMachine:other"
        resource = "arn:aws:states:::states:startExecution.sync:2"
        state |= {"Type": "Task", "Resource": resource, "Parameters": {"StateMachineArn": arn}}
    if kind == "Parallel":
        sizes = draw(st.lists(st.integers(1, 8), min_size=1, max_size=4))
        state["Branches"] = [_branch(draw, budget, size, depth - 1) for size in sizes if budget[0] > 0]
        state |= {} if state["Branches"] else {"Type": "Pass"}
    if kind == "Map":
        state["ItemProcessor"] = _branch(draw, budget, draw(st.integers(1, 8)), depth - 1)
    if kind != "Pass" and draw(st.booleans()):
        state["Retry"] = [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 2}]
    if kind != "Pass" and draw(st.booleans()):
        catches = draw(st.lists(st.tuples(_ERRORS, any_state), min_size=1, max_size=2))
        state["Catch"] = [{"ErrorEquals": errors, "Next": target} for errors, target in catches]
    return state


def _next(draw: st.DrawFn, following: dict[str, Any], any_state: Any, is_last: bool) -> dict[str, Any]:
    """What follows; of the last state sometimes an earlier one, or itself."""
    return {"Next": draw(any_state)} if is_last and draw(st.booleans()) else following


def _rule(value: object, target: str) -> dict[str, Any]:
    key = "StringEquals" if isinstance(value, str) else "BooleanEquals" if value is True else "NumericEquals"
    return {"Variable": "$.status", key: value, "Next": target}
