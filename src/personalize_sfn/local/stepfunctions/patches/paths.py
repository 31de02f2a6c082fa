"""JSONPath, and what Choice does with a path that leads nowhere."""

from __future__ import annotations

import functools
import re
from typing import Any

from personalize_sfn.local.stepfunctions.patches import Replace, everywhere, patch

__all__ = ["is_definite"]

_QUOTED = re.compile(r"\[\s*(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")\s*\]")
_INDEFINITE = re.compile(r"\*|\.\.|\?|\[[^\]]*[:,][^\]]*\]")


def is_definite(path: str) -> bool:
    """Whether a JSONPath can lead to one value at most: no wildcard, slice, union, filter nor ``..`` in it."""
    return _INDEFINITE.search(_QUOTED.sub("", path)) is None


@patch
def a_definite_path_gives_a_value(replace: Replace) -> None:
    """An index followed by a field gives a list: ``$.a[0].b`` -> ``[4]`` (``json_path.py:56``), so a Choice on it
    is false and a Parallel's ResultSelector gives lists.  And each evaluation parses its path anew, 2 to 5 ms."""
    from jsonpath_ng.ext import parse
    from moto.stepfunctions.parser.asl.utils import json_path

    original = json_path.extract_json
    parsed = functools.lru_cache(maxsize=4096)(parse)

    def extract_json(path: str, data: Any) -> Any:
        if not is_definite(path):
            return original(path, data)
        matches = parsed(path).find(data)
        if not matches:
            raise json_path.NoSuchJsonPathError(json_path=path, data=data)
        return matches[0].value

    everywhere(replace, "extract_json", original, extract_json)


@patch
def a_choice_on_a_missing_variable_fails(replace: Replace) -> None:
    """A Choice whose Variable does not exist takes its Default (``variable.py:25``) and hides the typo; on AWS the
    execution fails with States.Runtime, for every operator but IsPresent."""
    from moto.stepfunctions.parser.api import ExecutionFailedEventDetails, HistoryEventType
    from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import (
        FailureEvent,
        FailureEventException,
    )
    from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import StatesErrorName
    from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name_type import StatesErrorNameType
    from moto.stepfunctions.parser.asl.component.state.choice.comparison.comparison_operator_type import (
        ComparisonOperatorType,
    )
    from moto.stepfunctions.parser.asl.component.state.choice.comparison.comparison_variable import ComparisonVariable
    from moto.stepfunctions.parser.asl.component.state.choice.comparison.variable import NoSuchVariable
    from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails

    def compare(comparison: Any, env: Any) -> None:
        comparison.variable.eval(env)
        function = comparison.comparison_function
        missing = isinstance(env.stack[-1], NoSuchVariable)
        if missing and function.operator_type != ComparisonOperatorType.IsPresent:
            path = comparison.variable.string_sampler.literal_value
            runtime = StatesErrorNameType.StatesRuntime
            cause = f"Invalid path '{path}': The choice state's condition path references an invalid value."
            details = ExecutionFailedEventDetails(error=runtime.to_name(), cause=cause)
            raise FailureEventException(
                FailureEvent(
                    env=env,
                    error_name=StatesErrorName(typ=runtime),
                    event_type=HistoryEventType.ExecutionFailed,
                    event_details=EventDetails(executionFailedEventDetails=details),
                )
            )
        function.eval(env)

    replace(ComparisonVariable, "_eval_body", compare)
