"""One validated description of a pipeline: names, data, recipe, polling, tags.

A :class:`Config` is plain frozen data.  Make one in Python, or read it from a YAML or TOML file of the same shape with
:meth:`Config.load`.  Whatever is wrong raises :class:`~personalize_sfn.errors.ConfigError`, which names the field.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from personalize_sfn.errors import ConfigError
from personalize_sfn.reading import build, check
from personalize_sfn.resources import PROJECT_TAG

__all__ = [
    "CampaignConfig",
    "Config",
    "DatasetConfig",
    "DatasetsConfig",
    "FunctionsConfig",
    "ObjectiveConfig",
    "PollingConfig",
    "RolesConfig",
    "SolutionConfig",
    "WaitConfig",
]

# https://docs.aws.amazon.com/personalize/latest/dg/API_CreateCampaign.html (names of all resources)
_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9\-_]*")
_PROJECT = re.compile(r"[a-z][a-z0-9\-]{0,27}")
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.\-]{1,61}[a-z0-9]")
_ROLE_ARN = re.compile(r"arn:[a-z\d-]+:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+")
_POLICY_ARN = re.compile(r"arn:[a-z\d-]+:iam::(\d{12}|aws):policy/.+")
_KMS_ARN = re.compile(r"arn:aws.*:kms:.*:[0-9]{12}:key/.*")
# https://docs.aws.amazon.com/personalize/latest/dg/API_Tag.html; of a resource's 50, one is the project's own.
_TAG = re.compile(r"[\w\s.:/=+\-@]*")
_MAX_TAGS = 49
#: The recipe whose campaigns take a configuration of exploration.
_EXPLORING = "aws-user-personalization"
#: The recipes whose solutions take an objective beside relevance.
_WITH_OBJECTIVE = ("aws-user-personalization", "aws-personalized-ranking")

INTERACTIONS_SCHEMA: dict[str, Any] = {
    "type": "record",
    "name": "Interactions",
    "namespace": "com.amazonaws.personalize.schema",
    "fields": [
        {"name": "USER_ID", "type": "string"},
        {"name": "ITEM_ID", "type": "string"},
        {"name": "TIMESTAMP", "type": "long"},
    ],
    "version": "1.0",
}

DatasetType = Literal["INTERACTIONS", "ITEMS", "USERS"]


def _check_pattern(pattern: re.Pattern[str], value: str | None, name: str, example: str) -> None:
    if value is not None and not pattern.fullmatch(value):
        raise ConfigError(name, f"expected {example}, got {value!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetConfig:
    """One dataset of the dataset group and the CSV that is imported into it."""

    schema: Mapping[str, Any] = field(default_factory=lambda: INTERACTIONS_SCHEMA)
    """The Avro schema."""
    key: str | None = None
    """Key of the CSV (or, ending in ``/``, of the folder of CSVs) in the bucket.  Default: ``<project>/<type>.csv``."""
    import_mode: Literal["FULL", "INCREMENTAL"] = "FULL"
    """FULL replaces what earlier imports brought; INCREMENTAL adds to it."""

    @property
    def schema_text(self) -> str:
        """The schema as it is sent: one text for one content."""
        return json.dumps(self.schema, sort_keys=True, separators=(",", ":"))

    @property
    def schema_hash(self) -> str:
        return hashlib.sha256(self.schema_text.encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetsConfig:
    """Which datasets the pipeline has.  Interactions are needed by every recipe."""

    interactions: DatasetConfig = field(default_factory=DatasetConfig)
    items: DatasetConfig | None = None
    users: DatasetConfig | None = None

    def by_type(self) -> dict[DatasetType, DatasetConfig]:
        """The datasets that are configured, by Personalize's dataset type, interactions first."""
        pairs: dict[DatasetType, DatasetConfig | None] = {
            "INTERACTIONS": self.interactions,
            "ITEMS": self.items,
            "USERS": self.users,
        }
        return {kind: dataset for kind, dataset in pairs.items() if dataset is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveConfig:
    """What recommendations are to bring besides being relevant: Personalize's optimizationObjective."""

    item_attribute: str
    """A column of the Items schema that holds numbers and cannot be null, such as PRICE: the more the better."""
    sensitivity: Literal["LOW", "MEDIUM", "HIGH"] = "MEDIUM"
    """How much it counts against relevance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SolutionConfig:
    """The recipe and how it is trained."""

    recipe: str = "aws-user-personalization-v2"
    """Name of the recipe, as in its ARN."""
    name: str | None = None
    """Default: the project's name and the recipe's, so that another recipe makes another solution."""
    hyperparameters: Mapping[str, str] = field(default_factory=dict)
    """The recipe's algorithmHyperParameters; Personalize wants every value as a string."""
    perform_hpo: bool = False
    event_type: str | None = None
    event_value_threshold: float | None = None
    """Only events whose EVENT_VALUE is at least this are used; needs ``event_type``."""
    auto_training_days: int | None = None
    """1-30: retrain that often.  None: never (Personalize's own default is every 7 days, billed for ever)."""
    objective: ObjectiveConfig | None = None
    """Recipes aws-user-personalization and aws-personalized-ranking only."""

    def __post_init__(self) -> None:
        _check_pattern(
            re.compile(r"aws-[a-z0-9\-]+"),
            self.recipe,
            "solution.recipe",
            "a recipe's name such as aws-user-personalization-v2",
        )
        _check_resource_name(self.name, "solution.name")
        for key, value in self.hyperparameters.items():
            check(
                isinstance(value, str),
                f"solution.hyperparameters.{key}",
                f"expected a string such as {str(value).lower()!r}, got {value!r}",
            )
        check(
            self.event_value_threshold is None or self.event_type is not None,
            "solution.event_value_threshold",
            "needs solution.event_type as well: Personalize applies the threshold to events of one type",
        )
        days = self.auto_training_days
        check(
            days is None or 1 <= days <= 30,
            "solution.auto_training_days",
            f"expected 1 to 30 days or null, got {days!r}",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignConfig:
    """The campaign that serves recommendations: billed by the hour from when it is ACTIVE until it is deleted."""

    name: str | None = None
    """Default: ``<project>-campaign``."""
    min_provisioned_tps: int = 1
    """Transactions a second that are provisioned, and billed, at least."""
    exploration_weight: float | None = None
    """0 (none) to 1; recipe aws-user-personalization only."""
    exploration_item_age_cut_off_days: int | None = None
    enable_metadata: bool = False
    """Whether recommendations may carry item metadata (extra cost)."""

    def __post_init__(self) -> None:
        _check_resource_name(self.name, "campaign.name")
        check(
            self.min_provisioned_tps >= 1,
            "campaign.min_provisioned_tps",
            f"expected at least 1, got {self.min_provisioned_tps}",
        )
        weight = self.exploration_weight
        check(weight is None or 0 <= weight <= 1, "campaign.exploration_weight", f"expected 0 to 1, got {weight}")
        days = self.exploration_item_age_cut_off_days
        check(
            days is None or days >= 1,
            "campaign.exploration_item_age_cut_off_days",
            f"expected at least 1 day, got {days}",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitConfig:
    """How long a resource typically takes, and when to give up waiting for it."""

    typical_seconds: int
    timeout_seconds: int
    """Counted from the start of the execution that waits."""

    def __post_init__(self) -> None:
        check(self.typical_seconds >= 1, "typical_seconds", f"expected at least 1 second, got {self.typical_seconds}")
        check(
            self.timeout_seconds >= self.typical_seconds,
            "timeout_seconds",
            f"expected at least typical_seconds ({self.typical_seconds}), got {self.timeout_seconds}",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PollingConfig:
    """The wait of each resource, by its name.  Typical durations are those that AWS's own notebooks recorded."""

    dataset_group: WaitConfig = WaitConfig(typical_seconds=20, timeout_seconds=3600)
    dataset: WaitConfig = WaitConfig(typical_seconds=10, timeout_seconds=3600)
    dataset_import_job: WaitConfig = WaitConfig(typical_seconds=900, timeout_seconds=6 * 3600)
    solution: WaitConfig = WaitConfig(typical_seconds=2, timeout_seconds=3600)
    solution_version: WaitConfig = WaitConfig(typical_seconds=3360, timeout_seconds=72 * 3600)
    campaign: WaitConfig = WaitConfig(typical_seconds=480, timeout_seconds=4 * 3600)
    deletion: WaitConfig = WaitConfig(typical_seconds=120, timeout_seconds=3600)


@dataclass(frozen=True, slots=True, kw_only=True)
class RolesConfig:
    """Existing roles to use instead of making them, and how to make those that are made."""

    step_functions_arn: str | None = None
    lambda_arn: str | None = None
    personalize_arn: str | None = None
    permissions_boundary_arn: str | None = None
    path: str = "/"

    def __post_init__(self) -> None:
        for name in ("step_functions_arn", "lambda_arn", "personalize_arn"):
            _check_pattern(
                _ROLE_ARN,
                getattr(self, name),
                f"roles.{name}",
                "a role's ARN such as arn:aws:iam::111122223333:role/name",
            )
        _check_pattern(_POLICY_ARN, self.permissions_boundary_arn, "roles.permissions_boundary_arn", "a policy's ARN")
        _check_pattern(re.compile(r"/(\S*/)?"), self.path, "roles.path", "a path that starts and ends with /")


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionsConfig:
    """The Lambda functions' settings."""

    runtime: Literal["python3.11", "python3.12", "python3.13"] = "python3.13"
    memory_mb: int = 256
    timeout_seconds: int = 60
    log_retention_days: int = 30

    def __post_init__(self) -> None:
        check(128 <= self.memory_mb <= 10240, "functions.memory_mb", f"expected 128 to 10240, got {self.memory_mb}")
        check(
            1 <= self.timeout_seconds <= 900,
            "functions.timeout_seconds",
            f"expected 1 to 900, got {self.timeout_seconds}",
        )


def _check_resource_name(value: str | None, name: str) -> None:
    _check_pattern(_NAME, value, name, "letters, digits, - and _, starting with a letter or digit")
    check(value is None or len(value) <= 63, name, f"expected at most 63 characters, got {len(value or '')}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """A whole pipeline.

    >>> Config(project="movies").campaign_name
    'movies-campaign'
    """

    project: str = "personalize-sfn"
    """Prefix of every AWS name this project makes: up to 28 lower-case letters, digits and ``-``."""
    bucket: str | None = None
    """An existing bucket that you own.  None: deploy makes ``<project>-<account>-<region>`` and destroy removes it."""
    datasets: DatasetsConfig = field(default_factory=DatasetsConfig)
    solution: SolutionConfig = field(default_factory=SolutionConfig)
    campaign: CampaignConfig = field(default_factory=CampaignConfig)
    polling: PollingConfig = field(default_factory=PollingConfig)
    roles: RolesConfig = field(default_factory=RolesConfig)
    functions: FunctionsConfig = field(default_factory=FunctionsConfig)
    kms_key_arn: str | None = None
    """A key of yours that encrypts the dataset group; None: Personalize's own."""
    tags: Mapping[str, str] = field(default_factory=dict)
    """Put on every resource that takes tags, beside the project's own tag."""
    adopt: bool = False
    """Take over existing resources of the wanted names that lack this project's tag.  False: they are an error."""

    def __post_init__(self) -> None:
        _check_pattern(
            _PROJECT, self.project, "project", "up to 28 lower-case letters, digits and -, starting with a letter"
        )
        _check_pattern(_BUCKET, self.bucket, "bucket", "an S3 bucket's name (not a URI)")
        _check_pattern(_KMS_ARN, self.kms_key_arn, "kms_key_arn", "a KMS key's ARN")
        recipe, campaign = self.solution.recipe, self.campaign
        for name in ("exploration_weight", "exploration_item_age_cut_off_days"):
            check(
                getattr(campaign, name) is None or recipe == _EXPLORING,
                f"campaign.{name}",
                f"only the recipe {_EXPLORING} takes it, solution.recipe is {recipe}",
            )
        if self.solution.objective is not None:
            check(
                recipe in _WITH_OBJECTIVE,
                "solution.objective",
                f"only the recipes {' and '.join(_WITH_OBJECTIVE)} take one, solution.recipe is {recipe}",
            )
            self._check_item_attribute(self.solution.objective.item_attribute)
        _check_resource_name(self.solution_name, "solution.name")
        check(len(self.tags) <= _MAX_TAGS, "tags", f"expected at most {_MAX_TAGS} tags, got {len(self.tags)}")
        for key, value in self.tags.items():
            check(isinstance(value, str), f"tags.{key}", f"expected a string, got {value!r}")
            check(1 <= len(key) <= 128, f"tags.{key}", f"expected a key of 1 to 128 characters, got {len(key)}")
            check(len(value) <= 256, f"tags.{key}", f"expected at most 256 characters, got {len(value)}")
            _check_pattern(_TAG, key + value, f"tags.{key}", "letters, digits, spaces and _ . : / = + - @")
            check(not key.lower().startswith("aws:"), f"tags.{key}", "AWS reserves tag keys that start with aws:")
            check(
                key != PROJECT_TAG,
                f"tags.{key}",
                "this tag is set to the project's name and tells what clean-up may delete",
            )

    def _check_item_attribute(self, name: str) -> None:
        # https://docs.aws.amazon.com/personalize/latest/dg/optimizing-solution-for-objective.html
        items = self.datasets.items
        fields = [] if items is None else items.schema.get("fields", [])
        numbers = [field["name"] for field in fields if field.get("type") in ("int", "long", "float", "double")]
        check(
            name in numbers,
            "solution.objective.item_attribute",
            f"expected a column of datasets.items that holds numbers and is never null, got {name!r}; "
            f"there are {', '.join(numbers) or 'none'}",
        )

    # --- names -------------------------------------------------------------------------------------------------------

    def name(self, thing: str) -> str:
        """``<project>-<thing>``: the AWS name of a function, state machine or role."""
        return f"{self.project}-{thing}"

    @property
    def dataset_group_name(self) -> str:
        return self.project

    def dataset_name(self, kind: DatasetType) -> str:
        return self.name(kind.lower())

    def schema_name(self, kind: DatasetType) -> str:
        """Carries a hash of the content, because schemas can neither be changed nor tagged."""
        return f"{self.dataset_name(kind)}-{self.datasets.by_type()[kind].schema_hash}"

    @property
    def solution_name(self) -> str:
        return self.solution.name or self.name(self.solution.recipe.removeprefix("aws-"))

    @property
    def campaign_name(self) -> str:
        return self.campaign.name or self.name("campaign")

    def bucket_name(self, region: str, account_id: str) -> str:
        return self.bucket or f"{self.project}-{account_id}-{region}"

    def data_key(self, kind: DatasetType) -> str:
        """Key of the dataset's CSV in the bucket."""
        return self.datasets.by_type()[kind].key or f"{self.project}/{kind.lower()}.csv"

    @property
    def all_tags(self) -> dict[str, str]:
        """The user's tags and the project's own."""
        return {**self.tags, PROJECT_TAG: self.project}

    # --- reading -----------------------------------------------------------------------------------------------------

    @classmethod
    def load(cls, path: str | Path) -> Config:
        """Read a ``.yaml``, ``.yml`` or ``.toml`` file whose keys are this class's fields.

        Raises:
            ConfigError: the file cannot be read, or a value is wrong; names the field.
        """
        path = Path(path)
        try:
            text = path.read_text(encoding="utf-8")
        except OSError as error:
            raise ConfigError(str(path), f"cannot be read: {error.strerror}") from error
        if path.suffix == ".toml":
            try:
                return cls.from_dict(tomllib.loads(text))
            except tomllib.TOMLDecodeError as error:
                raise ConfigError(str(path), f"is not TOML: {error}") from error
        if path.suffix in {".yaml", ".yml"}:
            import yaml

            try:
                return cls.from_dict(yaml.safe_load(text) or {})
            except yaml.YAMLError as error:
                raise ConfigError(str(path), f"is not YAML: {error}") from error
        raise ConfigError(str(path), "expected a file that ends in .yaml, .yml or .toml")

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Config:
        """Make a config from nested mappings, checking names and types of every field.

        Raises:
            ConfigError: a key is unknown or a value is wrong; names the field.
        """
        config = build(cls, values, "")
        assert isinstance(config, cls)
        return config
