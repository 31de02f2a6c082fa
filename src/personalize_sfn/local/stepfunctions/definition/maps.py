"""What stands in a Map state: where its items come from, how they are put together, and where its results go.

https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from personalize_sfn.local.stepfunctions.definition.diagnostics import SCHEMA, Diagnostic
from personalize_sfn.local.stepfunctions.definition.values import map_resource

__all__ = ["DISTRIBUTED_ONLY", "diagnose_map"]

#: What an inline Map does not have.
DISTRIBUTED_ONLY = (
    "ItemBatcher",
    "ItemReader",
    "Label",
    "ResultWriter",
    "ToleratedFailureCount",
    "ToleratedFailureCountPath",
    "ToleratedFailurePercentage",
    "ToleratedFailurePercentagePath",
)
_READER_CONFIG = ("CSVDelimiter", "CSVHeaderLocation", "CSVHeaders", "InputType", "ItemsPointer", "ManifestType")
#: The fields of each part; those whose names end in Path, and Parameters, are of JSONPath only, Arguments of JSONata.
_PARTS: dict[tuple[str, ...], set[str]] = {
    ("ItemProcessor", "ProcessorConfig"): {"ExecutionType", "Mode"},
    ("Iterator", "ProcessorConfig"): {"ExecutionType", "Mode"},
    ("ItemReader",): {"Arguments", "Parameters", "ReaderConfig", "Resource"},
    ("ItemReader", "ReaderConfig"): {*_READER_CONFIG, "MaxItems", "MaxItemsPath", "Transformation"},
    ("ItemBatcher",): {
        *("BatchInput", "MaxInputBytesPerBatch", "MaxInputBytesPerBatchPath"),
        *("MaxItemsPerBatch", "MaxItemsPerBatchPath"),
    },
    ("ResultWriter",): {"Arguments", "Parameters", "Resource", "WriterConfig"},
    ("ResultWriter", "WriterConfig"): {"OutputType", "Transformation"},
}


def diagnose_map(state: dict[str, Any], at: str, language: str) -> Iterator[Diagnostic]:
    """A Map state, without the machine inside it; ``language`` is the state's."""
    processor = state.get("ItemProcessor", state.get("Iterator"))
    if not isinstance(processor, dict):
        yield Diagnostic(SCHEMA, "Missing required field 'ItemProcessor'", at)
        return
    config = processor.get("ProcessorConfig")
    if not isinstance(config, dict) or config.get("Mode", "INLINE") == "INLINE":
        for name in DISTRIBUTED_ONLY:
            if name in state:
                message = f"Field '{name}' is not supported in a Map of the mode INLINE: set Mode to DISTRIBUTED"
                yield Diagnostic(SCHEMA, message, f"{at}/{name}")
    for path, known in _PARTS.items():
        part: Any = state
        for name in path:
            part = part.get(name) if isinstance(part, dict) else None
        for name in part if isinstance(part, dict) else ():
            if name not in known or not _is_of(name, language):
                yield Diagnostic(SCHEMA, f"Field '{name}' is not supported here", "/".join((at, *path, name)))
    for field in ("ItemReader", "ResultWriter"):
        if isinstance(part := state.get(field), dict) and "Resource" in part:
            yield from map_resource(field, part["Resource"], f"{at}/{field}/Resource")


def _is_of(name: str, language: str) -> bool:
    if language == "JSONPath":
        return name != "Arguments"
    return name != "Parameters" and not name.endswith("Path")
