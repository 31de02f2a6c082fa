"""Forgetting users: the list, the workflow, and what in S3 still names them."""

from __future__ import annotations

import csv
import io
import json
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from personalize_sfn.aws_errors import code_of
from personalize_sfn.config import Config
from personalize_sfn.data_directories import require_same_data
from personalize_sfn.display import Run, markup
from personalize_sfn.errors import ConfigError, DataError, WorkflowError
from personalize_sfn.execution import Execution
from personalize_sfn.execution.deployed import TO_RUN, require_deployed
from personalize_sfn.forgetting.named_in_s3 import NamedIn, S3Files
from personalize_sfn.forgotten_users import ForgottenUsers
from personalize_sfn.notices import notice
from personalize_sfn.session import Session

__all__ = ["MEANWHILE", "Forgotten", "forget"]

logger = logging.getLogger(__name__)

#: https://docs.aws.amazon.com/personalize/latest/dg/delete-records.html
MEANWHILE = (
    "It can take a day. Until it has ended send no live events of these users, in no application: what arrives "
    "meanwhile may stay."
)
_MOST_BYTES = 100 * 2**20
#: Datasets whose rows name users.
_OF_USERS = ("INTERACTIONS", "USERS", "ACTION_INTERACTIONS")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Forgotten:
    """What is gone, and what in S3 still names the users."""

    users: int
    deleted: int
    """Records that Personalize deleted."""
    jobs: int
    """Data deletion jobs: more than one if anything ran beside the first."""
    ran_beside: tuple[str, ...]
    """ARNs of what ran beside every one of them: ask again when these have ended."""
    inputs: tuple[NamedIn, ...]
    """Data that name them.  An import of these is refused."""
    rewritten: Mapping[str, str | None]
    """Keys of data that were written again without them, each with the key under which the old object is kept."""
    outputs: tuple[NamedIn, ...]
    """Batches, exports, the inputs of batches and copies of old data that name them; nothing changes these."""
    execution_arn: str

    def __repr__(self) -> str:
        return "\n".join(self.sentences)

    def _repr_html_(self) -> str:
        return markup.heading(*map(markup.plain, self.sentences))

    def to_dict(self) -> dict[str, Any]:
        """All of it as JSON values."""
        return {**asdict(self), "ran_beside": list(self.ran_beside), "rewritten": dict(self.rewritten)}

    @property
    def sentences(self) -> list[str]:
        """What happened and what is left to do."""
        found = [f"{_count(self.users, 'user')} forgotten: Personalize deleted {_count(self.deleted, 'record')}."]
        if self.ran_beside:
            found.append(f"Run it again when these have ended, they ran beside it: {', '.join(self.ran_beside)}.")
        for key, kept in self.rewritten.items():
            found.append(f"{key} was rewritten without them{'' if kept is None else f'; the old one is {kept}'}.")
        if self.inputs:
            found.append(
                f"Data that still name them: {_listed(self.inputs)}. An import of these is refused: upload them "
                "without these users, or run it again with rewrite_inputs=True (--rewrite-inputs)."
            )
        if self.outputs:
            found.append(
                f"Outputs and batch inputs that still name them: {_listed(self.outputs)}. Delete what you can."
            )
        found.append("What was trained before was trained with them: run the main workflow, which trains anew.")
        return found


def forget(
    session: Session,
    config: Config,
    user_ids: Iterable[str | int],
    *,
    rewrite_inputs: bool = False,
    keep_old: bool = True,
    progress: Callable[[Run], object] | None = None,
) -> Forgotten:
    """Delete all data of the users from the dataset group, and say what in S3 still names them.

    It waits, for three days at most, until no import, training, export or batch of the dataset group runs, and those
    of this project wait until it has ended.  It can take a day; meanwhile send no live events of these users.  When
    this process ends earlier the execution goes on, and the same call waits for it again.

    >>> forget(session, config, ["u1", "u2"])                           # doctest: +SKIP
    2 users forgotten: Personalize deleted 61 records.

    Args:
        session: from :func:`personalize_sfn.connect`.
        config: the pipeline, with ``forgetting: true``; it must be deployed as it is.
        user_ids: ids as they stand in the data.
        rewrite_inputs: write the data in S3 again without these users.
        keep_old: keep what was rewritten under ``<project>/meta/forget/kept/``, where nothing is imported from.
        progress: called with the :class:`~personalize_sfn.display.Run` after each look at the execution.

    Returns:
        What was deleted, and what still names them.

    Raises:
        ConfigError: the config has no ``forgetting``.
        DataError: no ids, more than 100 MB of them, or the bucket encrypts by a KMS key, which AWS does not allow here.
        WorkflowError: it is not deployed, or the execution failed.
        OtherConfigDeployedError: what is deployed is not what ``config`` describes.
    """
    if not config.forgetting:
        raise ConfigError("forgetting", "is false: set `forgetting: true` and deploy, then users can be forgotten")
    users = _checked(user_ids)
    body = _list_of(users)
    require_same_data(session, config.project)
    require_deployed(session, config, (*TO_RUN, "batch", "export", "forget"))
    notice(logger, f"Forgetting {_count(len(users), 'user')}. {MEANWHILE}")

    bucket = config.bucket_name(session.region, session.account_id)
    s3, files, forgotten = session.client("s3"), S3Files(session.client("s3"), bucket), ForgottenUsers(session, config)
    (every,) = forgotten.hashes(["\n".join(sorted(users))])
    name = f"forget-{every[:12]}"
    inputs = files.named(_data_keys(config, files), users)
    forgotten.remember(users, name)
    for each in inputs:  # before anything else: from now on no import may bring them back
        s3.put_object(Bucket=bucket, Key=f"{config.forget_prefix}refused/{each.etag}", Body=each.key.encode())
    rewritten: dict[str, str | None] = {}
    if rewrite_inputs:
        moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        for each in inputs:
            kept_as = f"{config.forget_prefix}kept/{moment}/{each.key}" if keep_old else None
            files.rewrite(each, users, kept_as)
            rewritten[each.key] = kept_as
        inputs = []
    execution = _run(session, config, name, body, progress)
    output = execution.get_output()
    outputs, kept = files.keys(config.output_prefix), files.keys(f"{config.forget_prefix}kept/")
    batches = [key for batch in config.batch.values() for key in files.keys(batch.input)]
    return Forgotten(
        users=len(users),
        deleted=output["numDeleted"],
        jobs=output["jobs"],
        ran_beside=tuple(output["ranBeside"]),
        inputs=tuple(inputs),
        rewritten=rewritten,
        outputs=tuple(files.named(dict.fromkeys([*outputs, *batches, *kept]), users)),
        execution_arn=execution.execution_arn,
    )


