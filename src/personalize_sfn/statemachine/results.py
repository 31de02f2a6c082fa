"""The results of a distributed Map, as its ResultWriter formats and exports them.

What is exported is one object of each outcome, and a manifest.
https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from personalize_sfn.statemachine import times
from personalize_sfn.statemachine.item_histories import executions_of, item_name, labelled_machine
from personalize_sfn.statemachine.json_text import compact

__all__ = ["MANIFEST", "OUTPUT_TYPES", "TRANSFORMATIONS", "exported", "formatted", "to_write", "written_details"]

MANIFEST = "manifest.json"


def _described(branches: dict[str, Any], index: int) -> list[Any]:
    """What DescribeExecution would say of an item's execution."""
    run, error = str(branches["map_run"]), branches["errors"].get(str(index))
    started, stopped = branches["times"][index]
    name = item_name(run, index)
    said: dict[str, Any] = {
        "ExecutionArn": executions_of(run) + name,
        "Input": compact(branches["inputs"][index]),
        "InputDetails": {"Included": True},
        "Name": name,
        "StartDate": times.written(started),
        "StateMachineArn": labelled_machine(run),
        "Status": "SUCCEEDED" if error is None else "FAILED",
        "StopDate": times.written(stopped),
    }
    if error is not None:
        return [{**error, **said}]
    return [{**said, "Output": compact(branches["results"][index]), "OutputDetails": {"Included": True}}]


def _output(branches: dict[str, Any], index: int) -> list[Any]:
    return [branches["results"][index]]


def _flat_output(branches: dict[str, Any], index: int) -> list[Any]:
    output = branches["results"][index]
    return output if isinstance(output, list) else [output]


#: What stands in the results for an item that succeeded; one that failed is described in any case.
TRANSFORMATIONS: dict[str, Callable[[dict[str, Any], int], list[Any]]] = {
    "NONE": _described,
    "COMPACT": _output,
    "FLATTEN": _flat_output,
}
#: How results are written, which is also how their objects' names end.
OUTPUT_TYPES: dict[str, Callable[[list[Any]], str]] = {
    "JSON": compact,
    "JSONL": lambda results: "".join(f"{compact(result)}\n" for result in results),
}


def formatted(branches: dict[str, Any], *, failed: bool | None = None) -> list[Any]:
    """The results in the order of the items, or only those of items that failed, or of those that did not.

    Without a transformation they are as the items gave them where they stay in the state, else described.
    """
    default = "NONE" if "writer" in branches else "COMPACT"
    transformed = TRANSFORMATIONS[branches["format"].get("Transformation", default)]
    made: list[Any] = []
    for index in range(len(branches["results"])):
        of_failed = str(index) in branches["errors"]
        if failed in (None, of_failed):
            made.extend((_described if of_failed else transformed)(branches, index))
    return made


def _folder(branches: dict[str, Any]) -> str:
    run = str(branches["map_run"]).rpartition(":")[2]
    prefix = branches["writer"].get("Prefix")
    return f"{prefix}/{run}" if prefix else run


def _output_type(branches: dict[str, Any]) -> str:
    return str(branches["format"].get("OutputType", "JSON"))


def _file(branches: dict[str, Any], status: str) -> str:
    return f"{status}_0.{_output_type(branches).lower()}"


def to_write(branches: dict[str, Any]) -> list[str]:
    """The objects that a Map's outcome makes, the manifest last."""
    failed = len(branches["errors"])
    counts = {"SUCCEEDED": len(branches["results"]) - failed, "FAILED": failed}
    return [*(_file(branches, status) for status, count in counts.items() if count), MANIFEST]


def exported(branches: dict[str, Any], name: str) -> dict[str, Any]:
    """What the writer's task is called with, to write the object of that name; its size is noted for the manifest."""
    if name == MANIFEST:
        body = compact(
            {
                "DestinationBucket": branches["writer"].get("Bucket"),
                "MapRunArn": branches["map_run"],
                "ResultFiles": {"FAILED": _sizes(branches, "FAILED"), "PENDING": [], "SUCCEEDED": _sizes(branches)},
            }
        )
    else:
        results = formatted(branches, failed=name == _file(branches, "FAILED"))
        body = OUTPUT_TYPES[_output_type(branches)](results)
    branches["sizes"] = {**branches["sizes"], name: len(body.encode("utf-8", "surrogatepass"))}
    given = {key: value for key, value in branches["writer"].items() if key != "Prefix"}
    return {**given, "Key": f"{_folder(branches)}/{name}", "Body": body}


def _sizes(branches: dict[str, Any], status: str = "SUCCEEDED") -> list[dict[str, Any]]:
    file = _file(branches, status)
    written = file in branches["sizes"]
    return [{"Key": f"{_folder(branches)}/{file}", "Size": branches["sizes"][file]}] if written else []


def written_details(branches: dict[str, Any]) -> dict[str, Any]:
    """The result of a Map whose results were exported."""
    where = {"Bucket": branches["writer"].get("Bucket"), "Key": f"{_folder(branches)}/{MANIFEST}"}
    return {"MapRunArn": branches["map_run"], "ResultWriterDetails": where}
