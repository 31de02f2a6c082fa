"""Requests under keys of users and roles: what their policies do not allow is refused as AWS refuses it."""

from __future__ import annotations

import json

import pytest

from fakes.gateway_aws import Account, document, refusal, statement, unique

ROLE_TRUSTED_BY_ACCOUNT = {"AWS": "123456789012"}


def test_a_role_without_policies_may_do_nothing_but_ask_who_it_is(account: Account):
    client = account.as_role()
    assert ":assumed-role/role-" in client("sts").get_caller_identity()["Arn"]
    code, message = refusal(client("personalize").list_dataset_groups)
    assert code == "AccessDeniedException"
    assert message.startswith("User: arn:aws:sts::123456789012:assumed-role/role-")
    assert message.endswith(
        "/tester is not authorized to perform: personalize:ListDatasetGroups on resource: * "
        "because no identity-based policy allows the personalize:ListDatasetGroups action"
    )


def test_a_personalize_action_is_allowed_on_its_own_resource_only(account: Account):
    arn = "arn:aws:personalize:us-east-1:123456789012:dataset-group/films"
    client = account.as_role(statement("personalize:CreateDatasetGroup", arn))("personalize")
    assert client.create_dataset_group(name="films")["datasetGroupArn"] == arn
    code, message = refusal(client.create_dataset_group, name="books")
    assert (code, "on resource: arn:aws:personalize:us-east-1:123456789012:dataset-group/books " in message) == (
        "AccessDeniedException",
        True,
    )


def test_a_permissions_boundary_takes_away(account: Account):
    iam = account.client("iam")
    boundary = iam.create_policy(PolicyName=unique("boundary"), PolicyDocument=document(statement("s3:*")))
    client = account.as_role(
        statement(["s3:ListAllMyBuckets", "iam:ListRoles"]), PermissionsBoundary=boundary["Policy"]["Arn"]
    )
    client("s3").list_buckets()
    assert refusal(client("iam").list_roles)[0] == "AccessDenied"


def test_a_session_policy_takes_away(account: Account):
    arn = account.role(ROLE_TRUSTED_BY_ACCOUNT, statement(["s3:ListAllMyBuckets", "iam:ListRoles"]))
    client = account.assume(arn, Policy=document(statement("s3:*")))
    client("s3").list_buckets()
    assert refusal(client("iam").list_roles)[0] == "AccessDenied"


def test_an_explicit_deny_is_named(account: Account):
    client = account.as_role(statement("*"), statement("personalize:List*", effect="Deny"))("personalize")
    code, message = refusal(client.list_schemas)
    assert (code, message.rpartition(" on resource: * ")[2]) == (
        "AccessDeniedException",
        "with an explicit deny in an identity-based policy",
    )


def test_a_role_cannot_be_handed_over_without_pass_role(account: Account):
    role = account.role({"Service": "lambda.amazonaws.com"})
    code, message = refusal(
        account.as_role(statement("lambda:CreateFunction"))("lambda").create_function,
        FunctionName="f",
        Runtime="python3.13",
        Role=role,
        Handler="a.b",
        Code={"ZipFile": b"x"},
    )
    assert code == "AccessDeniedException"
    assert f"is not authorized to perform: iam:PassRole on resource: {role} " in message


@pytest.mark.parametrize(
    ("service", "code"), [("states", "AccessDeniedException"), ("lambda", "InvalidParameterValueException")]
)
def test_pass_role_looks_at_the_service_that_gets_the_role(account: Account, service: str, code: str):
    role = account.role({"Service": "lambda.amazonaws.com"})
    condition = {"StringEquals": {"iam:PassedToService": f"{service}.amazonaws.com"}}
    client = account.as_role(statement("lambda:*"), statement("iam:PassRole", role, Condition=condition))("lambda")
    request = {"FunctionName": "f", "Runtime": "python3.13", "Role": role, "Handler": "a.b", "Code": {"ZipFile": b"x"}}
    assert refusal(client.create_function, **request)[0] == code


def test_a_machine_role_needs_to_trust_step_functions(account: Account):
    role = account.role({"Service": "lambda.amazonaws.com"})
    code, message = refusal(
        account.client("stepfunctions").create_state_machine,
        name=unique("machine"),
        roleArn=role,
        definition=json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}),
    )
    assert (code, role in message) == ("AccessDeniedException", True)


