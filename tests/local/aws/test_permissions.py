"""On which resources a request has to be allowed, with which condition keys, as AWS's reference says."""

from __future__ import annotations

import io
import json

import pytest

from fakes.gateway_aws import Account, refusal, statement, unique

ACCOUNT = "123456789012"
PERSONALIZE = f"arn:aws:personalize:us-east-1:{ACCOUNT}"
GROUP = f"{PERSONALIZE}:dataset-group"
RECIPE = "arn:aws:personalize:::recipe/aws-sims"
PROJECT = "personalize-sfn:project"


@pytest.fixture(scope="module")
def groups(account: Account) -> dict[str, str]:
    """ARNs of dataset groups by the project whose tag they carry; "" carries none."""
    made = {}
    for project in ("movies", "series", ""):
        tags = [{"tagKey": PROJECT, "tagValue": project}] if project else []
        answer = account.client("personalize").create_dataset_group(name=unique("group"), tags=tags)
        made[project] = answer["datasetGroupArn"]
    return made


def test_a_creation_has_to_be_allowed_on_its_parent_too(account: Account, groups: dict[str, str]):
    group, name = groups["movies"], unique("solution")
    request = {"name": name, "datasetGroupArn": group, "recipeArn": RECIPE}
    own = statement("personalize:CreateSolution", f"{PERSONALIZE}:solution/{name}")
    parent = statement("personalize:CreateSolution", group)
    code, message = refusal(account.as_role(own)("personalize").create_solution, **request)
    assert (code, f"perform: personalize:CreateSolution on resource: {group} because" in message) == (
        "AccessDeniedException",
        True,
    )
    assert refusal(account.as_role(parent)("personalize").create_solution, **request)[0] == "AccessDeniedException"
    made = account.as_role(own, parent)("personalize").create_solution(**request)
    assert made["solutionArn"] == f"{PERSONALIZE}:solution/{name}"


def test_a_list_is_allowed_on_every_resource_or_on_the_parent_that_it_names(account: Account, groups: dict[str, str]):
    group, other = groups["movies"], groups["series"]
    on_parent = account.as_role(statement("personalize:ListDatasets", group))("personalize")
    on_all = account.as_role(statement("personalize:ListDatasets"))("personalize")
    assert on_parent.list_datasets(datasetGroupArn=group)["datasets"] == []
    assert on_all.list_datasets(datasetGroupArn=group)["datasets"] == []
    assert refusal(on_parent.list_datasets, datasetGroupArn=other)[0] == "AccessDeniedException"
    assert refusal(on_parent.list_datasets)[0] == "AccessDeniedException"


