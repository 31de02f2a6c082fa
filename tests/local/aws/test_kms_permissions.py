"""Who reads, writes or runs what a key of the user's encrypts must be allowed to use the key."""

from __future__ import annotations

import json

import pytest

from fakes.gateway_aws import Account, document, refusal, statement, unique

KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
DEFINITION = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}})
ENCRYPTION = {"type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": KEY}


@pytest.fixture
def bucket(account: Account) -> str:
    """Whose objects the key encrypts."""
    s3, name = account.client("s3"), unique("keyed")
    s3.create_bucket(Bucket=name)
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY}}
    s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": [rule]})
    s3.put_object(Bucket=name, Key="data.csv", Body=b"1")
    return name


def denied(action: str) -> str:
    return f"is not authorized to perform: {action} on resource: {KEY} because no identity-based policy allows"


def test_an_object_is_read_by_who_may_decrypt(account: Account, bucket: str):
    reader = statement("s3:GetObject")
    code, message = refusal(account.as_role(reader)("s3").get_object, Bucket=bucket, Key="data.csv")
    assert (code, denied("kms:Decrypt") in message) == ("AccessDenied", True)

    s3 = account.as_role(reader, statement("kms:Decrypt", KEY))("s3")
    assert s3.get_object(Bucket=bucket, Key="data.csv")["Body"].read() == b"1"


def test_a_look_at_an_object_needs_no_key(account: Account, bucket: str):
    s3 = account.as_role(statement(["s3:GetObject", "s3:ListBucket"]))("s3")
    assert s3.head_object(Bucket=bucket, Key="data.csv")["SSEKMSKeyId"] == KEY


def test_an_object_is_written_by_who_may_generate_data_keys(account: Account, bucket: str):
    code, message = refusal(account.as_role(statement("s3:PutObject"))("s3").put_object, Bucket=bucket, Key="a")
    assert (code, denied("kms:GenerateDataKey") in message) == ("AccessDenied", True)

    s3 = account.as_role(statement("s3:PutObject"), statement("kms:GenerateDataKey", KEY))("s3")
    s3.put_object(Bucket=bucket, Key="a", Body=b"2")
    code, message = refusal(s3.create_multipart_upload, Bucket=bucket, Key="b")
    assert (code, denied("kms:Decrypt") in message) == ("AccessDenied", True), "S3 reads the parts again"


def test_a_key_that_the_request_names_comes_before_the_buckets(account: Account):
    bucket = unique("plain")
    account.client("s3").create_bucket(Bucket=bucket)
    s3 = account.as_role(statement("s3:PutObject"))("s3")
    s3.put_object(Bucket=bucket, Key="a", Body=b"1")
    keyed = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": KEY}
    assert refusal(s3.put_object, Bucket=bucket, Key="a", **keyed)[0] == "AccessDenied"


def test_a_machine_is_made_and_seen_by_who_may_use_its_key_and_run_by_a_role_that_may(account: Account):
    role = account.role({"Service": "states.amazonaws.com"})
    made = {"name": unique("m"), "definition": DEFINITION, "roleArn": role, "encryptionConfiguration": ENCRYPTION}
    maker = statement(["states:*", "iam:PassRole"])
    code, message = refusal(account.as_role(maker)("stepfunctions").create_state_machine, **made)
    assert (code, denied("kms:DescribeKey") in message) == ("KmsAccessDeniedException", True)

    states = account.as_role(maker, statement(["kms:DescribeKey", "kms:GenerateDataKey"], KEY))("stepfunctions")
    arn = states.create_state_machine(**made)["stateMachineArn"]
    code, message = refusal(states.describe_state_machine, stateMachineArn=arn)
    assert (code, denied("kms:Decrypt") in message) == ("KmsAccessDeniedException", True)
    assert states.describe_state_machine(stateMachineArn=arn, includedData="METADATA_ONLY")["status"] == "ACTIVE"

    code, message = refusal(states.start_execution, stateMachineArn=arn)
    assert (code, message.startswith(f"User: {role} is not authorized")) == ("KmsAccessDeniedException", True)

    condition = {"StringEquals": {"kms:EncryptionContext:aws:states:stateMachineArn": arn}}
    use = statement(["kms:Decrypt", "kms:GenerateDataKey"], KEY, Condition=condition)
    account.client("iam").put_role_policy(
        RoleName=role.rpartition("/")[2], PolicyName="key", PolicyDocument=document(use)
    )
    assert states.start_execution(stateMachineArn=arn)["executionArn"]