class TestBuckets:
    def test_reads_and_listing_are_two_permissions(self, account: Account):
        bucket = unique("bucket")
        owner = account.client("s3")
        owner.create_bucket(Bucket=bucket)
        owner.put_object(Bucket=bucket, Key="in/a b.csv", Body=b"1")
        reader = account.as_role(statement("s3:GetObject", f"arn:aws:s3:::{bucket}/in/*"))("s3")
        assert reader.get_object(Bucket=bucket, Key="in/a b.csv")["Body"].read() == b"1"
        assert reader.head_object(Bucket=bucket, Key="in/a b.csv")["ContentLength"] == 1
        assert refusal(reader.get_object, Bucket=bucket, Key="out/a.csv")[0] == "AccessDenied"
        assert refusal(reader.list_objects_v2, Bucket=bucket)[0] == "AccessDenied"
        assert refusal(reader.put_object, Bucket=bucket, Key="in/b.csv", Body=b"2")[0] == "AccessDenied"

    def test_a_listing_may_be_limited_to_a_prefix(self, account: Account):
        bucket = unique("bucket")
        account.client("s3").create_bucket(Bucket=bucket)
        condition = {"StringLike": {"s3:prefix": "in/*"}}
        reader = account.as_role(statement("s3:ListBucket", f"arn:aws:s3:::{bucket}", Condition=condition))("s3")
        assert reader.list_objects_v2(Bucket=bucket, Prefix="in/x")["KeyCount"] == 0
        assert refusal(reader.list_objects_v2, Bucket=bucket, Prefix="out/")[0] == "AccessDenied"

    def test_each_key_of_a_bulk_deletion_must_be_allowed(self, account: Account):
        bucket = unique("bucket")
        owner = account.client("s3")
        owner.create_bucket(Bucket=bucket)
        client = account.as_role(statement("s3:DeleteObject", f"arn:aws:s3:::{bucket}/a"))("s3")
        client.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "a"}]})
        both = {"Objects": [{"Key": "a"}, {"Key": "b"}]}
        assert refusal(client.delete_objects, Bucket=bucket, Delete=both)[0] == "AccessDenied"

    def test_the_bucket_policy_may_allow_and_deny(self, account: Account):
        bucket, arn = unique("bucket"), account.role(ROLE_TRUSTED_BY_ACCOUNT)
        owner = account.client("s3")
        owner.create_bucket(Bucket=bucket)
        owner.put_object(Bucket=bucket, Key="a", Body=b"1")
        client = account.assume(arn)("s3")
        assert refusal(client.get_object, Bucket=bucket, Key="a")[0] == "AccessDenied"
        allowed = statement("s3:GetObject", f"arn:aws:s3:::{bucket}/*", Principal={"AWS": arn})
        owner.put_bucket_policy(Bucket=bucket, Policy=document(allowed))
        assert client.get_object(Bucket=bucket, Key="a")["Body"].read() == b"1"
        denied = {**allowed, "Effect": "Deny", "Principal": "*"}
        owner.put_bucket_policy(Bucket=bucket, Policy=document(allowed, denied))
        code, message = refusal(client.get_object, Bucket=bucket, Key="a")
        assert (code, message.endswith("with an explicit deny in a resource-based policy")) == ("AccessDenied", True)


def test_every_question_is_recorded(account: Account):
    client = account.as_role(statement("personalize:ListSolutions"))
    role = client("sts").get_caller_identity()["Arn"].split("/")[1]
    client("personalize").list_solutions()
    refusal(client("personalize").list_campaigns)
    seen = [(call.action, call.allowed) for call in account.aws.calls if call.principal.endswith(f"role/{role}")]
    assert seen == [
        ("sts:GetCallerIdentity", True),
        ("personalize:ListSolutions", True),
        ("personalize:ListCampaigns", False),
    ]


