"""A dataset export job's work: the rows of a dataset as CSV.

https://docs.aws.amazon.com/personalize/latest/dg/export-data.html: identical rows are written once; of the rows for
one item, user or action the newest is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from personalize_sfn.local.personalize.data.schemas import ID_COLUMNS, ParsedSchema
from personalize_sfn.local.personalize.data.tables import LiveEvent, Table

ExportRow = tuple[Any, ...]


def rows_of(parts: Iterable[Table], schema: ParsedSchema) -> Iterator[ExportRow]:
    """The rows of imports in the order of the schema's fields; None where a part has no such column."""
    for part in parts:
        length = len(next(iter(part.values()))) if part else 0
        nothing: Sequence[Any] = [None] * length
        columns = [part[field.name].tolist() if field.name in part else nothing for field in schema.fields]
        yield from zip(*columns, strict=True)


def event_rows(events: Iterable[LiveEvent], users: dict[str, str], schema: ParsedSchema) -> Iterator[ExportRow]:
    """The rows of live events that name an item; an event without a user is its session's user's, or the session's."""
    for event in events:
        if event.item_id is None:
            continue
        values = event.columns() | {"USER_ID": event.user_id or users.get(event.session_id, event.session_id)}
        yield tuple(values.get(field.name) for field in schema.fields)


def export(rows: Iterable[ExportRow], schema: ParsedSchema) -> bytes:
    """CSV with a header; identical rows once, and of Items, Users and Actions the last row for an id only."""
    identity = ID_COLUMNS.get(schema.dataset_type)
    names = [field.name for field in schema.fields]
    if identity is None:
        kept: Iterable[ExportRow] = dict.fromkeys(rows)
    else:
        at = names.index(identity)
        kept = {row[at]: row for row in rows}.values()
    lines = [",".join(names), *(",".join(map(_cell, row)) for row in kept), ""]
    return "\n".join(lines).encode()


_NEEDS_QUOTES = re.compile(r'[",\\\r\n]')
_ESCAPED = str.maketrans({"\\": "\\\\", '"': '\\"', "\r": " ", "\n": " "})


def _cell(value: Any) -> str:
    """As an import reads it: null as nothing, ``true`` and ``false``, quotes and backslashes escaped in quotes.

    An import takes no line break, so a space stands for each; nothing in quotes is the empty text.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value)
    return f'"{text.translate(_ESCAPED)}"' if not text or _NEEDS_QUOTES.search(text) else text
