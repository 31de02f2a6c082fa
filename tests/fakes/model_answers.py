"""Holds the embedded AWS's answers against botocore's models: the witness that shares nothing with the services."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from unittest import mock

from botocore.model import ServiceModel, Shape
from botocore.session import get_session

from personalize_sfn.local.gateway import Gateway
from personalize_sfn.local.personalize.wire.protocol import find_operation

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "double": (int, float),
    "float": (int, float),
    "timestamp": (int, float),
}


def differences(shape: Shape | None, body: bytes, operation: str) -> Iterator[str]:
    """Where the body of an answer is not what the model says of the operation's output."""
    if shape is None:
        if body:
            yield f"{operation}: a body where the model has none"
        return
    yield from _differences(shape, json.loads(body), operation)


def _differences(shape: Shape, value: Any, path: str) -> Iterator[str]:
    if shape.type_name == "structure":
        for name, member in value.items():
            if name not in shape.members:
                yield f"{path}.{name}: not in the model"
            else:
                yield from _differences(shape.members[name], member, f"{path}.{name}")
        for name in shape.required_members:
            if name not in value:
                yield f"{path}.{name}: missing"
    elif shape.type_name == "list":
        for element in value:
            yield from _differences(shape.member, element, f"{path}[]")
    elif shape.type_name == "map":
        for element in value.values():
            yield from _differences(shape.value, element, f"{path}{{}}")
    elif not isinstance(value, _TYPES[shape.type_name]):
        yield f"{path}: expected {shape.type_name}, got {value!r}"
    elif shape.type_name == "string" and "enum" in shape.metadata and value not in shape.metadata["enum"]:
        yield f"{path}: {value!r} is not in the model's enum"


class Answers:
    """What came through the front door: the operations that were held against their model, and what differed."""

    def __init__(self) -> None:
        self.operations: set[str] = set()
        self.differences: set[str] = set()

    def look(self, call: Any, answer: tuple[int, Any, bytes]) -> None:
        """Of the services that this project answers for itself: Personalize and Step Functions."""
        status, _, body = answer
        if status != 200 or call.service not in ("personalize", "states"):
            return
        if call.service == "states":
            model = _step_functions().operation_model(call.target.rpartition(".")[2])
        else:
            model = find_operation(call).model
        self.operations.add(str(model.name))
        # Step Functions answers {} where its model has an empty output; Personalize answers nothing where it has none.
        self.differences.update(differences(model.output_shape, body, str(model.name)))


@contextmanager
def watched_answers() -> Iterator[Answers]:
    """Every answer of every embedded AWS of this process, for as long as the context lasts."""
    answers, route = Answers(), Gateway._route

    def looking(self: Gateway, call: Any, *more: Any) -> tuple[int, Any, bytes]:
        answer = route(self, call, *more)
        answers.look(call, answer)
        return answer

    with mock.patch.object(Gateway, "_route", looking):
        yield answers


@cache
def _step_functions() -> ServiceModel:
    return get_session().get_service_model("stepfunctions")
