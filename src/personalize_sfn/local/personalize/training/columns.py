"""Which columns a solution learns from, and which one it seeks much of: what its solutionConfig says of them.

https://docs.aws.amazon.com/personalize/latest/dg/custom-config-columns.html
https://docs.aws.amazon.com/personalize/latest/dg/optimizing-solution-for-objective.html
"""

from __future__ import annotations

from typing import Any

from personalize_sfn.local.personalize.data.schemas import ID_FIELDS, ParsedSchema

NEVER_EXCLUDED = (*ID_FIELDS, "EVENT_TYPE", "TIMESTAMP")
NUMBERS = ("int", "long", "float", "double")


def trained_columns(config: dict[str, Any], schema: ParsedSchema) -> tuple[list[str], set[str]]:
    """The metadata columns that a training may learn from, and those of them that are categories.

    Personalize does not train on booleans, on strings that are not categorical, nor on what the solution leaves out.
    """
    columns = config.get("trainingDataConfig", {})
    excluded, included = (
        next((names for kind, names in columns.get(key, {}).items() if kind.upper() == schema.dataset_type), None)
        for key in ("excludedDatasetColumns", "includedDatasetColumns")
    )
    usable = [
        field
        for field in schema.fields
        if field.name not in (*NEVER_EXCLUDED, "CREATION_TIMESTAMP")
        and (field.categorical or field.type in NUMBERS)
        and field.name not in (excluded or ())
        and (included is None or field.name in included)
    ]
    return [field.name for field in usable], {field.name for field in usable if field.categorical}


def objective_of(config: dict[str, Any]) -> tuple[str, str] | None:
    """The column of Items that the solution seeks much of, and how sensitive it is to it; None for none."""
    objective = config.get("optimizationObjective", {})
    sensitivity = objective.get("objectiveSensitivity", "OFF")
    return (objective["itemAttribute"], sensitivity) if "itemAttribute" in objective else None
