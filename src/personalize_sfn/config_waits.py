"""How long each kind of resource is waited for, in a configuration."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar

from personalize_sfn import config_rules as rules
from personalize_sfn.config_parsing import Checked, Checks, ConfigProblem, Rules
from personalize_sfn.resources import (
    BATCH_INFERENCE_JOB,
    BATCH_SEGMENT_JOB,
    CAMPAIGN,
    DATA_DELETION_JOB,
    DATASET,
    DATASET_EXPORT_JOB,
    DATASET_GROUP,
    DATASET_IMPORT_JOB,
    DELETION_TIMEOUT_SECONDS,
    EVENT_TRACKER,
    FILTER,
    METRIC_ATTRIBUTION,
    RECOMMENDER,
    SOLUTION,
    SOLUTION_VERSION,
    TYPICAL_DELETION_SECONDS,
    ResourceType,
)

__all__ = ["PollingConfig", "WaitConfig"]


#: https://docs.aws.amazon.com/step-functions/latest/dg/state-task.html takes 99,999,999 seconds; the main workflow's
#: limit is the sum of all of them.
_LONGEST_TIMEOUT_SECONDS = 10_000_000


def _timeout_after_typical(wait: Any) -> Iterator[ConfigProblem]:
    if wait.timeout_seconds < wait.typical_seconds:
        yield ConfigProblem(
            "timeout_seconds",
            f"expected at least typical_seconds ({wait.typical_seconds}), got {wait.timeout_seconds}",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitConfig(Checked):
    """How long a resource typically takes, and when to give up waiting for it."""

    typical_seconds: int
    """What it usually takes: sets the pace of looking."""
    timeout_seconds: int
    """Counted from when it was asked for; waiting, up to 72 hours, until fewer jobs are pending comes before that."""

    _checks: ClassVar[Checks] = {
        "typical_seconds": rules.between(1, None, " second"),
        "timeout_seconds": rules.between(1, _LONGEST_TIMEOUT_SECONDS, " seconds"),
    }
    _rules: ClassVar[Rules] = (_timeout_after_typical,)


def _wait_of(row: ResourceType) -> WaitConfig:
    return WaitConfig(typical_seconds=row.typical_seconds, timeout_seconds=row.timeout_seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class PollingConfig(Checked):
    """The wait of each resource type, by its name.  The defaults are the rows' (:mod:`personalize_sfn.resources`)."""

    dataset_group: WaitConfig = field(default_factory=lambda: _wait_of(DATASET_GROUP))
    dataset: WaitConfig = field(default_factory=lambda: _wait_of(DATASET))
    dataset_import_job: WaitConfig = field(default_factory=lambda: _wait_of(DATASET_IMPORT_JOB))
    solution: WaitConfig = field(default_factory=lambda: _wait_of(SOLUTION))
    solution_version: WaitConfig = field(default_factory=lambda: _wait_of(SOLUTION_VERSION))
    campaign: WaitConfig = field(default_factory=lambda: _wait_of(CAMPAIGN))
    event_tracker: WaitConfig = field(default_factory=lambda: _wait_of(EVENT_TRACKER))
    filter: WaitConfig = field(default_factory=lambda: _wait_of(FILTER))
    recommender: WaitConfig = field(default_factory=lambda: _wait_of(RECOMMENDER))
    metric_attribution: WaitConfig = field(default_factory=lambda: _wait_of(METRIC_ATTRIBUTION))
    batch_inference_job: WaitConfig = field(default_factory=lambda: _wait_of(BATCH_INFERENCE_JOB))
    batch_segment_job: WaitConfig = field(default_factory=lambda: _wait_of(BATCH_SEGMENT_JOB))
    dataset_export_job: WaitConfig = field(default_factory=lambda: _wait_of(DATASET_EXPORT_JOB))
    data_deletion_job: WaitConfig = field(default_factory=lambda: _wait_of(DATA_DELETION_JOB))
    deletion: WaitConfig = WaitConfig(
        typical_seconds=TYPICAL_DELETION_SECONDS, timeout_seconds=DELETION_TIMEOUT_SECONDS
    )

    def __repr__(self) -> str:
        """Only what differs from the rows' own: the whole fills a page."""
        usual = PollingConfig()
        given = [each.name for each in fields(self) if getattr(self, each.name) != getattr(usual, each.name)]
        return f"PollingConfig({', '.join(f'{name}={getattr(self, name)!r}' for name in given)})"

    def of(self, row: ResourceType) -> WaitConfig:
        """The wait of one resource type; of one without a field here, the row's own."""
        wait: WaitConfig = getattr(self, row.snake, None) or _wait_of(row)
        return wait
