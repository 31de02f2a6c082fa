"""Tables that are checked part by part: every check answers as for a small table."""

from __future__ import annotations

from itertools import pairwise

import pytest

from fakes.event_files import HEADER, events, outcome
from fakes.item_files import ITEMS, ITEMS_HEADER
from personalize_sfn.datasets import schemas

DOUBTFUL = [
    "u,1,1260759144.0,buy,",
    "u,1,2009-12-14T02:52:24Z,buy,",
    "u,1,2009-12-14,buy,1",
    " 7,+1,01260759144,buy,007",
    '"u ""1""",1,1260759144,buy,',
    '"a,b",1,1260759144,buy,',
    "c:\\x,1,1260759144,buy,",
    ",,,,",
    "",
    "u,1,1260759144",
    "x" * 300 + ",1,1260759144,buy,",
    ",1,1260759144,buy,",
    "u,1,yesterday,buy,",
    "u,1,1260759144000,buy,",
    "u,1,-5,buy,",
    "u,1,4260759144,buy,",
    "u,1,1260759144,buy,dear",
    "u,1,1260759144,buy,inf",
    "u,1,1260759144,buy,1e39",
    "u,1,1260759144,buy,,,",
    '"u,1,1260759144,buy,',
    '"u\n2",1,1260759144,buy,',
]


@pytest.mark.parametrize("doubtful", [*((each,) for each in DOUBTFUL), *pairwise(DOUBTFUL[:10])], ids=str)
def test_parts_are_judged_as_a_small_file_is(tmp_path, parts_of, doubtful):
    lines = [*doubtful]
    good = events()
    path = tmp_path / "clicks.csv"
    path.write_text("\n".join([HEADER, *good[:700], *lines, *good[700:], *lines, ""]), encoding="utf-8")
    small = outcome(path)
    parts_of(4_000)
    assert outcome(path) == small


def test_a_rating_drops_rows_of_parts(tmp_path, parts_of):
    path = tmp_path / "clicks.csv"
    lines = [f"{line.rpartition(',')[0]},{number % 9}" for number, line in enumerate(events())]
    path.write_text("\n".join([HEADER.replace("EVENT_VALUE", "RATING"), *lines]), encoding="utf-8")
    schema = schemas.interactions("EVENT_TYPE")
    small = outcome(path, schema, min_rating_exclusive=1)
    assert "rating of 1 or less" in small[0]
    parts_of(4_000)
    assert outcome(path, schema, min_rating_exclusive=1) == small


def test_of_items_the_last_row_stays_in_parts_too(tmp_path, parts_of):
    rows = [f"{number % 50},Drama|Comedy,{number % 3}.5,true,3,a film" for number in range(400)]
    odd = ["7,,,,,", '8,"A, B",1.5,False,,"say \\"hi\\""', "7,,,,,", "9,Drama,nan,,,"]
    path = tmp_path / "items.csv"
    path.write_text("\n".join([ITEMS_HEADER.strip(), *rows, *odd[:3], ""]))
    small = outcome(path, ITEMS)
    assert "replaced by a later row of the same ITEM_ID" in small[0]
    parts_of(2_500, in_memory=2_000)
    assert outcome(path, ITEMS) == small
    path.write_text("\n".join([ITEMS_HEADER.strip(), *rows, *odd, ""]))
    assert "expected a number (float), found 'nan'" in outcome(path, ITEMS)


def test_a_constant_event_type_is_added_to_parts(tmp_path, parts_of):
    path = tmp_path / "clicks.csv"
    lines = [",".join(line.split(",")[:3]) for line in events()]
    path.write_text("\n".join(["USER_ID,ITEM_ID,TIMESTAMP", *lines, ""]), encoding="utf-8")
    small = outcome(path, None)
    assert "no column EVENT_TYPE: every row gets 'interaction' (default_event_type)" in small[0]
    parts_of(4_000)
    assert outcome(path, None) == small
