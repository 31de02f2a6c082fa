"""A key of the user's encrypts what the config says, and only who needs it may use it."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from fakes.batch_configs import BATCHES
from personalize_sfn.arns import Arns
from personalize_sfn.config import Config, MetricAttributionConfig, MetricConfig
from personalize_sfn.deploy import caller_policy
from personalize_sfn.deploy.apply import apply
from personalize_sfn.deploy.bucket import plan_bucket
from personalize_sfn.deploy.keys import KEYS, key_statements
from personalize_sfn.deploy.policies import roles
from personalize_sfn.session import Session
from personalize_sfn.stages import batch_inference_job, dataset_export_job, metric_attribution

ARNS = Arns("us-east-1", "123456789012")
KEY, OTHER = (f"arn:aws:kms:us-east-1:123456789012:key/{name}" for name in ("one", "other"))


def used_by(config: Config) -> dict[str, list[str]]:
    """What each role and the caller may do with the key."""
    made = roles(config, ARNS, functions=["describe-campaign", "create-campaign"], machines=["dataset"])
    policies: dict[str, Any] = {each.key: each.policy for each in made}
    policies["caller"] = caller_policy(config, ARNS)
    found = {
        who: [action for each in policy["Statement"] if each["Resource"] == [KEY] for action in each["Action"]]
        for who, policy in policies.items()
    }
    return {who: actions for who, actions in found.items() if actions}


def test_without_a_key_nobody_needs_kms() -> None:
    assert "kms:" not in str(roles(BATCHES, ARNS, functions=["f"], machines=["m"]))
    assert "kms:" not in str(caller_policy(BATCHES, ARNS))
    assert key_statements(BATCHES, ARNS) == {}


@pytest.mark.parametrize(
    ("field", "used"),
    [
        (
            "kms_key_arn",
            {"personalize": ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey", "kms:ListGrants"]},
        ),
        (
            "bucket_kms_key_arn",
            {
                "personalize": ["kms:Decrypt", "kms:GenerateDataKey"],
                "lambda_change": ["kms:Decrypt"],
                "caller": ["kms:Decrypt", "kms:GenerateDataKey"],
            },
        ),
        ("output_kms_key_arn", {"personalize": ["kms:Decrypt", "kms:GenerateDataKey"], "caller": ["kms:Decrypt"]}),
        ("logs_kms_key_arn", {}),
        (
            "machines_kms_key_arn",
            {
                "step_functions": ["kms:Decrypt", "kms:GenerateDataKey"],
                "caller": ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"],
            },
        ),
    ],
)
def test_each_key_is_used_by_those_who_need_it(field: str, used: dict[str, list[str]]) -> None:
    assert used_by(dataclasses.replace(BATCHES, **{field: KEY})) == used


def test_a_config_without_output_lets_personalize_read_by_the_buckets_key_and_not_write() -> None:
    config = Config(project="movies", bucket_kms_key_arn=KEY, output_kms_key_arn=OTHER)
    assert used_by(config)["personalize"] == ["kms:Decrypt"]
    (role,) = (each for each in roles(config, ARNS, functions=["f"], machines=["m"]) if each.key == "personalize")
    assert OTHER not in str(role.policy)


def test_step_functions_uses_the_key_for_machines_of_the_project_only() -> None:
    config = Config(project="movies", machines_kms_key_arn=KEY)
    made = roles(config, ARNS, functions=["f"], machines=["dataset"])
    (role,) = (each for each in made if each.key == "step_functions")
    (condition,) = (each["Condition"] for each in role.policy["Statement"] if each["Resource"] == [KEY])
    assert condition == {
        "StringEquals": {
            "kms:EncryptionContext:aws:states:stateMachineArn": [
                "arn:aws:states:us-east-1:123456789012:stateMachine:movies-dataset",
                "arn:aws:states:us-east-1:123456789012:stateMachine:movies-main",
            ]
        }
    }


def test_the_policy_of_a_key_names_whom_it_must_let_use_it() -> None:
    config = dataclasses.replace(BATCHES, **dict.fromkeys(KEYS, KEY))

    told = {each["Sid"]: each for each in key_statements(config, ARNS)[KEY]}

    assert list(told) == [f"PersonalizeSfn{who}" for who in ("Personalize", "Functions", "Logs", "Machines")]
    assert told["PersonalizeSfnLogs"]["Principal"] == {"Service": "logs.us-east-1.amazonaws.com"}
    assert told["PersonalizeSfnLogs"]["Condition"] == {
        "ArnLike": {
            "kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/movies-*"
        }
    }
    assert told["PersonalizeSfnMachines"]["Condition"] == {
        "StringLike": {
            "kms:EncryptionContext:aws:states:stateMachineArn": (
                "arn:aws:states:us-east-1:123456789012:stateMachine:movies-*"
            )
        }
    }


# --- what is encrypted by it -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "key"),
    [
        ({}, None),
        ({"bucket_kms_key_arn": KEY}, KEY),
        ({"output_kms_key_arn": OTHER}, OTHER),
        ({"bucket_kms_key_arn": KEY, "output_kms_key_arn": OTHER}, OTHER),
    ],
)
def test_personalize_encrypts_what_it_writes_by_the_key_of_the_output_or_the_buckets(
    keys: dict[str, str], key: str | None
) -> None:
    attribution = MetricAttributionConfig(
        metrics={"seen": MetricConfig(event="watch", expression="SAMPLECOUNT()")}, to_s3=True
    )
    config = dataclasses.replace(BATCHES, metric_attribution=attribution, **keys)
    requests = (
        batch_inference_job.request(config, ARNS, "newsletter")["jobOutput"],
        dataset_export_job.request(config, ARNS, "INTERACTIONS")["jobOutput"],
        metric_attribution.request(config, ARNS)["metricsOutputConfig"],
    )
    assert [each["s3DataDestination"].get("kmsKeyArn") for each in requests] == [key] * 3
    read = batch_inference_job.request(config, ARNS, "newsletter")["jobInput"]["s3DataSource"].get("kmsKeyArn")
    assert read == keys.get("bucket_kms_key_arn"), "the input is the user's, by the bucket's key"


def test_the_bucket_that_deploy_makes_encrypts_by_the_key(session: Session, config: Config) -> None:
    name = config.bucket_name(session.region, session.account_id)

    def deployed(key: str | None) -> tuple[list[str], dict[str, Any]]:
        changes = plan_bucket(session, dataclasses.replace(config, bucket_kms_key_arn=key))
        apply(session, changes)
        found = session.client("s3").get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]
        return [each.sentence for each in changes if each.kind == "bucket"], found["Rules"][0]

    assert deployed(None)[1]["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    by_key = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY}
    sentence = f"encrypt by {KEY} what is put into bucket {name} from now on"
    assert deployed(KEY) == ([sentence], {"ApplyServerSideEncryptionByDefault": by_key, "BucketKeyEnabled": True})
    assert deployed(KEY)[0] == []
