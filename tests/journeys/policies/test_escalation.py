"""Ways by which the holder of a caller's policy might get further than the project: each is tried, and refused.

The user has the policy of a config with a permissions boundary and nothing else.  The ways are the publicly known ones
(https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html says which a boundary has to close),
and the neighbours: another project whose name begins alike, the user's own bucket, people's roles.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from personalize_sfn.config import Config, RolesConfig
from personalize_sfn.deploy import caller_policy, deploy
from personalize_sfn.local import LocalAws
from personalize_sfn.ownership import PROJECT_TAG
from personalize_sfn.session import Session

ACCOUNT = "123456789012"
IAM = f"arn:aws:iam::{ACCOUNT}"
BOUNDARY = f"{IAM}:policy/boundary"
CONFIG = Config(project="movies", bucket="company-data", roles=RolesConfig(permissions_boundary_arn=BOUNDARY))
NEIGHBOUR = Config(project="movies-prod")
ROLE = CONFIG.role_name("lambda_change", "us-east-1")
THEIR_ROLE = NEIGHBOUR.role_name("lambda_change", "us-east-1")
TAG = [{"Key": PROJECT_TAG, "Value": "movies"}]
SMALL = {"Key": "movies/x", "Body": b"1"}
DEFINITION = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}})


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


EVERYTHING = document({"Effect": "Allow", "Action": "*", "Resource": "*"})
TO_MALLORY = document({"Effect": "Allow", "Principal": {"AWS": f"{IAM}:user/mallory"}, "Action": "sts:AssumeRole"})
TO_LAMBDA = document({"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"})


def code_of_his_own() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("app.py", "def handler(event, context):\n    return 1\n")
    return buffer.getvalue()


@dataclass(frozen=True)
class Mallory:
    """A user with the caller's policy, in an account where the project and its neighbour are deployed."""

    owner: Session
    session: Session

    def client(self, service: str) -> Any:
        return self.session.client(service)


@pytest.fixture(scope="module")
def mallory() -> Iterator[Mallory]:
    with LocalAws() as aws:
        owner = aws.session()
        iam, s3 = owner.client("iam"), owner.client("s3")
        iam.create_policy(PolicyName="boundary", PolicyDocument=EVERYTHING)
        iam.create_role(RoleName="admin", AssumeRolePolicyDocument=TO_LAMBDA)
        iam.put_role_policy(RoleName="admin", PolicyName="all", PolicyDocument=EVERYTHING)
        s3.create_bucket(Bucket="company-data")
        s3.put_object(Bucket="company-data", Key="finance/ledger", Body=b"secret")
        s3.create_bucket(Bucket="strangers")
        deploy(owner, CONFIG)
        deploy(owner, NEIGHBOUR)
        make_campaigns_group(owner, "movies-prod")
        owner.client("logs").create_log_group(logGroupName="/aws/lambda/movies-old")
        iam.create_user(UserName="mallory")
        policy = json.dumps(caller_policy(CONFIG, owner.arns))
        iam.put_user_policy(UserName="mallory", PolicyName="caller", PolicyDocument=policy)
        key = iam.create_access_key(UserName="mallory")["AccessKey"]
        boto_session = boto3.Session(
            aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"], region_name=aws.region
        )
        yield Mallory(owner, Session(boto_session, aws.endpoint_url))


def make_campaigns_group(owner: Session, project: str) -> None:
    tags = [{"tagKey": PROJECT_TAG, "tagValue": project}]
    owner.client("personalize").create_dataset_group(name=project, tags=tags)


