from __future__ import annotations

import io

import pandas as pd
import pytest

from fakes.item_files import ITEMS, ITEMS_HEADER, items_csv, refusal
from personalize_sfn.datasets import csv_bytes, load_csv, load_movielens, prepare, validate


def test_ratings_above_two_are_kept_as_in_the_code_of_the_post():
    ratings = load_movielens("shipped").ratings
    prepared = prepare(ratings, name="ratings")
    assert list(prepared.frame.columns) == ["USER_ID", "ITEM_ID", "TIMESTAMP", "EVENT_TYPE"]
    assert set(prepared.frame["EVENT_TYPE"]) == {"watch"}
    assert len(prepared.frame) == int((ratings["RATING"] > 2).sum()) == 86_619
    assert prepared.report.dropped == {"rating of 2 or less": 13_385}


def test_the_least_rating_is_a_parameter():
    ratings = load_movielens("shipped").ratings
    assert prepare(ratings, min_rating_exclusive=None).report.rows_kept == 100_004
    assert prepare(ratings, min_rating_exclusive=1.5).report.dropped == {
        "rating of 1.5 or less": int((ratings["RATING"] <= 1.5).sum())
    }


def test_the_last_row_of_an_item_stays():
    prepared = load_csv(items_csv("1,Drama,1.5,true,3,", "2,,,,,", "1,Comedy,,,,"), ITEMS)
    assert prepared.frame["GENRES"].fillna("").tolist() == ["", "Comedy"]
    assert prepared.report.dropped == {"replaced by a later row of the same ITEM_ID": 1}


def test_an_item_that_is_changed_back_is_what_its_last_row_says():
    prepared = load_csv(items_csv("1,Drama,,,,", "1,Comedy,,,,", "1,Drama,,,,"), ITEMS)
    assert prepared.frame["GENRES"].tolist() == ["Drama"]
    assert prepared.report.dropped == {"exact duplicate": 1, "replaced by a later row of the same ITEM_ID": 1}


def test_a_frame_may_have_any_index(clicks):
    shuffled = clicks.set_axis([5] * len(clicks))
    assert prepare(shuffled).frame.equals(prepare(clicks).frame)


def test_the_callers_frame_is_not_changed(clicks):
    before = clicks.copy()
    prepare(clicks)
    pd.testing.assert_frame_equal(clicks, before)


def test_a_byte_order_mark_windows_line_ends_and_empty_lines_do_no_harm(csv_file):
    data = csv_file().read_bytes().replace(b"\n", b"\r\n", 1).replace(b"\n", b"\n\n", 1)
    report = load_csv(io.BytesIO(b"\xef\xbb\xbf" + data)).report
    assert (report.rows_kept, report.dropped) == (1_200, {"empty line": 1})


def test_both_ways_to_write_quotes_are_read():
    for plot in ('"say ""hi"", twice"', '"say \\"hi\\", twice"'):
        assert load_csv(items_csv(f"1,,,,,{plot}"), ITEMS).frame["PLOT"][0] == 'say "hi", twice'
    assert load_csv(items_csv("1,,,,,C:\\new"), ITEMS).frame["PLOT"][0] == "C:\\new"


def test_validate_reports_and_changes_nothing(csv_file, clicks):
    path = csv_file()
    before = path.read_bytes()
    assert validate(path).rows_kept == validate(clicks).rows_kept == 1_200
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "the CSV: is empty; expected a header line and rows"),
        (b"USER_ID,ITEM_ID,TIMESTAMP\n", "the CSV: no row is left (0 rows read)"),
        (b"USER_ID,USER_ID,TIMESTAMP\n1,2,3\n", "the CSV: line 1: column 'USER_ID' is there twice"),
        (b"USER_ID,ITEM_ID,TIMESTAMP\n1,2,3\n1,2,3,4\n", "the CSV: line 3: expected 3 values, found 4"),
        (b"USER_ID,ITEM_ID,TIMESTAMP\n1,2,3,4\n", "the CSV: line 2: expected 3 values, found 4"),
        (b'USER_ID,ITEM_ID,TIMESTAMP\n1,2,3\n1,"2,3\n', "the CSV: line 3: a double quote opens there"),
        (
            b"USER_ID,ITEM_ID,TIMESTAMP\n1,caf\xe9,3\n",
            "the CSV: line 2, column ITEM_ID, byte 6: expected UTF-8, found byte 0xe9 ('é' in Latin-1); ",
        ),
    ],
)
def test_what_is_no_csv_is_explained(data, problem):
    assert refusal(io.BytesIO(data)).startswith(problem)


def test_csv_is_written_as_personalize_reads_it():
    frame = load_csv(items_csv('1,"a,b",1.5,TRUE,3,"say ""hi"" c:\\x"', "2,,,,,"), ITEMS).frame
    assert csv_bytes(frame).decode() == ITEMS_HEADER + '1,"a,b",1.5,true,3,"say \\"hi\\" c:\\\\x"\n2,,,,,\n'
    assert csv_bytes(load_csv(io.BytesIO(csv_bytes(frame)), ITEMS).frame) == csv_bytes(frame)


def test_the_same_data_gives_the_same_bytes_from_a_frame_and_from_its_csv(clicks):
    from_frame = csv_bytes(prepare(clicks).frame)
    assert csv_bytes(load_csv(io.BytesIO(from_frame)).frame) == from_frame
    assert from_frame.startswith(b"USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE\n0,0,1260759144,interaction\n")
