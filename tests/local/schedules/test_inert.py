"""What never happens here is refused by name, or taken and listed; what is wrong is refused either way."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.session import get_session

from fakes.gateway_aws import Account, refusal, statement, unique
from personalize_sfn.local import LocalAws
from personalize_sfn.local.schedules.inert import inert_rows

REGION_AND_ACCOUNT = "us-east-1:123456789012"
HOW = "LocalAws(accept_inert=True) or 'personalize-sfn local start --accept-inert' takes it, and nothing happens."
FUNCTION = f"arn:aws:lambda:{REGION_AND_ACCOUNT}:function:f"
QUEUE = f"arn:aws:sqs:{REGION_AND_ACCOUNT}:q"
TOPIC = f"arn:aws:sns:{REGION_AND_ACCOUNT}:t"
ALARM = {"EvaluationPeriods": 1, "ComparisonOperator": "GreaterThanThreshold", "Threshold": 1.0, "Period": 60}
# service, method, request, operation as it is named, what does not happen
NEVER = [
    ("events", "put_rule", {"Name": "r", "ScheduleExpression": "rate(1 day)"}, "events:PutRule", "by the clock"),
    ("events", "put_rule", {"Name": "r", "EventPattern": '{"source": ["aws.states"]}'}, "events:PutRule", "no events"),
    (
        "events",
        "put_targets",
        {"Rule": "r", "Targets": [{"Id": "1", "Arn": FUNCTION}]},
        "events:PutTargets",
        "only queues",
    ),
    (
        "cloudwatch",
        "put_metric_alarm",
        {"AlarmName": "a", "MetricName": "m", "Namespace": "n", **ALARM},
        "monitoring:PutMetricAlarm",
        "never evaluated",
    ),
    (
        "sns",
        "subscribe",
        {"TopicArn": TOPIC, "Protocol": "email", "Endpoint": "a@example.com"},
        "sns:Subscribe",
        "queues only",
    ),
    (
        "sns",
        "subscribe",
        {"TopicArn": TOPIC, "Protocol": "lambda", "Endpoint": FUNCTION},
        "sns:Subscribe",
        "queues only",
    ),
    ("sns", "publish", {"PhoneNumber": "+15550100", "Message": "m"}, "sns:Publish", "leaves this machine"),
    (
        "lambda",
        "create_event_source_mapping",
        {"EventSourceArn": QUEUE, "FunctionName": "f"},
        "lambda:CreateEventSourceMapping",
        "no source invokes",
    ),
    (
        "lambda",
        "create_function_url_config",
        {"FunctionName": "f", "AuthType": "NONE"},
        "lambda:CreateFunctionUrlConfig",
        "no URL",
    ),
    (
        "lambda",
        "put_function_event_invoke_config",
        {"FunctionName": "f", "DestinationConfig": {"OnFailure": {"Destination": QUEUE}}},
        "lambda:PutFunctionEventInvokeConfig",
        "no destination",
    ),
    (
        "logs",
        "put_metric_filter",
        {
            "logGroupName": "g",
            "filterName": "n",
            "filterPattern": "",
            "metricTransformations": [{"metricName": "m", "metricNamespace": "n", "metricValue": "1"}],
        },
        "logs:PutMetricFilter",
        "no metrics",
    ),
    (
        "ses",
        "send_email",
        {"Source": "a@example.com", "Destination": {}, "Message": {"Subject": {"Data": "s"}, "Body": {}}},
        "ses:SendEmail",
        "leaves this machine",
    ),
    ("sesv2", "send_email", {"Content": {"Raw": {"Data": b"x"}}}, "ses:SendEmail", "leaves this machine"),
    (
        "autoscaling",
        "put_scaling_policy",
        {"AutoScalingGroupName": "g", "PolicyName": "p"},
        "autoscaling:PutScalingPolicy",
        "nothing scales",
    ),
    (
        "ssm",
        "create_maintenance_window",
        {"Name": "abc", "Schedule": "rate(1 day)", "Duration": 2, "Cutoff": 1, "AllowUnassociatedTargets": True},
        "ssm:CreateMaintenanceWindow",
        "by the clock",
    ),
]


@pytest.fixture(scope="module")
def ready(account: Account) -> Account:
    account.client("sns").create_topic(Name="t")
    account.client("sqs").create_queue(QueueName="q")
    return account


def schedule(account: Account, **changes: Any) -> dict[str, Any]:
    """A right request; its target is a queue."""
    account.client("sqs").create_queue(QueueName="q")
    role = account.role({"Service": "scheduler.amazonaws.com"})
    target = {"Arn": QUEUE, "RoleArn": role} | changes.pop("Target", {})
    return {
        "Name": unique("nightly"),
        "ScheduleExpression": "cron(0 3 * * ? *)",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": target,
    } | changes


@pytest.mark.parametrize(
    ("service", "method", "request_", "named", "why"),
    NEVER,
    ids=[f"{row[0]} {row[1]} {place}" for place, row in enumerate(NEVER)],
)
def test_what_never_happens_is_refused_by_name(ready: Account, service, method, request_, named, why):
    code, message = refusal(getattr(ready.client(service), method), **request_)
    assert code == "UnsupportedOperation"
    assert message.startswith(f"The embedded AWS does not support this {named}: ")
    assert why in message
    assert message.endswith(HOW)


def test_a_schedule_is_refused_by_name_but_a_disabled_one_is_what_it_says(account: Account):
    client, request = account.client("scheduler"), schedule(account)
    expected = f"The embedded AWS does not support this scheduler:CreateSchedule: nothing runs by the clock. {HOW}"
    assert refusal(client.create_schedule, **request) == ("UnsupportedOperation", expected)
    client.create_schedule(**request, State="DISABLED")
    assert client.get_schedule(Name=request["Name"])["State"] == "DISABLED"
    assert refusal(client.update_schedule, **request)[0] == "UnsupportedOperation"


def test_a_rule_that_was_disabled_cannot_be_enabled_to_run_by_the_clock(account: Account):
    client, name = account.client("events"), unique("rule")
    client.put_rule(Name=name, ScheduleExpression="rate(1 day)", State="DISABLED")
    assert refusal(client.enable_rule, Name=name)[0] == "UnsupportedOperation"


@pytest.mark.parametrize(
    "configuration",
    [
        {"EventBridgeConfiguration": {}},
        {"QueueConfigurations": [{"QueueArn": QUEUE, "Events": ["s3:ObjectCreated:*"]}]},
        {"TopicConfigurations": [{"TopicArn": TOPIC, "Events": ["s3:ObjectCreated:*"]}]},
        {"LambdaFunctionConfigurations": [{"LambdaFunctionArn": FUNCTION, "Events": ["s3:ObjectCreated:*"]}]},
    ],
    ids=lambda configuration: next(iter(configuration)),
)
def test_a_buckets_notifications_are_refused_but_can_be_cleared(account: Account, configuration: dict):
    s3, bucket = account.client("s3"), unique("bucket")
    s3.create_bucket(Bucket=bucket)
    put = s3.put_bucket_notification_configuration
    code, message = refusal(put, Bucket=bucket, NotificationConfiguration=configuration)
    assert code == "UnsupportedOperation"
    assert "this s3:PutBucketNotificationConfiguration: a bucket sends no notification. LocalAws(accept" in message
    put(Bucket=bucket, NotificationConfiguration={})


def test_who_may_not_is_told_that_first(account: Account):
    client = account.as_role(statement("scheduler:GetSchedule"))("scheduler")
    assert refusal(client.create_schedule, **schedule(account))[0] == "AccessDeniedException"


PAST = "at(2021-12-31T23:59:59)"
SOON = (dt.datetime.now(dt.UTC) + dt.timedelta(hours=3)).strftime("at(%Y-%m-%dT%H:%M:%S)")
NO_ROLE = "The execution role you provide must allow AWS EventBridge Scheduler to assume the role."
WRONG_SCHEDULES = [
    ({"ScheduleExpression": "every tuesday"}, "Invalid Schedule Expression every tuesday."),
    ({"ScheduleExpression": PAST}, f"Invalid Schedule Expression {PAST}."),
    (
        {"ScheduleExpression": SOON, "ScheduleExpressionTimezone": "Pacific/Kiritimati"},
        f"Invalid Schedule Expression {SOON}.",
    ),
    ({"ScheduleExpressionTimezone": "Mars/Olympus"}, "Invalid ScheduleExpressionTimezone Mars/Olympus."),
    ({"Target": {"RoleArn": "arn:aws:iam::123456789012:role/nobody"}}, NO_ROLE),
    (
        {"Target": {"Arn": f"arn:aws:lambda:{REGION_AND_ACCOUNT}:function:nobody"}},
        f"The target arn:aws:lambda:{REGION_AND_ACCOUNT}:function:nobody does not exist.",
    ),
    (
        {"Target": {"Arn": f"arn:aws:states:{REGION_AND_ACCOUNT}:stateMachine:nobody"}},
        f"The target arn:aws:states:{REGION_AND_ACCOUNT}:stateMachine:nobody does not exist.",
    ),
    ({"Target": {"Arn": "no arn"}}, "Provided Arn is not in correct format."),
]
WRONG_NAMES = ("words", "past", "past there", "zone", "role", "function", "machine", "form")
"""Names that do not hold the time: every worker of pytest-xdist has to find the same tests."""


@pytest.fixture(scope="class", params=[False, True], ids=["refusing", "accepting"])
def either(request: pytest.FixtureRequest, aws: LocalAws) -> Iterator[Account]:
    aws.stop()
    with LocalAws(accept_inert=request.param) as running:
        yield Account(running)
    aws.start()


@pytest.fixture(scope="class")
def accepting(aws: LocalAws) -> Iterator[Account]:
    aws.stop()
    with LocalAws(accept_inert=True) as running:
        yield Account(running)
    aws.start()


class TestEitherWay:
    """Of an embedded AWS that refuses, and of one that takes what never happens."""

    @pytest.mark.parametrize(("changes", "message"), WRONG_SCHEDULES, ids=WRONG_NAMES)
    def test_a_wrong_schedule_is_refused_in_awss_words(self, either: Account, changes: dict, message: str):
        client = either.client("scheduler")
        request = schedule(
            either, **{key: dict(value) if isinstance(value, dict) else value for key, value in changes.items()}
        )
        assert refusal(client.create_schedule, **request) == ("ValidationException", message)
        assert client.list_schedules()["Schedules"] == []

    def test_a_group_that_is_not_there(self, either: Account):
        code, message = refusal(either.client("scheduler").create_schedule, **schedule(either, GroupName="nobody"))
        assert (code, message) == ("ResourceNotFoundException", "Schedule group nobody does not exist.")

    @pytest.mark.parametrize(
        "expression", ["every tuesday", "rate(1 days)", "rate(5 minute)", PAST, "cron(0 3 * * * *)"]
    )
    def test_a_wrong_rule_is_refused_in_awss_words(self, either: Account, expression: str):
        code, message = refusal(either.client("events").put_rule, Name="r", ScheduleExpression=expression)
        assert (code, message) == ("ValidationException", "Parameter ScheduleExpression is not valid.")


class TestAccepted:
    def test_what_is_taken_is_listed_once_with_what_does_not_happen(self, accepting: Account, caplog):
        request = schedule(accepting)
        accepting.client("scheduler").create_schedule(**request)
        accepting.client("scheduler").update_schedule(**request)
        accepting.client("scheduler").update_schedule(**request)
        accepting.client("cloudwatch").put_metric_alarm(
            AlarmName="too slow", MetricName="m", Namespace="n", Statistic="Sum", **ALARM
        )
        listed = [(taken.operation, taken.name, taken.why) for taken in accepting.aws.inert]
        assert listed == [
            ("scheduler:CreateSchedule", request["Name"], "nothing runs by the clock"),
            ("scheduler:UpdateSchedule", request["Name"], "nothing runs by the clock"),
            ("monitoring:PutMetricAlarm", "too slow", "the state of an alarm is never evaluated"),
        ]
        assert "monitoring:PutMetricAlarm too slow was taken, but the state of an alarm is never" in caplog.text

    def test_what_the_service_refuses_is_not_listed(self, accepting: Account):
        before = accepting.aws.inert
        refusal(accepting.client("sns").subscribe, TopicArn=f"{TOPIC}x", Protocol="email", Endpoint="a@example.com")
        assert accepting.aws.inert == before

    def test_a_buckets_notifications_are_read_back_and_writing_goes_on(self, accepting: Account):
        s3, bucket = accepting.client("s3"), unique("bucket")
        name = accepting.function("def handler(e, c): return 1")
        function = f"arn:aws:lambda:{REGION_AND_ACCOUNT}:function:{name}"
        s3.create_bucket(Bucket=bucket)
        wanted = {
            "EventBridgeConfiguration": {},
            "LambdaFunctionConfigurations": [
                {"Id": "1", "LambdaFunctionArn": function, "Events": ["s3:ObjectCreated:*"]}
            ],
        }
        s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=wanted)
        found = s3.get_bucket_notification_configuration(Bucket=bucket)
        assert {key: value for key, value in found.items() if key != "ResponseMetadata"} == wanted
        s3.put_object(Bucket=bucket, Key="k", Body=b"x")

    def test_a_rules_target_that_gets_nothing_does_not_break_put_events(self, accepting: Account):
        client, sqs, name = accepting.client("events"), accepting.client("sqs"), unique("rule")
        url = sqs.create_queue(QueueName=name)["QueueUrl"]
        client.put_rule(Name=name, EventPattern=json.dumps({"source": ["my.app"]}))
        machine = f"arn:aws:states:{REGION_AND_ACCOUNT}:stateMachine:m"
        queue = f"arn:aws:sqs:{REGION_AND_ACCOUNT}:{name}"
        targets = [
            {"Id": "1", "Arn": machine, "RoleArn": "arn:aws:iam::123456789012:role/r"},
            {"Id": "2", "Arn": queue},
        ]
        client.put_targets(Rule=name, Targets=targets)
        entry = {"Source": "my.app", "DetailType": "d", "Detail": "{}"}
        assert client.put_events(Entries=[entry])["FailedEntryCount"] == 0
        assert len(sqs.receive_message(QueueUrl=url)["Messages"]) == 1

    def test_a_topic_with_a_function_delivers_to_its_queues(self, accepting: Account):
        sns, name = accepting.client("sns"), unique("topic")
        topic = sns.create_topic(Name=name)["TopicArn"]
        function = accepting.function("def handler(e, c): return 1")
        endpoint = f"arn:aws:lambda:{REGION_AND_ACCOUNT}:function:{function}"
        sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=endpoint)
        assert sns.publish(TopicArn=topic, Message="hello")["MessageId"]

    def test_no_delivery_leaves_the_machine_all_the_same(self, accepting: Account):
        topic = accepting.client("sns").create_topic(Name="t")["TopicArn"]
        subscribe = accepting.client("sns").subscribe
        assert (
            refusal(subscribe, TopicArn=topic, Protocol="http", Endpoint="http://example.com")[0]
            == "UnsupportedOperation"
        )


def test_every_row_names_an_operation_of_aws():
    session = get_session()
    operations: dict[str, set[str]] = {}
    for name in session.get_available_services():
        model = session.get_service_model(name)
        service = model.metadata.get("signingName") or model.metadata["endpointPrefix"]
        operations.setdefault(service, set()).update(model.operation_names)
    assert [row for row in inert_rows() if row[1] not in operations.get(row[0], set())] == []
