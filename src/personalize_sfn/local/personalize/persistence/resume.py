"""Changes that were under way when the process ended: begun again from their records, or failed with a reason."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from personalize_sfn.local.aws.responses import AwsError
from personalize_sfn.local.personalize.context import OperationContext
from personalize_sfn.local.personalize.lifecycle import Work
from personalize_sfn.local.personalize.resources.hooks import Behaviour
from personalize_sfn.local.personalize.store import START, STOP, Phase, Record, StatusChange, creation_phase

log = logging.getLogger(__name__)

CHANGE_MEMBERS = {"arn", "view", "phase", "started", "seconds", "failure"}
INTERRUPTED = "The embedded AWS ended while this was under way"


def describe_change(change: StatusChange) -> dict[str, Any]:
    """A change as data: what it is doing to which record, since when."""
    members = change.record.members
    view = next((name for name, value in members.items() if value is change.view), "")
    return {
        "arn": change.record.arn,
        "view": view,
        "phase": list(change.phase),
        "started": change.started,
        "seconds": change.seconds,
        "failure": change.failure,
    }


def resume(context: OperationContext, described: Mapping[str, Any], behaviours: Mapping[str, Behaviour]) -> None:
    """Take a change up again, in its own time; under the store's lock.

    A creation's work (an import, a training) starts again from its record.  An update's work is not on record, so it
    fails and what was there before keeps serving; so does a creation whose work cannot be started.
    """
    record = context.store.find(described["arn"])
    if record is None:
        return
    behaviour, phase = behaviours[record.row.key], Phase(*described["phase"])
    view = record.members[described["view"]] if described["view"] else record.members
    creation = view is record.members and phase == creation_phase(record.row)
    failure, work = described["failure"], None
    if failure is None and creation:
        failure, work = _work(context, record, behaviour)
    elif failure is None and not _is_status_only(phase):
        failure = f"{INTERRUPTED}; make the update again."

    def settled(result: Any) -> None:
        if creation:
            behaviour.on_active(context, record, result)

    change = StatusChange(
        record=record,
        view=view,
        phase=phase,
        started=described["started"],
        seconds=described["seconds"],
        settled=settled,
        failure=failure,
        pending_first=False,
    )
    context.lifecycle.begin(context.store, change, work)


def _is_status_only(phase: Phase) -> bool:
    """Deletions, the stop and start of recommenders and the stop of a training do nothing but change a status."""
    return phase.done in (None, "CREATE STOPPED") or phase in (STOP, START)


def _work(context: OperationContext, record: Record, behaviour: Behaviour) -> tuple[str | None, Work | None]:
    try:
        return None, behaviour.work(context, record)
    except AwsError as error:
        return f"{INTERRUPTED}, and it cannot be started again: {error}", None
    except Exception as error:
        log.exception("the work of %s cannot be started again", record.arn)
        return f"{INTERRUPTED}, and it cannot be started again: {error!r}", None
