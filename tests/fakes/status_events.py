"""What the tests of status and its neighbours share."""

from __future__ import annotations

from fakes.virtual_personalize import ARNS
from personalize_sfn.ownership import PROJECT_TAG

__all__ = ["CAMPAIGN", "TAGS", "TIMES", "VERSION"]


CAMPAIGN = ARNS.personalize("campaign/movies-for-you")
VERSION = ARNS.personalize("solution/movies-v2/one")
TAGS = [{"tagKey": PROJECT_TAG, "tagValue": "movies"}]
TIMES = {
    "waitedSeconds": 0,
    "since": "2026-01-01T00:00:00.000Z",
    "startedAt": "2026-01-01T00:00:00.000Z",
    "typicalSeconds": 480,
    "timeoutSeconds": 3600,
}
