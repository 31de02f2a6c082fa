"""The AWS Step Functions Data Science SDK, imported quickly, and the ASL fields that its version 2.3.0 lacks.

Import the SDK's classes from here.  They are the very classes that ``import stepfunctions`` gives; what differs is how
they are loaded (docs/adr/0001): without sagemaker, which is 90 % of a plain import and often one the SDK cannot use.
``stepfunctions.steps.TrainingStep`` and the other SageMaker names still work: their first use loads the real ones.
``PERSONALIZE_SFN_PLAIN_SDK=1`` in the environment switches to a plain import.
"""

from __future__ import annotations

import importlib
import json
import logging
import os
import re
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from importlib.metadata import version
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any, TypeVar

from personalize_sfn.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "Catch",
    "Chain",
    "Choice",
    "ChoiceRule",
    "Execution",
    "ExecutionStatus",
    "Fail",
    "Graph",
    "LambdaStep",
    "Map",
    "Parallel",
    "Pass",
    "Retry",
    "State",
    "StepFunctionsStartExecutionStep",
    "Succeed",
    "Task",
    "Wait",
    "Workflow",
    "definition_in_partition",
    "in_partition",
]

T = TypeVar("T", bound="State | Chain")

_SAGEMAKER_STEPS = "stepfunctions.steps.sagemaker"
_TEMPLATE = "stepfunctions.template"


@contextmanager
def _light_import() -> Iterator[None]:
    """While inside, ``import stepfunctions`` meets stand-ins for the three modules that make it slow or break it."""
    if "stepfunctions" in sys.modules or os.environ.get("PERSONALIZE_SFN_PLAIN_SDK") == "1":
        yield
        return
    asked: set[str] = set()
    stand_ins = {
        _SAGEMAKER_STEPS: _module(_SAGEMAKER_STEPS, asked.add),
        _TEMPLATE: ModuleType(_TEMPLATE),
        # The SDK asks it for its own version only. setuptools 82 dropped it; it refuses when any requirement differs.
        "pkg_resources": ModuleType("pkg_resources"),
    }
    stand_ins["pkg_resources"].require = lambda name: [SimpleNamespace(version=version(name))]  # type: ignore[attr-defined]
    root, before = logging.getLogger(), {name: sys.modules.get(name) for name in stand_ins}
    level = root.level
    sys.modules.update(stand_ins)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            yield
    finally:
        root.setLevel(level)
        for name, module in before.items():
            if module is None:
                del sys.modules[name]
            else:
                sys.modules[name] = module
    _load_on_first_use("stepfunctions", {"template": lambda: importlib.import_module(_TEMPLATE)})
    _load_on_first_use("stepfunctions.steps", {name: _sagemaker_step(name) for name in asked})


def _module(name: str, getter: Callable[[str], Any]) -> ModuleType:
    """A module whose every public attribute is what ``getter`` gives (PEP 562)."""

    def get(attribute: str) -> Any:
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        return getter(attribute)

    module = ModuleType(name)
    module.__getattr__ = get  # type: ignore[method-assign]
    return module


def _sagemaker_step(name: str) -> Callable[[], Any]:
    return lambda: getattr(importlib.import_module(_SAGEMAKER_STEPS), name)


def _load_on_first_use(module_name: str, loaders: dict[str, Callable[[], Any]]) -> None:
    """Replace what the stand-ins left in a module by the real thing, at its first use."""
    module = sys.modules[module_name]
    for name in loaders:
        vars(module).pop(name, None)

    def get(name: str) -> Any:
        if name not in loaders:
            raise AttributeError(f"module {module_name!r} has no attribute {name!r}")
        value = loaders[name]()
        setattr(module, name, value)
        return value

    module.__getattr__ = get  # type: ignore[method-assign]


with _light_import():
    import stepfunctions.steps as _steps
    from stepfunctions.steps import (
        Catch,
        Chain,
        Choice,
        ChoiceRule,
        Graph,
        Map,
        Parallel,
        Pass,
        Succeed,
        Task,
        Wait,
    )
    from stepfunctions.steps.states import State
    from stepfunctions.workflow import Execution, ExecutionStatus, Workflow

_blocks = importlib.import_module("stepfunctions.steps.states")
_Pattern: Any = vars(importlib.import_module("stepfunctions.steps.integration_resources"))["IntegrationPattern"]
Placeholder: Any = vars(importlib.import_module("stepfunctions.inputs"))["Placeholder"]
_INTEGRATION = re.compile(r"arn:[^:]+:states:::")


def in_partition(definition: T, partition: str) -> T:
    """``definition``, whose tasks now name integrations of this partition: ``arn:aws-cn:states:::lambda:invoke``.

    Tasks name those of ``aws`` when they are made: which partition they are for, only ARNs of it tell.
    """
    definition.accept(_PartitionVisitor(partition))
    return definition


def definition_in_partition(definition: Any, partition: str) -> Any:
    """As :func:`in_partition`, for a definition in the Amazon States Language; what is given stays as it is."""
    if isinstance(definition, dict):
        found = {key: definition_in_partition(value, partition) for key, value in definition.items()}
        if found.get("Type") == "Task" and isinstance(found.get("Resource"), str):
            found["Resource"] = _INTEGRATION.sub(f"arn:{partition}:states:::", found["Resource"], count=1)
        return found
    if isinstance(definition, list):
        return [definition_in_partition(value, partition) for value in definition]
    return definition


