"""A dataclass as mappings, lists and plain values: what a file of it would hold."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any


def plain_values(value: Any) -> Any:
    """``value`` as YAML and JSON have it: a dataclass is a mapping of all its fields, defaults too.

    >>> from personalize_sfn.config_waits import WaitConfig
    >>> plain_values(WaitConfig(typical_seconds=1, timeout_seconds=2))
    {'typical_seconds': 1, 'timeout_seconds': 2}
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {each.name: plain_values(getattr(value, each.name)) for each in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {key: plain_values(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain_values(inner) for inner in value]
    return value
