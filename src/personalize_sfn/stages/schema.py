"""The stage of a schema: what the columns of a dataset are.  It exists at once: no status, no wait, no choice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from personalize_sfn.config import Config
from personalize_sfn.config_datasets import DatasetType
from personalize_sfn.datasets import schemas
from personalize_sfn.errors import ConfigError, DataError
from personalize_sfn.resources import SCHEMA
from personalize_sfn.schema_rules import Domain, schema_name
from personalize_sfn.sdk import LambdaStep
from personalize_sfn.stages import states
from personalize_sfn.stages.stage import Stage


def create_step(config: Config, kind: DatasetType = "INTERACTIONS") -> LambdaStep:
    """Create the schema of a dataset type, under a name that holds a hash of its content.

    Raises:
        ConfigError: Personalize would refuse the schema, or a dataset of this type with it.
    """
    dataset = config.datasets.by_type()[kind]
    _check(dataset.schema, kind, config.domain)
    request = states.literals(name=config.schema_name(kind), schema=dataset.schema_text, domain=config.domain)
    return states.create_step(config, SCHEMA, request, label=kind)


def schema(config: Config, kind: DatasetType = "INTERACTIONS") -> Stage:
    """The whole stage; it leaves ``$.schema.schemaArn``."""
    return states.stage(config, SCHEMA, create_step(config, kind), kind)


def _check(schema: Mapping[str, Any], kind: DatasetType, domain: Domain | None) -> None:
    field = f"datasets.{kind.lower()}.schema"
    try:
        schemas.check(schema, domain=domain)
    except DataError as error:
        raise ConfigError(field, str(error)) from error
    if schema["name"] != schema_name(kind):
        raise ConfigError(field, f"expected a schema of the name {schema_name(kind)!r}, got {schema['name']!r}")
