"""What the tests of get recommendations and its neighbours share."""

from __future__ import annotations

import time

__all__ = ["RECIPES", "ask", "put", "share_of_odd_taste"]


RECIPES = (
    "aws-user-personalization-v2",
    "aws-popularity-count",
    "aws-sims",
    "aws-personalized-ranking-v2",
)


def ask(world, recipe="aws-user-personalization-v2", **request):
    return world.aws.runtime.get_recommendations(campaignArn=world.campaigns[recipe], **request)


def put(world, items, *, user=None, session="session", **event):
    event = {"eventType": "watch", "sentAt": time.time()} | event
    options = {"userId": user} if user else {}
    return world.aws.events.put_events(
        trackingId=world.tracking_id,
        sessionId=session,
        eventList=[{"itemId": item, **event} for item in items],
        **options,
    )


def share_of_odd_taste(answer, first=10):
    items = [int(item["itemId"][1:]) for item in answer["itemList"][:first]]
    return sum(item >= 40 for item in items) / first
