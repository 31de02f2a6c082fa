"""What the tests of batch inference jobs and its neighbours share."""

from __future__ import annotations

import json

from fakes.personalize_aws import BUCKET, ROLE, refusal

__all__ = ["RECIPES", "refused", "request", "run"]


RECIPES = (
    "aws-user-personalization-v2",
    "aws-popularity-count",
    "aws-sims",
    "aws-personalized-ranking-v2",
)


def request(world, recipe="aws-user-personalization-v2", source="in/users.json", target="out/", **options):
    return {
        "jobName": next(world.names),
        "solutionVersionArn": world.versions[recipe],
        "jobInput": {"s3DataSource": {"path": f"s3://{BUCKET}/{source}"}},
        "jobOutput": {"s3DataDestination": {"path": f"s3://{BUCKET}/{target}"}},
        "roleArn": ROLE,
    } | options


def run(world, *lines, recipe="aws-user-personalization-v2", source="in/users.json", **options):
    """The job's description, and its output lines if it wrote a file for the input."""
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    if texts:
        world.aws.environment.objects[source] = ("\n".join(texts) + "\n").encode()
    created = world.aws.personalize.create_batch_inference_job(**request(world, recipe, source, **options))
    job = world.aws.settled("batch_inference_job", created["batchInferenceJobArn"])
    output = world.aws.environment.objects.get(f"out/{source.rsplit('/')[-1]}.out", b"")
    return job, [json.loads(line) for line in output.decode().splitlines()]


def refused(world, **options):
    return refusal(world.aws.personalize.create_batch_inference_job, **request(world, **options))
