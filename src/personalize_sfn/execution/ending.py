"""What a run that has ended came to: what its functions told, beside what Personalize tells of the versions before."""

from __future__ import annotations

import logging
from dataclasses import replace

from personalize_sfn import prices
from personalize_sfn.arns import parse
from personalize_sfn.display.card import Beside, Card
from personalize_sfn.display.history import Run
from personalize_sfn.display.outcome import Made, RunOutcome, outcome_of
from personalize_sfn.errors import ConfigError
from personalize_sfn.session import Session
from personalize_sfn.solution_metrics import metrics_of
from personalize_sfn.trained_on import trained_on

__all__ = ["card_of"]

logger = logging.getLogger(__name__)

_POPULARITY = "aws-popularity-count"
#: Personalize tests on about so many of the users:
#: https://docs.aws.amazon.com/personalize/latest/dg/working-with-training-metrics.html
_TESTED = 0.1
#: https://docs.aws.amazon.com/personalize/latest/dg/gs-console.html; there is no documented address of one campaign.
_CONSOLE = "https://console.aws.amazon.com/personalize/home"


def card_of(run: Run, session: Session | None, *, is_local: bool) -> Card:
    """The card of a run that has ended; empty (false) where its functions told nothing.

    Args:
        run: with those that it started.
        session: to ask Personalize for the metrics of the versions before; None, or where that is refused: without.
        is_local: it ran on the embedded AWS, which costs nothing and has no console.
    """
    outcome = outcome_of(run)
    if not outcome.made:
        return Card(outcome=outcome)
    versions = [each for each in outcome.made if each.resource == "solutionVersion"]
    try:
        beside = _beside(outcome, versions, session, is_local=is_local)
    except Exception:  # the run has ended, and so it is told, whatever becomes of questions about versions before
        logger.warning("what the metrics are compared with could not be read", exc_info=True)
        beside = {}
    return Card(
        outcome=outcome,
        succeeded=run.status == "SUCCEEDED",
        beside=beside,
        costs={each.arn: cost for each in outcome.made if each.is_ready and (cost := _cost(each, is_local=is_local))},
        links=_links(run, is_local=is_local),
        next_steps=_next_steps(run, outcome, versions),
    )


def _beside(outcome: RunOutcome, versions: list[Made], session: Session | None, *, is_local: bool) -> dict[str, Beside]:
    before = {each.arn: str(each.facts["previous"]) for each in versions if "previous" in each.facts}
    # On AWS the functions have told all that there is of the new ones.
    asked = [*before.values(), *(each.arn for each in versions if is_local)]
    found = {} if session is None else metrics_of(session, {arn: arn for arn in asked})
    popular = _popularity_of(outcome, versions)
    compared = [*before, *before.values(), *([each.arn for each in versions] if popular else [])]
    on = trained_on(session, compared) if session is not None and compared else {}
    facts = [each.facts for each in outcome.made if each.facts.get("datasetType") == "INTERACTIONS"]
    whole = (each for each in facts if each.get("importMode") == "FULL")  # else the file holds new rows only
    users = next((each["users"] for each in whole if isinstance(each.get("users"), int)), None)

    def differs(arn: str, other: str) -> tuple[str, ...] | None:
        return on[arn].differs_from(on[other]) if arn in on and other in on else None

    def beside(arn: str) -> Beside:
        previous = before.get(arn, "")
        known = Beside(
            previous=found[previous].metrics if previous in found else {}, differs=differs(arn, previous) or ()
        )
        own = found.get(arn)
        if own is not None and own.test_users is not None:
            beside_it = {} if arn == popular else own.popularity
            return replace(known, margins=own.margins, users=own.test_users, popularity=beside_it)
        if popular not in {"", arn} and differs(arn, popular) == ():
            known = replace(known, popularity=outcome.metrics[popular])
        return replace(known, users_about=None if users is None else round(_TESTED * users))

    return {each.arn: beside(each.arn) for each in versions}


def _popularity_of(outcome: RunOutcome, versions: list[Made]) -> str:
    """The version of the project's solution of aws-popularity-count; empty: it has none."""
    items = [m.item for m in outcome.made if m.resource == "solution" and m.facts.get("recipe") == _POPULARITY]
    return next((each.arn for each in versions if each.item in items and each.arn in outcome.metrics), "")


def _links(run: Run, *, is_local: bool) -> dict[str, str]:
    if is_local or parse(run.arn).partition != "aws":
        return {}
    return {"Personalize in the console": _CONSOLE, "Prices": prices.PRICING_PAGE}


def _cost(made: Made, *, is_local: bool) -> str:
    if made.resource not in {"campaign", "recommender"}:
        return ""
    tps = made.facts.get("minProvisionedTPS")
    try:
        price = prices.an_hour(tps, parse(made.arn).region) if isinstance(tps, int) else None
    except ConfigError as error:
        price = str(error)
    each = f" for {tps} request{'' if tps == 1 else 's'} a second" if isinstance(tps, int) else ""
    where = "free here; on AWS it is" if is_local else "it is"
    return f"{where} billed by the hour{each} until it is deleted: {price or f'see {prices.PRICING_PAGE}'}"


def _next_steps(run: Run, outcome: RunOutcome, versions: list[Made]) -> tuple[str, ...]:
    if run.status != "SUCCEEDED":
        return ()
    steps = []
    if any(each.resource in {"campaign", "recommender"} for each in outcome.made):
        steps.append('recommend(session, config, user_id="...")')
    if any("previous" in each.facts for each in versions):
        steps.append("evaluate(session, config, newest=2)")
    if versions and all(each.how == "found" for each in outcome.made):
        steps.append('run(session, config, train="always")')
    return tuple(steps)
