"""Other people's clients on the wire: the AWS CLI, and the SDK of another language (JavaScript).

``make clients`` installs both beside the environment; without them these tests are skipped.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from personalize_sfn.local import LocalAws

HERE = Path(__file__).parent
CLIENTS = HERE.parents[2] / ".venv" / "clients"
AWS_CLI = CLIENTS / "cli" / "bin" / "aws"
NODE_MODULES = CLIENTS / "node" / "node_modules"
BUCKET = "clients-data"

pytestmark = pytest.mark.slow


@pytest.fixture
def aws() -> Iterator[LocalAws]:
    with LocalAws() as aws:
        yield aws


def interactions() -> bytes:
    draw = random.Random(3)
    rows = ["USER_ID,ITEM_ID,TIMESTAMP"]
    for user in range(60):
        liked = draw.sample(range(40), 25)
        rows += [f"u{user},i{item + 40 * (user % 2)},{1_600_000_000 + place}" for place, item in enumerate(liked)]
    return "\n".join(rows).encode()


def data_and_role(aws: LocalAws) -> tuple[str, str]:
    """A bucket that Personalize may read, with the interactions, and the role that it reads them in."""
    session = aws.session()
    s3, iam = session.client("s3"), session.client("iam")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key="interactions.csv", Body=interactions())
    objects = [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"]
    allowed = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": objects}
    service = {"Principal": {"Service": "personalize.amazonaws.com"}}
    s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps({"Version": "2012-10-17", "Statement": [allowed | service]}))
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole"} | service
    role = iam.create_role(
        RoleName="personalize", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    )
    iam.put_role_policy(
        RoleName="personalize",
        PolicyName="data",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [allowed]}),
    )
    return f"s3://{BUCKET}/interactions.csv", role["Role"]["Arn"]


def environment(aws: LocalAws) -> dict[str, str]:
    keys = aws.session().boto_session.get_credentials()
    return {
        "PATH": os.environ["PATH"],
        "AWS_ENDPOINT_URL": aws.endpoint_url,
        "AWS_REGION": aws.region,
        "AWS_DEFAULT_REGION": aws.region,
        "AWS_ACCESS_KEY_ID": keys.access_key,
        "AWS_SECRET_ACCESS_KEY": keys.secret_key,
        "AWS_PAGER": "",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def run(command: list[str], aws: LocalAws, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, env=environment(aws), cwd=cwd, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.skipif(not NODE_MODULES.is_dir(), reason="the JavaScript SDK is not installed: make clients (needs npm)")
def test_the_javascript_sdk_goes_the_main_path(aws: LocalAws, tmp_path: Path) -> None:
    (tmp_path / "node_modules").symlink_to(NODE_MODULES)
    shutil.copy(HERE / "main_path.mjs", tmp_path)
    done = run(["node", "main_path.mjs", *data_and_role(aws)], aws, tmp_path)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen["created"] is True
    assert len(seen["before"]) == len(seen["after"]) == 5
    # Nobody knew the visitor; after three even items the answer is of that taste alone.
    assert seen["before"] != seen["after"]
    assert all(int(item["itemId"][1:]) < 40 for item in seen["after"])
    assert seen["refused"] == "ResourceNotFoundException"
    assert seen["unknown"] == ["ResourceNotFoundException", 404]


@pytest.mark.skipif(not AWS_CLI.is_file(), reason="the AWS CLI is not installed: make clients")
def test_the_aws_cli_goes_the_main_path(aws: LocalAws, tmp_path: Path) -> None:
    location, role = data_and_role(aws)

    def cli(*arguments: str) -> Any:
        done = run([str(AWS_CLI), *arguments, "--output", "json"], aws, tmp_path)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def active(kind: str, arn: str) -> None:
        while (found := described(kind, arn))["status"] in ("CREATE PENDING", "CREATE IN_PROGRESS"):
            assert "failureReason" not in found
        assert found["status"] == "ACTIVE", found

    def described(kind: str, arn: str) -> dict[str, Any]:
        [found] = cli("personalize", f"describe-{kind}", f"--{kind}-arn", arn).values()
        return dict(found)

    fields = [{"name": "USER_ID", "type": "string"}, {"name": "ITEM_ID", "type": "string"}]
    fields.append({"name": "TIMESTAMP", "type": "long"})
    schema = json.dumps(
        {"type": "record", "name": "Interactions", "namespace": "n", "fields": fields, "version": "1.0"}
    )
    schema_arn = cli("personalize", "create-schema", "--name", "cli", "--schema", schema)["schemaArn"]
    group = cli("personalize", "create-dataset-group", "--name", "cli")["datasetGroupArn"]
    options = ["--schema-arn", schema_arn, "--dataset-group-arn", group, "--dataset-type", "Interactions"]
    dataset = cli("personalize", "create-dataset", "--name", "cli", *options)["datasetArn"]
    source = ["--data-source", f"dataLocation={location}", "--role-arn", role]
    job = cli("personalize", "create-dataset-import-job", "--job-name", "cli", "--dataset-arn", dataset, *source)
    active("dataset-import-job", job["datasetImportJobArn"])
    recipe = ["--recipe-arn", "arn:aws:personalize:::recipe/aws-sims", "--no-perform-auto-training"]
    solution = cli("personalize", "create-solution", "--name", "cli", "--dataset-group-arn", group, *recipe)
    version = cli("personalize", "create-solution-version", "--solution-arn", solution["solutionArn"])
    version_arn = version["solutionVersionArn"]
    active("solution-version", version_arn)
    metrics = cli("personalize", "get-solution-metrics", "--solution-version-arn", version_arn)["metrics"]
    assert 0 < metrics["coverage"] <= 1
    campaign = cli("personalize", "create-campaign", "--name", "cli", "--solution-version-arn", version_arn)
    active("campaign", campaign["campaignArn"])
    asked = ["--campaign-arn", campaign["campaignArn"], "--item-id", "i1", "--num-results", "5"]
    answer = cli("personalize-runtime", "get-recommendations", *asked)
    assert all(int(item["itemId"][1:]) < 40 for item in answer["itemList"])
    assert len(answer["itemList"]) == 5

    done = run([str(AWS_CLI), "personalize", "describe-campaign", "--campaign-arn", "no arn"], aws, tmp_path)
    assert done.returncode != 0
    assert "InvalidInputException" in done.stderr
    assert "failed to satisfy constraint" in done.stderr
