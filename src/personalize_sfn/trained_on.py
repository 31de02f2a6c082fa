"""What solution versions were trained on: only what learned from the same events of the same data can be compared.

https://docs.aws.amazon.com/personalize/latest/dg/working-with-training-metrics.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from personalize_sfn.arns import parse
from personalize_sfn.resources import ACTIVE
from personalize_sfn.session import Session

__all__ = ["TrainedOn", "trained_on"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainedOn:
    """The interactions of a solution version."""

    dataset_group: str
    """Its name."""
    imports: frozenset[str] = frozenset()
    """ARNs of the import jobs whose interactions were there: the last full one, and the incremental ones since.  Events
    that were streamed (PutEvents) are not told apart."""
    imported: datetime | None = None
    """When the newest of those was there."""
    events: str = ""
    """``Purchase``, ``Rating of at least 3``; empty: all."""

    def differs_from(self, other: TrainedOn) -> tuple[str, ...]:
        """Why the two cannot be compared, as short notes on this one; empty: they can."""
        if self.dataset_group != other.dataset_group:
            return (f"other data: dataset group {self.dataset_group}",)
        until = f", imported until {self.imported:%Y-%m-%d %H:%M}" if self.imported else ""
        data = (f"other data{until}",) if self.imports != other.imports else ()
        events = (f"other events: {self.events or 'all'}",) if self.events != other.events else ()
        return data + events


def trained_on(session: Session, versions: Iterable[str]) -> dict[str, TrainedOn]:
    """By the ARN of each solution version; without those of which the caller may not read it."""
    from botocore.exceptions import BotoCoreError, ClientError

    personalize = session.client("personalize")
    jobs: dict[str, list[Mapping[str, Any]]] = {}
    found = {}
    for arn in dict.fromkeys(versions):
        try:
            version = personalize.describe_solution_version(solutionVersionArn=arn)["solutionVersion"]
            group = version["datasetGroupArn"]
            if group not in jobs:
                jobs[group] = _imports_of_interactions(personalize, group)
        except (ClientError, BotoCoreError):
            continue
        before = _there_at(jobs[group], version["creationDateTime"])
        found[arn] = TrainedOn(
            dataset_group=parse(group).name,
            imports=frozenset(job["datasetImportJobArn"] for job in before),
            imported=max(map(_there_since, before), default=None),
            events=_events(version),
        )
    return found


def _imports_of_interactions(personalize: Any, group: str) -> list[Mapping[str, Any]]:
    """ACTIVE import jobs, oldest first."""
    pages = personalize.get_paginator("list_datasets").paginate(datasetGroupArn=group)
    datasets = [each for page in pages for each in page["datasets"] if each["datasetType"].upper() == "INTERACTIONS"]
    found = []
    for dataset in datasets:
        listed = personalize.get_paginator("list_dataset_import_jobs").paginate(datasetArn=dataset["datasetArn"])
        found += [job for page in listed for job in page["datasetImportJobs"] if job["status"] == ACTIVE]
    return sorted(found, key=_there_since)


def _there_since(job: Mapping[str, Any]) -> datetime:
    """When an ACTIVE import job became that: a version that was begun meanwhile learned from what was there before."""
    when: datetime = job.get("lastUpdatedDateTime", job["creationDateTime"])
    return when


def _there_at(jobs: list[Mapping[str, Any]], when: datetime) -> list[Mapping[str, Any]]:
    """Those whose data were there at a time: a full import replaces what the ones before it brought."""
    before = [job for job in jobs if _there_since(job) <= when]
    full = [place for place, job in enumerate(before) if job.get("importMode", "FULL") == "FULL"]
    return before[full[-1] if full else 0 :]


def _events(version: Mapping[str, Any]) -> str:
    config = version.get("solutionConfig", {})
    listed = config.get("eventsConfig", {}).get("eventParametersList", [])
    weighted = [f"{each['eventType']} (weight {each.get('weight', 1)})" for each in listed]
    if weighted or "eventType" not in version:
        return ", ".join(weighted)
    least = config.get("eventValueThreshold")
    return str(version["eventType"]) + (f" of at least {least}" if least is not None else "")
