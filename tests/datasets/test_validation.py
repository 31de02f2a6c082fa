from __future__ import annotations

import io
import re

import pandas as pd
import pytest

from personalize_sfn.datasets import S3Object, csv_bytes, load_csv, load_movielens, prepare, schemas, summary, validate
from personalize_sfn.errors import DataError

ITEMS = schemas.items(
    schemas.field("GENRES", categorical=True, nullable=True),
    schemas.field("PRICE", "float", nullable=True),
    schemas.field("NEW", "boolean", nullable=True),
    schemas.field("SOLD", "long", nullable=True),
    schemas.field("PLOT", textual=True, nullable=True),
)
ITEMS_HEADER = "ITEM_ID,GENRES,PRICE,NEW,SOLD,PLOT\n"


A_TIME = "expected epoch seconds (a whole number) or a date such as 2024-04-17T09:30:00Z"


def refusal(data, *arguments, **options) -> str:
    with pytest.raises(DataError) as error:
        (prepare if isinstance(data, pd.DataFrame) else load_csv)(data, *arguments, **options)
    return str(error.value)


def items_csv(*lines: str) -> io.BytesIO:
    return io.BytesIO((ITEMS_HEADER + "\n".join([*lines, ""])).encode())


# --- what is kept ----------------------------------------------------------------------------------------------------


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


def test_the_report_accounts_for_every_row(clicks):
    frame = pd.concat([clicks, clicks.head(7)]).assign(RATING=[1] * 50 + [4] * 1_157)
    report = prepare(frame, name="mine").report
    assert report.to_frame().values.tolist() == [
        ["read", 1_207],
        ["dropped: rating of 2 or less", 50],
        ["kept", 1_157],
    ]
    report = prepare(frame, min_rating_exclusive=None, name="mine").report
    assert report.to_frame().values.tolist() == [["read", 1_207], ["dropped: exact duplicate", 7], ["kept", 1_200]]
    assert report.facts == {"users": "50", "items": "1,200", "from": "2009-12-14", "to": "2009-12-14"}
    assert report.notes[0] == "not in the schema, left out: RATING"
    assert re.search(r"^  dropped: exact duplicate +7$", str(report), re.M)
    assert str(report).startswith("mine (Interactions)\n")


def test_the_report_draws_itself_with_inline_styles_only(clicks):
    html = prepare(clicks, name="<b>mine</b>")._repr_html_()
    assert "&lt;b&gt;mine&lt;/b&gt;" in html
    assert "1,200" in html
    assert not re.search(r"<(script|style|link|img)|class=|https?:", html)


def test_in_a_notebook_each_bar_of_the_report_begins_where_the_next_one_ends(clicks):
    frame = pd.concat([clicks, clicks]).assign(RATING=[4] * 2_100 + [1] * 300)
    html = prepare(frame)._repr_html_()
    bars = re.findall(r"width:(\d+)px;margin-left:(\d+)px", html)
    # read; rated too low; exact duplicates; kept
    assert bars == [("120", "0"), ("15", "105"), ("45", "60"), ("60", "0")]


def test_several_datasets_have_one_summary(clicks):
    interactions = prepare(pd.concat([clicks, clicks.head(7)]), name="clicks")
    items = load_csv(items_csv("1,Drama,1.5,true,3,", "2,,,,,", "1,Comedy,,,,"), ITEMS)
    both = summary(interactions, items.report)
    assert both.to_frame().values.tolist() == [
        ["Interactions", "read", 1_207],
        ["Interactions", "dropped: exact duplicate", 7],
        ["Interactions", "kept", 1_200],
        ["Items", "read", 3],
        ["Items", "dropped: replaced by a later row of the same ITEM_ID", 1],
        ["Items", "kept", 2],
    ]
    assert str(both) == f"{interactions.report}\n\n{items.report}"
    assert all(part in both._repr_html_() for part in ("clicks", "(Items)", "1,207", "66.7 %"))


def test_what_was_not_prepared_has_no_summary():
    uploaded = S3Object(uri="s3://bucket/key", etag="e", rows=1, bytes=1, uploaded=True)
    with pytest.raises(DataError, match=r"^s3://bucket/key: it has no report of its rows: upload it by upload_"):
        summary(uploaded)
    with pytest.raises(
        DataError, match=r"^summary: expected one dataset at least, such as summary\(prepared\), got none$"
    ):
        summary()


def test_the_last_row_of_an_item_stays():
    prepared = load_csv(items_csv("1,Drama,1.5,true,3,", "2,,,,,", "1,Comedy,,,,"), ITEMS)
    assert prepared.frame["GENRES"].fillna("").tolist() == ["", "Comedy"]
    assert prepared.report.dropped == {"replaced by a later row of the same ITEM_ID": 1}


