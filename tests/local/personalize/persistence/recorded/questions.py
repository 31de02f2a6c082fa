"""What is asked of a recorded data directory, before and after: everything that a client could see of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

BUCKET = "movies-data"
KINDS = (
    "dataset_group",
    "schema",
    "dataset",
    "dataset_import_job",
    "dataset_export_job",
    "solution",
    "solution_version",
    "campaign",
    "filter",
    "event_tracker",
    "recommender",
    "metric_attribution",
    "batch_inference_job",
    "batch_segment_job",
    "data_deletion_job",
)
RELATED = ("aws-sims",)


def answers(client: Callable[[str], Any], *, s3: bool = True) -> dict[str, Any]:
    """Answers by what was asked, as JSON.  ``client`` makes boto3's clients by the name of a service."""
    personalize, runtime = client("personalize"), client("personalize-runtime")
    found: dict[str, Any] = {}
    for kind in KINDS:
        for arn in _arns(personalize, kind):
            key = _key(kind)
            found[arn] = getattr(personalize, f"describe_{kind}")(**{f"{key}Arn": arn})[key]
            if kind == "dataset_group":
                found[f"{arn} tags"] = personalize.list_tags_for_resource(resourceArn=arn)["tags"]
            if kind == "solution_version":
                found[f"{arn} metrics"] = personalize.get_solution_metrics(solutionVersionArn=arn)["metrics"]
    for user in ("u1", "u2", "stranger", "newcomer", "ü-user", "u59", "nobody"):
        found[f"for {user}"] = _for_user(personalize, runtime, user)
    if s3:
        found |= _buckets(client("s3"))
    return _plain(found)


def _for_user(personalize: Any, runtime: Any, user: str) -> dict[str, Any]:
    said = {}
    for campaign in personalize.list_campaigns()["campaigns"]:
        arn = campaign["campaignArn"]
        version = personalize.describe_campaign(campaignArn=arn)["campaign"]["solutionVersionArn"]
        recipe = personalize.describe_solution_version(solutionVersionArn=version)["solutionVersion"]["recipeArn"]
        if recipe.endswith("next-best-action"):
            said[arn] = runtime.get_action_recommendations(campaignArn=arn, userId=user)["actionList"]
            continue
        asked = {"itemId": "i1"} if recipe.rpartition("/")[2] in RELATED else {"userId": user}
        said[arn] = runtime.get_recommendations(campaignArn=arn, numResults=10, **asked)["itemList"]
    (chosen,) = personalize.list_filters()["Filters"]
    campaign = personalize.list_campaigns()["campaigns"][0]["campaignArn"]
    said["filtered"] = runtime.get_recommendations(
        campaignArn=campaign, userId=user, filterArn=chosen["filterArn"], filterValues={"G": '"Crime"'}
    )["itemList"]
    (recommender,) = personalize.list_recommenders()["recommenders"]
    said["recommender"] = runtime.get_recommendations(recommenderArn=recommender["recommenderArn"], userId=user)[
        "itemList"
    ]
    return said


def _buckets(s3: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for bucket in s3.list_buckets()["Buckets"]:
        name = bucket["Name"]
        found[f"s3://{name}"] = [
            bucket["CreationDate"],
            s3.get_bucket_location(Bucket=name)["LocationConstraint"],
            s3.get_bucket_versioning(Bucket=name).get("Status"),
        ]
        for entry in s3.list_objects_v2(Bucket=name).get("Contents", []):
            answer = s3.get_object(Bucket=name, Key=entry["Key"])
            about = [answer["ETag"], answer["LastModified"], answer["Metadata"], answer["ContentType"]]
            found[f"s3://{name}/{entry['Key']}"] = [answer["Body"].read().decode(), *about]
    found["policy"] = s3.get_bucket_policy(Bucket=BUCKET)["Policy"]
    found["tags"] = s3.get_bucket_tagging(Bucket=BUCKET)["TagSet"]
    found["encryption"] = s3.get_bucket_encryption(Bucket=BUCKET)["ServerSideEncryptionConfiguration"]
    found["block"] = s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"]
    return found


def _arns(personalize: Any, kind: str) -> list[str]:
    plural = "filters" if kind == "filter" else f"{kind}s"
    listed = getattr(personalize, f"list_{plural}" if kind != "dataset" else "list_datasets")()
    (name,) = (name for name in listed if name not in ("ResponseMetadata", "nextToken"))
    return sorted(entry[f"{_key(kind)}Arn"] for entry in listed[name])


def _key(kind: str) -> str:
    first, *rest = kind.split("_")
    return first + "".join(part.title() for part in rest)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, dt.datetime) else value
