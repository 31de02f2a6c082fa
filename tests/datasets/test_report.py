from __future__ import annotations

import re

import pandas as pd
import pytest

from fakes.item_files import ITEMS, items_csv
from personalize_sfn.datasets import S3Object, load_csv, prepare, summary
from personalize_sfn.errors import DataError


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
    assert "1,200 rows read, all kept" in html
    assert "width:120px" not in html, "two bars of the same length would tell nothing"
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
    with pytest.raises(DataError, match=r"^s3://bucket/key has no report of its rows: upload it by upload_"):
        summary(uploaded)
    with pytest.raises(
        DataError, match=r"^summary: expected one dataset at least, such as summary\(prepared\), got none$"
    ):
        summary()
