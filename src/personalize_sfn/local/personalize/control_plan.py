"""The fault and time plan as JSON: what ``faults``, ``durations`` and ``quotas`` do in Python, for any client.

    {"faults": [{"fault": "fail", "kind": "campaign", "reason": "no capacity", "times": 1},
                {"fault": "error", "operation": "CreateSolution", "code": "LimitExceededException", "message": "full"},
                {"fault": "throttle", "operation": "DescribeCampaign", "times": 3},
                {"fault": "lose_response", "operation": "CreateSolutionVersion"},
                {"fault": "not_found", "kind": "solution_version"}],
     "durations": {"scale": 0.001, "campaign": 2.5, "deletion": 1},
     "quotas": {"per_region": {"dataset_group": 50}, "requests_per_second": 2}}

``times`` is 1 where it is left out, ``status`` the one that the API's model gives the code.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from personalize_sfn.local.personalize.controls.faults import row_key
from personalize_sfn.local.personalize.controls.quotas import Quotas
from personalize_sfn.local.personalize.wire.protocol import operations

if TYPE_CHECKING:
    from personalize_sfn.local.personalize.service import PersonalizeService

PARTS = ("faults", "durations", "quotas")
_QUOTAS = ("per_region", "per_dataset_group", "pending_per_region", "pending_per_dataset_group")
_RATE = "requests_per_second"
PlanStep = Callable[[], object]


class PlanError(ValueError):
    """The plan says something that cannot be done; names the spot, what was expected and what came."""


def read_plan(service: PersonalizeService) -> dict[str, Any]:
    """The plan as it stands: faults that are not used up, fixed durations, quotas."""
    quotas: dict[str, Any] = {name: dict(getattr(service.quotas, name)) for name in _QUOTAS}
    rate = service.quotas.requests_per_second
    quotas[_RATE] = dict(rate) if isinstance(rate, Mapping) else rate
    return {"faults": service.faults.planned(), "durations": service.durations.planned(), "quotas": quotas}


def apply_plan(service: PersonalizeService, plan: Any) -> None:
    """Add the plan's faults to those that stand, and set its durations and quotas: all of it or nothing.

    Raises:
        PlanError: something in it is wrong, and nothing was done.
    """
    _members("the plan", plan, optional=PARTS)
    faults, durations, quotas = (plan.get(name) for name in PARTS)
    steps: list[PlanStep] = []
    if faults is not None:
        if not isinstance(faults, list):
            raise PlanError(f"faults: expected a list, got {_said(faults)}")
        steps += [_fault(service, f"faults[{place}]", fault) for place, fault in enumerate(faults)]
    if durations is not None:
        steps += _durations(service, durations)
    if quotas is not None:
        steps += _quotas(service, quotas)
    for step in steps:
        step()


def clear_plan(service: PersonalizeService) -> None:
    """No faults, everything at once, AWS's own quotas, no throttling."""
    service.faults.clear()
    service.durations.clear()
    service.durations.scale = 0.0
    standard = Quotas.default()
    for name in (*_QUOTAS, _RATE):
        setattr(service.quotas, name, getattr(standard, name))


def _fault(service: PersonalizeService, where: str, fault: Any) -> PlanStep:
    name = fault.get("fault") if isinstance(fault, dict) else None
    if not isinstance(name, str) or name not in _FAULTS:
        raise PlanError(f"{where}: expected an object with fault one of {', '.join(_FAULTS)}, got {_said(fault)}")
    required, optional = _FAULTS[name]
    _members(where, fault, required=("fault", *required), optional=(*optional, "times"))
    for member in ("reason", "code", "message"):
        if member in fault and not (isinstance(fault[member], str) and fault[member]):
            raise PlanError(f"{where}.{member}: expected text, got {_said(fault[member])}")
    times = _number(f"{where}.times", fault.get("times", 1), least=1, whole=True)
    if "kind" in fault:
        _kind(f"{where}.kind", fault["kind"])
    if "operation" in fault and not (isinstance(fault["operation"], str) and fault["operation"] in operations()):
        raise PlanError(f"{where}.operation: expected a name such as CreateCampaign, got {_said(fault['operation'])}")
    if "status" in fault and not 400 <= _number(f"{where}.status", fault["status"], least=400, whole=True) <= 599:
        raise PlanError(f"{where}.status: expected an HTTP status from 400 to 599, got {fault['status']}")
    given = {member: fault[member] for member in (*required, *optional) if member in fault}
    method = getattr(service.faults, _METHODS[name])
    return lambda: method(**given, times=int(times))


_FAULTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "fail": (("kind", "reason"), ()),
    "error": (("operation", "code", "message"), ("status",)),
    "throttle": (("operation",), ()),
    "lose_response": (("operation",), ()),
    "not_found": (("kind",), ()),
}
"""A fault's required and optional members."""
_METHODS = {
    "fail": "fail",
    "error": "error_once",
    "throttle": "throttle",
    "lose_response": "lose_response_once",
    "not_found": "not_found_once",
}


def _durations(service: PersonalizeService, durations: Any) -> list[PlanStep]:
    if not isinstance(durations, dict):
        raise PlanError(f"durations: expected an object of seconds by kind of resource, got {_said(durations)}")
    steps: list[PlanStep] = []
    for kind, value in durations.items():
        seconds = _number(f"durations.{kind}", value)
        if kind == "scale":
            steps.append(partial(setattr, service.durations, "scale", seconds))
        else:
            if kind != "deletion":
                _kind(f"durations.{kind}", kind, also=("deletion", "scale"))
            steps.append(partial(service.durations.set, kind, seconds))
    return steps


def _quotas(service: PersonalizeService, quotas: Any) -> list[PlanStep]:
    _members("quotas", quotas, optional=(*_QUOTAS, _RATE))
    steps: list[PlanStep] = []
    for name, values in quotas.items():
        if name == _RATE:
            rate = _rate(values)
            steps.append(partial(setattr, service.quotas, _RATE, rate))
            continue
        if not isinstance(values, dict):
            raise PlanError(f"quotas.{name}: expected an object of numbers by kind of resource, got {_said(values)}")
        read = {
            _kind(f"quotas.{name}.{kind}", kind): int(_number(f"quotas.{name}.{kind}", most, whole=True))
            for kind, most in values.items()
        }
        steps.append(partial(getattr(service.quotas, name).update, read))
    return steps


def _rate(value: Any) -> float | dict[str, float] | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        return _number(f"quotas.{_RATE}", value)
    for name in value:
        if name not in operations():
            raise PlanError(f"quotas.{_RATE}.{name}: expected the name of an operation such as CreateCampaign")
    return {name: _number(f"quotas.{_RATE}.{name}", rate) for name, rate in value.items()}


def _members(where: str, value: Any, *, required: tuple[str, ...] = (), optional: tuple[str, ...] = ()) -> None:
    known = (*required, *optional)
    if not isinstance(value, dict):
        raise PlanError(f"{where}: expected an object with {', '.join(known)}, got {_said(value)}")
    unknown = [name for name in value if name not in known]
    if unknown:
        raise PlanError(f"{where}: expected {', '.join(known)}, got {_said(unknown[0])}")
    missing = [name for name in required if name not in value]
    if missing:
        raise PlanError(f"{where}: {' and '.join(missing)} must be given")


def _number(where: str, value: Any, *, least: float = 0, whole: bool = False) -> float:
    right = isinstance(value, int if whole else int | float) and not isinstance(value, bool)
    if not right or not math.isfinite(value) or value < least:
        raise PlanError(
            f"{where}: expected a {'whole ' if whole else ''}number of at least {least}, got {_said(value)}"
        )
    return float(value)


def _kind(where: str, kind: Any, also: tuple[str, ...] = ()) -> str:
    try:
        return row_key(kind)
    except (ValueError, TypeError) as error:
        rest = f" (or {', '.join(also)})" if also else ""
        raise PlanError(f"{where}: {error}{rest}") from None


def _said(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
