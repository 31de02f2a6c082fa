"""The rules of a Choice state in JSONPath.

https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from personalize_sfn.statemachine import times
from personalize_sfn.statemachine.failures import runtime_failure
from personalize_sfn.statemachine.path_filters import is_number
from personalize_sfn.statemachine.paths import PathNotFound
from personalize_sfn.statemachine.scope import Scope

__all__ = ["COMPARISONS", "PATH_COMPARISONS", "applies"]


#: What a kind of comparison takes: a value to compare, or None if this value is not of that kind.
_KINDS: dict[str, Callable[[Any], Any]] = {
    "Boolean": lambda value: value if isinstance(value, bool) else None,
    "Numeric": lambda value: value if is_number(value) else None,
    "String": lambda value: value if isinstance(value, str) else None,
    "Timestamp": times.parse,
}
_HOW: dict[str, Callable[[Any, Any], bool]] = {
    "Equals": operator.eq,
    "GreaterThan": operator.gt,
    "GreaterThanEquals": operator.ge,
    "LessThan": operator.lt,
    "LessThanEquals": operator.le,
}
_IS: dict[str, Callable[[Any], bool]] = {
    "IsBoolean": lambda value: isinstance(value, bool),
    "IsNull": lambda value: value is None,
    "IsNumeric": is_number,
    "IsString": lambda value: isinstance(value, str),
    "IsTimestamp": lambda value: times.parse(value) is not None,
}


@lru_cache(maxsize=1024)
def _pattern(text: str) -> re.Pattern[str]:
    """A StringMatches pattern: ``*`` is any text, a backslash takes the character after it as it is.

    Between two stars the first place that fits is right, so that none is tried twice: atomic groups.
    """
    parts = [""]
    for escaped, star, plain in re.findall(r"\\(.)|(\*)|(.)", text, re.DOTALL):
        if star:
            parts.append("")
        else:
            parts[-1] += re.escape(escaped or plain)
    first, *middle = parts
    last = f".*{middle.pop()}" if middle else ""
    return re.compile(first + "".join(f"(?>.*?{each})" for each in middle) + last, re.DOTALL)


def _compared(kind: str, how: str) -> Callable[[Any, Any], bool]:
    read, compare = _KINDS[kind], _HOW[how]

    def compared(value: Any, with_: Any) -> bool:
        one, other = read(value), read(with_)
        return one is not None and other is not None and compare(one, other)

    return compared


_BY_KIND = {
    f"{kind}{how}": _compared(kind, how) for kind in _KINDS for how in _HOW if kind != "Boolean" or how == "Equals"
}
#: Each comparison with a value at a path, by its field's name.
PATH_COMPARISONS = {f"{name}Path": compare for name, compare in _BY_KIND.items()}
#: Each comparison with a literal, by its field's name: of the variable's value and the field's.
COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    **_BY_KIND,
    **{name: lambda value, wanted, test=test: test(value) is wanted for name, test in _IS.items()},  # type: ignore[misc]
    "StringMatches": lambda value, text: isinstance(value, str) and _pattern(text).fullmatch(value) is not None,
}


def applies(rule: dict[str, Any], scope: Scope) -> bool:
    """Whether a rule of a Choice state applies.

    Raises:
        StateFailure: States.Runtime, a path leads nowhere.
    """
    if "Not" in rule:
        return not applies(rule["Not"], scope)
    if "And" in rule:
        return all(applies(inner, scope) for inner in rule["And"])
    if "Or" in rule:
        return any(applies(inner, scope) for inner in rule["Or"])
    if "IsPresent" in rule:
        return _present(rule["Variable"], scope) is rule["IsPresent"]
    value = _value(rule["Variable"], scope)
    name = next(field for field in rule if field in COMPARISONS or field in PATH_COMPARISONS)
    if name in COMPARISONS:
        return COMPARISONS[name](value, rule[name])
    return PATH_COMPARISONS[name](value, _value(rule[name], scope))


def _present(path: str, scope: Scope) -> bool:
    try:
        scope.find(path)
    except PathNotFound:
        return False
    return True


def _value(path: str, scope: Scope) -> Any:
    try:
        return scope.find(path)
    except PathNotFound:
        raise runtime_failure(
            f"Invalid path '{path}': The choice state's condition path references an invalid value."
        ) from None
