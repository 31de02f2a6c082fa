"""What the tests of context and its neighbours share."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from personalize_sfn.engine import (
    Interactions,
    Labels,
)

__all__ = ["V1", "V2", "evenings", "watched"]


V1, V2 = "aws-user-personalization", "aws-user-personalization-v2"


def evenings(seed: int = 0, *, informed: bool = True) -> tuple[list[str], list[str], list[int], list[str]]:
    """A hundred and fifty users in two camps watch ten shows or ten films of their camp, half of the time each.

    Shows are watched on the phone and films on the television; unless `informed`, the device is chosen by coin.
    """
    draw = np.random.default_rng(seed)
    users, items, times, devices = [], [], [], []
    for user in range(150):
        for time in range(20):
            television = draw.random() < 0.5
            what = "film" if television else "show"
            device = television if informed else draw.random() < 0.5
            users.append(f"user-{user}")
            items.append(f"{what}-{2 * draw.integers(10) + user % 2}")
            times.append(1_000 + time)
            devices.append("tv" if device else "phone")
    return users, items, times, devices


def watched(contexts: Mapping[str, Labels], *, informed: bool = True) -> Interactions:
    return Interactions.from_columns(*evenings(informed=informed)[:3], contexts=contexts)
