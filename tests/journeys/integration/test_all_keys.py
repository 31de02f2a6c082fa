"""A project with a KMS key wherever one may be named runs whole, by a caller who may only what the policy says."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from fakes.callers import assumed
from fakes.pipelines import Pipeline, interactions
from personalize_sfn import batch, batch_input, export, recommend
from personalize_sfn.clean_up import clean_up
from personalize_sfn.config import Config
from personalize_sfn.deploy import deploy, destroy
from personalize_sfn.local import LocalAws

NAMED = ("bucket_kms_key_arn", "output_kms_key_arn", "logs_kms_key_arn", "machines_kms_key_arn")
VALUES: dict[str, Any] = {
    "project": "locked",
    "solutions": {"for-you": {"recipe": "aws-user-personalization", "campaign": {}}},
    "exports": True,
    "batch": {"newsletter": {"solution": "for-you", "input": "locked/in/users.json"}},
}


@pytest.mark.slow
def test_a_project_with_all_keys_runs_from_data_to_batches_and_goes_again(aws: LocalAws) -> None:
    owner = aws.session()
    kms = owner.client("kms")
    keys = {name: kms.create_key(Description=name)["KeyMetadata"]["Arn"] for name in NAMED}
    config = Config.from_dict(VALUES | keys)
    session = assumed(aws, config)
    deploy(session, config)
    pipeline = Pipeline(aws, session, config)
    pipeline.upload(interactions())

    output = pipeline.run()
    assert output["campaignArn"].endswith("campaign/locked-for-you")
    assert recommend(session, config, "u1").items
    batch_input(session, config, "newsletter", ["u1", "u2"])
    assert set(batch(session, config, "newsletter").wait(timeout=60).frame()["USER_ID"]) == {"u1", "u2"}
    export(session, config, "interactions").wait(timeout=60)

    s3, bucket = owner.client("s3"), config.bucket_name(session.region, session.account_id)
    written = [item["Key"] for item in s3.list_objects_v2(Bucket=bucket)["Contents"]]
    used = {(s3.head_object(Bucket=bucket, Key=key)["SSEKMSKeyId"], "/out/" in key) for key in written}
    assert used == {(keys["bucket_kms_key_arn"], False), (keys["output_kms_key_arn"], True)}
    clean_up(session, config)
    destroy(session, config)
    with pytest.raises(ClientError, match="NoSuchBucket"):
        s3.list_objects_v2(Bucket=bucket)
