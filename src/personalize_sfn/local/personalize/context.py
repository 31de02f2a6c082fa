"""What an operation is called with."""

from __future__ import annotations

from dataclasses import dataclass

from personalize_sfn.local.personalize.controls.durations import Durations
from personalize_sfn.local.personalize.controls.faults import Faults
from personalize_sfn.local.personalize.controls.quotas import Quotas
from personalize_sfn.local.personalize.environment import Environment
from personalize_sfn.local.personalize.lifecycle import Lifecycle
from personalize_sfn.local.personalize.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationContext:
    """The surroundings of one operation."""

    store: Store
    environment: Environment
    lifecycle: Lifecycle
    faults: Faults
    durations: Durations
    quotas: Quotas
    now: float
