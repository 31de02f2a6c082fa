"""KMS keys of the configuration: who needs which actions on them, in the roles' policies and in the keys' own.

AWS's own keys need none of it: without a key in the configuration there is no statement.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.deploy.role_arns import role_arns
from personalize_sfn.deploy.statements import Statement, statement

__all__ = ["KEYS", "key_statements", "keys_of_caller", "keys_of_functions", "keys_of_machines", "keys_of_personalize"]

#: The fields of the configuration that name a key.
KEYS = ("kms_key_arn", "bucket_kms_key_arn", "output_kms_key_arn", "logs_kms_key_arn", "machines_kms_key_arn")

_READ = ("kms:Decrypt",)
#: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
_READ_AND_WRITE = ("kms:Decrypt", "kms:GenerateDataKey")
#: CreateGrant is needed in the key's policy alone, the others in the role's too:
#: https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-key-access.html
_OF_DATASET_GROUPS = ("kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey", "kms:ListGrants")
#: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
_OF_LOGS = ("kms:Decrypt*", "kms:Describe*", "kms:Encrypt*", "kms:GenerateDataKey*", "kms:ReEncrypt*")
#: https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html
_OF_MACHINES = "kms:EncryptionContext:aws:states:stateMachineArn"


def keys_of_personalize(config: Config) -> list[Statement]:
    """Of Personalize's role: to keep a dataset group, to read data, to write output where the config has any."""
    of_bucket = _READ_AND_WRITE if config.writes_output else _READ
    of_output = config.output_kms_key_arn if config.writes_output else None
    return _on_keys(
        (config.bucket_kms_key_arn, of_bucket),
        (of_output, _READ_AND_WRITE),
        (config.kms_key_arn, _OF_DATASET_GROUPS),
    )


def keys_of_functions(config: Config) -> list[Statement]:
    """Of the functions that look at the data before they import them."""
    return _on_keys((config.bucket_kms_key_arn, _READ))


def keys_of_machines(config: Config, arns: Arns, machines: Iterable[str]) -> list[Statement]:
    """Of Step Functions' role: to start and to run executions whose history the key encrypts, of these machines."""
    own = [arns.state_machine(config.name(key)) for key in (*machines, "main")]
    found = _on_keys((config.machines_kms_key_arn, _READ_AND_WRITE))
    return [{**each, "Condition": {"StringEquals": {_OF_MACHINES: sorted(set(own))}}} for each in found]


def keys_of_caller(config: Config) -> list[Statement]:
    """Of the caller who uploads data, reads output, and makes and looks at state machines."""
    found = _on_keys(
        (config.bucket_kms_key_arn, _READ_AND_WRITE),
        (config.output_kms_key_arn, _READ),
        (config.machines_kms_key_arn, ("kms:DescribeKey", *_READ_AND_WRITE)),
    )
    return [{"Sid": f"Key{number if number > 1 else ''}", **each} for number, each in enumerate(found, 1)]


def key_statements(config: Config, arns: Arns) -> dict[str, list[Statement]]:
    """What the policy of each KMS key that the config names must hold, by the key's ARN.

    Personalize and its role need the same of the key of a dataset group, of a bucket and of outputs.  The functions
    look at the data before they import them, and so decrypt what the bucket's key encrypts.
    """
    given = role_arns(config, arns)
    personalize = {"AWS": given["personalize"], "Service": "personalize.amazonaws.com"}
    of_personalize = _in_key("Personalize", personalize, ("kms:CreateGrant", *_OF_DATASET_GROUPS))
    logs = {"Service": f"logs.{arns.region}.amazonaws.com"}
    groups = {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": arns.log_group(f"/aws/lambda/{config.name('*')}")}}
    machines = {"StringLike": {_OF_MACHINES: arns.state_machine(config.name("*"))}}
    found: dict[str, list[Statement]] = {}
    for key, told in (
        (config.kms_key_arn, of_personalize),
        (config.bucket_kms_key_arn, of_personalize),
        (config.output_kms_key_arn, of_personalize),
        (config.bucket_kms_key_arn, _in_key("Functions", {"AWS": given["lambda_change"]}, _READ)),
        (config.logs_kms_key_arn, {**_in_key("Logs", logs, _OF_LOGS), "Condition": groups}),
        (
            config.machines_kms_key_arn,
            {**_in_key("Machines", {"AWS": given["step_functions"]}, _READ_AND_WRITE), "Condition": machines},
        ),
    ):
        if key is not None and told not in found.setdefault(key, []):
            found[key].append(told)
    return found


def _on_keys(*wanted: tuple[str | None, Iterable[str]]) -> list[Statement]:
    """One statement for each key, with the actions of all that it is for."""
    found: dict[str, set[str]] = {}
    for key, actions in wanted:
        if key is not None:
            found.setdefault(key, set()).update(actions)
    return [statement(actions, key) for key, actions in found.items()]


def _in_key(who: str, principal: dict[str, Any], actions: tuple[str, ...]) -> Statement:
    """In a key's policy ``*`` means this key (https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html)."""
    return {
        "Sid": f"PersonalizeSfn{who}",
        "Effect": "Allow",
        "Principal": principal,
        "Action": list(actions),
        "Resource": "*",
    }
