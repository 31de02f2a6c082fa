"""What in a user's history supports an item, by the data at hand: Personalize itself gives no such reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Because", "likes", "supports"]

#: Ratings above this count as liked, as in the AWS post's code.
_LIKED_ABOVE = 2.0
_LEAST_BOTH = 5
_LEAST_CORRELATION = 0.3
#: Of chi-squared with one degree of freedom: chance alone goes beyond it once in a thousand times.
_LEAST_CHI_SQUARED = 10.83
_LEAST_GENRES = 2
_LEAST_SHARE_OF_GENRES = 0.5


@dataclass(frozen=True, slots=True)
class Because:
    """A liked item that supports a recommended one, and the evidence."""

    item_id: str
    title: str
    both: int = 0
    """How many other users liked both items; 0: the genres support it."""
    liked_it: int = 0
    """How many other users liked this one."""
    genres: tuple[str, ...] = ()
    """What both items have in common; given for new items, which too few users liked."""
    did: str = "liked"
    """What the users did with the items: ``liked``, ``bought``, ..."""

    def __str__(self) -> str:
        """``because you liked Tron, as did 42 others: 30 of them liked this too``; or ``: both are Action, Sci-Fi``."""
        because = f"because you {self.did} {self.title}"
        if self.both:
            return f"{because}, as did {self.liked_it:,} others: {self.both:,} of them {self.did} this too"
        return f"{because}: both are {', '.join(self.genres)}"


def likes(ratings: pd.DataFrame) -> pd.DataFrame:
    """The rows that say that a user liked an item: ratings above 2; where there is no RATING, all."""
    return ratings[ratings["RATING"] > _LIKED_ABOVE] if "RATING" in ratings else ratings


def supports(
    items: Sequence[str],
    liked: Sequence[str],
    *,
    user_id: str,
    ratings: pd.DataFrame,
    genres: Mapping[str, tuple[str, ...]],
    titles: Mapping[str, str],
) -> dict[str, Because]:
    """For each of ``items`` the liked item that supports it most; nothing for items without support.

    By the users who are not ``user_id``: the liked item whose having been liked goes most with this one's.  That is the
    correlation of the two over all users, in which a user who liked n items counts 1/n, so that neither what is popular
    nor users who like everything support anything.  It must be 0.3 at least, 5 users at least must have liked both, and
    chance must be unlikely (chi-squared test of the plain counts, p < 0.001).  An item that fewer than 5 other users
    liked is new to them, so they cannot support it; there the genres do: the liked item with the most in common, if
    that is 2 genres at least and half of those that either has.

    Args:
        items: ids of recommended items.
        liked: ids of what the user liked, best first; of equals the first counts.
        user_id: the user.
        ratings: USER_ID, ITEM_ID and perhaps RATING of all users; see :func:`likes`.
        genres: of each item, as far as they are known.
        titles: of each item, as far as they are known.
    """
    others = _others({*items, *liked}, user_id, ratings)
    found = {}
    for item in items:
        named = [(each, titles.get(each, each)) for each in liked if each != item]
        is_new = len(others.fans.get(item, ())) < _LEAST_BOTH
        because = _by_genres(item, named, genres) if is_new else _by_users(item, named, others)
        if because is not None:
            found[item] = because
    return found


@dataclass(frozen=True, slots=True)
class _Others:
    """The other users: what each counts, and whom of them each item has among those who liked it."""

    weights: Mapping[str, float]
    fans: Mapping[str, AbstractSet[str]]
    weight_of_fans: Mapping[str, float]


def _others(items: AbstractSet[str], user_id: str, ratings: pd.DataFrame) -> _Others:
    liked = likes(ratings)[["USER_ID", "ITEM_ID"]].astype(str).drop_duplicates()
    liked = liked[liked["USER_ID"] != user_id]
    weights = {str(user): 1 / count for user, count in liked["USER_ID"].value_counts().items()}
    wanted = liked[liked["ITEM_ID"].isin(items)]
    fans = {str(item): frozenset(users) for item, users in wanted.groupby("ITEM_ID")["USER_ID"]}
    return _Others(weights, fans, {item: sum(weights[user] for user in users) for item, users in fans.items()})


def _by_users(item: str, liked: Sequence[tuple[str, str]], others: _Others) -> Because | None:
    own, own_weight = others.fans[item], others.weight_of_fans[item]
    users, weight = len(others.weights), sum(others.weights.values())
    best, found = 0.0, None
    for item_id, title in liked:
        its = others.fans.get(item_id, frozenset())
        both = own & its
        if len(both) < _LEAST_BOTH:
            continue
        if users * _correlation(len(both), len(own), len(its), users) ** 2 < _LEAST_CHI_SQUARED:
            continue
        shared = sum(others.weights[user] for user in both)
        correlation = _correlation(shared, own_weight, others.weight_of_fans[item_id], weight)
        if correlation > best:
            best, found = correlation, Because(item_id, title, len(both), len(its))
    return found if best >= _LEAST_CORRELATION else None


def _correlation(both: float, one: float, other: float, all_: float) -> float:
    """Of two properties that ``one`` and ``other`` of all have, ``both`` of them both (phi)."""
    spread = one * other * (all_ - one) * (all_ - other)
    return (all_ * both - one * other) / sqrt(spread) if spread > 0 else 0.0


def _by_genres(item: str, liked: Sequence[tuple[str, str]], genres: Mapping[str, tuple[str, ...]]) -> Because | None:
    own = genres.get(item, ())
    best, found = 0.0, None
    for item_id, title in liked:
        its = genres.get(item_id, ())
        common = tuple(genre for genre in own if genre in its)
        share = len(common) / len({*own, *its}) if common else 0.0
        if len(common) >= _LEAST_GENRES and share > best:
            best, found = share, Because(item_id, title, genres=common)
    return found if best >= _LEAST_SHARE_OF_GENRES else None
