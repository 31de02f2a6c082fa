"""What to know of a deployment that nothing of it can tell: what a person still has to do elsewhere."""

from __future__ import annotations

import json

from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.deploy.keys import key_statements
from personalize_sfn.deploy.roles import old_roles
from personalize_sfn.deploy.statements import KMS_ACCESS
from personalize_sfn.errors import PersonalizeSfnError
from personalize_sfn.prune import Orphan, orphans
from personalize_sfn.session import Session

__all__ = ["deployment_notes", "left_over"]


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


def _key_notes(config: Config, arns: Arns) -> list[str]:
    notes = []
    for key, statements in key_statements(config, arns).items():
        uploads = key == config.bucket_kms_key_arn
        notes.append(
            f"the policy of KMS key {key} must hold what follows before the next run, or AWS refuses to use it. KMS "
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
