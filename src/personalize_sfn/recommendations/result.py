"""Recommended items beside what the user liked: a figure for notebooks, a text, a frame."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from personalize_sfn.display import markup
from personalize_sfn.recipes import RECIPES, Recipe
from personalize_sfn.recommendations.answered_by import AnsweredBy
from personalize_sfn.recommendations.explanation import Because
from personalize_sfn.text import one_line

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Item", "Recommendations", "shares_of_genres"]

_GENRES_SHOWN = 8
_ITEM_WIDTH = 290
"""Of a title with its genres and reason, in pixels: two lists stand side by side in a notebook of 900 pixels."""
_BECAUSE = (
    "“Because you {did}” is worked out here, from the data that you gave: what goes most with the item among all "
    "other users or, for a new item, shares its genres. The service gives no such reason."
)
#: https://docs.aws.amazon.com/personalize/latest/dg/recommendations.html
_SCORES = {
    "user": "Score: the item's share among all items; they add up to 1 for each user.",
    "ranking": "Score: the item's share of this list, which adds up to 1.",
    "actions": "Score: how likely it is that the user takes the action.",
}


@dataclass(frozen=True, slots=True)
class Item:
    """One item of either list."""

    item_id: str
    title: str
    """The item's id where no title is known."""
    genres: tuple[str, ...] = ()
    score: float | None = None
    """Recommended items: Personalize's score, between 0 and 1; some recipes give none."""
    rating: float | None = None
    """Liked items: the user's rating, where there are ratings."""
    because: Because | None = None
    """Recommended items: the liked item that speaks most for this one, by the ratings and genres that were given.

    It is the one whose having been liked goes most with this item's over all other users, whatever is popular and
    users who like everything aside: a correlation of 0.3 at least, by 5 users at least who liked both, that chance does
    not explain (p < 0.001).  For an item that fewer than 5 others liked, it is the one with the most genres in common,
    if those are 2 at least and half of what either has.  Personalize gives no such reason, and may have had another.
    None: nothing supports it, the service gave a reason of its own, or the recipe recommends the same to everybody.
    """
    reasons: tuple[str, ...] = ()
    """The service's own, of the recipe aws-user-personalization-v2: ``Exploration``, ``Popular item``, ..."""
    metadata: Mapping[str, str] = field(default_factory=dict)
    """Recommended items: the columns of Items that were asked for."""
    had: str = ""
    """Recommended items: ``already bought``, ``already rated 5``, where the user has had it; empty: not, as far as is
    known."""