def _checked(user_ids: Iterable[str | int]) -> frozenset[str]:
    if isinstance(user_ids, str):
        raise DataError(f"user_ids: expected a list of ids, got the text {user_ids[:40]!r}: write [{user_ids[:40]!r}]")
    users = frozenset(map(str, user_ids))
    if not users:
        raise DataError("user_ids: expected at least one id, got none")
    if wrong := [each for each in sorted(users) if not each or "\n" in each or "\r" in each]:
        raise DataError(f"user_ids: expected ids of one line, got {wrong[0]!r}")
    return users


def _list_of(users: Iterable[str]) -> bytes:
    """CSV with the single header USER_ID: https://docs.aws.amazon.com/personalize/latest/dg/delete-records.html"""
    text = io.StringIO()
    writer = csv.writer(text, doublequote=False, escapechar="\\", lineterminator="\n")
    writer.writerows([("USER_ID",), *((each,) for each in sorted(users))])
    body = text.getvalue().encode()
    if len(body) > _MOST_BYTES:
        raise DataError(f"user_ids: expected at most 100 MB of ids, got {len(body):,} bytes: forget them in parts")
    return body


def _data_keys(config: Config, files: S3Files) -> list[str]:
    """Keys of the data that may name users and are there."""
    keys = [config.data_key(kind) for kind in config.datasets.by_type() if kind in _OF_USERS]
    return [found for key in keys for found in files.keys(key) if found == key or key.endswith("/")]


def _run(
    session: Session, config: Config, name: str, body: bytes, progress: Callable[[Run], object] | None
) -> Execution:
    """The execution for this list, which succeeded: one that runs already, or a new one.

    Its name comes from the ids: the same call in another process, or after this one was killed, finds it.
    """
    s3, bucket = session.client("s3"), config.bucket_name(session.region, session.account_id)
    client, machine = session.client("stepfunctions"), session.arns.state_machine(config.name("forget"))
    number = 0
    while True:
        number += 1
        key = f"{config.forget_prefix}lists/{name}-{number}.csv"
        _put_list(s3, bucket, key, body)
        given = json.dumps({"list": f"s3://{bucket}/{key}"})
        try:
            arn = client.start_execution(stateMachineArn=machine, name=f"{name}-{number}", input=given)["executionArn"]
            break
        except ClientError as error:
            s3.delete_object(Bucket=bucket, Key=key)
            if code_of(error) != "ExecutionAlreadyExists":  # that one has ended: these users were forgotten before
                raise
    execution = Execution.attach(arn, session=session)
    try:
        return execution.wait(progress=progress)
    except WorkflowError:
        s3.delete_object(Bucket=bucket, Key=key)
        raise


def _put_list(s3: Any, bucket: str, key: str, body: bytes) -> None:
    answer = s3.put_object(Bucket=bucket, Key=key, Body=body, ContentType="text/csv")
    if str(answer.get("ServerSideEncryption", "")).startswith("aws:kms"):
        s3.delete_object(Bucket=bucket, Key=key)
        raise DataError(
            f"bucket {bucket} encrypts by a KMS key, and Personalize does not read lists of users to forget from such "
            "buckets: https://docs.aws.amazon.com/personalize/latest/dg/delete-records.html"
        )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _listed(named: Iterable[NamedIn]) -> str:
    return ", ".join(map(str, named))
