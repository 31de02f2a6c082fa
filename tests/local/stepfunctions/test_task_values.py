"""What goes into a task's request and comes out of its answer."""

import datetime as dt
import io

import botocore.session
import pytest
from botocore.response import StreamingBody

from personalize_sfn.local.stepfunctions.task_values import answer_value, http_metadata, request_value


def shapes(service, operation):
    model = botocore.session.get_session().get_service_model(service).operation_model(operation)
    return model.input_shape, model.output_shape


def test_members_of_a_request_have_the_models_casing_and_values_its_types():
    asked, _ = shapes("lambda", "Invoke")
    assert request_value({"functionname": "f", "Payload": {"a": 1}}, asked) == {
        "FunctionName": "f",
        "Payload": b'{"a":1}',
    }
    asked, _ = shapes("stepfunctions", "StartExecution")
    assert request_value({"StateMachineArn": "arn", "Input": {"a": [1]}}, asked) == {
        "stateMachineArn": "arn",
        "input": '{"a":[1]}',
    }


def test_a_member_that_the_operation_does_not_have_is_left_for_botocore_to_refuse():
    asked, _ = shapes("personalize", "DescribeCampaign")
    assert request_value({"CampaignArn": "a", "Colour": 1}, asked) == {"campaignArn": "a", "Colour": 1}


AT = dt.datetime(2026, 11, 29, 13, 0, 0, 500_000, tzinfo=dt.UTC)


@pytest.mark.parametrize(("milliseconds", "time"), [(True, 1795957200500), (False, "2026-11-29T13:00:00.500Z")])
def test_an_answer_is_json_in_pascal_case(milliseconds, time):
    _, answered = shapes("personalize", "ListCampaigns")
    given = {"campaigns": [{"campaignArn": "a", "creationDateTime": AT}], "nextToken": "n"}
    assert answer_value(given, answered, milliseconds=milliseconds) == {
        "Campaigns": [{"CampaignArn": "a", "CreationDateTime": time}],
        "NextToken": "n",
    }


def test_a_stream_is_read_and_bytes_that_are_no_text_are_replaced():
    _, answered = shapes("lambda", "Invoke")
    stream = StreamingBody(io.BytesIO(b"\xff!"), 2)
    assert answer_value({"Payload": stream}, answered, milliseconds=True) == {"Payload": "\ufffd!"}


def test_the_metadata_of_a_call_have_each_header_twice():
    told = http_metadata({"HTTPStatusCode": 200, "RequestId": "r", "HTTPHeaders": {"date": "now"}})
    assert told["SdkHttpMetadata"] == {
        "AllHttpHeaders": {"date": ["now"]},
        "HttpHeaders": {"date": "now"},
        "HttpStatusCode": 200,
    }
    assert told["SdkResponseMetadata"] == {"RequestId": "r"}