class TestOtherServices:
    """A narrow role that notifies: none of these services is written out in the local IAM."""

    def test_a_topic(self, account: Account):
        topic = account.client("sns").create_topic(Name=unique("topic"))["TopicArn"]
        other = account.client("sns").create_topic(Name=unique("topic"))["TopicArn"]
        client = account.as_role(statement("sns:Publish", topic))("sns")
        client.publish(TopicArn=topic, Message="done")
        client.publish_batch(TopicArn=topic, PublishBatchRequestEntries=[{"Id": "1", "Message": "done"}])
        assert refused(account, statement("sns:Publish", topic), "sns", "Publish", TopicArn=other, Message="done")

    def test_a_bus(self, account: Account):
        bus = account.client("events").create_event_bus(Name=unique("bus"))["EventBusArn"]
        default = f"arn:aws:events:us-east-1:{ACCOUNT}:event-bus/default"
        entry = {"Source": "test", "DetailType": "done", "Detail": "{}"}
        client = account.as_role(statement("events:PutEvents", default))("events")
        assert client.put_events(Entries=[entry])["FailedEntryCount"] == 0
        for named in (bus, bus.rpartition("/")[2]):
            both = [entry, {**entry, "EventBusName": named}]
            assert refusal(client.put_events, Entries=both)[0] == "AccessDeniedException"
        narrow = account.as_role(statement("events:PutEvents", bus))("events")
        assert narrow.put_events(Entries=[{**entry, "EventBusName": bus}])["FailedEntryCount"] == 0

    def test_a_rule(self, account: Account):
        name = unique("rule")
        arn = f"arn:aws:events:us-east-1:{ACCOUNT}:rule/{name}"
        pattern = json.dumps({"source": ["my.app"]})  # by the clock nothing runs here
        client = account.as_role(statement(["events:PutRule", "events:PutTargets"], arn))("events")
        client.put_rule(Name=name, EventPattern=pattern)
        queue = f"arn:aws:sqs:us-east-1:{ACCOUNT}:q"
        client.put_targets(Rule=name, EventBusName="default", Targets=[{"Id": "1", "Arn": queue}])
        assert refusal(client.put_rule, Name="other", EventPattern=pattern)[0] == "AccessDeniedException"

    def test_a_table(self, account: Account):
        table, other = make_table(account), make_table(account)
        arn = f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/{table}"
        actions = ["dynamodb:PutItem", "dynamodb:GetItem", "dynamodb:BatchWriteItem"]
        client = account.as_role(statement(actions, arn))("dynamodb")
        item = {"id": {"S": f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/{other}"}}
        client.put_item(TableName=table, Item=item)
        assert client.get_item(TableName=arn, Key=item)["Item"] == item
        client.batch_write_item(RequestItems={table: [{"PutRequest": {"Item": item}}]})
        client.transact_write_items(TransactItems=[{"Put": {"TableName": table, "Item": item}}])
        assert refusal(client.put_item, TableName=other, Item=item)[0] == "AccessDeniedException"
        batch = {table: [{"PutRequest": {"Item": item}}], other: [{"PutRequest": {"Item": item}}]}
        assert refusal(client.batch_write_item, RequestItems=batch)[0] == "AccessDeniedException"

    def test_a_queue(self, account: Account):
        name = unique("queue")
        url = account.client("sqs").create_queue(QueueName=name)["QueueUrl"]
        arn = f"arn:aws:sqs:us-east-1:{ACCOUNT}:{name}"
        client = account.as_role(statement("sqs:SendMessage", arn))("sqs")
        client.send_message(QueueUrl=url, MessageBody="done")
        client.send_message_batch(QueueUrl=url, Entries=[{"Id": "1", "MessageBody": "done"}])
        assert refusal(client.receive_message, QueueUrl=url)[0].startswith("AccessDenied")

    def test_a_secret_whose_arn_ends_in_what_no_request_tells(self, account: Account):
        name = unique("secret")
        arn = account.client("secretsmanager").create_secret(Name=name, SecretString="x")["ARN"]
        pattern = f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:{name}-??????"
        client = account.as_role(statement("secretsmanager:GetSecretValue", pattern))("secretsmanager")
        assert client.get_secret_value(SecretId=name)["SecretString"] == "x"
        assert client.get_secret_value(SecretId=arn)["SecretString"] == "x"

    def test_a_service_that_the_table_does_not_hold(self, account: Account):
        arn = f"arn:aws:athena:us-east-1:{ACCOUNT}:workgroup/primary"
        client = account.as_role(statement("athena:GetWorkGroup", arn))("athena")
        assert client.get_work_group(WorkGroup="primary")["WorkGroup"]["Name"] == "primary"
        assert refusal(client.list_work_groups)[0] == "AccessDeniedException"


def refused(account: Account, allowed: dict, service: str, action: str, **request: object) -> bool:
    """Whether a role with that statement may not do this.  The text is read from the record: SNS answers XML."""
    before = len(account.aws.calls)
    client = account.as_role(allowed)(service)
    method = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in action).lstrip("_")
    with pytest.raises(Exception, match="AccessDenied"):
        getattr(client, method)(**request)
    return [call.allowed for call in account.aws.calls[before:] if call.action == f"{service}:{action}"] == [False]


def make_table(account: Account) -> str:
    name = unique("table")
    account.client("dynamodb").create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return name


class TestTags:
    """``aws:ResourceTag``, ``aws:RequestTag`` and ``aws:TagKeys`` from what is stored and what is asked."""

    def test_of_a_personalize_resource(self, account: Account, groups: dict[str, str]):
        wanted = {"StringEquals": {f"aws:ResourceTag/{PROJECT}": "movies"}}
        actions = ["personalize:DescribeDatasetGroup", "personalize:DeleteDatasetGroup"]
        client = account.as_role(statement(actions, f"{GROUP}/*", Condition=wanted))("personalize")
        ours = groups["movies"]
        assert client.describe_dataset_group(datasetGroupArn=ours)["datasetGroup"]["datasetGroupArn"] == ours
        for other in (groups["series"], groups[""], f"{GROUP}/absent"):
            assert refusal(client.delete_dataset_group, datasetGroupArn=other)[0] == "AccessDeniedException"

    def test_a_schema_has_none(self, account: Account):
        schema = account.client("personalize").create_schema(name=unique("schema"), schema=SCHEMA)["schemaArn"]
        condition = {"StringEquals": {f"aws:ResourceTag/{PROJECT}": "movies"}}
        client = account.as_role(statement("personalize:DescribeSchema", Condition=condition))("personalize")
        assert refusal(client.describe_schema, schemaArn=schema)[0] == "AccessDeniedException"

    def test_that_a_request_puts_on_or_takes_off(self, account: Account):
        mine = {"StringEquals": {f"aws:RequestTag/{PROJECT}": "movies"}}
        keys = {"ForAllValues:StringEquals": {"aws:TagKeys": ["note"]}}
        client = account.as_role(
            statement(["personalize:CreateDatasetGroup", "personalize:TagResource"], Condition=mine),
            statement("personalize:UntagResource", Condition=keys),
        )("personalize")
        tag = {"tagKey": PROJECT, "tagValue": "movies"}
        group = client.create_dataset_group(name=unique("group"), tags=[tag])["datasetGroupArn"]
        client.untag_resource(resourceArn=group, tagKeys=["note"])
        assert refusal(client.untag_resource, resourceArn=group, tagKeys=[PROJECT])[0] == "AccessDeniedException"
        assert refusal(client.create_dataset_group, name=unique("group"))[0] == "AccessDeniedException"
        other = [{**tag, "tagValue": "x"}]
        assert refusal(client.tag_resource, resourceArn=group, tags=other)[0] == "AccessDeniedException"

    def test_of_a_function_and_its_log_group(self, account: Account):
        ours = account.function("def handler(event, context): return 1", Tags={PROJECT: "movies"})
        theirs = account.function("def handler(event, context): return 1", Tags={PROJECT: "x"})
        for name in (ours, theirs):
            tags = {PROJECT: "movies" if name == ours else "x"}
            account.client("logs").create_log_group(logGroupName=f"/aws/lambda/{name}", tags=tags)
        condition = {"StringEquals": {f"aws:ResourceTag/{PROJECT}": "movies"}}
        client = account.as_role(statement(["lambda:*", "logs:*"], Condition=condition))
        assert client("lambda").get_function(FunctionName=ours)["Configuration"]["FunctionName"] == ours
        client("logs").put_retention_policy(logGroupName=f"/aws/lambda/{ours}", retentionInDays=7)
        assert refusal(client("lambda").delete_function, FunctionName=theirs)[0] == "AccessDeniedException"
        request = {"logGroupName": f"/aws/lambda/{theirs}", "retentionInDays": 7}
        assert refusal(client("logs").put_retention_policy, **request)[0] == "AccessDeniedException"

    def test_of_a_role_under_both_names_of_the_key(self, account: Account):
        ours, theirs = unique("role"), unique("role")
        trust = json.dumps({"Version": "2012-10-17", "Statement": []})
        for name in (ours, theirs):
            tags = [{"Key": PROJECT, "Value": "movies" if name == ours else "x"}]
            account.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trust, Tags=tags)
        for key in ("aws:ResourceTag", "iam:ResourceTag"):
            condition = {"StringEquals": {f"{key}/{PROJECT}": "movies"}}
            client = account.as_role(statement("iam:GetRole", Condition=condition))("iam")
            assert client.get_role(RoleName=ours)["Role"]["RoleName"] == ours
            assert refusal(client.get_role, RoleName=theirs)[0] == "AccessDenied"

    def test_of_a_state_machine_and_of_its_executions(self, account: Account):
        role = account.role({"Service": "states.amazonaws.com"})
        definition = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}})
        arns = {}
        for project in ("movies", "x"):
            arns[project] = account.client("stepfunctions").create_state_machine(
                name=unique("machine"), roleArn=role, definition=definition, tags=[{"key": PROJECT, "value": project}]
            )["stateMachineArn"]
        condition = {"StringEquals": {f"aws:ResourceTag/{PROJECT}": "movies"}}
        client = account.as_role(statement("states:*", Condition=condition))("stepfunctions")
        execution = client.start_execution(stateMachineArn=arns["movies"])["executionArn"]
        assert client.describe_execution(executionArn=execution)["stateMachineArn"] == arns["movies"]
        assert refusal(client.start_execution, stateMachineArn=arns["x"])[0] == "AccessDeniedException"
        other = account.client("stepfunctions").start_execution(stateMachineArn=arns["x"])["executionArn"]
        assert refusal(client.describe_execution, executionArn=other)[0] == "AccessDeniedException"

    def test_of_a_bucket_count_only_after_a_switch_that_is_off_by_default(self, account: Account):
        bucket = unique("bucket")
        s3 = account.client("s3")
        s3.create_bucket(Bucket=bucket)
        s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": [{"Key": PROJECT, "Value": "movies"}]})
        condition = {"StringEquals": {f"aws:ResourceTag/{PROJECT}": "movies"}}
        client = account.as_role(statement("s3:*", Condition=condition))("s3")
        assert refusal(client.put_object, Bucket=bucket, Key="a", Body=io.BytesIO(b"1"))[0] == "AccessDenied"


SCHEMA = json.dumps(
    {
        "type": "record",
        "name": "Interactions",
        "namespace": "com.amazonaws.personalize.schema",
        "fields": [
            {"name": "USER_ID", "type": "string"},
            {"name": "ITEM_ID", "type": "string"},
            {"name": "TIMESTAMP", "type": "long"},
        ],
        "version": "1.0",
    }
)