def test_types_follow_the_schema_and_large_integers_stay_exact():
    frame = load_csv(items_csv('1,"a,b",1.5,TRUE,9007199254740993,x', "2,,,,,"), ITEMS).frame
    assert frame["SOLD"].tolist()[0] == 9_007_199_254_740_993
    assert frame["NEW"].tolist()[0] is True
    assert frame.iloc[1].isna().tolist() == [False, True, True, True, True, True]


def test_ids_stay_what_they_are(csv_file):
    frame = load_csv(csv_file("007,NA,1260759144", "None,null,1260759145")).frame
    assert frame.tail(2)[["USER_ID", "ITEM_ID"]].values.tolist() == [["007", "NA"], ["None", "null"]]


def test_numbers_become_ids_without_decimals(clicks):
    frame = prepare(clicks.assign(USER_ID=clicks["USER_ID"].astype(float), ITEM_ID=clicks["ITEM_ID"].astype(int))).frame
    assert frame.head(2)[["USER_ID", "ITEM_ID"]].values.tolist() == [["0", "0"], ["1", "1"]]


def test_a_frame_may_have_any_index(clicks):
    shuffled = clicks.set_axis([5] * len(clicks))
    assert prepare(shuffled).frame.equals(prepare(clicks).frame)


def test_the_callers_frame_is_not_changed(clicks):
    before = clicks.copy()
    prepare(clicks)
    pd.testing.assert_frame_equal(clicks, before)


def test_own_columns_are_renamed_and_others_left_out(csv_file):
    path = csv_file(header="user,ITEM_ID,at")
    prepared = load_csv(path, columns={"user": "USER_ID", "at": "TIMESTAMP"})
    assert list(prepared.frame.columns) == ["USER_ID", "ITEM_ID", "TIMESTAMP", "EVENT_TYPE"]
    assert prepared.report.name == "clicks.csv"


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


# --- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("factor", "unit", "remedy"),
    [(1_000, "milliseconds", "ms"), (10**6, "microseconds", "us"), (10**9, "nanoseconds", "ns")],
)
def test_other_units_than_seconds_are_named(clicks, factor, unit, remedy):
    message = refusal(clicks.assign(TIMESTAMP=clicks["TIMESTAMP"] * factor), name="mine")
    assert message == (
        "mine: 1 problem\n  row 0 (line 2 as CSV) and 1,199 more rows, column TIMESTAMP: expected epoch seconds, "
        f"found '{1260759144 * factor}'; these are {unit}: say so with time_unit='{remedy}'"
    )


@pytest.mark.parametrize(
    ("line", "column", "problem"),
    [
        (",2,1260759144", "USER_ID", "expected string, not null, found nothing; fill or remove these rows"),
        ("1,2", "TIMESTAMP", "expected long, not null, found nothing"),
        ("1,2,2020-02-30", "TIMESTAMP", f"{A_TIME}, found '2020-02-30'; correct it, or remove these rows"),
        ("1,2,1.5", "TIMESTAMP", f"{A_TIME}, found '1.5'; round it down to whole seconds"),
        ("1,2,inf", "TIMESTAMP", f"{A_TIME}, found 'inf'"),
        ("1,2,-5", "TIMESTAMP", "expected epoch seconds, not negative, found '-5'"),
        (f"{'x' * 257},2,1260759144", "USER_ID", "expected at most 256 characters"),
        ('1,"a\nb",1260759144', "ITEM_ID", "expected one line of text, found 'a\\nb'"),
    ],
)
def test_a_wrong_value_is_named_with_its_line_and_column(csv_file, line, column, problem):
    message = refusal(csv_file(line))
    assert message.startswith(f"clicks.csv: 1 problem\n  line 1202, column {column}: {problem}")


def test_lines_are_counted_past_empty_ones(csv_file):
    assert "\n  line 1204, column TIMESTAMP: " in refusal(csv_file("", "", "1,2,soon"))


def test_wrong_item_values_are_named():
    assert refusal(items_csv("1,,cheap,maybe,1.5,", f"2,{'g' * 1_001},,,,"), ITEMS).splitlines()[1:] == [
        "  line 2, column PRICE: expected a number (float), found 'cheap'; correct it, or remove these rows",
        "  line 2, column NEW: expected true or false, found 'maybe'; write true, false or nothing",
        "  line 2, column SOLD: expected a whole number (long), found '1.5'; "
        "round it, or declare the column float or double",
        f"  line 3, column GENRES: expected at most 1000 characters, found '{'g' * 57}...'; "
        "shorten it, 1001 characters",
    ]


