"""What deploy tells of datasets that have another schema than the configuration's."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from personalize_sfn.arns import Arns
from personalize_sfn.config import Config, DatasetConfig, DatasetsConfig
from personalize_sfn.datasets import schemas
from personalize_sfn.deploy.schemas import schema_notes

ARNS = Arns("us-east-1", "123456789012")
CHANNEL = schemas.field("CHANNEL", nullable=True)
CONFIG = Config(
    project="movies", datasets=DatasetsConfig(items=DatasetConfig(schema=schemas.items(schemas.field("YEAR", "int"))))
)


class FakeSession:
    """Datasets by their type, with the names of their schemas."""

    arns = ARNS

    def __init__(self, **schema_names: str) -> None:
        self.schema_names = schema_names

    def client(self, name: str) -> FakeSession:
        assert name == "personalize"
        return self

    def describe_dataset(self, *, datasetArn: str) -> Any:
        kind = datasetArn.rpartition("/")[2]
        if kind not in self.schema_names:
            raise ClientError({"Error": {"Code": "ResourceNotFoundException"}}, "DescribeDataset")
        return {"dataset": {"schemaArn": ARNS.personalize(f"schema/{self.schema_names[kind]}")}}


def notes(config: Config, **schema_names: str) -> list[str]:
    return schema_notes(FakeSession(**schema_names), config)  # type: ignore[arg-type]


def test_nothing_is_told_of_what_is_not_there_or_as_it_should_be() -> None:
    assert notes(CONFIG) == []
    same = {kind: CONFIG.schema_name(kind) for kind in CONFIG.datasets.by_type()}
    assert notes(CONFIG, **same) == []


def test_items_get_their_new_schema_at_the_next_run() -> None:
    (note,) = notes(CONFIG, ITEMS="movies-items-0")
    assert note.startswith("dataset movies-items gets its new schema at the next run (UpdateDataset)")


def test_interactions_from_before_event_types_are_kept_with_one_warning() -> None:
    (note,) = notes(CONFIG, INTERACTIONS=CONFIG.former_interactions_schema_name)
    assert "without EVENT_TYPE, and is used as it is" in note


def test_other_interactions_need_a_new_dataset_group() -> None:
    own = DatasetConfig(schema=schemas.interactions("EVENT_TYPE", CHANNEL))
    config = Config(project="movies", datasets=DatasetsConfig(interactions=own))
    for there in ("movies-interactions-0", config.former_interactions_schema_name):
        (note,) = notes(config, INTERACTIONS=there)
        assert "the next run fails. Choose another project name" in note
