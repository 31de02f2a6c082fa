"""Asking a model for users by name: attributes stand in for a missing history, and new items can be explored.

Models answer histories; what is here knows which user asks, and costs nothing where training saw no attributes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from personalize_sfn.engine.interactions import Mask
from personalize_sfn.engine.model import Model, Scored, Scores, best, scored
from personalize_sfn.engine.parallel import in_blocks
from personalize_sfn.engine.user_personalization import TRUSTED_AFTER, Personalization

FIRST = 25
"""The places among which exploration has its share: the default length of an answer."""
JUST_MORE = 1.001
"""What an explored item's chance is, in those of the item that it passes."""


@dataclass(frozen=True, slots=True)
class Exploration:
    """How far items without events come before others with more support from events.

    By their attributes alone such items seldom come first.  Exploration multiplies their chances, so that among the
    first 25 stand so many of them as `weight` squared of 25, rounded up.  Which ones a user is shown stays personal.
    """

    weight: float = 0.3
    """0 (items are shown by their score alone) to 1 (they come before all others)."""
    age_cut_off: float = 30.0
    """In days: items older than that at the newest event are not explored."""


class Explored(Scored):
    """An item that would not be in its answer without exploration."""

    __slots__ = ()


def recommend_for_users(
    model: Model,
    user_ids: Sequence[str | None],
    histories: Sequence[Sequence[str]],
    *,
    k: int = 25,
    candidates: Mask | None = None,
    exploration: Exploration | None = None,
    context: Mapping[str, str] | None = None,
) -> list[list[Scored]]:
    """`recommend_batch` for histories of users, None for a user who is to be answered by the history alone.

    Without attributes and items without events it is just that.  What exploration brought in is `Explored`.
    `context` is what is known of the moment, by column, for all of them; what training learned nothing of is passed
    over.
    """
    if not isinstance(model, Personalization):
        return model.recommend_batch(histories, k=k, candidates=candidates)
    young, context_bias = _explored(model, exploration), _context_bias(model, context)
    if young is None and context_bias is None and not _profiled(model, user_ids, histories):
        return model.recommend_batch(histories, k=k, candidates=candidates)

    def answers(block: slice) -> list[list[Scored]]:
        chances = model.probabilities(histories[block], model.before(user_ids[block]), context_bias)
        mask = candidates[block] if candidates is not None and candidates.ndim == 2 else candidates
        without = scored(model.item_ids, *best(chances, k, mask))
        if young is None or exploration is None:
            return without
        raised = _raised(chances if mask is None else np.where(mask, chances, np.float32(0)), young, exploration.weight)
        found = scored(model.item_ids, *best(raised, k, mask))
        return [_marked(answer, {item.item_id for item in plain}) for answer, plain in zip(found, without, strict=True)]

    return list(chain.from_iterable(in_blocks(len(histories), len(model.item_ids), answers)))


def _marked(answer: list[Scored], plain: set[str]) -> list[Scored]:
    return [item if item.item_id in plain else Explored(*item) for item in answer]


def rank_for_users(
    model: Model,
    user_ids: Sequence[str | None],
    histories: Sequence[Sequence[str]],
    item_ids: Sequence[Sequence[str]],
    *,
    context: Mapping[str, str] | None = None,
) -> list[list[Scored]]:
    """`rank_batch` for histories of users, as `recommend_for_users`."""
    if not isinstance(model, Personalization):
        return model.rank_batch(histories, item_ids)
    context_bias = _context_bias(model, context)
    if context_bias is None and not _profiled(model, user_ids, histories):
        return model.rank_batch(histories, item_ids)

    def answers(block: slice) -> list[list[Scored]]:
        chances = model.probabilities(histories[block], model.before(user_ids[block]), context_bias)
        return list(map(model.ranked, chances, item_ids[block]))

    return list(chain.from_iterable(in_blocks(len(histories), len(model.item_ids), answers)))


def _context_bias(model: Personalization, context: Mapping[str, str] | None) -> Scores | None:
    """What the context says, shape (items,); None for nothing."""
    return model.context.bias(context) if context and model.context is not None else None


def _explored(model: Personalization, exploration: Exploration | None) -> Mask | None:
    """The items whose chances are raised; None for none."""
    if exploration is None or exploration.weight <= 0 or model.ages is None:
        return None
    young = model.ages <= exploration.age_cut_off
    return young if young.any() else None


def _raised(chances: Scores, young: Mask, weight: float) -> Scores:
    """The chances, 0 for what is no candidate, with those of the young raised; the sum of each row stays."""
    found = chances.copy()
    for row in found:
        tried, others = row[young], row[~young]
        shown = min(FIRST, int(np.count_nonzero(row)))
        wanted = math.ceil(weight**2 * shown)
        count, behind = min(wanted, int(np.count_nonzero(tried))), min(shown - wanted + 1, len(others))
        if count and behind:
            passed, last = np.partition(others, -behind)[-behind], np.partition(tried, -count)[-count]
            factor = max(1.0, float(passed) * JUST_MORE / float(last))
            raised = np.where(young, factor, 1.0) * row
            row[:] = raised * (row.sum() / raised.sum())
    return found


def _profiled(model: Personalization, user_ids: Sequence[str | None], histories: Sequence[Sequence[str]]) -> bool:
    """Is there one for whom attributes have a say?"""
    profiles = model.profiles
    return profiles is not None and any(
        user_id in profiles and len(model.interactions.known(list(set(history)))) < TRUSTED_AFTER
        for user_id, history in zip(user_ids, histories, strict=True)
    )
