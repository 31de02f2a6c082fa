"""The fields of a state that say what goes in and out, in either query language."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from personalize_sfn.statemachine import item_histories, paths, times
from personalize_sfn.statemachine.failures import StateFailure, runtime_failure
from personalize_sfn.statemachine.frames import Frame
from personalize_sfn.statemachine.json_text import compact
from personalize_sfn.statemachine.jsonata import ERROR, Expressions, expression
from personalize_sfn.statemachine.scope import Scope

if TYPE_CHECKING:
    from personalize_sfn.statemachine.execution import MachineExecution

__all__ = ["StateFields"]

_UNSET = object()
_LONGEST_LIMIT = 99_999_999
_LONGER = 2**40
"""More seconds than any state may wait."""
_STATES_WITH_RETRIES = ("Map", "Parallel", "Task")
_WITH_RESULTS = (*_STATES_WITH_RETRIES, "Pass")


@dataclass(frozen=True, slots=True)
class StateFields:
    """A state's fields as they evaluate for one visit of one branch.

    ``within`` is where they stand in the state, for messages: "" or such as ``Choices[0]/``.
    """

    state: dict[str, Any]
    jsonpath: bool
    execution: MachineExecution
    frame: Frame
    token: str | None = None
    map_item: dict[str, Any] | None = None
    within: str = ""

    @classmethod
    def of(cls, execution: MachineExecution, frame: Frame, token: str | None = None) -> StateFields:
        """``token``: of the call that is about to be made; it is in the context object then."""
        state = execution.definition.state(frame.at, frame.state)
        jsonpath = execution.definition.language(state) == "JSONPath"
        return cls(state, jsonpath, execution, frame, token, frame.map_item)

    @property
    def input(self) -> Any:
        return self.frame.input

    def context(self) -> dict[str, Any]:
        """The context object.

        https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html
        """
        about: dict[str, Any] = {"Name": self.frame.state, "EnteredTime": times.written(self.frame.entered)}
        if self.state["Type"] in _STATES_WITH_RETRIES:
            about["RetryCount"] = self.frame.attempt
        context = {**self.execution.context, "State": about}
        if self.frame.item is not None:
            context |= item_histories.context_of_item(self.execution, self.frame)
        if self.map_item is not None:
            context["Map"] = self.map_item
        if self.token is not None:
            context["Task"] = {"Token": self.token}
        return self.execution.context_object(context)

    def with_state(self, state: dict[str, Any], within: str) -> StateFields:
        return replace(self, state={"Type": self.state["Type"], **state}, within=within)

    def with_map_item(self, item: dict[str, Any]) -> StateFields:
        return replace(self, map_item=item)

    # --- the two languages ------------------------------------------------------------------------------------------

    def scope(self, value: Any = _UNSET) -> Scope:
        """For JSONPath; ``$`` is the input after InputPath, or ``value``."""
        dollar = self.effective_input() if value is _UNSET else value
        return Scope(dollar, self.context, self.frame.variables, self.execution.random)

    def expressions(self, **more: Any) -> Expressions:
        """For JSONata; ``more`` goes into ``$states``."""
        states = {"input": self.input, "context": self.context(), **more}
        return Expressions(states, self.frame.variables, self.execution.now, self.execution.random)

    def value(self, name: str, default: Any = None) -> Any:
        """A field that is a literal, a path in ``<name>Path``, or an expression."""
        if not self.jsonpath:
            return self.expressions().template(self.state[name], self.within + name) if name in self.state else default
        if f"{name}Path" in self.state:
            return self.scope().path(self.state[f"{name}Path"])
        return self.state.get(name, default)

    # --- what goes in -----------------------------------------------------------------------------------------------

    def effective_input(self) -> Any:
        """The input after InputPath."""
        if not self.jsonpath:
            return self.input
        path = self.state.get("InputPath", "$")
        effective = {} if path is None else self.scope(self.input).path(path)
        self.execution.inspect("afterInputPath", effective)
        return effective

    def arguments(self) -> Any:
        """Parameters, or in JSONata Arguments; without them the input."""
        if not self.jsonpath:
            if "Arguments" not in self.state:
                return self.input
            arguments = self.expressions().template(self.state["Arguments"], "Arguments")
            self.execution.inspect("afterArguments", arguments)
            return arguments
        effective = self.effective_input()
        arguments = (
            self.scope(effective).template(self.state["Parameters"]) if "Parameters" in self.state else effective
        )
        self.execution.inspect("afterParameters", arguments)
        return arguments

    # --- what goes out ----------------------------------------------------------------------------------------------

    def assigned(self, result: Any) -> dict[str, Any]:
        """The variables of Assign."""
        if "Assign" not in self.state:
            return {}
        assigned: dict[str, Any] = self._template(
            "Assign", self.scope(result) if self.jsonpath else self._after(result)
        )
        return assigned

    def output(self, result: Any) -> Any:
        """The state's output of its result."""
        if not self.jsonpath:
            if "Output" in self.state:
                return self._template("Output", self._after(result))
            return result if self.state["Type"] in _STATES_WITH_RETRIES else self.input
        if "ResultSelector" in self.state:
            result = self.scope(result).template(self.state["ResultSelector"])
        output = self._placed(self.state.get("ResultPath", "$"), result)
        if self.state["Type"] in _WITH_RESULTS:
            self.execution.inspect("afterResultSelector", result)
            self.execution.inspect("afterResultPath", output)
        path = self.state.get("OutputPath", "$")
        return {} if path is None else self.scope(output).path(path)

    def caught(self, rule: dict[str, Any], error: dict[str, Any], within: str) -> tuple[dict[str, Any], Any]:
        """Variables and output of a Catch."""
        of_rule = self.with_state(rule, within)
        after = of_rule.scope(error) if self.jsonpath else of_rule.expressions(errorOutput=error)
        assigned = of_rule._template("Assign", after) if "Assign" in rule else {}
        if self.jsonpath:
            return assigned, self._placed(rule.get("ResultPath", "$"), error)
        return assigned, of_rule._template("Output", after) if "Output" in rule else error

    def _after(self, result: Any) -> Expressions:
        return self.expressions(**{"result": result} if self.state["Type"] in _STATES_WITH_RETRIES else {})

    def _template(self, name: str, seen: Scope | Expressions) -> Any:
        return seen.template(self.state[name], self.within + name)

    def _placed(self, path: str | None, result: Any) -> Any:
        if path is None:
            return self.input
        try:
            return paths.parse(path).put(self.input, result)
        except paths.PathNotFound as error:
            raise StateFailure("States.ResultPathMatchFailure", str(error), in_state=True) from None

    # --- single fields ----------------------------------------------------------------------------------------------

    def text(self, name: str) -> str | None:
        """Error or Cause of a Fail state; None if it has none."""
        if not self.jsonpath:
            value = self.value(name)
        elif f"{name}Path" in self.state:
            value = self.scope().expression(self.state[f"{name}Path"], f"{name}Path")
        else:
            value = self.state.get(name)
        if value is None or isinstance(value, str):
            return value
        if self.jsonpath:
            raise runtime_failure(f"The {name}Path parameter does not reference a text: {compact(value)}")
        raise self._wrong_type(name, "string", value)

    def condition(self, rule: dict[str, Any], within: str) -> bool:
        """Condition of a Choice rule."""
        value = self.expressions().template(rule["Condition"], f"{within}/Condition")
        if isinstance(value, bool):
            return value
        raise self.with_state(rule, f"{within}/")._wrong_type("Condition", "boolean", value)

    def _wrong_type(self, name: str, expected: str, value: Any) -> StateFailure:
        from personalize_sfn.statemachine.jsonata import type_name

        text = expression(self.state.get(name)) or compact(self.state.get(name))
        cause = (
            f"The JSONata expression '{text}' specified for the field '{self.within}{name}' returned an unexpected "
            f"result type. Expected '{expected}', but was '{type_name(value)}' for value: {compact(value)}"
        )
        return StateFailure(ERROR, cause, in_state=True, location=self.within + name)

    def integer(self, name: str, default: int | None = None) -> int | None:
        """A limit that is an integer of at least 0, such as TimeoutSeconds or MaxConcurrency."""
        number = self.whole(name, default)
        if number is not None and number < 0:
            raise runtime_failure(f"{name} cannot be negative.")
        return number

    def seconds(self, name: str) -> int | None:
        """A time limit: an integer from 1 to 99999999, wherever it comes from."""
        number = self.whole(name)
        if number is not None and not 1 <= number <= _LONGEST_LIMIT:
            raise runtime_failure(f"{name} must be an integer from 1 to {_LONGEST_LIMIT}, got {str(number)[:40]}")
        return number

    def whole(self, name: str, default: int | None = None) -> int | None:
        """An integer; a text of digits is one."""
        value = self.value(name, default)
        if value is None:
            return None
        try:
            if isinstance(value, bool) or (isinstance(value, float) and not value.is_integer()):
                raise TypeError
            return int(value)
        except (TypeError, ValueError, OverflowError):
            raise self._no_number(name, value, "integer") from None

    def template(self, name: str) -> Any:
        """A payload template that may be absent: None then."""
        if name not in self.state:
            return None
        return self._template(name, self.scope() if self.jsonpath else self.expressions())

    def percentage(self, name: str) -> float:
        value = self.value(name, 0)
        try:
            number = math.nan if isinstance(value, bool) else float(value)
        except (OverflowError, TypeError, ValueError):
            raise self._no_number(name, value, "float") from None
        if not 0 <= number <= 100:
            raise runtime_failure(f"{name} must be between 0 and 100.")
        return number

    def _no_number(self, name: str, value: Any, kind: str) -> StateFailure:
        if not self.jsonpath:
            return self._wrong_type(name, "number", value)
        shown = value if isinstance(value, str) else compact(value)
        path = self.state.get(f"{name}Path", name)
        return runtime_failure(f'The {name}Path field refers to value "{shown}" which is not a valid {kind}: {path}')

    def wait_seconds(self, now: float) -> float:
        """How long a Wait state waits."""
        for name, read in (("Seconds", self._seconds), ("Timestamp", self._until)):
            if name in self.state or f"{name}Path" in self.state:
                path = self.state.get(f"{name}Path") if self.jsonpath else None
                try:
                    value = self.value(name) if path is None else self.scope().find(path)
                except paths.PathNotFound:
                    raise runtime_failure(
                        f"The {name}Path parameter does not reference an input value: {path}"
                    ) from None
                return read(value, path, now)
        raise runtime_failure("A Wait state needs Seconds or Timestamp.")

    def _seconds(self, value: Any, path: str | None, _now: float) -> float:
        shown = f"{path} == {value if isinstance(value, str) else compact(value)}"
        whole = value.is_integer() if isinstance(value, float) else isinstance(value, int)
        if isinstance(value, bool) or not whole:
            if path is None:
                raise self._wrong_type("Seconds", "number", value)
            raise runtime_failure(f"The SecondsPath parameter cannot be parsed as a long value: {shown}")
        if value < 0:
            if path is None:
                raise StateFailure(
                    ERROR, f"Seconds must not be negative, got {value}", in_state=True, location="Seconds"
                )
            raise runtime_failure(f"The SecondsPath parameter references a negative value: {shown}")
        return float(min(value, _LONGER))

    def _until(self, value: Any, path: str | None, now: float) -> float:
        at = times.parse(value)
        if at is not None:
            return at - now
        shown = value if isinstance(value, str) else compact(value)
        if path is not None:
            raise runtime_failure(
                "The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format "
                f"string: {path} == {shown}"
            )
        raise StateFailure(
            ERROR,
            f"The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: {shown}",
            in_state=True,
            location="Timestamp",
            after_entry=True,
        )
