"""Everything that AWS would refuse an hour into a run, asked before it costs anything.  Reads only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from personalize_sfn.arns import parse
from personalize_sfn.aws_errors import DENIED, code_of, message_of
from personalize_sfn.config import Config
from personalize_sfn.deploy.bucket import plan_bucket
from personalize_sfn.deploy.keys import KEYS
from personalize_sfn.deploy.plan import require_region
from personalize_sfn.deploy.role_arns import require_own_account, role_arns
from personalize_sfn.display.tables import table
from personalize_sfn.errors import DeployError, NotOursError
from personalize_sfn.quota_use import QuotaUse, quota_uses
from personalize_sfn.session import Session

__all__ = ["Preflight", "PreflightCheck", "preflight"]

_PERSONALIZE = "personalize.amazonaws.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class PreflightCheck:
    """One thing that was looked at."""

    what: str
    """``region``, ``role``, ``bucket``, ``keys`` or ``quota``."""
    outcome: Literal["ok", "refused", "not read"]
    """``not read``: the caller may not look, so AWS may still refuse it."""
    text: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Preflight:
    """Whether AWS would let a run through, as far as that can be read.  It shows as a table in a notebook."""

    project: str
    checks: tuple[PreflightCheck, ...]
    quotas: tuple[QuotaUse, ...]

    @property
    def refused(self) -> tuple[str, ...]:
        """What stands in the way; empty: nothing that was read does."""
        return tuple(f"{each.what}: {each.text}" for each in self.checks if each.outcome == "refused")

    @property
    def _title(self) -> str:
        found = f"{len(self.refused)} in the way" if self.refused else "nothing in the way"
        return f"{self.project}: {found}, nothing was changed"

    def _rows(self) -> list[tuple[str, str, str]]:
        checks = [(each.what, each.outcome, each.text) for each in self.checks if each.what != "quota"]
        quotas = [(each.quota.words, "full" if each.is_full else "ok", quota_text(each)) for each in self.quotas]
        return [*checks, *quotas]

    def __repr__(self) -> str:
        return str(table(("", "", ""), self._rows(), self._title))

    def _repr_html_(self) -> str:
        return table(("", "", ""), self._rows(), self._title).html


def preflight(session: Session, config: Config) -> Preflight:
    """Look at what a run needs: region, accounts, role, bucket, KMS keys, and the quotas, used and left.

    What deploy makes need not be there yet.  What the caller may not read is told as ``not read``.

    >>> preflight(session, config).refused                          # doctest: +SKIP
    ()

    Args:
        session: from :func:`personalize_sfn.connect`.
        config: the pipeline; deployed or not.

    Raises:
        ClientError: AWS fails otherwise than by refusing a read.
    """
    checks = [_checked(what, look, session, config) for what, look in _CHECKS]
    quotas = () if checks[0].outcome == "refused" else tuple(quota_uses(session, config))
    full = [PreflightCheck(what="quota", outcome="refused", text=each.refusal) for each in quotas if each.is_full]
    return Preflight(project=config.project, checks=(*checks, *full), quotas=quotas)


def quota_text(use: QuotaUse) -> str:
    """``3 of 10 used, 2 more needed (default, not read)``."""
    used = "use not read," if use.used is None else f"{len(use.used)} of {use.limit} used,"
    needed = f"{len(use.needed)} more needed" if use.needed else "none more needed"
    return f"{used} {'a run waits for a free one' if use.quota.pending else needed} (limit: {use.source})"


def _checked(what: str, look: Callable[[Session, Config], str], session: Session, config: Config) -> PreflightCheck:
    from botocore.exceptions import ClientError

    try:
        return PreflightCheck(what=what, outcome="ok", text=look(session, config))
    except (DeployError, NotOursError) as error:
        return PreflightCheck(what=what, outcome="refused", text=str(error))
    except ClientError as error:
        if code_of(error) not in DENIED:
            raise
        return PreflightCheck(what=what, outcome="not read", text=f"you may not look: {message_of(error)}")


def _region(session: Session, _config: Config) -> str:
    require_region(session)
    return f"Personalize is offered in {session.region}"


def _accounts(session: Session, config: Config) -> str:
    require_own_account(config, session.arns)
    return f"roles and keys of the config are of account {session.account_id}"


def _role(session: Session, config: Config) -> str:
    """Personalize must be trusted by the role that it gets."""
    from botocore.exceptions import ClientError

    name = parse(role_arns(config, session.arns)["personalize"]).name
    try:
        trust = session.client("iam").get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
    except ClientError as error:
        if code_of(error) != "NoSuchEntity":
            raise
        if config.roles.personalize_arn is None:
            return f"deploy makes {name}"
        raise DeployError(
            f"roles.personalize_arn: there is no role {name} in account {session.account_id}: make it, or leave the "
            "field out and deploy makes one"
        ) from error
    if not any(_lets_assume(each, _PERSONALIZE) for each in _as_list(trust.get("Statement"))):
        raise DeployError(
            f"role {name} does not trust {_PERSONALIZE}: its trust policy needs a statement that allows it "
            "sts:AssumeRole; 'personalize-sfn policy --role-template' prints one"
        )
    return f"{name} trusts {_PERSONALIZE}"


def _lets_assume(statement: Any, service: str) -> bool:
    principal = statement.get("Principal")
    services = _as_list(principal.get("Service")) if isinstance(principal, dict) else []
    actions = {str(action).lower() for action in _as_list(statement.get("Action"))}
    return (
        statement.get("Effect") == "Allow"
        and service in services
        and not actions.isdisjoint({"sts:assumerole", "sts:*", "*"})
    )


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _bucket(session: Session, config: Config) -> str:
    name = config.bucket_name(session.region, session.account_id)
    changes = plan_bucket(session, config)
    if not changes:
        return f"{name} is in {session.region}, and its policy lets Personalize in"
    return f"deploy will {', and '.join(each.sentence for each in changes)}"


def _keys(session: Session, config: Config) -> str:
    """Services use keys of their own region only."""
    given = {name: getattr(config, name) for name in KEYS}
    for field, arn in given.items():
        if arn is not None and parse(arn).region != session.region:
            raise DeployError(
                f"{field}: the key is of {parse(arn).region}, expected one of {session.region}, where what it encrypts "
                "is"
            )
    named = [field for field, arn in given.items() if arn is not None]
    return f"{' and '.join(named)}: of {session.region}" if named else "none in the config: AWS's own are used"


_CHECKS: tuple[tuple[str, Callable[[Session, Config], str]], ...] = (
    ("region", _region),
    ("accounts", _accounts),
    ("role", _role),
    ("bucket", _bucket),
    ("keys", _keys),
)
