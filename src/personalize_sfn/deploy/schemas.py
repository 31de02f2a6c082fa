"""What the next run does with datasets that are there and have another schema than the configuration's."""

from __future__ import annotations

from personalize_sfn.config import Config
from personalize_sfn.config_datasets import DatasetType
from personalize_sfn.session import Session

__all__ = ["schema_notes"]


def schema_notes(session: Session, config: Config) -> list[str]:
    """A sentence for each dataset whose schema differs; reads only, and tells nothing of what it may not read."""
    return [note for kind in config.datasets.by_type() if (note := _note(session, config, kind)) is not None]


def _note(session: Session, config: Config, kind: DatasetType) -> str | None:
    from botocore.exceptions import ClientError

    arns = session.arns
    arn = arns.personalize(f"dataset/{config.dataset_group_name}/{kind}")
    try:
        there = session.client("personalize").describe_dataset(datasetArn=arn)["dataset"]["schemaArn"]
    except ClientError:  # it is not there yet, or may not be looked at
        return None
    name = config.dataset_name(kind)
    if there == arns.personalize(f"schema/{config.schema_name(kind)}"):
        return None
    if kind != "INTERACTIONS":
        return (
            f"dataset {name} gets its new schema at the next run (UpdateDataset), if that keeps all columns as they "
            "are and adds only such as may be null"
        )
    if there == arns.personalize(f"schema/{config.former_interactions_schema_name}") and config.has_default_schema:
        return (
            f"dataset {name} has the default schema of former days, without EVENT_TYPE, and is used as it is; "
            "filters and training by event type need a new dataset group: another project, or after a clean-up"
        )
    return (
        f"dataset {name} has another schema, which Personalize never replaces for interactions: the next run fails. "
        "Choose another project name, clean up first, or set datasets.interactions.schema back to what it was"
    )
