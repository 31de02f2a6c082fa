"""The tracking id that PutEvents wants: of the event tracker of the project's dataset group, which has at most one."""

from __future__ import annotations

from personalize_sfn.aws_errors import DENIED, code_of, message_of
from personalize_sfn.config import Config
from personalize_sfn.errors import EventError
from personalize_sfn.resources import ACTIVE
from personalize_sfn.session import Session

__all__ = ["find_tracking_id"]

_HOW = "Set event_tracker: true in the configuration, deploy, and run the main workflow: it makes one"


def find_tracking_id(session: Session, config: Config) -> str:
    """Ask Personalize for it: ListEventTrackers and DescribeEventTracker.

    Raises:
        EventError: there is no ACTIVE event tracker, or the caller may not ask; says what to do.
        botocore.exceptions.BotoCoreError: Personalize does not answer.
    """
    from botocore.exceptions import ClientError

    personalize = session.client("personalize")
    group = session.arns.personalize(f"dataset-group/{config.dataset_group_name}")
    try:
        pages = personalize.get_paginator("list_event_trackers").paginate(datasetGroupArn=group)
        found = [each for page in pages for each in page["eventTrackers"]]
        ready = [each["eventTrackerArn"] for each in found if each["status"] == ACTIVE]
        if ready:
            tracker = personalize.describe_event_tracker(eventTrackerArn=ready[0])["eventTracker"]
            return str(tracker["trackingId"])
    except ClientError as error:
        if code_of(error) == "ResourceNotFoundException":
            raise EventError(f"there is no dataset group {config.dataset_group_name} yet. {_HOW}") from error
        if code_of(error) in DENIED:
            raise EventError(
                f"the tracking id of {config.project} cannot be read: {message_of(error)}. Allow "
                "personalize:ListEventTrackers and personalize:DescribeEventTracker, or pass tracking_id="
            ) from error
        raise
    statuses = ", ".join(sorted({each["status"] for each in found}))
    if statuses:
        raise EventError(f"the event tracker of {config.dataset_group_name} is {statuses}: wait until it is {ACTIVE}")
    raise EventError(f"dataset group {config.dataset_group_name} has no event tracker. {_HOW}")
