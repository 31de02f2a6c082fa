"""The data's bucket and our statements of its policy.

A bucket that the config names is the user's: it gets the statements and nothing else.  It is never deleted, whatever
its tags say, and its data stay: they may still be needed.
"""

from __future__ import annotations

import json
from typing import Any

from personalize_sfn.aws_errors import code_of
from personalize_sfn.config import Config
from personalize_sfn.deploy import policies
from personalize_sfn.deploy.changes import ApiCall, Change, EmptyBucket, is_ours, missing_tags, same_document
from personalize_sfn.errors import DeployError
from personalize_sfn.ownership import require_ours, tag_dict, tag_list
from personalize_sfn.session import Session

__all__ = ["plan_bucket", "plan_destroy_bucket"]


def plan_bucket(session: Session, config: Config) -> list[Change]:
    """What the bucket and its policy lack."""
    name = config.bucket_name(session.region, session.account_id)
    if not _exists(session, name):
        if config.bucket is not None:
            raise DeployError(
                f"bucket {name} does not exist in account {session.account_id}: create it, or leave `bucket` out of "
                "the config and deploy makes one"
            )
        return [_making(session, config, name, "create"), _policy(session, config, name, None)]
    changes = []
    if config.bucket is None:
        tags = _tags(session, name)
        if not is_ours(tags, config):
            if not tags and _content(session, name) == "nothing in it":
                # Made by a deploy that ended before its last call, which is the tagging: nothing of anybody's is in it.
                changes.append(_making(session, config, name, "update"))
            elif not config.adopt:
                require_ours(tags, config.project, f"bucket {name}", adopt=config.adopt)
        elif missing := missing_tags(tags, config):
            steps = (_tagging(session, name, {**tags, **missing}),)
            changes.append(_change("update", "bucket", name, f"tag bucket {name}", steps))
        key = config.bucket_kms_key_arn
        if key is not None and is_ours(tags, config) and _key(session, name) != key:
            sentence = f"encrypt by {key} what is put into bucket {name} from now on"
            changes.append(_change("update", "bucket", name, sentence, (_encrypting(session, config, name),)))
    policy = _read_policy(session, name)
    wanted = policies.bucket_statements(config, session.arns)
    if not same_document([each for each in _statements(policy) if _is_ours(each, config)], wanted):
        changes.append(_policy(session, config, name, policy))
    return changes


def plan_destroy_bucket(session: Session, config: Config) -> list[Change]:
    """The bucket that deploy made, with what is in it; of a bucket that the config names only our statements."""
    name = config.bucket_name(session.region, session.account_id)
    if not _exists(session, name):
        return []
    parameters = _owned(session, name)
    if config.bucket is None and is_ours(_tags(session, name), config):
        steps = (EmptyBucket(name, session.account_id), ApiCall("s3", "delete_bucket", parameters))
        return [_change("delete", "bucket", name, f"delete bucket {name} with {_content(session, name)}", steps)]
    policy = _read_policy(session, name)
    others = [each for each in _statements(policy) if not _is_ours(each, config)]
    own = [str(each["Sid"]) for each in _statements(policy) if _is_ours(each, config)]
    if not own:
        return []
    sentence = f"remove {_told(own)} from the policy of bucket {name}"
    if others:
        call = ApiCall(
            "s3", "put_bucket_policy", {**parameters, "Policy": json.dumps({**(policy or {}), "Statement": others})}
        )
    else:
        call = ApiCall("s3", "delete_bucket_policy", parameters)
    return [_change("delete", "bucket policy", name, sentence, (call,))]


# --- changes -----------------------------------------------------------------------------------------


def _change(action: Any, kind: Any, name: str, sentence: str, steps: tuple[Any, ...]) -> Change:
    return Change(action=action, kind=kind, name=name, sentence=sentence, steps=steps)


def _making(session: Session, config: Config, name: str, action: Any) -> Change:
    """Create, close to the public, encrypt; tag last, so that the tag says that all is done."""
    owned = _owned(session, name)
    # us-east-1 refuses its own name as a constraint: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
    elsewhere = (
        {} if session.region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": session.region}}
    )
    private = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
    create = (ApiCall("s3", "create_bucket", {"Bucket": name, **elsewhere}),) if action == "create" else ()
    steps = (
        *create,
        ApiCall("s3", "put_public_access_block", {**owned, "PublicAccessBlockConfiguration": private}),
        _encrypting(session, config, name),
        _tagging(session, name, config.all_tags),
    )
    sentence = f"create bucket {name}" if action == "create" else f"finish the half-made bucket {name}"
    return _change(action, "bucket", name, sentence, steps)


