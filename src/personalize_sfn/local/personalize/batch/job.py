"""What both kinds of batch job do: read the input files from S3, write an output file for each.

https://docs.aws.amazon.com/personalize/latest/dg/batch-permissions-req.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from personalize_sfn.local.personalize.batch import s3_files
from personalize_sfn.local.personalize.batch.json_lines import AnswerBlock, Encode, Query, answered
from personalize_sfn.local.personalize.context import OperationContext
from personalize_sfn.local.personalize.environment import Environment
from personalize_sfn.local.personalize.wire.protocol import Members
from personalize_sfn.resources import ResourceType
from personalize_sfn.statemachine.json_text import compact

CHECK = "_CHECK"
"""The empty object beside the outputs, written last."""


def check_paths(context: OperationContext, row: ResourceType, request: Members) -> None:
    """May the job's role read the input and write the output?  Raises InvalidInputException."""
    source_arn = context.store.arns.personalize(row.arn_path.format_map(request))
    account = context.store.account
    source, _ = _paths(request)
    s3_files.check_read(context.environment, request["roleArn"], source, account=account, source_arn=source_arn)
    s3_files.check_write(
        context.environment,
        request["roleArn"],
        request["jobOutput"]["s3DataDestination"],
        CHECK,
        account=account,
        source_arn=source_arn,
    )


def run(  # noqa: PLR0917 - what a job holds, and how its kind is checked, answered and written
    environment: Environment,
    members: dict[str, Any],
    check: Callable[[Query], None],
    answer: AnswerBlock,
    most_lines: int | None = None,
    encode: Encode = compact,
) -> None:
    """The work of a job with these members: ``<input file>.out`` for each input file, then ``_CHECK``.

    Raises:
        WorkFailed: Invalid S3 input or output path; more than ``most_lines`` queries in a file.
    """
    role_arn, (source, target) = members["roleArn"], _paths(members)
    destination = members["jobOutput"]["s3DataDestination"]
    for name, content in s3_files.read_batch(environment, role_arn, source, target):
        s3_files.check_lines(name, content, most_lines)
        s3_files.write(environment, role_arn, destination, f"{name}.out", answered(content, check, answer, encode))
    s3_files.write(environment, role_arn, destination, CHECK, b"")


def _paths(members: dict[str, Any]) -> tuple[str, str]:
    return members["jobInput"]["s3DataSource"]["path"], members["jobOutput"]["s3DataDestination"]["path"]