# What is tried: the service, the method, and its parameters.
Way = tuple[str, str, dict[str, Any]]
ROLES_WAYS: dict[str, Way] = {
    "widen the role of another project": (
        "iam",
        "put_role_policy",
        {
            "RoleName": NEIGHBOUR.role_name("lambda_change", "us-east-1"),
            "PolicyName": "x",
            "PolicyDocument": EVERYTHING,
        },
    ),
    "widen a stranger's role": (
        "iam",
        "put_role_policy",
        {"RoleName": "admin", "PolicyName": "x", "PolicyDocument": EVERYTHING},
    ),
    "make one of the project's roles without the boundary": (
        "iam",
        "create_role",
        {"RoleName": ROLE, "AssumeRolePolicyDocument": TO_LAMBDA, "Tags": TAG},
    ),
    "make it with another boundary": (
        "iam",
        "create_role",
        {
            "RoleName": ROLE,
            "AssumeRolePolicyDocument": TO_LAMBDA,
            "PermissionsBoundary": "arn:aws:iam::aws:policy/AdministratorAccess",
            "Tags": TAG,
        },
    ),
    "make a role of another name": (
        "iam",
        "create_role",
        {"RoleName": "movies-mine", "AssumeRolePolicyDocument": TO_LAMBDA, "PermissionsBoundary": BOUNDARY},
    ),
    "take the boundary off": ("iam", "delete_role_permissions_boundary", {"RoleName": ROLE}),
    "put on another boundary": (
        "iam",
        "put_role_permissions_boundary",
        {"RoleName": ROLE, "PermissionsBoundary": "arn:aws:iam::aws:policy/AdministratorAccess"},
    ),
    "rewrite the boundary": (
        "iam",
        "create_policy_version",
        {"PolicyArn": BOUNDARY, "PolicyDocument": EVERYTHING, "SetAsDefault": True},
    ),
    "go back to another version of the boundary": (
        "iam",
        "set_default_policy_version",
        {"PolicyArn": BOUNDARY, "VersionId": "v1"},
    ),
    "delete the boundary": ("iam", "delete_policy", {"PolicyArn": BOUNDARY}),
    "attach a managed policy to the project's role": (
        "iam",
        "attach_role_policy",
        {"RoleName": ROLE, "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"},
    ),
    "let himself assume the project's role": (
        "iam",
        "update_assume_role_policy",
        {"RoleName": ROLE, "PolicyDocument": TO_MALLORY},
    ),
    "let himself assume a stranger's role": (
        "iam",
        "update_assume_role_policy",
        {"RoleName": "admin", "PolicyDocument": TO_MALLORY},
    ),
    "assume the project's role": (
        "sts",
        "assume_role",
        {"RoleArn": f"{IAM}:role/{ROLE}", "RoleSessionName": "mallory"},
    ),
    "assume a stranger's role": ("sts", "assume_role", {"RoleArn": f"{IAM}:role/admin", "RoleSessionName": "mallory"}),
    "give himself a policy": (
        "iam",
        "put_user_policy",
        {"UserName": "mallory", "PolicyName": "x", "PolicyDocument": EVERYTHING},
    ),
    "attach a policy to himself": (
        "iam",
        "attach_user_policy",
        {"UserName": "mallory", "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"},
    ),
    "make a group": ("iam", "create_group", {"GroupName": "x"}),
    "join a group": ("iam", "add_user_to_group", {"GroupName": "admins", "UserName": "mallory"}),
    "widen a group": (
        "iam",
        "put_group_policy",
        {"GroupName": "x", "PolicyName": "x", "PolicyDocument": EVERYTHING},
    ),
    "make keys for somebody": ("iam", "create_access_key", {"UserName": "admin"}),
    "make a password for somebody": ("iam", "create_login_profile", {"UserName": "admin", "Password": "Passw0rd!x"}),
    "make a user": ("iam", "create_user", {"UserName": "x"}),
    "make a managed policy": ("iam", "create_policy", {"PolicyName": "x", "PolicyDocument": EVERYTHING}),
    "make an instance profile": ("iam", "create_instance_profile", {"InstanceProfileName": "x"}),
}
FUNCTION = {
    "Runtime": "python3.13",
    "Handler": "app.handler",
    "Code": {"ZipFile": code_of_his_own()},
    "Tags": {PROJECT_TAG: "movies"},
}
PASSING_WAYS: dict[str, Way] = {
    "run his function under a stranger's role": (
        "lambda",
        "create_function",
        {"FunctionName": "movies-x", "Role": f"{IAM}:role/admin", **FUNCTION},
    ),
    "run his function under the neighbour's role": (
        "lambda",
        "create_function",
        {
            "FunctionName": "movies-x",
            "Role": f"{IAM}:role/{THEIR_ROLE}",
            **FUNCTION,
        },
    ),
    "give the project's function a stranger's role": (
        "lambda",
        "update_function_configuration",
        {"FunctionName": "movies-create-schema", "Role": f"{IAM}:role/admin"},
    ),
    "run his machine under a stranger's role": (
        "stepfunctions",
        "create_state_machine",
        {
            "name": "movies-x",
            "roleArn": f"{IAM}:role/admin",
            "definition": DEFINITION,
            "tags": [{"key": PROJECT_TAG, "value": "movies"}],
        },
    ),
    "give the project's machine a stranger's role": (
        "stepfunctions",
        "update_state_machine",
        {"stateMachineArn": "MACHINE:movies-main", "roleArn": f"{IAM}:role/admin", "definition": DEFINITION},
    ),
    "pass the project's role to a schedule": (
        "scheduler",
        "create_schedule",
        {
            "Name": "movies-x",
            "ScheduleExpression": "rate(1 day)",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "Target": {"Arn": f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:x", "RoleArn": f"{IAM}:role/{ROLE}"},
        },
    ),
    "publish a layer": ("lambda", "publish_layer_version", {"LayerName": "movies-x", "Content": FUNCTION["Code"]}),
    "let others invoke the project's function": (
        "lambda",
        "add_permission",
        {
            "FunctionName": "movies-create-schema",
            "StatementId": "x",
            "Action": "lambda:InvokeFunction",
            "Principal": "*",
        },
    ),
    "put an event source before the project's function": (
        "lambda",
        "create_event_source_mapping",
        {"FunctionName": "movies-create-schema", "EventSourceArn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:x"},
    ),
    "invoke the project's function himself": ("lambda", "invoke", {"FunctionName": "movies-create-schema"}),
}
NEIGHBOURS_WAYS: dict[str, Way] = {
    "change the neighbour's code": (
        "lambda",
        "update_function_code",
        {"FunctionName": "movies-prod-create-schema", "ZipFile": code_of_his_own()},
    ),
    "delete the neighbour's function": ("lambda", "delete_function", {"FunctionName": "movies-prod-create-schema"}),
    "make the neighbour's function his own": (
        "lambda",
        "tag_resource",
        {"Resource": "FUNCTION:movies-prod-create-schema", "Tags": {PROJECT_TAG: "movies"}},
    ),
    "take the neighbour's tag off": (
        "lambda",
        "untag_resource",
        {"Resource": "FUNCTION:movies-prod-create-schema", "TagKeys": [PROJECT_TAG]},
    ),
    "change the neighbour's machine": (
        "stepfunctions",
        "update_state_machine",
        {"stateMachineArn": "MACHINE:movies-prod-main", "definition": DEFINITION},
    ),
    "start the neighbour's machine": (
        "stepfunctions",
        "start_execution",
        {"stateMachineArn": "MACHINE:movies-prod-main", "input": "{}"},
    ),
    "delete the neighbour's machine": (
        "stepfunctions",
        "delete_state_machine",
        {"stateMachineArn": "MACHINE:movies-prod-main"},
    ),
    "make the neighbour's machine his own": (
        "stepfunctions",
        "tag_resource",
        {"resourceArn": "MACHINE:movies-prod-main", "tags": [{"key": PROJECT_TAG, "value": "movies"}]},
    ),
    "delete the neighbour's log": (
        "logs",
        "delete_log_group",
        {"logGroupName": "/aws/lambda/movies-prod-create-schema"},
    ),
    "make the neighbour's log his own": (
        "logs",
        "tag_resource",
        {"resourceArn": "LOGS:/aws/lambda/movies-prod-create-schema", "tags": {PROJECT_TAG: "movies"}},
    ),
    "delete a log of nobody's": ("logs", "delete_log_group", {"logGroupName": "/aws/lambda/movies-old"}),
    "delete the neighbour's role": (
        "iam",
        "delete_role_policy",
        {"RoleName": NEIGHBOUR.role_name("personalize", "us-east-1"), "PolicyName": "personalize-sfn"},
    ),
    "make the neighbour's data his own": (
        "personalize",
        "tag_resource",
        {"resourceArn": "GROUP:movies-prod", "tags": [{"tagKey": PROJECT_TAG, "tagValue": "movies"}]},
    ),
    "delete the neighbour's data": ("personalize", "delete_dataset_group", {"datasetGroupArn": "GROUP:movies-prod"}),
    "delete the project's own data past the workflow": (
        "personalize",
        "delete_dataset_group",
        {"datasetGroupArn": "GROUP:movies"},
    ),
    "ask the neighbour's campaign": (
        "personalize-runtime",
        "get_recommendations",
        {"campaignArn": "CAMPAIGN:movies-prod-campaign", "userId": "1"},
    ),
}
BUCKET_WAYS: dict[str, Way] = {
    "read another folder": ("s3", "get_object", {"Bucket": "company-data", "Key": "finance/ledger"}),
    "replace what is in it": ("s3", "put_object", {"Bucket": "company-data", "Key": "finance/ledger", "Body": b""}),
    "delete what is in it": ("s3", "delete_object", {"Bucket": "company-data", "Key": "finance/ledger"}),
    "delete several": (
        "s3",
        "delete_objects",
        {"Bucket": "company-data", "Delete": {"Objects": [{"Key": "finance/ledger"}]}},
    ),
    "copy it into the project's folder": (
        "s3",
        "copy_object",
        {"Bucket": "company-data", "Key": "movies/x", "CopySource": "company-data/finance/ledger"},
    ),
    "delete the bucket": ("s3", "delete_bucket", {"Bucket": "company-data"}),
    "open the bucket to himself": ("s3", "put_bucket_policy", {"Bucket": "company-data", "Policy": EVERYTHING}),
    "take the bucket's policy away": ("s3", "delete_bucket_policy", {"Bucket": "company-data"}),
    "open it to the public": (
        "s3",
        "put_public_access_block",
        {"Bucket": "company-data", "PublicAccessBlockConfiguration": {"BlockPublicAcls": False}},
    ),
    "open it by an ACL": ("s3", "put_bucket_acl", {"Bucket": "company-data", "ACL": "public-read"}),
    "tag it as the project's": ("s3", "put_bucket_tagging", {"Bucket": "company-data", "Tagging": {"TagSet": TAG}}),
    "read a stranger's bucket": ("s3", "list_objects_v2", {"Bucket": "strangers"}),
    "write to a stranger's bucket": ("s3", "put_object", {"Bucket": "strangers", **SMALL}),
    "write to the neighbour's bucket": ("s3", "put_object", {"Bucket": f"movies-prod-{ACCOUNT}-us-east-1", **SMALL}),
}
WAYS = ROLES_WAYS | PASSING_WAYS | NEIGHBOURS_WAYS | BUCKET_WAYS


def full(mallory: Mallory, value: Any) -> Any:
    """``MACHINE:movies-main`` and the like as ARNs."""
    arns = mallory.owner.arns
    made: dict[str, Callable[[str], str]] = {
        "MACHINE": arns.state_machine,
        "FUNCTION": arns.function,
        "LOGS": arns.log_group,
        "GROUP": lambda name: arns.personalize(f"dataset-group/{name}"),
        "CAMPAIGN": lambda name: arns.personalize(f"campaign/{name}"),
    }
    kind, _, name = value.partition(":") if isinstance(value, str) else ("", "", "")
    return made[kind](name) if kind in made else value


@pytest.mark.parametrize("way", WAYS)
def test_the_caller_gets_no_further_than_the_project(mallory: Mallory, way: str) -> None:
    service, method, parameters = WAYS[way]
    given = {name: full(mallory, value) for name, value in parameters.items()}

    with pytest.raises(ClientError) as refused:
        getattr(mallory.client(service), method)(**given)

    error = refused.value.response["Error"]
    assert error["Code"] in ("AccessDenied", "AccessDeniedException")
    assert error["Message"].startswith(f"User: {IAM}:user/mallory is not authorized to perform: ")


def test_what_the_project_is_about_the_caller_may(mallory: Mallory) -> None:
    """The suite would also pass for somebody who may do nothing."""
    mallory.client("s3").put_object(Bucket="company-data", **SMALL)
    mallory.client("lambda").update_function_configuration(FunctionName="movies-create-schema", MemorySize=512)
    mallory.client("stepfunctions").describe_state_machine(
        stateMachineArn=mallory.owner.arns.state_machine("movies-main")
    )

    changes = deploy(mallory.session, CONFIG).changes

    assert [change.sentence for change in changes] == ["update function movies-create-schema: MemorySize"]


def test_code_of_his_own_runs_under_the_boundary_only(mallory: Mallory) -> None:
    """A function's code is the project's to change; what it may do is what the boundary leaves of the role."""
    iam = mallory.owner.client("iam")
    role = iam.get_role(RoleName=ROLE)["Role"]

    assert role["PermissionsBoundary"]["PermissionsBoundaryArn"] == BOUNDARY
    mallory.client("iam").put_role_policy(RoleName=ROLE, PolicyName="wide", PolicyDocument=EVERYTHING)
    narrow = document({"Effect": "Allow", "Action": "personalize:*", "Resource": "*"})
    version = iam.create_policy_version(PolicyArn=BOUNDARY, PolicyDocument=narrow, SetAsDefault=True)
    authorize = what_roles_may()
    assert authorize(role["Arn"], "personalize:ListSchemas", "*").allowed
    assert not authorize(role["Arn"], "s3:GetObject", "arn:aws:s3:::strangers/x").allowed
    mallory.client("iam").delete_role_policy(RoleName=ROLE, PolicyName="wide")
    iam.set_default_policy_version(PolicyArn=BOUNDARY, VersionId="v1")
    iam.delete_policy_version(PolicyArn=BOUNDARY, VersionId=version["PolicyVersion"]["VersionId"])


def what_roles_may() -> Callable[[str, str, str], Any]:
    from personalize_sfn.local.aws.iam import Iam

    return Iam(ACCOUNT).authorize
