"""What the tests of segments and its neighbours share."""

from __future__ import annotations

import json

from fakes.personalize_aws import BUCKET, ROLE, avro
from personalize_sfn.local.personalize.batch.json_lines import answered

__all__ = ["ITEMS", "lines", "run"]


def lines(pair, *queries):
    content = "\n".join(json.dumps(query) for query in queries).encode()
    return [json.loads(line) for line in answered(content, *pair).splitlines()]


ITEMS = avro(
    name="Items",
    fields=[
        {"name": "ITEM_ID", "type": "string"},
        {"name": "GENRES", "type": ["null", "string"], "categorical": True},
    ],
)


def run(world, recipe, *queries, **options):
    """The job's description and its output lines."""
    objects = world.aws.environment.objects
    objects.clear()
    objects["in/queries.json"] = "\n".join(json.dumps(query) for query in queries).encode()
    request = {
        "jobName": next(world.names),
        "solutionVersionArn": world.versions[recipe],
        "jobInput": {"s3DataSource": {"path": f"s3://{BUCKET}/in/queries.json"}},
        "jobOutput": {"s3DataDestination": {"path": f"s3://{BUCKET}/out/"}},
        "roleArn": ROLE,
    } | options
    arn = world.aws.personalize.create_batch_segment_job(**request)["batchSegmentJobArn"]
    job = world.aws.settled("batch_segment_job", arn)
    return job, [json.loads(line) for line in objects.get("out/queries.json.out", b"").decode().splitlines()]