@dataclass(frozen=True, slots=True, repr=False)
class Recommendations:
    """What a campaign recommends to a user.  It shows as tables and bars in a notebook and as text elsewhere."""

    user_id: str
    items: tuple[Item, ...]
    """Best first."""
    liked: tuple[Item, ...] = ()
    """All that the user liked, best rated first, the newest first among equals; empty when no ratings were given.
    As many are shown as there are recommended items."""
    recommendation_id: str = ""
    like: Item | None = None
    """The item that they are to be like, if one was given."""
    ranked: bool = False
    """Whether a given list was put in order."""
    answered_by: AnsweredBy | None = None
    """The campaign or recommender, and what it serves."""
    known: bool | None = None
    """Whether the user is in the data.  None: nothing tells; on AWS only ``ratings`` do."""
    did: str = "liked"
    """What users did with the items, in the words of the data: ``liked``, ``bought``, ``watched``, ..."""
    notes: tuple[str, ...] = ()
    """What a reader should know of the question, such as a context that no column takes."""

    @property
    def heading(self) -> str:
        """``Recommended to user 7``, ``Like Heat``, ``In order for user 7``."""
        if self.ranked:
            return f"In order for user {self.user_id}"
        like = "" if self.like is None else f"ike {one_line(self.like.title)}"
        if not self.user_id:
            return f"L{like}"
        return f"Recommended to user {self.user_id}" + (f", l{like}" if like else "")

    @property
    def facts(self) -> tuple[str, ...]:
        """What answered, and whether the user is known: ``campaign movies-for-you``, ``version 5d2f``, ..."""
        answered = () if self.answered_by is None else self.answered_by.facts
        return (*answered, *([self._known] if self._known else []))

    @property
    def known_text(self) -> str:
        """``user 7 is in the data``; empty where nothing tells, or nobody asked for a user."""
        if self.known is None or not self.user_id:
            return ""
        return f"user {self.user_id} is {'in' if self.known else 'not in'} the data"

    @property
    def _known(self) -> str:
        """Also what a stranger gets, where the recipe is one that answers what to recommend to a user."""
        recipe = self._recipe
        if self.known is not False or recipe is None or recipe.answers != "user" or not self.user_id:
            return self.known_text
        return f"{self.known_text}: answered {'as everybody' if recipe.same_for_all else 'with what is popular'}"

    @property
    def _recipe(self) -> Recipe | None:
        return None if self.answered_by is None else RECIPES.get(self.answered_by.recipe)

    @property
    def _scores(self) -> str:
        """What the scores mean; empty where there are none."""
        scored = self._recipe is not None and any(item.score is not None for item in self.items)
        return _SCORES.get(self._recipe.answers, "") if scored and self._recipe else ""

    def to_frame(self) -> pd.DataFrame:
        """RANK (from 1), ITEM_ID, TITLE, GENRES (joined by ``|``), SCORE, BECAUSE (the title of a liked item)."""
        import pandas as pd

        rows = [
            (rank, item.item_id, item.title, "|".join(item.genres), item.score, item.because and item.because.title)
            for rank, item in enumerate(self.items, 1)
        ]
        return pd.DataFrame(rows, columns=["RANK", "ITEM_ID", "TITLE", "GENRES", "SCORE", "BECAUSE"])

    def genre_mix(self) -> pd.DataFrame:
        """GENRE, LIKED, RECOMMENDED: the share (0 to 1) of all liked and of the recommended items that have it.

        The most frequent first, in whichever list.  Shares add up to more than 1, because an item may have several
        genres; items without any are not counted.  No rows where the genres of either list are not known.
        """
        import pandas as pd

        return pd.DataFrame(self._mix(), columns=["GENRE", "LIKED", "RECOMMENDED"])

    def _mix(self) -> list[tuple[str, float, float]]:
        liked, recommended = shares_of_genres(self.liked), shares_of_genres(self.items)
        names = dict.fromkeys([*liked, *recommended]) if liked and recommended else {}
        rows = [(name, liked.get(name, 0.0), recommended.get(name, 0.0)) for name in names]
        return sorted(rows, key=lambda row: max(row[1:]), reverse=True)

    @property
    def _liked_shown(self) -> tuple[Item, ...]:
        return self.liked[: len(self.items)]

    @property
    def _more(self) -> str:
        more = len(self.liked) - len(self._liked_shown)
        return f"and {more:,} more" if more else ""

    def __str__(self) -> str:
        titles = [one_line(item.title) for item in self.items]
        width = max(map(len, titles), default=0)
        lines = [self.heading, *([f"  {' · '.join(self.facts)}"] if self.facts else [])]
        lines += [f"  note: {note}" for note in self.notes]
        for rank, (item, title) in enumerate(zip(self.items, titles, strict=True), 1):
            had = [f"({item.had})"] if item.had else []
            score, genres = _number(item.score, ".4f"), ", ".join([*item.genres, *item.reasons, *had])
            lines.append(f"{rank:3}. {title:<{width}}  {score}  {genres}".rstrip())
            lines += [f"       {item.because}"] if item.because else []
        if self.liked:
            lines += ["", f"User {self.user_id} {self.did}"]
            lines += [
                f"  {_number(item.rating, '.1f')}  {item.title}  {', '.join(item.genres)}".rstrip()
                for item in self._liked_shown
            ]
            lines += [f"  {self._more}"] if self._more else []
            lines += ["", f"Genres: share of what was {self.did}, and of what is recommended"] if self._mix() else []
            lines += [
                f"  {genre:<12}  {_percent(liked):>5}  {_percent(new):>5}"
                for genre, liked, new in self._mix()[:_GENRES_SHOWN]
            ]
        return "\n".join(map(one_line, lines))

    __repr__ = __str__

    def _repr_html_(self) -> str:
        top = max((item.score or 0.0 for item in self.items), default=0.0) or 1.0
        recommended = [
            [markup.muted(str(rank)), _what(item), _with_bar(_number(item.score, ".4f"), (item.score or 0.0) / top)]
            for rank, item in enumerate(self.items, 1)
        ]
        scored = any(item.score is not None for item in self.items)
        head = ["", markup.muted("recommended"), markup.muted("score")] if scored else []
        liked = [[_what(item)] for item in self._liked_shown]
        of = f"of {_with_genres(self.liked):,} {self.did} and {_with_genres(self.items):,} recommended items"
        blocks = markup.side_by_side(
            markup.grid(recommended or [[markup.muted("nothing")]], head),
            _block(markup.bold(f"User {self.user_id} {self.did}"), liked, below=self._more)
            + _block("", self._genre_rows(), ["Genres", self.did, "recommended"], below=of),
        )
        notes = [self._scores, _BECAUSE.format(did=self.did) if any(item.because for item in self.items) else ""]
        facts = [markup.dotted(*self.facts), *(markup.plain(f"Note: {note}") for note in self.notes)]
        below = markup.heading("", *map(markup.muted, filter(None, notes)))
        return markup.heading(markup.title(self.heading), *facts) + blocks + below

    def _genre_rows(self) -> list[list[str]]:
        return [
            [markup.plain(genre), _share(liked, "other"), _share(new, "main")]
            for genre, liked, new in self._mix()[:_GENRES_SHOWN]
        ]


def _what(item: Item) -> str:
    """Title, genres, what the user has done with it, and why."""
    about = markup.dotted(*item.genres, "" if item.rating is None else f"rated {item.rating:g}")
    labels = [*([item.had] if item.had else []), *item.reasons]
    named = " ".join([markup.bold(item.title), *map(markup.pill, labels)])
    return markup.narrow(markup.lines(named, about, markup.muted(str(item.because or ""))), _ITEM_WIDTH)


def _block(heading: str, rows: Sequence[Sequence[str]], header: Sequence[str] = (), *, below: str = "") -> str:
    """A table with its heading; nothing where there are no rows."""
    if not rows:
        return ""
    return (
        markup.heading(heading) + markup.grid(rows, [*map(markup.muted, header)]) + markup.heading(markup.muted(below))
    )


def _with_bar(number: str, share: float) -> str:
    return markup.unbroken(markup.bar(share / 3), markup.plain(number)) if number else ""


def _share(share: float, colour: str) -> str:
    return markup.unbroken(markup.bar(share / 3, colour), markup.plain(_percent(share)))


def shares_of_genres(items: Sequence[Item]) -> dict[str, float]:
    """The share (0 to 1) of those items that have genres which has each genre."""
    known = [item.genres for item in items if item.genres]
    counts = Counter(genre for genres in known for genre in dict.fromkeys(genres))
    return {genre: count / len(known) for genre, count in counts.items()}


def _with_genres(items: Sequence[Item]) -> int:
    return sum(bool(item.genres) for item in items)


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _number(value: float | None, spec: str) -> str:
    return "" if value is None else format(value, spec)
