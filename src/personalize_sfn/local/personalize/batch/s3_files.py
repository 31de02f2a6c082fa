"""The files of jobs: what they read and write in S3, and whether they may.

https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-s3-access.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from personalize_sfn.local.personalize.data.import_csv import (
    INSUFFICIENT_PRIVILEGES,
    bucket_and_key,
    check_access,
    split_location,
)
from personalize_sfn.local.personalize.environment import SERVICE_PRINCIPAL, Environment
from personalize_sfn.local.personalize.wire.errors import WorkFailed, invalid_input

INVALID_INPUT_PATH = "Invalid S3 input path"
INVALID_OUTPUT_PATH = "Invalid S3 output path"
MOST_FILES = 1000
MOST_BYTES = 2**30
"""The input of a batch job: https://docs.aws.amazon.com/personalize/latest/dg/limits.html."""


def folder(location: str) -> tuple[str, str]:
    """Bucket and folder of ``s3://bucket/folder/``; the bucket itself is the folder ``""``.

    Raises:
        AwsError: InvalidInputException for a location that is not in S3.
    """
    bucket, prefix = split_location(location)
    if not bucket:
        raise invalid_input(f"path: expected s3://<bucket>/<folder>/, got {location}")
    return bucket, prefix


def check_read(environment: Environment, role_arn: str, location: str, *, account: str, source_arn: str) -> None:
    """May Personalize, in that role, list the bucket and read the location?  Raises InvalidInputException."""
    check_access(environment, role_arn, location, account=account, source_arn=source_arn)


def check_write(
    environment: Environment,
    role_arn: str,
    destination: Mapping[str, str],
    name: str,
    *,
    account: str,
    source_arn: str,
) -> None:
    """May Personalize, in that role, write an object of that name in the folder of an S3DataConfig, by its key if any?

    Asks what AWS asks when a job is created: the role trusts Personalize and may put; the bucket allows it too.

    Raises:
        AwsError: InvalidInputException with AWS's text.
    """
    bucket, prefix = folder(destination["path"])
    resource = f"arn:aws:s3:::{bucket}/{prefix}{name}"
    key = destination.get("kmsKeyArn")
    allowed = (
        environment.role_trusts(role_arn, SERVICE_PRINCIPAL)
        and environment.authorize(role_arn, "s3:PutObject", resource).allowed
        and (key is None or environment.authorize(role_arn, "kms:GenerateDataKey", key).allowed)
        and environment.bucket_allows_service(bucket, "s3:PutObject", resource, account=account, source_arn=source_arn)
    )
    if not allowed:
        raise invalid_input(INSUFFICIENT_PRIVILEGES)


def output_folder(location: str) -> tuple[str, str]:
    """Raises WorkFailed with AWS's text unless the location is a folder: it ends in ``/``."""
    if not location.endswith("/"):
        raise WorkFailed(f"{INVALID_OUTPUT_PATH}: expected a folder, which ends in /, got {location}")
    return folder(location)


def write(environment: Environment, role_arn: str, destination: Mapping[str, str], name: str, content: bytes) -> None:
    """Write one object in the folder of an S3DataConfig, encrypted with its key if it names one.

    Raises:
        WorkFailed: with AWS's text: there is no such place.
    """
    bucket, prefix = output_folder(destination["path"])
    try:
        environment.s3_put(role_arn, bucket, prefix + name, content, destination.get("kmsKeyArn"))
    except KeyError:
        raise WorkFailed(INVALID_OUTPUT_PATH) from None


def read_batch(environment: Environment, role_arn: str, source: str, target: str) -> list[tuple[str, bytes]]:
    """The input files of a batch job, as names and contents: all objects whose keys begin with the source's path.

    What an earlier job wrote into the target (``.out``, ``_CHECK``) is no input, should the target lie under the path.

    Raises:
        WorkFailed: Invalid S3 input or output path; too many or too large files.
    """
    bucket, prefix = bucket_and_key(source)
    output = output_folder(target)
    if (bucket, prefix) == output:
        raise WorkFailed(f"{INVALID_OUTPUT_PATH}: it must differ from the input's, {target}")
    keys = [
        key
        for key in environment.s3_list(role_arn, bucket, prefix)
        if not key.endswith("/") and not (bucket == output[0] and _written_by_a_job(key, output[1]))
    ]
    if not keys:
        raise WorkFailed(INVALID_INPUT_PATH)
    if len(keys) > MOST_FILES:
        raise WorkFailed(f"{INVALID_INPUT_PATH}: {len(keys)} files, at most {MOST_FILES} are allowed")
    files = [(_file_name(key, prefix), _read(environment, role_arn, bucket, key)) for key in keys]
    if sum(len(content) for _, content in files) > MOST_BYTES:
        raise WorkFailed(f"{INVALID_INPUT_PATH}: the input files have more than 1 GB")
    return files


def read_folder(environment: Environment, role_arn: str, source: str) -> Sequence[tuple[str, bytes]]:
    """One object, or with a path that ends in ``/`` all objects under it, subfolders too; as keys and contents.

    Raises:
        WorkFailed: when there is none.
    """
    bucket, prefix = bucket_and_key(source)
    keys = [prefix]
    if prefix.endswith("/"):
        keys = [key for key in environment.s3_list(role_arn, bucket, prefix) if not key.endswith("/")]
    if not keys:
        raise WorkFailed(INVALID_INPUT_PATH)
    return [(key, _read(environment, role_arn, bucket, key)) for key in keys]


def check_lines(name: str, content: bytes, most: int | None) -> None:
    """Raises WorkFailed when the file has more than so many queries."""
    if most is not None and (lines := sum(1 for line in content.splitlines() if line.strip())) > most:
        raise WorkFailed(f"The input file {name} has {lines} queries, at most {most} are allowed.")


def _written_by_a_job(key: str, output: str) -> bool:
    return key.startswith(output) and key.endswith((".out", "_CHECK"))


def _file_name(key: str, prefix: str) -> str:
    """The key below the prefix's folder: files of subfolders do not overwrite each other."""
    return key.removeprefix(prefix[: prefix.rfind("/") + 1])


def _read(environment: Environment, role_arn: str, bucket: str, key: str) -> bytes:
    try:
        with environment.s3_open(role_arn, bucket, key) as content:
            return content.read()
    except KeyError:
        raise WorkFailed(INVALID_INPUT_PATH) from None
