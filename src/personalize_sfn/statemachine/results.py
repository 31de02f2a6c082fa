"""The results of a distributed Map, as its ResultWriter exports them: one object of each outcome, and a manifest.

https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html
"""

from __future__ import annotations

from typing import Any

from personalize_sfn.statemachine import times
from personalize_sfn.statemachine.item_histories import item_name
from personalize_sfn.statemachine.json_text import compact

__all__ = ["MANIFEST", "exported", "to_write", "written_details"]

MANIFEST = "manifest.json"
_FILES = {"SUCCEEDED": "SUCCEEDED_0.json", "FAILED": "FAILED_0.json"}


def _folder(branches: dict[str, Any]) -> str:
    run = str(branches["map_run"]).rpartition(":")[2]
    prefix = branches["writer"].get("Prefix")
    return f"{prefix}/{run}" if prefix else run


def to_write(branches: dict[str, Any]) -> list[str]:
    """The objects that a Map's outcome makes, the manifest last."""
    failed = len(branches["errors"])
    counts = {"SUCCEEDED": len(branches["results"]) - failed, "FAILED": failed}
    return [*(name for status, name in _FILES.items() if counts[status]), MANIFEST]


def exported(branches: dict[str, Any], name: str) -> dict[str, Any]:
    """What the writer's task is called with, to write the object of that name; its size is noted for the manifest."""
    if name == MANIFEST:
        files = {
            status: [{"Key": f"{_folder(branches)}/{file}", "Size": branches["sizes"][file]}]
            if file in branches["sizes"]
            else []
            for status, file in _FILES.items()
        }
        document: Any = {
            "DestinationBucket": branches["writer"].get("Bucket"),
            "MapRunArn": branches["map_run"],
            "ResultFiles": {"FAILED": files["FAILED"], "PENDING": [], "SUCCEEDED": files["SUCCEEDED"]},
        }
    else:
        status = next(status for status, file in _FILES.items() if file == name)
        document = [
            _item(branches, index)
            for index in range(len(branches["results"]))
            if (str(index) in branches["errors"]) == (status == "FAILED")
        ]
    body = compact(document)
    branches["sizes"] = {**branches["sizes"], name: len(body.encode("utf-8", "surrogatepass"))}
    given = {key: value for key, value in branches["writer"].items() if key != "Prefix"}
    return {**given, "Key": f"{_folder(branches)}/{name}", "Body": body}


def _item(branches: dict[str, Any], index: int) -> dict[str, Any]:
    """What DescribeExecution would say of an item's execution."""
    run, error = str(branches["map_run"]), branches["errors"].get(str(index))
    started, stopped = branches["times"][index]
    name = item_name(run, index)
    machine = run.rpartition(":")[0]
    said: dict[str, Any] = {
        "ExecutionArn": f"{machine.replace(':mapRun:', ':execution:')}:{name}",
        "Input": compact(branches["inputs"][index]),
        "InputDetails": {"Included": True},
        "Name": name,
        "StartDate": times.written(started),
        "StateMachineArn": machine.replace(":mapRun:", ":stateMachine:"),
        "Status": "SUCCEEDED" if error is None else "FAILED",
        "StopDate": times.written(stopped),
    }
    if error is not None:
        return {**error, **said}
    return {**said, "Output": compact(branches["results"][index]), "OutputDetails": {"Included": True}}


def written_details(branches: dict[str, Any]) -> dict[str, Any]:
    """The result of a Map whose results were exported."""
    where = {"Bucket": branches["writer"].get("Bucket"), "Key": f"{_folder(branches)}/{MANIFEST}"}
    return {"MapRunArn": branches["map_run"], "ResultWriterDetails": where}
