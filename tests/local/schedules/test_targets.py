"""Tests of ``targets``: whether what an ARN names is there: of the kinds that schedules are for."""

from __future__ import annotations

import json

from fakes.gateway_aws import Account, unique

REGION_AND_ACCOUNT = "us-east-1:123456789012"


def test_events_that_reach_a_queue_need_no_leave(account: Account):
    client, sqs, name = account.client("events"), account.client("sqs"), unique("rule")
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    client.put_rule(Name=name, EventPattern=json.dumps({"source": ["my.app"]}))
    target = {"Id": "1", "Arn": f"arn:aws:sqs:{REGION_AND_ACCOUNT}:{name}"}
    assert client.put_targets(Rule=name, Targets=[target])["FailedEntryCount"] == 0
    entry = {"Source": "my.app", "DetailType": "d", "Detail": '{"a": 1}'}
    assert client.put_events(Entries=[entry])["FailedEntryCount"] == 0
    [message] = sqs.receive_message(QueueUrl=url)["Messages"]
    assert json.loads(message["Body"])["detail"] == {"a": 1}
