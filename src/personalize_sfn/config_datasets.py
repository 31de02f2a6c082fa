"""Datasets of a configuration, and what AWS would refuse of their schemas, columns and keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from personalize_sfn import config_rules as rules
from personalize_sfn.config_parsing import Checked, Checks, ConfigProblem, FileReader, Rules, read_schema_file, shown
from personalize_sfn.ownership import schema_hash, schema_json
from personalize_sfn.schema_rules import BEFORE_EVENT_TYPE, DEFAULT_EVENT_TYPE, schema_name
from personalize_sfn.schema_rules import problems as schema_problems

__all__ = [
    "INTERACTIONS_SCHEMA",
    "INTERACTIONS_SCHEMA_OF_THE_POST",
    "DatasetConfig",
    "DatasetType",
    "DatasetsConfig",
    "data_keys",
    "schemas",
]

INTERACTIONS_SCHEMA: dict[str, Any] = {
    "type": "record",
    "name": "Interactions",
    "namespace": "com.amazonaws.personalize.schema",
    "fields": [*BEFORE_EVENT_TYPE, {"name": "EVENT_TYPE", "type": "string"}],
    "version": "1.0",
}
#: The schema of the AWS post that this package implements, which is used where ``default_event_type`` is None.
INTERACTIONS_SCHEMA_OF_THE_POST: dict[str, Any] = {**INTERACTIONS_SCHEMA, "fields": [*BEFORE_EVENT_TYPE]}

DatasetType = Literal["INTERACTIONS", "ITEMS", "USERS", "ACTIONS", "ACTION_INTERACTIONS"]


def _event_type_of_rows(value: str) -> str | None:
    """A value of the column EVENT_TYPE; in data, a ``$`` means nothing."""
    return None if 1 <= len(value) <= 256 else f"expected 1 to 256 characters, got {len(value)}"


def _only_interactions_have_events(datasets: Any) -> Iterator[ConfigProblem]:
    for kind, dataset in datasets.by_type().items():
        if kind != "INTERACTIONS" and dataset.default_event_type not in (None, DEFAULT_EVENT_TYPE):
            yield ConfigProblem(f"{kind.lower()}.default_event_type", "only interactions have events: remove it")


# https://docs.aws.amazon.com/personalize/latest/dg/API_CreateSchema.html
_LONGEST_SCHEMA = 20_000


def schemas(config: Any) -> Iterator[ConfigProblem]:
    """Each schema is one that Personalize takes for its dataset."""
    for kind, dataset in config.datasets.by_type().items():
        where = f"datasets.{kind.lower()}.schema"
        found = list(schema_problems(dataset.schema, config.domain))
        for text in found[:5]:
            yield ConfigProblem(where, text[:300])
        if not found and len(dataset.schema_text) > _LONGEST_SCHEMA:
            size = len(dataset.schema_text)
            yield ConfigProblem(where, f"expected at most {_LONGEST_SCHEMA:,} characters as JSON, got {size:,}")
        if not found and dataset.schema["name"] != schema_name(kind):
            name = dataset.schema["name"]
            yield ConfigProblem(where, f"expected a schema of the name {schema_name(kind)!r}, got {shown(name)}")


def _columns_of_the_schema(dataset: Any) -> Iterator[ConfigProblem]:
    """Each column of the user's data is called as one of the schema, or RATING, and no two as the same."""
    known = [*rules.columns(dataset.schema), "RATING"]
    taken: set[str] = set()
    for old, new in dataset.columns.items():
        if new not in known:
            meant = rules.closest_of(new, known)
            hint = f"did you mean {meant}?" if meant else f"the schema has {', '.join(known[:20])}"
            yield ConfigProblem(f"columns.{shown(old)}", f"expected a column of the schema, got {shown(new)}; {hint}")
        elif new in taken:
            yield ConfigProblem(f"columns.{shown(old)}", f"expected one column for {new}, got a second one")
        taken.add(new)


