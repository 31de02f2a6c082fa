"""Evaluation of IAM policy documents, after AWS's own description of it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

import functools
import ipaddress
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Literal

__all__ = ["UNKNOWN", "ConditionKeys", "Effect", "evaluate", "matches_principal"]

UNKNOWN = "(unknown)"
"""A resource that the request does not tell: any that a policy names will do."""

Effect = Literal["allow", "deny", "none"]
"""``none``: no statement speaks of the request; a refusal unless another policy allows it."""

ConditionKeys = Mapping[str, str | list[str]]
"""Condition keys of a request, such as ``{"iam:PassedToService": "personalize.amazonaws.com"}``."""


def evaluate(documents: Iterable[Mapping[str, Any]], action: str, resource: str, context: ConditionKeys) -> Effect:
    """What the policies together say of ``action`` on ``resource``: an explicit deny wins over any allow.

    Of :data:`UNKNOWN`, which the request does not tell, every statement that allows may speak, and of those that deny
    only the ones about all resources.
    """
    effect: Effect = "none"
    lowered = {name.lower(): _list(value) for name, value in context.items()}
    for document in documents:
        for statement in _list(document.get("Statement", [])):
            if not _applies(statement, action, resource, lowered):
                continue
            if statement["Effect"] == "Deny":
                return "deny"
            effect = "allow"
    return effect


def matches_principal(statement: Mapping[str, Any], kind: Literal["Service", "AWS"], names: Iterable[str]) -> bool:
    """Is a statement of a trust or bucket policy about a principal of that kind with one of these names?"""
    if "NotPrincipal" in statement:
        return not matches_principal({"Principal": statement["NotPrincipal"]}, kind, names)
    principal = statement.get("Principal", {})
    if principal == "*":
        return True
    listed = [str(value) for value in _list(principal.get(kind, []))]
    return any(value == "*" or value in names for value in listed)


def _applies(statement: Mapping[str, Any], action: str, resource: str, context: Mapping[str, list[str]]) -> bool:
    return (
        _matches(statement, "Action", action, context, ignore_case=True)
        and (
            _matches(statement, "Resource", resource, context, ignore_case=False)
            if resource != UNKNOWN
            else statement["Effect"] == "Allow" or "*" in _list(statement.get("Resource"))
        )
        and all(
            _condition_holds(operator, key, _list(wanted), context)
            for operator, keys in statement.get("Condition", {}).items()
            for key, wanted in keys.items()
        )
    )


def _matches(
    statement: Mapping[str, Any], member: str, value: str, context: Mapping[str, list[str]], *, ignore_case: bool
) -> bool:
    negated = f"Not{member}" in statement
    patterns = _list(statement.get(f"Not{member}" if negated else member, []))
    if member == "Resource" and not patterns:  # a trust policy has none
        return True
    found = any(_like(_substituted(str(pattern), context), value, ignore_case=ignore_case) for pattern in patterns)
    return found != negated


def _substituted(pattern: str, context: Mapping[str, list[str]]) -> str:
    """Policy variables: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html"""
    if "${" not in pattern:
        return pattern

    def value(match: re.Match[str]) -> str:
        values = context.get(match[1].lower(), [])
        return _LITERAL.sub(r"${\g<0>}", values[0]) if len(values) == 1 else match[0]

    return re.sub(r"\$\{([^}*?$]+)\}", value, pattern)


_LITERAL = re.compile(r"[*?$]")
_SPECIAL = re.compile(r"\$\{([*?$])\}|([*?])")


def _plain(text: str) -> str:
    """``text`` where nothing is a wildcard."""
    return re.sub(r"\$\{([*?$])\}", r"\1", text)


@functools.lru_cache(maxsize=4096)
def _wildcards(pattern: str, ignore_case: bool) -> re.Pattern[str]:
    # Only * and ? are special to IAM, and ${*}, ${?}, ${$} mean themselves; fnmatch would also read [sets].
    parts, end = [], 0
    for found in _SPECIAL.finditer(pattern):
        parts.append(re.escape(pattern[end : found.start()]))
        parts.append(re.escape(found[1]) if found[1] else {"*": ".*", "?": "."}[found[2]])
        end = found.end()
    parts.append(re.escape(pattern[end:]))
    return re.compile("".join(parts), re.IGNORECASE | re.DOTALL if ignore_case else re.DOTALL)


def _like(pattern: str, value: str, *, ignore_case: bool = False) -> bool:
    return _wildcards(pattern, ignore_case).fullmatch(value) is not None


def _arn_like(pattern: str, value: str) -> bool:
    """Each of the six parts of an ARN by itself: a ``*`` does not reach over a colon of the first five."""
    patterns, values = pattern.split(":", 5), value.split(":", 5)
    return len(patterns) == len(values) and all(map(_like, patterns, values))


def _moment(value: str) -> datetime:
    return datetime.fromisoformat(value.replace("Z", "+00:00"))


def _in_network(network: str, address: str) -> bool:
    return ipaddress.ip_address(address) in ipaddress.ip_network(network, strict=False)


# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
# Wanted value first, the request's value second.  "Not" forms are derived.
_OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "stringequals": lambda wanted, value: _plain(wanted) == value,
    "stringequalsignorecase": lambda wanted, value: _plain(wanted).lower() == value.lower(),
    "stringlike": _like,
    "arnequals": _arn_like,
    "arnlike": _arn_like,
    "bool": lambda wanted, value: wanted.lower() == value.lower(),
    "numericequals": lambda wanted, value: float(value) == float(wanted),
    "numericlessthan": lambda wanted, value: float(value) < float(wanted),
    "numericlessthanequals": lambda wanted, value: float(value) <= float(wanted),
    "numericgreaterthan": lambda wanted, value: float(value) > float(wanted),
    "numericgreaterthanequals": lambda wanted, value: float(value) >= float(wanted),
    "dateequals": lambda wanted, value: _moment(value) == _moment(wanted),
    "datelessthan": lambda wanted, value: _moment(value) < _moment(wanted),
    "datelessthanequals": lambda wanted, value: _moment(value) <= _moment(wanted),
    "dategreaterthan": lambda wanted, value: _moment(value) > _moment(wanted),
    "dategreaterthanequals": lambda wanted, value: _moment(value) >= _moment(wanted),
    "ipaddress": _in_network,
}
_NEGATIONS = {
    "stringnotequals": "stringequals",
    "stringnotequalsignorecase": "stringequalsignorecase",
    "stringnotlike": "stringlike",
    "arnnotequals": "arnequals",
    "arnnotlike": "arnlike",
    "numericnotequals": "numericequals",
    "datenotequals": "dateequals",
    "notipaddress": "ipaddress",
}


def _condition_holds(operator: str, key: str, wanted: list[Any], context: Mapping[str, list[str]]) -> bool:
    name = operator.lower()
    values = context.get(key.lower())
    texts = [_substituted(_text(value), context) for value in wanted]
    if name == "null":
        return any((values is None) == (text == "true") for text in texts)
    quantifier, _, bare = name.rpartition(":")
    if_exists = bare.endswith("ifexists")
    bare = bare.removesuffix("ifexists")
    negated = bare in _NEGATIONS
    test = _OPERATORS.get(_NEGATIONS.get(bare, bare))
    if test is None:
        return False  # AWS refuses to store such a policy; one that got here grants nothing
    if values is None:
        return if_exists or negated or quantifier == "forallvalues"
    holds = [any(test(text, value) for text in texts) != negated for value in values]
    return all(holds) if quantifier == "forallvalues" or negated else any(holds)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
