"""Which column of the user's is which of the schema's."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from personalize_sfn.datasets.naming import listed, shown
from personalize_sfn.datasets.problems import Problem
from personalize_sfn.datasets.remedies import Remedies
from personalize_sfn.errors import DataError

__all__ = ["guesses", "missing_columns", "renamed"]

# Words by which others call a column, the surest first.
_WORDS: Mapping[str, Sequence[str]] = {
    "USER_ID": (
        "user", "uid", "customer", "client", "visitor", "member", "account", "subscriber", "buyer", "shopper", "viewer",
        "reader", "listener", "person", "profile", "device", "session",
    ),
    "ITEM_ID": (
        "item", "sku", "product", "article", "asin", "movie", "film", "video", "song", "track", "book", "isbn", "show",
        "content", "listing", "post", "document", "page", "game", "course", "recipe", "hotel", "restaurant",
    ),
    "TIMESTAMP": (
        "timestamp", "time", "datetime", "date", "at", "when", "ts", "epoch", "unixtime", "started", "created",
        "ordered", "clicked", "viewed", "day",
    ),
    "CREATION_TIMESTAMP": (
        "creation", "created", "released", "published", "added", "release", "launch", "timestamp", "date", "at",
    ),
    "TITLE": ("title", "name", "label", "headline"),
    "EVENT_TYPE": ("event", "action", "type", "activity", "verb"),
    "EVENT_VALUE": ("value", "rating", "score", "amount", "price", "quantity"),
}  # fmt: skip
_LONGEST_NAME = 100
_IDENTIFIER = frozenset({"id", "ids", "no", "nr", "number", "key", "code", "uuid", "guid"})


def renamed(frame: pd.DataFrame, columns: Mapping[str, str], name: str, *, all_needed: bool = True) -> pd.DataFrame:
    """The frame with its columns called as ``columns`` says: ``{name in the data: name in the schema}``.

    Args:
        frame: the rows.
        columns: what to rename.
        name: what to call the data in messages.
        all_needed: every one must be there; else those that are not there under either name only.

    Raises:
        DataError: a column is not there, or there would be two of one name.
    """
    names = new_names(list(frame.columns), columns, name, all_needed=all_needed)
    changed = {old: new for old, new in zip(frame.columns, names, strict=True) if old is not new}
    return frame.rename(columns=changed)


def new_names(found: Sequence[Any], columns: Mapping[str, str], name: str, *, all_needed: bool) -> list[Any]:
    """What :func:`renamed` calls the columns ``found``.

    Raises:
        DataError: as :func:`renamed`.
    """
    for old, new in columns.items():
        if old in found:
            if new != old and new in found and new not in columns:
                raise DataError(f"{name}: column {shown(old)} cannot be renamed to {shown(new)}: the header has both")
        elif all_needed or new not in found:
            raise DataError(f"{name}: there is no column {shown(old)} to rename; the header has {listed(found)}")
    return [columns.get(old, old) for old in found]


def missing_columns(
    columns: Iterable[object],
    needed: Sequence[str],
    who: str,
    remedies: Remedies,
    *,
    of: Sequence[str],
    index: Sequence[object] = (),
) -> Problem | None:
    """The columns that a table has not, and how to rename others to them; None if it has all.

    Args:
        columns: what it has.
        needed: what it must have.
        who: who needs them.
        remedies: how the message says what to do.
        of: all names that have a meaning, which no guess takes for another one.
        index: names of a frame's index.
    """
    found = [str(column) for column in columns]
    missing = [column for column in needed if column not in found]
    if not missing:
        return None
    index = [name for name in index if name in missing]
    names = guesses(missing, [column for column in found if column not in of])
    unknown = [column for column in missing if column not in names.values() and column not in index]
    advice = []
    if index:
        advice.append(f"the index holds {listed(index)}: use frame.reset_index()")
    if names:
        advice.append(f"if these are the right ones, rename them with {remedies.rename(names)}")
    if unknown:
        example = remedies.rename({"its_name": unknown[0]})
        advice.append(f"name the column that holds {listed(unknown)}, as in {example}")
    several = len(missing) > 1
    expected = f"the column{'s' * several} {listed(missing)} ({who} need {'them' if several else 'it'})"
    return Problem("", expected, f"only {listed(found)}", "; ".join(advice))


def guesses(missing: Sequence[str], found: Sequence[str]) -> dict[str, str]:
    """Which of ``found`` may be which of ``missing``: ``{name in the data: name in the schema}``, each once."""
    ranked = sorted(
        (rank, place, old, new)
        for new in missing
        for place, old in enumerate(found)
        if (rank := _rank(old, new)) is not None
    )
    names: dict[str, str] = {}
    for _, _, old, new in ranked:
        if old not in names and new not in names.values():
            names[old] = new
    return names


def _rank(old: str, new: str) -> int | None:
    """How likely ``old`` is ``new``: 0 is surest, None is not at all."""
    if len(old) > _LONGEST_NAME:
        return None
    if _squeezed(old) == _squeezed(new):
        return 0
    words = _split(old)
    meant = [word for word in words if word not in _IDENTIFIER] or words
    known = _WORDS.get(new, ())
    ranks = [known.index(word) for word in meant if word in known]
    if ranks:
        # "video_id" before "video_length", and the surest word first
        aside = 0 if meant[-1] in known else 50  # event_time is a time, event_type is not
        return 1 + 100 * (len(meant) - len(ranks)) + aside + min(ranks)
    if difflib.SequenceMatcher(None, _squeezed(old), _squeezed(new)).ratio() >= 0.85:
        return 1000
    return None


def _squeezed(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _split(name: str) -> list[str]:
    """``startedAt``, ``started_at`` and ``STARTED AT`` are the words started and at."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    words = [word for word in re.split(r"[^a-z0-9]+", parted.lower()) if word]
    return [word[:-2] if word.endswith("id") and len(word) > 4 else word for word in words]