def test_an_int_has_32_bits():
    schema = schemas.items(schemas.field("YEAR", "int"))
    message = refusal(io.StringIO("ITEM_ID,YEAR\n1,2147483647\n2,2147483648\n"), schema)
    assert "line 3, column YEAR: expected -2147483648 to 2147483647 (int), found '2147483648'" in message


def test_at_most_five_problems_are_told_the_rest_is_counted():
    schema = schemas.items(*(schemas.field(f"N{number}", "int") for number in range(7)))
    header = ",".join(["ITEM_ID", *(f"N{number}" for number in range(7))])
    message = refusal(io.StringIO(f"{header}\n1{',x' * 7}\n"), schema)
    assert message.startswith("the CSV: 7 problems\n")
    assert message.count("found 'x'") == 5
    assert message.endswith("\n  and 2 more problems")


def test_a_header_that_does_not_fit_says_how_to_rename(csv_file):
    message = refusal(csv_file(header="user_id,ITEM_ID,when"))
    assert message == (
        "clicks.csv: 1 problem\n  line 1: expected the columns USER_ID, TIMESTAMP (Interactions need them), found only "
        "user_id, ITEM_ID, when; if these are the right ones, rename them with "
        "columns={'user_id': 'USER_ID', 'when': 'TIMESTAMP'}"
    )


def test_fewer_than_a_thousand_interactions_are_refused_with_the_account(clicks):
    frame = clicks.assign(RATING=[1] * 400 + [5] * 800)
    assert refusal(frame, name="mine") == (
        "mine: expected at least 1,000 interactions, found 800 (1,200 rows read; 400 dropped: rating of 2 or less); "
        "Personalize refuses to import fewer: add data"
    )


def test_duplicates_do_not_count_towards_the_thousand(clicks):
    half = clicks.head(600)
    assert "found 600 (1,200 rows read; 600 dropped: exact duplicate)" in refusal(pd.concat([half, half]))


def test_exactly_a_thousand_interactions_and_25_users_with_two_will_do(clicks):
    lonely = [f"u{row}" for row in range(950)]
    frame = clicks.head(1_000).assign(USER_ID=[f"v{row % 25}" for row in range(50)] + lonely)
    assert prepare(frame).report.rows_kept == 1_000
    fewer = frame.assign(USER_ID=["v1" if user == "v0" else user for user in frame["USER_ID"]])
    assert "expected at least 25 users with 2 interactions or more, found 24 of 974 users" in refusal(fewer)


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


def test_a_missing_file_and_a_missing_column_are_named(tmp_path, csv_file):
    assert refusal(tmp_path / "none.csv").endswith("none.csv: cannot be read: No such file or directory")
    assert refusal(csv_file(), columns={"usr": "USER_ID"}) == (
        "clicks.csv: there is no column 'usr' to rename; the header has USER_ID, ITEM_ID, TIMESTAMP"
    )


def test_a_frame_with_a_column_twice_is_refused(clicks):
    twice = clicks.rename(columns={"ITEM_ID": "USER_ID"})
    assert refusal(twice) == "data: column 'USER_ID' is there twice; rename or remove one"


# --- what is written -------------------------------------------------------------------------------------------------


def test_csv_is_written_as_personalize_reads_it():
    frame = load_csv(items_csv('1,"a,b",1.5,TRUE,3,"say ""hi"" c:\\x"', "2,,,,,"), ITEMS).frame
    assert csv_bytes(frame).decode() == ITEMS_HEADER + '1,"a,b",1.5,true,3,"say \\"hi\\" c:\\\\x"\n2,,,,,\n'
    assert csv_bytes(load_csv(io.BytesIO(csv_bytes(frame)), ITEMS).frame) == csv_bytes(frame)


def test_the_same_data_gives_the_same_bytes_from_a_frame_and_from_its_csv(clicks):
    from_frame = csv_bytes(prepare(clicks).frame)
    assert csv_bytes(load_csv(io.BytesIO(from_frame)).frame) == from_frame
    assert from_frame.startswith(b"USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE\n0,0,1260759144,interaction\n")


def test_more_event_types_than_personalize_imports_are_refused(clicks):
    schema = schemas.interactions("EVENT_TYPE", schemas.field("SHOP", nullable=True))
    frame = clicks.assign(SHOP="x", EVENT_TYPE=[f"kind {row % 10}" for row in range(1_200)])
    assert refusal(frame, schema).startswith(
        "data, column EVENT_TYPE: expected at most 9 different event types beside 1 column of your own, "
        "found 10: kind 0"
    )
    assert prepare(frame, schemas.interactions("EVENT_TYPE")).report.rows_kept == 1_200