def data_keys(config: Any) -> Iterator[ConfigProblem]:
    """Each CSV has a place of its own, whose URI is short enough for CreateDatasetImportJob."""
    keys = {kind: config.data_key(kind) for kind in config.datasets.by_type()}
    # deploy makes the bucket's name of the project's, 12 digits and a region, whose names have at most 14 characters.
    bucket = len(config.bucket or f"{config.project}-123456789012-ap-northeast-1")
    most = _LONGEST_LOCATION - len("s3:///") - bucket
    for kind, key in keys.items():
        where = f"datasets.{kind.lower()}.key"
        if len(key) > most:
            yield ConfigProblem(
                where,
                f"expected at most {most} characters, got {len(key)}: Personalize takes {_LONGEST_LOCATION} for "
                "s3://bucket/key",
            )
        for other, inner in keys.items():
            if other == kind:
                continue
            if key == inner:
                if list(keys).index(other) < list(keys).index(kind):
                    yield ConfigProblem(
                        where, f"expected a key of its own, got {shown(key)}, which {other.lower()} have"
                    )
            elif key.endswith("/") and inner.startswith(key):
                yield ConfigProblem(
                    where,
                    f"expected a folder without the CSV of {other.lower()} ({inner}): Personalize imports every file "
                    f"in {key}",
                )


# https://docs.aws.amazon.com/personalize/latest/dg/API_DataSource.html
_LONGEST_LOCATION = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetConfig(Checked):
    """One dataset of the dataset group and the CSV that is imported into it."""

    schema: Mapping[str, Any] = field(default_factory=lambda: INTERACTIONS_SCHEMA)
    """The Avro schema; or the path of an ``.avsc`` file that holds it, below the folder of the configuration's file (in
    Python: below the working directory)."""
    key: str | None = None
    """Key of the CSV (or, ending in ``/``, of the folder of CSVs) in the bucket.  Default: ``<project>/<type>.csv``."""
    import_mode: Literal["FULL", "INCREMENTAL"] = "FULL"
    """FULL replaces what earlier imports brought; INCREMENTAL adds to it.  The first import is always FULL."""
    default_event_type: str | None = DEFAULT_EVENT_TYPE
    """Interactions only: the EVENT_TYPE of all rows of a table that has no such column.  None: such a table is an
    error, and the default schema has no EVENT_TYPE."""

    columns: Mapping[str, str] = field(default_factory=dict)
    """What your data call the schema's columns: ``{user: USER_ID, sku: ITEM_ID}``.  Data that have a column under the
    schema's own name may lack the other."""

    _files: ClassVar[Mapping[str, FileReader]] = {"schema": read_schema_file}
    _checks: ClassVar[Checks] = {"key": rules.data_key, "default_event_type": _event_type_of_rows}
    _rules: ClassVar[Rules] = (_columns_of_the_schema,)

    def __post_init__(self) -> None:
        Checked.__post_init__(self)
        if self.default_event_type is None and self.schema is INTERACTIONS_SCHEMA:
            object.__setattr__(self, "schema", INTERACTIONS_SCHEMA_OF_THE_POST)

    @property
    def schema_text(self) -> str:
        """The schema as it is sent: one text for one content."""
        return schema_json(self.schema)

    @property
    def schema_hash(self) -> str:
        return schema_hash(self.schema)


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetsConfig(Checked):
    """Which datasets the pipeline has.  Interactions are needed by every recipe."""

    interactions: DatasetConfig = field(default_factory=DatasetConfig)
    """What users did: every recipe needs it."""
    items: DatasetConfig | None = None
    """What is known of items; None: nothing."""
    users: DatasetConfig | None = None
    """What is known of users; None: nothing."""
    actions: DatasetConfig | None = None
    """What recipe aws-next-best-action chooses from; not in a domain."""
    action_interactions: DatasetConfig | None = None
    """Which actions users took or refused; only with ``actions``."""

    _where = "datasets"
    _rules: ClassVar[Rules] = (_only_interactions_have_events,)

    def by_type(self) -> dict[DatasetType, DatasetConfig]:
        """The datasets that are configured, by Personalize's dataset type, interactions first."""
        pairs: dict[DatasetType, DatasetConfig | None] = {
            "INTERACTIONS": self.interactions,
            "ITEMS": self.items,
            "USERS": self.users,
            "ACTIONS": self.actions,
            "ACTION_INTERACTIONS": self.action_interactions,
        }
        return {kind: dataset for kind, dataset in pairs.items() if dataset is not None}
