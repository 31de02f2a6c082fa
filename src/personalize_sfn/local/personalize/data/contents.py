"""What the datasets of a group hold, with which schemas, and the events that came in live.

All of it is called under the store's lock; quick.
"""

from __future__ import annotations

from personalize_sfn.local.personalize.context import OperationContext
from personalize_sfn.local.personalize.data.schemas import ParsedSchema, read_schema
from personalize_sfn.local.personalize.data.tables import DatasetContent, LiveEvents
from personalize_sfn.local.personalize.store import Record
from personalize_sfn.resources import DATASET, SCHEMA


def dataset_content(dataset: Record) -> DatasetContent:
    """What the dataset holds; empty before the first import."""
    if dataset.content is None:
        dataset.content = DatasetContent()
    content: DatasetContent = dataset.content
    return content


def schema_of(context: OperationContext, dataset: Record) -> ParsedSchema:
    """The schema that the dataset has now."""
    return read_schema(context.store.get(SCHEMA, dataset.ancestors["schema"]).members["schema"])


def schemas_of(context: OperationContext, group_arn: str) -> dict[str, ParsedSchema]:
    """The schemas of a group's datasets, by dataset type (``ITEMS``)."""
    datasets = context.store.of(DATASET, datasetGroup=group_arn)
    return {dataset.members["datasetType"]: schema_of(context, dataset) for dataset in datasets}


def live_events(group: Record) -> LiveEvents:
    """The events that came in through the group's event trackers."""
    if group.content is None:
        group.content = LiveEvents()
    events: LiveEvents = group.content
    return events
