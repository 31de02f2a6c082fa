from __future__ import annotations

from fakes.item_files import refusal
from personalize_sfn.datasets import load_csv


def test_own_columns_are_renamed_and_others_left_out(csv_file):
    path = csv_file(header="user,ITEM_ID,at")
    prepared = load_csv(path, columns={"user": "USER_ID", "at": "TIMESTAMP"})
    assert list(prepared.frame.columns) == ["USER_ID", "ITEM_ID", "TIMESTAMP", "EVENT_TYPE"]
    assert prepared.report.name == "clicks.csv"


def test_a_header_that_does_not_fit_says_how_to_rename(csv_file):
    message = refusal(csv_file(header="user_id,ITEM_ID,when"))
    assert message == (
        "clicks.csv: 1 problem\n  line 1: expected the columns USER_ID, TIMESTAMP (Interactions need them), found only "
        "user_id, ITEM_ID, when; if these are the right ones, rename them with "
        "columns={'user_id': 'USER_ID', 'when': 'TIMESTAMP'}"
    )


def test_a_missing_file_and_a_missing_column_are_named(tmp_path, csv_file):
    assert refusal(tmp_path / "none.csv").endswith("none.csv: cannot be read: No such file or directory")
    assert refusal(csv_file(), columns={"usr": "USER_ID"}) == (
        "clicks.csv: there is no column 'usr' to rename; the header has USER_ID, ITEM_ID, TIMESTAMP"
    )


def test_a_frame_with_a_column_twice_is_refused(clicks):
    twice = clicks.rename(columns={"ITEM_ID": "USER_ID"})
    assert refusal(twice) == "data: column 'USER_ID' is there twice; rename or remove one"
