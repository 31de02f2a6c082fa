"""One validated description of a pipeline: names, data, recipe, polling, tags.

A :class:`Config` is plain frozen data.  Make one in Python, or read it from a YAML or TOML file of the same shape with
:meth:`Config.load`.  Whatever is wrong raises :class:`~personalize_sfn.errors.ConfigError`, which tells every mistake.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Literal

from personalize_sfn import config_rules as rules
from personalize_sfn.config_batches import BatchConfig, batch_inputs, batches, outputs_beside_data
from personalize_sfn.config_parsing import (
    Checked,
    Checks,
    Document,
    FileReader,
    Rules,
    build,
    read_file,
    read_schema_file,
)
from personalize_sfn.config_waits import PollingConfig, WaitConfig
from personalize_sfn.errors import ConfigError
from personalize_sfn.ownership import PROJECT_TAG, schema_hash, schema_json
from personalize_sfn.recipes import RECIPES, Answers
from personalize_sfn.resources import (
    BATCH_INFERENCE_JOB,
    BATCH_SEGMENT_JOB,
    CAMPAIGN,
    DATA_DELETION_JOB,
    DATASET,
    DATASET_EXPORT_JOB,
    DATASET_GROUP,
    DATASET_IMPORT_JOB,
    EVENT_TRACKER,
    FILTER,
    METRIC_ATTRIBUTION,
    RECOMMENDER,
    RESOURCE_TYPES,
    SCHEMA,
    SOLUTION,
    SOLUTION_VERSION,
    ResourceType,
)
from personalize_sfn.schema_rules import BEFORE_EVENT_TYPE, DEFAULT_EVENT_TYPE, Domain

__all__ = [
    "BatchConfig",
    "CampaignConfig",
    "Config",
    "DatasetConfig",
    "DatasetsConfig",
    "FunctionsConfig",
    "MetricAttributionConfig",
    "MetricConfig",
    "ObjectiveConfig",
    "PollingConfig",
    "RecommenderConfig",
    "RolesConfig",
    "SolutionConfig",
    "WaitConfig",
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
_ASKED: Mapping[Answers, str] = {
    "user": "what to recommend to a user",
    "item": "what is similar to an item",
    "ranking": "how to order a list",
    "actions": "which actions a user takes",
}


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
    _checks: ClassVar[Checks] = {"key": rules.data_key, "default_event_type": rules.default_event_type}
    _rules: ClassVar[Rules] = (rules.columns_of_the_schema,)

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
    items: DatasetConfig | None = None
    users: DatasetConfig | None = None
    actions: DatasetConfig | None = None
    """What recipe aws-next-best-action chooses from; not in a domain."""
    action_interactions: DatasetConfig | None = None

    _where = "datasets"
    _rules: ClassVar[Rules] = (rules.only_interactions_have_events,)

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


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveConfig(Checked):
    """What recommendations are to bring besides being relevant: Personalize's optimizationObjective."""

    item_attribute: str
    """A column of the Items schema that holds numbers and cannot be null, such as PRICE: the more the better."""
    sensitivity: Literal["LOW", "MEDIUM", "HIGH"] = "MEDIUM"
    """How much it counts against relevance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignConfig(Checked):
    """The campaign that serves recommendations: billed by the hour from when it is ACTIVE until it is deleted."""

    name: str | None = None
    """Default: ``<project>-<key of the solution>``."""
    min_provisioned_tps: int = 1
    """Transactions a second that are provisioned, and billed, at least."""
    exploration_weight: float | None = None
    """0 (none) to 1; recipe aws-user-personalization only."""
    exploration_item_age_cut_off_days: int | None = None
    enable_metadata: bool = False
    """Whether recommendations may carry item metadata (extra cost); needs ``datasets.items``."""

    _where = "campaign"
    _checks: ClassVar[Checks] = {
        "name": rules.resource_name,
        "min_provisioned_tps": rules.between(1, None),
        "exploration_weight": rules.between(0, 1),
        "exploration_item_age_cut_off_days": rules.between(1, None, " day"),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class SolutionConfig(Checked):
    """The recipe and how it is trained."""

    recipe: str = "aws-user-personalization-v2"
    """Name of the recipe, as in its ARN."""
    name: str | None = None
    """Default: ``<project>-<key>-<recipe without aws->``, so that another recipe makes another solution."""
    campaign: CampaignConfig | None = None
    """What serves it.  None: nothing does, so nothing is billed by the hour; batch jobs read it all the same."""
    hyperparameters: Mapping[str, str | int | float | bool] = field(default_factory=dict)
    """The recipe's, by name: numbers, true or false, or text; Personalize gets every value as text."""
    perform_hpo: bool = False
    event_type: str | None = None
    event_value_threshold: float | None = None
    """Only events whose EVENT_VALUE is at least this are used; needs ``event_type`` and a column EVENT_VALUE."""
    auto_training_days: int | None = None
    """None: never (Personalize's own default is every 7 days, and each training is billed).  Nothing else is offered
    for now: nothing would serve the versions that are trained."""
    objective: ObjectiveConfig | None = None
    """Recipes aws-user-personalization and aws-personalized-ranking only."""

    _where = "solution"
    _checks: ClassVar[Checks] = {
        "recipe": rules.recipe,
        "name": rules.resource_name,
        "event_type": rules.event_type,
        "auto_training_days": rules.no_automatic_training,
    }
    _rules: ClassVar[Rules] = (
        rules.threshold_needs_event_type,
        rules.hyperparameters,
        rules.percentiles,
        rules.hpo,
        rules.recipe_has_campaigns,
        rules.exploration,
    )

    @property
    def hyperparameter_texts(self) -> dict[str, str]:
        """The hyperparameters as Personalize takes them: every value a text."""
        recipe = RECIPES[self.recipe]
        found = {name: recipe.hyperparameter(name) for name in self.hyperparameters}
        texts = {name: known.text_of(self.hyperparameters[name]) for name, known in found.items() if known is not None}
        return {name: text for name, text in texts.items() if text is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class RecommenderConfig(Checked):
    """A use case of a domain: trained and served by itself, and billed by the hour until it is deleted."""

    recipe: str
    """Name of the use case, as in its ARN: ``aws-ecomm-recommended-for-you``."""
    name: str | None = None
    """Default: ``<project>-<key>``."""
    min_rps: int = 1
    """Recommendation requests a second that are provisioned, and billed, at least."""
    enable_metadata: bool = False
    """Whether recommendations may carry item metadata (extra cost); needs ``datasets.items``."""

    _where = "recommender"
    _checks: ClassVar[Checks] = {
        "recipe": rules.use_case,
        "name": rules.resource_name,
        "min_rps": rules.between(1, None),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricConfig(Checked):
    """A metric that Personalize reports of live events, by what led to them."""

    event: str
    """The EVENT_TYPE that counts."""
    expression: str
    """``SAMPLECOUNT()``, ``SUM(Items.PRICE)`` or ``SUM(Interactions.EVENT_VALUE)``."""

    _where = "metric"
    _checks: ClassVar[Checks] = {"event": rules.event_type, "expression": rules.metric_expression}


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricAttributionConfig(Checked):
    """What recommendations bring: metrics in CloudWatch, and reports of imports in S3.

    https://docs.aws.amazon.com/personalize/latest/dg/measuring-recommendation-impact.html
    """

    metrics: Mapping[str, MetricConfig]
    """By a name of yours; at most 10."""
    to_s3: bool = False
    """Whether reports are written to ``<project>/out/attribution/`` too."""

    _where = "metric_attribution"
    _rules: ClassVar[Rules] = (rules.most_metrics,)


def _for_you() -> Mapping[str, SolutionConfig]:
    return {"for-you": SolutionConfig(campaign=CampaignConfig())}


@dataclass(frozen=True, slots=True, kw_only=True)
class RolesConfig(Checked):
    """Existing roles to use instead of making them, and how to make those that are made."""

    step_functions_arn: str | None = None
    lambda_arn: str | None = None
    """Of all functions, unless one of the next two says otherwise."""
    lambda_read_arn: str | None = None
    """Of the functions that only read: recommendations, and the status of what is being made."""
    lambda_change_arn: str | None = None
    """Of the functions that make, change and delete."""
    personalize_arn: str | None = None
    permissions_boundary_arn: str | None = None
    path: str = "/"

    _where = "roles"
    _checks: ClassVar[Checks] = {
        "step_functions_arn": rules.role_arn,
        "lambda_arn": rules.role_arn,
        "lambda_read_arn": rules.role_arn,
        "lambda_change_arn": rules.role_arn,
        "personalize_arn": rules.role_arn,
        "permissions_boundary_arn": rules.policy_arn,
        "path": rules.role_path,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionsConfig(Checked):
    """The Lambda functions' settings."""

    runtime: Literal["python3.11", "python3.12", "python3.13"] = "python3.13"
    memory_mb: int = 256
    timeout_seconds: int = 60
    log_retention_days: int = 30

    _where = "functions"
    _checks: ClassVar[Checks] = {
        "memory_mb": rules.between(128, 10240),
        "timeout_seconds": rules.between(1, 900),
        "log_retention_days": rules.log_retention_days,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Config(Checked):
    """A whole pipeline.

    >>> Config(project="movies").campaign_name("for-you")
    'movies-for-you'
    """

    project: str = "personalize-sfn"
    """Prefix of every AWS name this project makes: up to 28 lower-case letters, digits and ``-``."""
    bucket: str | None = None
    """An existing bucket that you own.  None: deploy makes ``<project>-<account>-<region>`` and destroy removes it."""
    datasets: DatasetsConfig = field(default_factory=DatasetsConfig)
    solutions: Mapping[str, SolutionConfig] = field(default_factory=_for_you)
    """What is trained on the datasets, each by a key of yours, and served by its campaign, if it has one."""
    domain: Domain | None = None
    """``ECOMMERCE`` or ``VIDEO_ON_DEMAND``: a domain dataset group, which has use cases.  It cannot be changed."""
    recommenders: Mapping[str, RecommenderConfig] = field(default_factory=dict)
    """Use cases of the domain, each by a key of yours."""
    event_tracker: bool = False
    """Whether live events can be sent (PutEvents)."""
    filters: Mapping[str, str] = field(default_factory=dict)
    """Filter expressions, each by a key of yours.  ``$NAME`` is given with each request; ``{now-30d}`` is the start of
    the day 30 days ago (UTC, in seconds), as of the run that makes it."""
    filters_keep_days: int = 7
    """How long a filter that another one of its key has replaced can still be used."""
    metric_attribution: MetricAttributionConfig | None = None
    batch: Mapping[str, BatchConfig] = field(default_factory=dict)
    """Batches that the workflow ``batch`` can run, each by a key of yours."""
    exports: bool = False
    """Whether the workflow ``export`` is deployed, which writes the rows of datasets to ``<project>/out/export/``."""
    forgetting: bool = False
    """Whether users can be forgotten: the workflow ``forget`` is deployed, and imports, trainings, exports and batches
    wait while one runs."""
    polling: PollingConfig = field(default_factory=PollingConfig)
    roles: RolesConfig = field(default_factory=RolesConfig)
    functions: FunctionsConfig = field(default_factory=FunctionsConfig)
    kms_key_arn: str | None = None
    """A key of yours that encrypts the dataset group; None: Personalize's own."""
    bucket_kms_key_arn: str | None = None
    """A key of yours that encrypts the objects of ``bucket`` (SSE-KMS); None: S3's own."""
    tags: Mapping[str, str] = field(default_factory=dict)
    """Put on every resource that takes tags, beside the project's own tag."""
    adopt: bool = False
    """Take over existing resources of the wanted names that lack this project's tag.  False: they are an error."""

    _checks: ClassVar[Checks] = {
        "project": rules.project,
        "bucket": rules.bucket,
        "kms_key_arn": rules.kms_key_arn,
        "bucket_kms_key_arn": rules.kms_key_arn,
        "filters_keep_days": rules.between(0, 365, " days"),
    }
    _rules_of_documents: ClassVar[Rules] = (rules.schemas,)
    _rules: ClassVar[Rules] = (
        rules.domains,
        rules.filters,
        batches,
        batch_inputs,
        outputs_beside_data,
        rules.metrics_need_columns,
        rules.some_solution,
        rules.names,
        rules.objective,
        rules.recipe_needs_items,
        rules.events_need_columns,
        rules.metadata_needs_items,
        rules.data_keys,
        rules.forgetting,
        rules.tags,
    )

    def rows(self) -> tuple[ResourceType, ...]:
        """The resource types that this config's workflows make, in the order of creation."""
        wanted = {
            SOLUTION: self.solutions,
            SOLUTION_VERSION: self.solutions,
            CAMPAIGN: self.campaigns,
            EVENT_TRACKER: self.event_tracker,
            FILTER: self.filters,
            RECOMMENDER: self.recommenders,
            METRIC_ATTRIBUTION: self.metric_attribution,
            BATCH_INFERENCE_JOB: [key for key in self.batch if self.batch_row(key) is BATCH_INFERENCE_JOB],
            BATCH_SEGMENT_JOB: [key for key in self.batch if self.batch_row(key) is BATCH_SEGMENT_JOB],
            DATASET_EXPORT_JOB: self.exports,
            DATA_DELETION_JOB: self.forgetting,
        }
        made = {DATASET_GROUP, SCHEMA, DATASET, DATASET_IMPORT_JOB, *(row for row in wanted if wanted[row])}
        return tuple(row for row in RESOURCE_TYPES if row in made)

    # --- names -------------------------------------------------------------------------------------------------------

    def name(self, thing: str) -> str:
        """``<project>-<thing>``: the AWS name of a function or state machine."""
        return f"{self.project}-{thing}"

    def role_name(self, key: str, region: str) -> str:
        """``movies-lambda-read-us-east-1``.  Roles are the account's, not the region's; IAM takes 64 characters."""
        return f"{self.name(key.replace('_', '-'))}-{region}"

    @property
    def dataset_group_name(self) -> str:
        return self.project

    def dataset_name(self, kind: DatasetType) -> str:
        return self.name(kind.lower())

    def schema_name(self, kind: DatasetType) -> str:
        """Carries a hash of the content, because schemas can neither be changed nor tagged."""
        return f"{self.dataset_name(kind)}-{self.datasets.by_type()[kind].schema_hash}"

    @property
    def has_default_schema(self) -> bool:
        """Whether its interactions have the default schema, with EVENT_TYPE."""
        return self.datasets.interactions.schema == INTERACTIONS_SCHEMA

    @property
    def former_interactions_schema_name(self) -> str:
        """Of the default schema as it was before it had EVENT_TYPE: a dataset that has it keeps it."""
        former = DatasetConfig(schema=INTERACTIONS_SCHEMA_OF_THE_POST)
        return f"{self.dataset_name('INTERACTIONS')}-{former.schema_hash}"

    def solution_name(self, key: str) -> str:
        """AWS name of the solution of that key.

        Raises:
            ConfigError: there is none of that key.
        """
        solution = self.solution(key)
        return solution.name or self.name(f"{key}-{solution.recipe.removeprefix('aws-')}")

    def campaign_name(self, key: str) -> str:
        """AWS name of the campaign of the solution of that key.

        Raises:
            ConfigError: there is no solution of that key, or it has no campaign.
        """
        campaign = self.solution(key).campaign
        if campaign is None:
            raise ConfigError(
                f"solutions.{key}.campaign", f"nothing serves {key}: add 'campaign: {{}}' there, then deploy and run"
            )
        return campaign.name or self.name(key)

    def recommender_name(self, key: str) -> str:
        """AWS name of the recommender of that key.

        Raises:
            ConfigError: there is none of that key.
        """
        if key not in self.recommenders:
            raise ConfigError("recommenders", f"has no {key!r}, only {', '.join(self.recommenders) or 'none'}")
        return self.recommenders[key].name or self.name(key)

    def solution(self, key: str) -> SolutionConfig:
        """The solution of that key.

        Raises:
            ConfigError: there is none; says which there are.
        """
        if key not in self.solutions:
            raise ConfigError("solutions", f"has no {key!r}, only {', '.join(self.solutions)}")
        return self.solutions[key]

    def batch_row(self, key: str) -> ResourceType:
        """The kind of job that the batch of that key is: of a recipe for segments, a batch segment job.

        Raises:
            ConfigError: there is no batch of that key.
        """
        if key not in self.batch:
            raise ConfigError("batch", f"has no {key!r}, only {', '.join(self.batch) or 'none'}")
        recipe = RECIPES[self.solution(self.batch[key].solution).recipe]
        return BATCH_SEGMENT_JOB if recipe.answers == "segments" else BATCH_INFERENCE_JOB

    @property
    def campaigns(self) -> dict[str, CampaignConfig]:
        """The campaigns by the keys of their solutions."""
        return {key: each.campaign for key, each in self.solutions.items() if each.campaign is not None}

    def answering(self, answers: Answers) -> str:
        """Key of the solution that is asked when none is named: the first of that kind that has a campaign.

        Raises:
            ConfigError: no campaign answers that.
        """
        for key in self.campaigns:
            if RECIPES[self.solutions[key].recipe].answers == answers:
                return key
        serving = ", ".join(f"{key} ({self.solutions[key].recipe})" for key in self.campaigns) or "none"
        raise ConfigError("solutions", f"has no campaign that answers {_ASKED[answers]}; those that serve: {serving}")

    def bucket_name(self, region: str, account_id: str) -> str:
        return self.bucket or f"{self.project}-{account_id}-{region}"

    def data_key(self, kind: DatasetType) -> str:
        """Key of the dataset's CSV in the bucket."""
        return self.datasets.by_type()[kind].key or f"{self.project}/{kind.lower()}.csv"

    @property
    def output_prefix(self) -> str:
        """Where Personalize writes in the bucket: never below a key of data, which it would read."""
        return f"{self.project}/out/"

    @property
    def forget_prefix(self) -> str:
        """Where in the bucket is kept what forgetting users needs: never below a key of data."""
        return f"{self.project}/meta/forget/"

    @property
    def writes_output(self) -> bool:
        """Whether Personalize writes to the bucket."""
        reports = self.metric_attribution is not None and self.metric_attribution.to_s3
        return reports or self.exports or bool(self.batch)

    @property
    def all_tags(self) -> dict[str, str]:
        """The user's tags and the project's own."""
        return {**self.tags, PROJECT_TAG: self.project}

    # --- reading -----------------------------------------------------------------------------------------------------

    @classmethod
    def load(cls, path: str | Path) -> Config:
        """Read a ``.yaml``, ``.yml`` or ``.toml`` file whose keys are this class's fields.

        Raises:
            ConfigError: the file cannot be read, or values are wrong; tells each with its field and line.
        """
        return _built(read_file(path))

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Config:
        """Make a config from nested mappings, checking names and types of every field.

        Raises:
            ConfigError: tells every key that is unknown and every value that is wrong.
        """
        return _built(Document(values))


def _built(document: Document) -> Config:
    config = build(Config, document)
    assert isinstance(config, Config)
    return config
