"""Files of events, and what becomes of them."""

from __future__ import annotations

import random
from pathlib import Path

from personalize_sfn.datasets import csv_bytes, load_csv, schemas
from personalize_sfn.errors import DataError

FIRST = 1_260_759_144
SCHEMA = schemas.interactions("EVENT_TYPE", "EVENT_VALUE")
HEADER = "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE,EVENT_VALUE"


def outcome(path: Path, schema=SCHEMA, **options):
    """The report and the rows as Personalize reads them; or the error."""
    try:
        prepared = load_csv(path, schema, **options)
        return str(prepared.report), csv_bytes(prepared.frame), prepared.frame.dtypes.astype(str).to_dict()
    except DataError as error:
        return str(error)


def events(rows: int = 1_500, seed: int = 0) -> list[str]:
    draw = random.Random(seed)
    users = [*map(str, range(60)), *(f"user-{each:012}" for each in range(30)), "Zoë", "日本語のユーザー", "007"]
    return [
        f"{draw.choice(users)},{draw.randrange(40)},{FIRST + draw.randrange(300)},"
        f"{draw.choice(['buy', 'view'])},{draw.choice(['', '1', '2.50', '-3e2'])}"
        for _ in range(rows)
    ]