class TestConditionsOfABucketsPolicy:
    """Judged once, with the request's condition keys: the backend's own judgement knows none."""

    @pytest.fixture
    def bucket(self, account: Account) -> str:
        name = unique("bucket")
        account.client("s3").create_bucket(Bucket=name)
        return name

    def test_a_policy_that_demands_encryption_of_the_way_lets_everything_through(self, account: Account, bucket: str):
        both = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
        s3 = account.client("s3")
        conditions = [{"Bool": {"aws:SecureTransport": "false"}}, {"NumericLessThan": {"s3:TlsVersion": "1.2"}}]
        denials = [statement("s3:*", both, "Deny", Principal="*", Condition=each) for each in conditions]
        s3.put_bucket_policy(Bucket=bucket, Policy=document(*denials))
        s3.put_object(Bucket=bucket, Key="a", Body=b"1")
        s3.copy_object(Bucket=bucket, Key="b", CopySource=f"{bucket}/a")
        assert s3.get_object(Bucket=bucket, Key="b")["Body"].read() == b"1"
        assert s3.head_object(Bucket=bucket, Key="b")["ContentLength"] == 1
        assert s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "a"}]})["Deleted"] == [{"Key": "a"}]
        s3.delete_object(Bucket=bucket, Key="b")

    def test_a_denial_that_the_request_meets_is_a_refusal(self, account: Account, bucket: str):
        s3 = account.client("s3")
        condition = {"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}}
        denial = statement("s3:PutObject", f"arn:aws:s3:::{bucket}/*", "Deny", Principal="*", Condition=condition)
        s3.put_bucket_policy(Bucket=bucket, Policy=document(denial))
        s3.put_object(Bucket=bucket, Key="a", Body=b"1", ServerSideEncryption="aws:kms")
        code, message = refusal(s3.put_object, Bucket=bucket, Key="a", Body=b"1")
        assert (code, message) == (
            "AccessDenied",
            "User: arn:aws:iam::123456789012:root is not authorized to perform: s3:PutObject on resource: "
            f"arn:aws:s3:::{bucket}/a with an explicit deny in a resource-based policy",
        )

    def test_an_allowance_counts_only_where_its_condition_holds(self, account: Account, bucket: str):
        arn = account.role(ROLE_TRUSTED_BY_ACCOUNT)
        s3 = account.client("s3")
        for key in ("a", "b"):
            s3.put_object(Bucket=bucket, Key=key, Body=b"1")
        condition = {"ArnEquals": {"aws:PrincipalArn": arn}, "Bool": {"aws:PrincipalIsAWSService": "false"}}
        allowed = statement("s3:GetObject", f"arn:aws:s3:::{bucket}/a", Principal={"AWS": "*"}, Condition=condition)
        s3.put_bucket_policy(Bucket=bucket, Policy=document(allowed))
        assert account.assume(arn)("s3").get_object(Bucket=bucket, Key="a")["Body"].read() == b"1"
        assert refusal(account.as_role()("s3").get_object, Bucket=bucket, Key="a")[0] == "AccessDenied"

    def test_the_accounts_owner_can_always_replace_the_policy(self, account: Account, bucket: str):
        s3 = account.client("s3")
        s3.put_bucket_policy(Bucket=bucket, Policy=document(statement("s3:*", "*", "Deny", Principal="*")))
        assert refusal(s3.list_objects_v2, Bucket=bucket)[0] == "AccessDenied"
        s3.delete_bucket_policy(Bucket=bucket)
        assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


@pytest.mark.parametrize(
    ("principal", "trusted"),
    [
        ("states.amazonaws.com", True),
        ("states.us-east-1.amazonaws.com", True),
        ("states.eu-west-1.amazonaws.com", False),
        ("lambda.amazonaws.com", False),
    ],
)
def test_step_functions_may_be_trusted_by_its_name_in_the_machines_region(
    account: Account, principal: str, trusted: bool
):
    role = account.role({"Service": principal})
    definition = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}})
    request = {"name": unique("machine"), "roleArn": role, "definition": definition}
    allowed = statement(["states:*", "iam:PassRole"])
    client = account.as_role(allowed)("stepfunctions")
    if trusted:
        machine = client.create_state_machine(**request)["stateMachineArn"]
        assert client.start_execution(stateMachineArn=machine)["executionArn"]
    else:
        code, message = refusal(client.create_state_machine, **request)
        assert (code, message) == (
            "AccessDeniedException",
            "Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume "
            f"the provided role: {role}",
        )
