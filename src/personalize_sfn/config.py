"""One validated description of a pipeline: names, data, recipe, polling, tags.

A :class:`Config` is plain frozen data.  Make one in Python, or read it from a YAML or TOML file of the same shape with
:meth:`Config.load`.  Whatever is wrong raises :class:`~personalize_sfn.errors.ConfigError`, which tells every mistake.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from personalize_sfn import config_rules as rules
from personalize_sfn.config_batches import BatchConfig, batch_inputs, batches, outputs_beside_data
from personalize_sfn.config_datasets import (
    INTERACTIONS_SCHEMA,
    INTERACTIONS_SCHEMA_OF_THE_POST,
    DatasetConfig,
    DatasetsConfig,
    DatasetType,
    data_keys,
    schemas,
)
from personalize_sfn.config_domain import RecommenderConfig, domains
from personalize_sfn.config_filters import filter_rules
from personalize_sfn.config_metrics import MetricAttributionConfig, MetricConfig, metrics_need_columns
from personalize_sfn.config_parsing import Checked, Checks, Document, Rules, build, read_file
from personalize_sfn.config_roles import FunctionsConfig, RolesConfig
from personalize_sfn.config_solutions import (
    CampaignConfig,
    ObjectiveConfig,
    SolutionConfig,
    events_need_columns,
    for_you,
    metadata_needs_items,
    objectives,
    recipes_need_data,
)
from personalize_sfn.config_waits import PollingConfig, WaitConfig
from personalize_sfn.errors import ConfigError
from personalize_sfn.ownership import PROJECT_TAG
from personalize_sfn.recipes import RECIPES
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
from personalize_sfn.schema_rules import Domain

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
    """What is known: interactions, and of items and users what there is."""
    solutions: Mapping[str, SolutionConfig] = field(default_factory=for_you)
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
    """What recommendations are worth: sums over the events that followed them."""
    batch: Mapping[str, BatchConfig] = field(default_factory=dict)
    """Batches that the workflow ``batch`` can run, each by a key of yours."""
    exports: bool = False
    """Whether the workflow ``export`` is deployed, which writes the rows of datasets to ``<project>/out/export/``."""
    forgetting: bool = False
    """Whether users can be forgotten: the workflow ``forget`` is deployed, and imports, trainings, exports and batches
    wait while one runs."""
    polling: PollingConfig = field(default_factory=PollingConfig)
    """How long each resource usually takes, and at most."""
    roles: RolesConfig = field(default_factory=RolesConfig)
    """Existing roles to use, and how to make the others."""
    functions: FunctionsConfig = field(default_factory=FunctionsConfig)
    """How the Lambda functions are set up."""
    kms_key_arn: str | None = None
    """A key of yours that encrypts the dataset group; None: Personalize's own."""
    bucket_kms_key_arn: str | None = None
    """A key of yours that encrypts the objects of the bucket (SSE-KMS); None: S3's own.  Deploy sets the bucket
    that it makes to it, and leaves it so when this field goes; of one that ``bucket`` names, name the key it has."""
    output_kms_key_arn: str | None = None
    """A key of yours by which Personalize encrypts what it writes: batches, exports, reports; None: the bucket's."""
    logs_kms_key_arn: str | None = None
    """A key of yours that encrypts the functions' log groups; None: CloudWatch's own."""
    machines_kms_key_arn: str | None = None
    """A key of yours that encrypts the state machines' definitions and histories; None: Step Functions' own."""
    tags: Mapping[str, str] = field(default_factory=dict)
    """Put on every resource that takes tags, beside the project's own tag."""
    adopt: bool = False
    """Take over existing resources of the wanted names that lack this project's tag.  False: they are an error."""

    _checks: ClassVar[Checks] = {
        "project": rules.project,
        "bucket": rules.bucket,
        "kms_key_arn": rules.kms_key_arn,
        "bucket_kms_key_arn": rules.kms_key_arn,
        "output_kms_key_arn": rules.kms_key_arn,
        "logs_kms_key_arn": rules.kms_key_arn,
        "machines_kms_key_arn": rules.kms_key_arn,
        "filters_keep_days": rules.between(0, 365, " days"),
    }
    _rules_of_documents: ClassVar[Rules] = (schemas,)
    _rules: ClassVar[Rules] = (
        domains,
        filter_rules,
        batches,
        batch_inputs,
        outputs_beside_data,
        metrics_need_columns,
        rules.some_solution,
        rules.names,
        objectives,
        recipes_need_data,
        events_need_columns,
        metadata_needs_items,
        data_keys,
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
    def key_of_output(self) -> str | None:
        """ARN of the key by which Personalize encrypts what it writes."""
        return self.output_kms_key_arn or self.bucket_kms_key_arn

    @property
    def all_tags(self) -> dict[str, str]:
        """The user's tags and the project's own."""
        return {**self.tags, PROJECT_TAG: self.project}

    def _repr_html_(self) -> str:
        """As a notebook shows it: what differs from the defaults."""
        from personalize_sfn.config_table import render_config

        trained = {**{key: each.recipe for key, each in self.solutions.items()}, **self.recommenders}
        return render_config(self, f"{self.project}: {', '.join(trained)}").html

    # --- reading -----------------------------------------------------------------------------------------------------

    @classmethod
    def load(cls, path: str | Path) -> Config:
        """Read a ``.yaml``, ``.yml`` or ``.toml`` file whose keys are this class's fields.

        Raises:
            ConfigError: the file cannot be read, or values are wrong; tells each with its field and line.
        """
        return config_of(read_file(path))

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Config:
        """Make a config from nested mappings, checking names and types of every field.

        Raises:
            ConfigError: tells every key that is unknown and every value that is wrong.
        """
        return config_of(Document(values))


def config_of(document: Document) -> Config:
    """The config that a document holds.

    Raises:
        ConfigError: tells every mistake in it.
    """
    config = build(Config, document)
    assert isinstance(config, Config)
    return config
