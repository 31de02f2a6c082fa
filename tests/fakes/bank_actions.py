"""What the tests of get action recommendations and its neighbours share."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

from fakes.personalize_aws import Aws, avro, csv_bytes

__all__ = [
    "ACTIONS",
    "BANK",
    "DAY",
    "EVENTS",
    "HOUR",
    "NULLABLE",
    "SHOP",
    "START",
    "deployed",
    "events",
    "put_actions",
    "scores",
    "world",
]


BANK, SHOP = ("account", "card", "loan", "mortgage"), ("app", "club", "coupon", "newsletter")
START = 1_700_000_000
HOUR, DAY = 3600, 86_400
NULLABLE = ["null", "long"]
ACTIONS = avro(
    name="Actions",
    fields=[
        {"name": "ACTION_ID", "type": "string"},
        {"name": "VALUE", "type": NULLABLE},
        {"name": "EXPIRATION_TIMESTAMP", "type": NULLABLE},
        {"name": "REPEAT_FREQUENCY", "type": NULLABLE},
    ],
)
EVENTS = avro(
    name="ActionInteractions",
    fields=[
        *({"name": name, "type": "string"} for name in ("USER_ID", "ACTION_ID", "EVENT_TYPE")),
        {"name": "TIMESTAMP", "type": "long"},
    ],
)


def events() -> list[tuple[str, str, str, int]]:
    """160 users: even ones take three of the bank's actions, odd ones three of the shop's, and view all eight."""
    rows = []
    for user in range(160):
        own = SHOP if user % 2 else BANK
        taken = [own[(user // 2 + turn) % 4] for turn in range(3)]
        rows += [(f"u{user}", action, "Taken", START + turn) for turn, action in enumerate(taken)]
        rows += [(f"u{user}", action, "Viewed", START) for action in (*BANK, *SHOP)]
    return rows


def world(aws: Aws, rows: list[Any] | None = None) -> SimpleNamespace:
    """A dataset group with actions and what was done with them; no ``rows``: an empty dataset."""
    group = aws.data()
    actions = aws.dataset(group, aws.schema("actions", schema=ACTIONS), "Actions")
    put_actions(aws, actions, *BANK, *SHOP)
    done = aws.dataset(group, aws.schema("done", schema=EVENTS), "Action_Interactions")
    if rows:
        job = aws.imported(done, csv_bytes(rows, "USER_ID,ACTION_ID,EVENT_TYPE,TIMESTAMP"), name="done")
        assert job["status"] == "ACTIVE", job
    tracking_id = aws.describe("dataset", done)["trackingId"]
    return SimpleNamespace(aws=aws, group=group, actions=actions, done=done, tracking_id=tracking_id)


def put_actions(aws: Aws, dataset: str, *names: str, **properties: int) -> None:
    rows = [{"actionId": name, "properties": json.dumps(properties)} for name in names]
    aws.events.put_actions(datasetArn=dataset, actions=rows)


def deployed(aws: Aws, group: str, **options: Any) -> str:
    return aws.campaign(aws.trained(group, "aws-next-best-action", **options))


def scores(aws: Aws, campaign: str, user: str, **options: Any) -> dict[str, float]:
    """In the order of the answer."""
    request = {"campaignArn": campaign, "userId": user, "numResults": 100} | options
    answer = aws.runtime.get_action_recommendations(**request)["actionList"]
    return {action["actionId"]: action["score"] for action in answer}
