"""What in a user's history speaks for an item, by the data at hand: Personalize itself gives no such reason."""

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
_LEAST_CORRELATION = 0.2
#: Of chi-squared with one degree of freedom: chance alone goes beyond it once in a thousand times.
_LEAST_CHI_SQUARED = 10.83
_LEAST_GENRES = 2
_LEAST_SHARE_OF_GENRES = 0.5


@dataclass(frozen=True, slots=True)
class Because:
    """A liked item that speaks for a recommended one, and what supports that."""

    item_id: str
    title: str
    both: int = 0
    """How many other users liked both items; 0: it is the genres that speak for it."""
    liked_it: int = 0
    """How many other users liked this one."""
    genres: tuple[str, ...] = ()
    """What both items have in common; given where users do not speak for it."""

    def __str__(self) -> str:
        """``because you liked Tron, as did 42 others: 30 of them liked this too``; or ``: both are Action, Sci-Fi``."""
        if self.both:
            return (
                f"because you liked {self.title}, as did {self.liked_it:,} others: {self.both:,} of them liked this too"
            )
        return f"because you liked {self.title}: both are {', '.join(self.genres)}"


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
    """For each of ``items`` the liked item that speaks most for it; nothing for those that nothing speaks for.

    First by the users who are not ``user_id``: the liked item whose having been liked goes most with this one's, by the
    correlation of the two over all users, so that being popular counts for nothing.  At least 5 users must have liked
    both, the correlation be 0.2 or more, and chance unlikely (chi-squared test, p < 0.001).  Where no liked item gets
    there, by genres: the one with the most in common, if that is 2 genres at least and half of those that either has.

    Args:
        items: ids of recommended items.
        liked: ids of what the user liked, best first; of equals the first counts.
        user_id: the user.
        ratings: USER_ID, ITEM_ID and perhaps RATING of all users; see :func:`likes`.
        genres: of each item, as far as they are known.
        titles: of each item, as far as they are known.
    """
    fans, users = _fans({*items, *liked}, user_id, ratings)
    found = {}
    for item in items:
        others = [(each, titles.get(each, each)) for each in liked if each != item]
        because = _by_users(item, others, fans, users) or _by_genres(item, others, genres)
        if because is not None:
            found[item] = because
    return found


_Fans = Mapping[str, AbstractSet[object]]


def _fans(items: AbstractSet[str], user_id: str, ratings: pd.DataFrame) -> tuple[_Fans, int]:
    """Which other users liked each item, and how many there are who liked anything."""
    liked = likes(ratings)[["USER_ID", "ITEM_ID"]].astype(str)
    liked = liked[liked["USER_ID"] != user_id]
    wanted = liked[liked["ITEM_ID"].isin(items)]
    return {str(item): set(users) for item, users in wanted.groupby("ITEM_ID")["USER_ID"]}, liked["USER_ID"].nunique()


def _by_users(item: str, liked: Sequence[tuple[str, str]], fans: _Fans, users: int) -> Because | None:
    own = fans.get(item, frozenset())
    best, found = 0.0, None
    for item_id, title in liked:
        its = fans.get(item_id, frozenset())
        both = len(own & its)
        if both < _LEAST_BOTH:
            continue
        correlation = _correlation(both, len(own), len(its), users)
        if correlation > best:
            best, found = correlation, Because(item_id, title, both, len(its))
    return found if best >= _LEAST_CORRELATION and users * best**2 >= _LEAST_CHI_SQUARED else None


def _correlation(both: int, one: int, other: int, users: int) -> float:
    """Of two properties that ``one`` and ``other`` of the users have, ``both`` of them both (phi)."""
    spread = one * other * (users - one) * (users - other)
    return (users * both - one * other) / sqrt(spread) if spread else 0.0


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
