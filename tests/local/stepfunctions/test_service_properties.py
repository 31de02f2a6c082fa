"""Drawn requests of every operation: answers, or errors that the model knows; never a failure of ours."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.requests_of_the_model import valid_requests
from fakes.stepfunctions_aws import ACCOUNT, REGION, ROLE, Said
from personalize_sfn.local.aws.iam import Keys
from personalize_sfn.local.stepfunctions import Pace, StepFunctionsService, activities
from personalize_sfn.local.stepfunctions.definition.services import service_model
from personalize_sfn.local.stepfunctions.wire import model_of

OPERATIONS = sorted(service_model("stepfunctions").operation_names)
ALWAYS = {"ValidationException", "SerializationException", "UnsupportedOperation", "AccessDeniedException"}
PASS = json.dumps({"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}})
LOOP = json.dumps({"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 1, "Next": "W"}}})
THINGS = f"arn:aws:states:{REGION}:{ACCOUNT}"
KNOWN = {
    "name": ["m", "a", "live"],
    "definition": [PASS, LOOP, "{}", "{nope", json.dumps({"Type": "Pass", "End": True})],
    "input": ["{}", "[1]", "{nope"],
    "output": ["{}", "nope"],
    "context": ["{}", "1"],
    "variables": ["{}", "[]"],
    "roleArn": [ROLE],
    "stateMachineArn": [f"{THINGS}:stateMachine:m", f"{THINGS}:stateMachine:m:1", f"{THINGS}:stateMachine:m:live"],
    "stateMachineVersionArn": [f"{THINGS}:stateMachine:m:1", f"{THINGS}:stateMachine:m:x"],
    "stateMachineAliasArn": [f"{THINGS}:stateMachine:m:live"],
    "executionArn": [f"{THINGS}:execution:m:a", "nothing"],
    "activityArn": [f"{THINGS}:activity:a"],
    "resourceArn": [f"{THINGS}:activity:a", f"{THINGS}:stateMachine:m"],
}


class Lenient:
    """Allows everything."""

    def decide(self, role_arn: str, action: str, resource: str) -> Said:
        return Said(True)

    def role_trusts(self, role_arn: str, service: str, *, region: str) -> bool:
        return True


@pytest.fixture(scope="module")
def service() -> Iterator[StepFunctionsService]:
    made = StepFunctionsService(
        Lenient(), lambda _: Keys("a", "b", "c"), endpoint_url=lambda: "http://127.0.0.1:9", pace=Pace()
    )
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(activities, "POLL_SECONDS", 0)
        for name, members in (
            ("CreateStateMachine", {"name": "m", "definition": LOOP, "roleArn": ROLE, "publish": True}),
            ("StartExecution", {"stateMachineArn": f"{THINGS}:stateMachine:m", "name": "a"}),
            ("CreateActivity", {"name": "a"}),
        ):
            assert made.handle(f"AWSStepFunctions.{name}", members, ACCOUNT, REGION)[0] == 200
        yield made
    made.close()


@pytest.mark.parametrize("name", OPERATIONS)
@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_request_is_answered_or_refused_in_the_models_words(
    service: StepFunctionsService, name: str, data: st.DataObject
) -> None:
    model = model_of(name)
    assert model is not None
    request: Any = data.draw(valid_requests(model, lambda member: KNOWN.get(member, [])))
    if request and data.draw(st.integers(0, 3)) == 0:
        request[data.draw(st.sampled_from(sorted(request)))] = data.draw(
            st.sampled_from([None, 1, "", [], {}, "x" * 99])
        )
    status, _, body = service.handle(f"AWSStepFunctions.{name}", request, ACCOUNT, REGION)
    answer = json.loads(body)
    if status != 200:
        assert status < 500 or answer["__type"] == "UnsupportedOperation"
        assert answer["__type"] in {shape.name for shape in model.error_shapes} | ALWAYS
