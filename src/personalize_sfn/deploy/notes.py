"""What to know of a deployment that nothing of it can tell: what a person still has to do elsewhere."""

from __future__ import annotations

import json

from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.deploy.policies import KMS_ACCESS, Statement, role_arns
from personalize_sfn.deploy.roles import old_roles
from personalize_sfn.errors import PersonalizeSfnError
from personalize_sfn.prune import Orphan, orphans
from personalize_sfn.session import Session

__all__ = ["deployment_notes", "key_statements", "left_over"]


def left_over(session: Session, config: Config) -> list[Orphan]:
    """What the project has and the config no longer describes; nothing where the caller may not look for it."""
    try:
        return orphans(session, config)
    except PersonalizeSfnError:
        return []


def deployment_notes(session: Session, config: Config) -> list[str]:
    """Sentences for who deploys: of the policies of its KMS keys, and roles of an earlier version.

    Reads only, and tells nothing of what it may not read.
    """
    return [*_key_notes(config, session.arns), *_old_role_notes(session, config)]


def key_statements(config: Config, arns: Arns) -> dict[str, list[Statement]]:
    """What the policy of each KMS key that the config names must hold, by the key's ARN.

    Personalize and its role need the same of the key of a dataset group and of a bucket:
    https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-key-access.html
    The functions look at the data before they import them, and so decrypt what the bucket's key encrypts.
    """
    given = role_arns(config, arns)
    found: dict[str, list[Statement]] = {}
    for key in (config.kms_key_arn, config.bucket_kms_key_arn):
        if key is not None:
            personalize = {"AWS": given["personalize"], "Service": "personalize.amazonaws.com"}
            found[key] = [_statement("Personalize", personalize, _OF_PERSONALIZE)]
    if config.bucket_kms_key_arn is not None:
        functions = {"AWS": given["lambda_change"]}
        found[config.bucket_kms_key_arn].append(_statement("Functions", functions, ("kms:Decrypt",)))
    return found


#: CreateGrant is needed in the key's policy alone, the others in the role's too.
_OF_PERSONALIZE = ("kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey", "kms:ListGrants")


def _statement(who: str, principal: dict[str, str], actions: tuple[str, ...]) -> Statement:
    """In a key's policy ``*`` means this key (https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html)."""
    return {
        "Sid": f"PersonalizeSfn{who}",
        "Effect": "Allow",
        "Principal": principal,
        "Action": list(actions),
        "Resource": "*",
    }


def _key_notes(config: Config, arns: Arns) -> list[str]:
    notes = []
    for key, statements in key_statements(config, arns).items():
        uploads = key == config.bucket_kms_key_arn
        notes.append(
            f"the policy of KMS key {key} must hold what follows before the next run, or Personalize is refused. KMS "
            "takes it once the roles exist; put it again after the roles were deleted and made anew"
            f"{'. Who uploads data needs kms:GenerateDataKey and kms:Decrypt too' if uploads else ''} ({KMS_ACCESS}): "
            f"{', '.join(map(json.dumps, statements))}"
        )
    return notes


def _old_role_notes(session: Session, config: Config) -> list[str]:
    notes = []
    for name, regions in old_roles(session, config).items():
        if session.region in regions:
            removal = f"destroy in {session.region} removes it"
        elif regions:
            removal = f"destroy in {' or '.join(regions)} removes it"
        else:
            removal = "nothing in it tells its region, so that no destroy removes it"
        notes.append(
            f"role {name} of an earlier version is still there, and what is deployed here now does not use it: "
            f"{removal}; or delete it in IAM once no other region's deployment uses it"
        )
    return notes