class _PartitionVisitor:
    """Visits each state once, as the SDK's own visitors do."""

    def __init__(self, partition: str) -> None:
        self._partition = partition
        self._visited: set[str] = set()

    def is_visited(self, state: State) -> bool:
        return state.state_id in self._visited

    def visit(self, state: State) -> None:
        self._visited.add(state.state_id)
        if isinstance(state, Task):
            resource = str(state.fields["resource"])
            state.fields["resource"] = _INTEGRATION.sub(f"arn:{self._partition}:states:::", resource, count=1)
        inner = state.branches if isinstance(state, Parallel) else [state.iterator] if isinstance(state, Map) else []
        for part in inner:
            in_partition(part, self._partition)


def _replace_placeholders(block: Any, params: Any) -> Any:
    """The SDK's method of this name, which leaves placeholders that are elements of a list: json then refuses them.

    A list that holds some becomes ``States.Array(...)``:
    https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html
    """
    if isinstance(params, (list, tuple)):
        return [_replace_placeholders(block, each) for each in params]
    if not isinstance(params, dict):
        return params
    replaced: dict[Any, Any] = {}
    for key, value in params.items():
        if isinstance(value, Placeholder):
            replaced[f"{key}.$"] = value.to_jsonpath()
        elif isinstance(value, (list, tuple)) and _holds_placeholder(value):
            where = f"{getattr(block, 'state_id', type(block).__name__)}.Parameters.{key}"
            replaced[f"{key}.$"] = _argument(value, where)
        else:
            replaced[key] = _replace_placeholders(block, value)
    return replaced


def _holds_placeholder(values: Any) -> bool:
    """Whether one is an element of the list, or of a list in it; what is in mappings has keys to stand under."""
    return any(
        isinstance(each, Placeholder) or (isinstance(each, (list, tuple)) and _holds_placeholder(each))
        for each in values
    )


def _argument(value: Any, where: str) -> str:
    """A value as an argument of an intrinsic function."""
    if isinstance(value, Placeholder):
        return str(value.to_jsonpath())
    if isinstance(value, (list, tuple)):
        return f"States.Array({', '.join(_argument(each, where) for each in value)})"
    if isinstance(value, str):
        return "'" + re.sub(r"(['{}\\])", r"\\\1", value) + "'"
    if value is None or isinstance(value, (bool, int, float)):
        return json.dumps(value, allow_nan=False)
    raise ConfigError(
        where,
        "a list with placeholders may hold text, numbers, true, false, null and lists of those beside them, "
        f"got {type(value).__name__}: make a Pass state before it put the list together",
    )


vars(_blocks)["Block"]._replace_placeholders = _replace_placeholders


_START_EXECUTION = {
    _Pattern.WaitForCompletion: ".sync:2",
    _Pattern.WaitForTaskToken: ".waitForTaskToken",
    _Pattern.CallAndContinue: "",
}


class _Field(Enum):
    """Fields of the Amazon States Language that the SDK does not know: https://states-language.net/spec.html."""

    CausePath = "cause_path"
    ErrorPath = "error_path"
    JitterStrategy = "jitter_strategy"
    MaxDelaySeconds = "max_delay_seconds"
    ResultSelector = "result_selector"


class LambdaStep(_steps.LambdaStep):
    """The SDK's LambdaStep, with ``result_selector``: the part of the answer that is kept.

    It names the integration of the partition ``aws``, whatever region the environment says (see :func:`in_partition`).
    """

    def __init__(self, state_id: str, wait_for_callback: bool = False, **fields: Any) -> None:
        # Not the SDK's own: for each task that makes two boto3 sessions to learn the environment's partition.
        suffix = ".waitForTaskToken" if wait_for_callback else ""
        Task.__init__(self, state_id, **{**fields, "resource": f"arn:aws:states:::lambda:invoke{suffix}"})

    def allowed_fields(self) -> Sequence[Enum]:
        return [*super().allowed_fields(), _Field.ResultSelector]


class StepFunctionsStartExecutionStep(_steps.StepFunctionsStartExecutionStep):
    """The SDK's StepFunctionsStartExecutionStep, with ``result_selector``; as :class:`LambdaStep`, of partition aws."""

    def __init__(
        self,
        state_id: str,
        integration_pattern: Any = _Pattern.WaitForCompletion,
        **fields: Any,
    ) -> None:
        suffix = _START_EXECUTION[integration_pattern]
        Task.__init__(self, state_id, **{**fields, "resource": f"arn:aws:states:::states:startExecution{suffix}"})

    def allowed_fields(self) -> Sequence[Enum]:
        return [*super().allowed_fields(), _Field.ResultSelector]


class Fail(_steps.Fail):
    """The SDK's Fail, with ``cause_path`` and ``error_path``: JSONPaths or intrinsic functions."""

    def allowed_fields(self) -> Sequence[Enum]:
        return [*super().allowed_fields(), _Field.CausePath, _Field.ErrorPath]


class Retry(_steps.Retry):
    """The SDK's Retry, with ``max_delay_seconds`` and ``jitter_strategy`` ("FULL" or "NONE")."""

    def allowed_fields(self) -> Sequence[Enum]:
        return [*super().allowed_fields(), _Field.MaxDelaySeconds, _Field.JitterStrategy]
