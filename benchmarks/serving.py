"""What the classes for applications cost beside bare boto3, on an embedded AWS in a process of its own.

    python benchmarks/serving.py

Calls of both kinds take turns in one process, so that a machine whose speed drifts slows both alike.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from personalize_sfn import Config, EventSender, Recommender, Session, connect, datasets, deploy, run
from personalize_sfn.local import process

ROUNDS = 300
EVENTS = 2000


class Taken(NamedTuple):
    """Medians of one call, in milliseconds."""

    wall: float
    cpu: float
    """Of all threads of this process: what is comparable on a machine that others use too."""


def milliseconds(action: Callable[[], object]) -> Taken:
    wall, cpu = time.perf_counter(), time.process_time()
    action()
    return Taken(1000 * (time.perf_counter() - wall), 1000 * (time.process_time() - cpu))


def median(taken: Sequence[Taken]) -> Taken:
    return Taken(statistics.median(each.wall for each in taken), statistics.median(each.cpu for each in taken))


def paired(first: Callable[[], object], second: Callable[[], object]) -> tuple[Taken, Taken]:
    for _ in range(30):
        first(), second()
    taken = [(milliseconds(first), milliseconds(second)) for _ in range(ROUNDS)]
    return median([one for one, _ in taken]), median([two for _, two in taken])


def tracker_of(personalize: Any, group: str) -> None:
    arn = personalize.create_event_tracker(name="bench", datasetGroupArn=group)["eventTrackerArn"]
    while personalize.describe_event_tracker(eventTrackerArn=arn)["eventTracker"]["status"] != "ACTIVE":
        time.sleep(0.01)


def seconds_to_send(events: EventSender) -> tuple[float, float]:
    """Of EVENTS events of 200 users: until all are put, and until all are sent."""
    begun = time.perf_counter()
    for number in range(EVENTS):
        events.put(f"u{number % 200}", str(number % 90), "view")
    put = time.perf_counter() - begun
    events.flush(120)
    return put, time.perf_counter() - begun


def ask(session: Session, config: Config) -> None:
    runtime = session.new_client("personalize-runtime")
    arn = session.arns.personalize(f"campaign/{config.campaign_name('for-you')}")
    recommender = Recommender(session, config, "for-you", timeout=10)
    bare, ours = paired(
        lambda: runtime.get_recommendations(campaignArn=arn, userId="1", numResults=25),
        lambda: recommender.recommend("1"),
    )
    print(f"{'':<39}{'wall':>9}{'CPU':>9}   milliseconds, medians of {ROUNDS} calls in turns")
    print(f"{'get_recommendations by bare boto3':<39}{bare.wall:9.3f}{bare.cpu:9.3f}")
    ratios = f"{ours.wall / bare.wall:5.2f} x, {ours.cpu / bare.cpu:5.2f} x"
    print(f"{'Recommender.recommend':<39}{ours.wall:9.3f}{ours.cpu:9.3f}   {ratios}")
    assert recommender.recommend("1").source == "campaign"


def send(session: Session, config: Config, group: str, folder: str) -> None:
    tracker_of(session.client("personalize"), group)
    client = session.new_client("personalize-events")
    event = {"eventType": "view", "itemId": "1", "sentAt": datetime.now(UTC)}
    with EventSender(session, config) as plain, EventSender(session, config, spool=folder) as spooled:
        request = {"trackingId": plain._delivery._tracking_id, "userId": "u", "sessionId": "s", "eventList": [event]}
        single = median([milliseconds(lambda: client.put_events(**request)) for _ in range(ROUNDS)]).wall
        print(f"{'put_events of one event by bare boto3':<39}{single:9.3f}")
        for name, sender in (("EventSender.put", plain), ("EventSender.put with a spool", spooled)):
            put, sent = seconds_to_send(sender)
            each = 1000 * put / EVENTS
            print(f"{name:<39}{each:9.3f}   {each / single:5.3f} x; {EVENTS / sent:,.0f} events/s sent")


def main() -> int:
    config = Config(project="bench")
    with tempfile.TemporaryDirectory() as home:
        os.environ["PERSONALIZE_SFN_HOME"] = home
        session = connect("local")
        try:
            deploy(session, config)
            datasets.upload_interactions(session, config, datasets.load_movielens("shipped"))
            output = run(session, config).wait().get_output()
            ask(session, config)
            send(session, config, output["datasetGroupArn"], f"{home}/spool")
        finally:
            process.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