def _encrypting(session: Session, config: Config, name: str) -> ApiCall:
    """A bucket key spares calls of KMS: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html"""
    key = config.bucket_kms_key_arn
    rule: dict[str, Any] = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    if key is not None:
        rule = {
            "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key},
            "BucketKeyEnabled": True,
        }
    parameters = {**_owned(session, name), "ServerSideEncryptionConfiguration": {"Rules": [rule]}}
    return ApiCall("s3", "put_bucket_encryption", parameters)


def _tagging(session: Session, name: str, tags: dict[str, str]) -> ApiCall:
    return ApiCall("s3", "put_bucket_tagging", {**_owned(session, name), "Tagging": {"TagSet": tag_list(tags)}})


def _policy(session: Session, config: Config, name: str, policy: dict[str, Any] | None) -> Change:
    """Put our statements beside whatever the policy holds."""
    wanted = policies.bucket_statements(config, session.arns)
    others = [each for each in _statements(policy) if not _is_ours(each, config)]
    extended = {"Version": "2012-10-17", **(policy or {}), "Statement": [*others, *wanted]}
    call = ApiCall("s3", "put_bucket_policy", {**_owned(session, name), "Policy": json.dumps(extended)})
    beside = f", beside the {len(others)} statements it has" if others else ""
    write = f" and write to {config.output_prefix}" if config.writes_output else ""
    own = _told([each["Sid"] for each in wanted])
    return _change(
        "update" if policy else "create",
        "bucket policy",
        name,
        f"let Personalize read bucket {name}{write} (policy {own}{beside})",
        (call,),
    )


def _is_ours(statement: dict[str, Any], config: Config) -> bool:
    return statement.get("Sid") in policies.bucket_sids(config)


def _told(sids: list[str]) -> str:
    return f"statement{'s' if len(sids) > 1 else ''} {' and '.join(sids)}"


# --- reads -----------------------------------------------------------------------------------------


def _owned(session: Session, name: str) -> dict[str, str]:
    """The bucket, provided that it is this account's: a stranger may have taken the name."""
    return {"Bucket": name, "ExpectedBucketOwner": session.account_id}


def _exists(session: Session, name: str) -> bool:
    from botocore.exceptions import ClientError

    try:
        answer = session.client("s3").head_bucket(**_owned(session, name))
    except ClientError as error:
        if code_of(error) in {"404", "NoSuchBucket"}:
            return False
        if code_of(error) in {"403", "AccessDenied"}:
            raise DeployError(
                f"bucket {name} belongs to another account, or you may not look at it: name a bucket of account "
                f"{session.account_id} in the config, or have s3:ListBucket on it granted"
            ) from error
        raise
    region = answer["ResponseMetadata"]["HTTPHeaders"].get("x-amz-bucket-region", session.region)
    if region != session.region:
        raise DeployError(
            f"bucket {name} is in {region}: Personalize in {session.region} reads buckets of its own region only"
        )
    return True


def _tags(session: Session, name: str) -> dict[str, str]:
    from botocore.exceptions import ClientError

    try:
        return tag_dict(session.client("s3").get_bucket_tagging(**_owned(session, name))["TagSet"])
    except ClientError as error:
        if code_of(error) == "NoSuchTagSet":
            return {}
        raise


def _key(session: Session, name: str) -> str | None:
    """ARN of the key that encrypts what is put into the bucket; None: S3's own."""
    from botocore.exceptions import ClientError

    try:
        found = session.client("s3").get_bucket_encryption(**_owned(session, name))["ServerSideEncryptionConfiguration"]
    except ClientError as error:
        if code_of(error) == "ServerSideEncryptionConfigurationNotFoundError":
            return None
        raise
    return next((each["ApplyServerSideEncryptionByDefault"].get("KMSMasterKeyID") for each in found["Rules"]), None)


def _read_policy(session: Session, name: str) -> dict[str, Any] | None:
    from botocore.exceptions import ClientError

    try:
        policy: dict[str, Any] = json.loads(session.client("s3").get_bucket_policy(**_owned(session, name))["Policy"])
    except ClientError as error:
        if code_of(error) == "NoSuchBucketPolicy":
            return None
        raise
    return policy


def _statements(policy: dict[str, Any] | None) -> list[dict[str, Any]]:
    found = (policy or {}).get("Statement", [])
    return found if isinstance(found, list) else [found]


def _content(session: Session, name: str) -> str:
    """What emptying the bucket deletes, as far as one page tells: old versions and delete markers too."""
    page = session.client("s3").list_object_versions(**_owned(session, name))
    versions, markers = page.get("Versions", []), page.get("DeleteMarkers", [])
    current = sum(version["IsLatest"] for version in versions)
    counts = ((current, "object"), (len(versions) - current, "old version"), (len(markers), "delete marker"))
    parts = [f"{count} {what}{'' if count == 1 else 's'}" for count, what in counts if count]
    if not parts:
        return "nothing in it"
    listed = " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))
    return f"more than {listed}" if page.get("IsTruncated") else listed
