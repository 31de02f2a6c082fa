"""State machines, activities and executions as plain data, and as they were again.

A revision stands by itself, under the digest of its text: machines, versions and executions name it.  Of an execution
there are three parts: what it began with, which stays; where it is, which is replaced; its events, which are appended.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict
from hashlib import blake2b
from typing import Any

from personalize_sfn.local.stepfunctions.pace import Pace
from personalize_sfn.local.stepfunctions.paced_execution import PacedExecution
from personalize_sfn.local.stepfunctions.records import (
    DeployedMachine,
    ExecutionRecord,
    MachineAlias,
    MachineRevision,
    MachineVersion,
    parsed,
)
from personalize_sfn.statemachine import StateMachine
from personalize_sfn.statemachine.definition import InvalidDefinitionError
from personalize_sfn.statemachine.failures import RUNTIME
from personalize_sfn.statemachine.json_text import parse, shallow
from personalize_sfn.statemachine.snapshots import GROWING

__all__ = [
    "beginning",
    "digest_of",
    "machine_document",
    "packed",
    "position",
    "restored_execution",
    "restored_machine",
    "revision_document",
    "unpacked",
]

logger = logging.getLogger(__name__)
_TEXT = "$text"
#: Levels of nesting by which a start may have fewer than who wrote: it is called from wherever the user is.
_ROOM = 120
_NOTHING = json.dumps({"StartAt": "Refused", "States": {"Refused": {"Type": "Succeed"}}})
Revisions = Mapping[str, MachineRevision]


def revision_document(revision: MachineRevision) -> str:
    return json.dumps(asdict(revision))


def digest_of(document: str) -> str:
    return blake2b(document.encode(), digest_size=16).hexdigest()


# --- machines -------------------------------------------------------------------------------------------------------


def machine_document(machine: DeployedMachine, tags: Mapping[str, str], digests: Mapping[int, str]) -> str:
    """A machine with its versions, aliases and tags; ``digests`` are by the identity of revisions."""
    return json.dumps(
        {
            "name": machine.name,
            "type": machine.type,
            "created": machine.created,
            "revision": digests[id(machine.revision)],
            "last_version": machine.last_version,
            "versions": [
                [number, digests[id(each.revision)], each.created, each.description]
                for number, each in machine.versions.items()
            ],
            "aliases": {name: asdict(each) for name, each in machine.aliases.items()},
            "tags": dict(tags),
        }
    )


def restored_machine(arn: str, document: Mapping[str, Any], revisions: Revisions) -> DeployedMachine:
    aliases = {
        name: MachineAlias(**{**each, "routes": [(version, weight) for version, weight in each["routes"]]})
        for name, each in document["aliases"].items()
    }
    versions = {
        number: MachineVersion(f"{arn}:{number}", revisions[digest], created, description)
        for number, digest, created, description in document["versions"]
    }
    return DeployedMachine(
        arn=arn,
        name=document["name"],
        type=document["type"],
        created=document["created"],
        revision=revisions[document["revision"]],
        versions=versions,
        last_version=document["last_version"],
        aliases=aliases,
    )


# --- executions -----------------------------------------------------------------------------------------------------

_BEGINNING = ("name", "input", "started", "version_arn", "alias_arn", "trace_header")
_POSITION = ("stopped", "redriven", "logged")


def beginning(record: ExecutionRecord, digest: str) -> str:
    """What an execution began with."""
    machine = record.machine
    about = {"arn": machine.arn, "name": machine.name, "created": machine.created}
    plain = {name: getattr(record, name) for name in _BEGINNING}
    return json.dumps({**plain, "machine": about, "revision": digest})


def position(record: ExecutionRecord) -> str:
    """Where an execution is, without its input and its events.

    Raises:
        RecursionError: its values are nested so deeply that a start might not read them again.
    """
    plain = {name: getattr(record, name) for name in _POSITION}
    children = {token: arn for token, (arn, _) in record.children.items()}
    state = record.execution.state()
    context = state["context"]
    state["context"] = {**context, "Execution": {**context["Execution"], "Input": None}}  # it keeps its place
    lengths = {name: len(getattr(record.execution, name)) for name in GROWING}
    return shallow(json.dumps, {**plain, "children": children, "lengths": lengths, "state": state}, _ROOM)


# An event is a dictionary with one of details, an item's is a pair with it.
_LONG = 2000


def packed(events: list[Any], texts: dict[str, int]) -> str:
    """Events as text; what is long in them stands in ``texts``, which gets what is new, and is named by its number."""

    def value(given: Any) -> Any:
        if isinstance(given, str) and len(given) > _LONG:
            return {_TEXT: texts.setdefault(given, len(texts))}
        return given

    return json.dumps([_changed(each, value) for each in events])


def unpacked(text: str, texts: Mapping[int, str]) -> list[Any]:
    """The events of a text; equal texts are one object, as they were."""

    if _TEXT not in text:
        return list(json.loads(text))

    def value(given: Any) -> Any:
        # The numbers are ours: what a user named so is text (``assignedVariables``).
        return texts[given[_TEXT]] if isinstance(given, dict) and isinstance(given.get(_TEXT), int) else given

    return [_changed(each, value) for each in json.loads(text)]


def _changed(event: Any, change: Callable[[Any], Any]) -> Any:
    """An event with its details changed."""
    if isinstance(event, list):
        return [event[0], _changed(event[1], change)]
    return {
        name: {key: change(each) for key, each in value.items()} if isinstance(value, dict) else value
        for name, value in event.items()
    }


def restored_execution(
    arn: str,
    number: int,
    began: Mapping[str, Any],
    at: Mapping[str, Any],
    growing: Mapping[str, list[Any]],
    *,
    revisions: Revisions,
    machines: Mapping[str, DeployedMachine],
    pace: Pace,
    alive: float = 0.0,
) -> ExecutionRecord:
    """An execution as it was kept by a process that was ``alive`` until then, in seconds since 1970.

    The calls of its children are filled in by who resumes it.
    """
    lengths = {name: len(growing[name]) for name in GROWING}
    if at["lengths"] != lengths:
        raise ValueError(f"expected {at['lengths']} events, got {lengths}")
    revision, about = revisions[began["revision"]], began["machine"]
    machine = machines.get(about["arn"])
    if machine is None or machine.created != about["created"]:
        machine = DeployedMachine(about["arn"], about["name"], "STANDARD", about["created"], revision)
    state = {**at["state"], **growing}
    state["context"]["Execution"]["Input"] = parse(began["input"])
    definition, refused = _definition(revision)
    execution = PacedExecution.resumed(definition, state, pace=pace, alive=alive)
    if refused and execution.status == "RUNNING":
        execution.to_now()
        execution.fail(RUNTIME, f"This version of the embedded AWS does not take the definition any more: {refused}")
    record = ExecutionRecord(
        arn=arn,
        machine=machine,
        revision=revision,
        execution=execution,
        number=number,
        **{name: began[name] for name in _BEGINNING},
        **{name: at[name] for name in _POSITION},
    )
    record.settled = execution.status != "RUNNING" and record.stopped is not None
    record.kept_events = lengths
    record.left_children = at["children"]
    return record


def _definition(revision: MachineRevision) -> tuple[StateMachine, str]:
    """The machine of a revision, and why this version refuses what an older one took."""
    try:
        return parsed(revision.definition), ""
    except InvalidDefinitionError as error:
        logger.warning("a kept definition is refused: %s", error)
        return parsed(_NOTHING), str(error)
