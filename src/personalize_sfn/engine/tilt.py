"""Tilting answers: factors on the items' chances, from what a history does not say."""

from __future__ import annotations

import numpy as np

from personalize_sfn.engine.model import Scores


def tilted(chances: Scores, *tilts: Scores | None) -> Scores:
    """Chances, shape (histories, items), times e to the power of each tilt, made to sum to what they did.

    A tilt is what is added to the logarithm of each item's chance, shape (items,) or (histories, items); None for
    nothing.  Without any tilt the chances come back as they are.
    """
    given = [tilt for tilt in tilts if tilt is not None]
    if not given:
        return chances
    moved = chances * np.exp(sum(given[1:], start=given[0]))
    return np.asarray(moved * (chances.sum(axis=1, keepdims=True) / moved.sum(axis=1, keepdims=True)))
