"""What the service does by itself when its time has come: automatic training and updates, and campaigns that follow.

https://docs.aws.amazon.com/personalize/latest/dg/solution-config-auto-training.html
https://docs.aws.amazon.com/personalize/latest/dg/campaigns.html (automatic campaign updates)
"""

from __future__ import annotations

import logging
from dataclasses import replace

from personalize_sfn.local.aws.responses import AwsError
from personalize_sfn.local.personalize.context import OperationContext
from personalize_sfn.local.personalize.resources import crud
from personalize_sfn.local.personalize.resources.automatic_updates import keep_updated
from personalize_sfn.local.personalize.resources.campaigns import follow_latest
from personalize_sfn.local.personalize.resources.recommender_training import keep_trained
from personalize_sfn.local.personalize.resources.solution_versions import AUTOMATIC
from personalize_sfn.local.personalize.store import Record
from personalize_sfn.local.personalize.training.new_interactions import new_interactions
from personalize_sfn.local.personalize.training.schedule import SEEN_EVENTS, due, skip
from personalize_sfn.resources import ACTIVE, CAMPAIGN, SOLUTION, SOLUTION_VERSION

log = logging.getLogger(__name__)


def on_clock(context: OperationContext) -> None:
    """Called under the store's lock before each operation; cheap when nothing is due.

    As it is called before every operation, no data can have come between two trainings that are both overdue: the
    second finds nothing new.
    """
    for solution in context.store.of(SOLUTION):
        if solution.status != ACTIVE:
            continue
        while (moment := due(solution, context.now)) is not None:
            _train(context, solution, moment)
        keep_updated(context, solution)
    for campaign in context.store.of(CAMPAIGN):
        follow_latest(context, campaign)
    keep_trained(context)


def _train(context: OperationContext, solution: Record, moment: float) -> None:
    """Start the training that was due at that moment, unless there is nothing new."""
    context.store.touched = True
    if not _news(context, solution):
        skip(solution, moment)
        return
    try:
        crud.create(SOLUTION_VERSION, AUTOMATIC, replace(context, now=moment), {"solutionArn": solution.arn})
    except AwsError as error:
        log.warning("the automatic training of %s did not start: %s", solution.arn, error)
        skip(solution, moment)


def _news(context: OperationContext, solution: Record) -> bool:
    """Have interactions come since the newest version's training began?"""
    versions = [
        version
        for version in context.store.of(SOLUTION_VERSION, solution=solution.arn)
        if version.members["trainingMode"] != "UPDATE" and version.status != "CREATE STOPPED"
    ]
    if not versions:
        return True
    newest = max(versions, key=lambda version: version.number)
    return new_interactions(
        context,
        solution.ancestors["datasetGroup"],
        solution.members.get("recipeArn", "").rpartition("/")[2],
        since=newest.members["creationDateTime"],
        seen_events=newest.members.get(SEEN_EVENTS, 0),
    )
