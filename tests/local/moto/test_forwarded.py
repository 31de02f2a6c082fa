"""Tests of ``local.moto.forwarded``."""

from __future__ import annotations

import json

import pytest

from fakes.gateway_aws import Account, refusal, unique

REGION_AND_ACCOUNT = "us-east-1:123456789012"
TOPIC = f"arn:aws:sns:{REGION_AND_ACCOUNT}:t"


@pytest.fixture(scope="module")
def ready(account: Account) -> Account:
    account.client("sns").create_topic(Name="t")
    account.client("sqs").create_queue(QueueName="q")
    return account


def test_a_delivery_to_another_machine_is_refused_without_a_way_around(ready: Account):
    code, message = refusal(
        ready.client("sns").subscribe, TopicArn=TOPIC, Protocol="https", Endpoint="https://example.com"
    )
    expected = (
        "The embedded AWS does not support sns:Subscribe with Protocol https: "
        "nothing of a local run leaves this machine."
    )
    assert (code, message) == ("UnsupportedOperation", expected)


def test_a_topic_still_delivers_to_a_queue(account: Account):
    sns, sqs, name = account.client("sns"), account.client("sqs"), unique("topic")
    topic, url = sns.create_topic(Name=name)["TopicArn"], sqs.create_queue(QueueName=name)["QueueUrl"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:{REGION_AND_ACCOUNT}:{name}")
    sns.publish(TopicArn=topic, Message="hello")
    [message] = sqs.receive_message(QueueUrl=url)["Messages"]
    assert json.loads(message["Body"])["Message"] == "hello"
