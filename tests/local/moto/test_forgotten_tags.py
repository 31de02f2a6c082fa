"""A resource that is made again under its old name has none of the tags of the one that was deleted."""

from __future__ import annotations

import io
import json
import zipfile

from fakes.gateway_aws import Account, unique

TAG = "personalize-sfn:project"
TRUST = {"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}
DEFINITION = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}})


def test_a_log_groups_tags_go_with_it(account: Account):
    logs, name = account.client("logs"), unique("group")
    logs.create_log_group(logGroupName=name, tags={TAG: "movies"})
    arn = f"arn:aws:logs:us-east-1:123456789012:log-group:{name}"
    assert logs.list_tags_for_resource(resourceArn=arn)["tags"] == {TAG: "movies"}

    logs.delete_log_group(logGroupName=name)
    logs.create_log_group(logGroupName=name)

    assert logs.list_tags_for_resource(resourceArn=arn)["tags"] == {}


def test_a_state_machines_tags_go_with_it(account: Account):
    states, iam, name = account.client("stepfunctions"), account.client("iam"), unique("machine")
    trust = json.dumps({"Version": "2012-10-17", "Statement": [TRUST]})
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    made = {"name": name, "definition": DEFINITION, "roleArn": role}
    arn = states.create_state_machine(**made, tags=[{"key": TAG, "value": "movies"}])["stateMachineArn"]
    assert states.list_tags_for_resource(resourceArn=arn)["tags"] == [{"key": TAG, "value": "movies"}]

    states.delete_state_machine(stateMachineArn=arn)
    assert states.create_state_machine(**made)["stateMachineArn"] == arn

    assert states.list_tags_for_resource(resourceArn=arn)["tags"] == []


def test_an_activitys_tags_go_with_it(account: Account):
    states, name = account.client("stepfunctions"), unique("activity")
    arn = states.create_activity(name=name, tags=[{"key": TAG, "value": "movies"}])["activityArn"]
    assert states.list_tags_for_resource(resourceArn=arn)["tags"] == [{"key": TAG, "value": "movies"}]

    states.delete_activity(activityArn=arn)
    assert states.create_activity(name=name)["activityArn"] == arn

    assert states.list_tags_for_resource(resourceArn=arn)["tags"] == []


def test_a_functions_tags_go_with_it(account: Account):
    functions, name = account.client("lambda"), unique("function")
    trust = json.dumps(
        {"Version": "2012-10-17", "Statement": [{**TRUST, "Principal": {"Service": "lambda.amazonaws.com"}}]}
    )
    role = account.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("app.py", "def handler(event, context):\n    return 1\n")
    code = {"ZipFile": buffer.getvalue()}
    made = {"FunctionName": name, "Runtime": "python3.13", "Handler": "app.handler", "Role": role, "Code": code}
    arn = functions.create_function(**made, Tags={TAG: "movies"})["FunctionArn"]
    assert functions.list_tags(Resource=arn)["Tags"] == {TAG: "movies"}

    functions.delete_function(FunctionName=name)
    functions.create_function(**made)

    assert functions.list_tags(Resource=arn)["Tags"] == {}


def test_a_roles_tags_go_with_it(account: Account):
    iam, name = account.client("iam"), unique("role")
    made = {"RoleName": name, "AssumeRolePolicyDocument": json.dumps({"Version": "2012-10-17", "Statement": [TRUST]})}
    iam.create_role(**made, Tags=[{"Key": TAG, "Value": "movies"}])
    assert iam.list_role_tags(RoleName=name)["Tags"] == [{"Key": TAG, "Value": "movies"}]

    iam.delete_role(RoleName=name)
    iam.create_role(**made)

    assert iam.list_role_tags(RoleName=name)["Tags"] == []
