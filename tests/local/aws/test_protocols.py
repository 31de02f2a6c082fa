"""Tests of ``protocols``: which protocol a request is written in, and with it the form of its answer."""

from __future__ import annotations

from typing import Any

from botocore.model import ServiceModel
from botocore.serialize import create_serializer
from botocore.session import get_session

from personalize_sfn.local.aws.protocols import protocol_of
from personalize_sfn.local.aws.request import Request


def test_the_protocol_of_a_request_is_that_in_which_botocore_writes_it():
    session, wrong, asked = get_session(), [], 0
    for name in session.get_available_services():
        model = session.get_service_model(name)
        protocol = model.resolved_protocol
        service = model.metadata.get("signingName") or model.metadata["endpointPrefix"]
        request = _written(model, protocol)
        headers = {key.lower(): str(value) for key, value in request["headers"].items()}
        if isinstance(request["body"], dict):  # a form, which botocore's signer writes out
            headers["content-type"] = "application/x-www-form-urlencoded; charset=utf-8"
        call = Request(request["method"], "/", {}, headers, b"", service)
        expected = {"smithy-rpc-v2-cbor": "cbor", "rest-json": "json"}.get(protocol, protocol)
        asked += 1
        if protocol_of(call) != expected:
            wrong.append((name, service, protocol, protocol_of(call)))
    assert (wrong, asked > 300) == ([], True)


def _written(model: ServiceModel, protocol: str) -> dict[str, Any]:
    """A request of the service as botocore writes it: of an operation that needs nothing, if there is one."""
    operations = [model.operation_model(name) for name in model.operation_names]
    simple = [op for op in operations if op.input_shape is None or not op.input_shape.required_members]
    if not simple and protocol.startswith("rest"):  # its path needs values, but no header of it does
        return {"headers": {}, "body": b"", "method": "GET"}
    return create_serializer(protocol, False).serialize_to_request({}, (simple or operations)[0])
