"""Tests of ``column_names``: which column of the user's is which of the schema's."""

from __future__ import annotations

import pandas as pd
import pytest

from fakes.frames import ROWS, TEXTS
from personalize_sfn.datasets import prepare
from personalize_sfn.errors import DataError


def test_several_levels_of_column_names_are_refused_and_the_remedy_works():
    frame = pd.DataFrame(ROWS).set_axis(pd.MultiIndex.from_tuples([("ITEM", "ID"), ("T", "ITLE")]), axis=1)
    with pytest.raises(DataError) as error:
        prepare(frame, TEXTS)
    code = str(error.value).split("; ")[1].removesuffix(" makes one name of each")
    assert list(eval(code, {"frame": frame}).columns) == ["ITEM_ID", "T_ITLE"]


def test_columns_that_are_no_text_and_too_many_are_told_in_short():
    frame = pd.DataFrame([range(5_000)], columns=range(5_000))
    with pytest.raises(DataError) as error:
        prepare(frame, TEXTS)
    assert "found only 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 4,990 more" in str(error.value)
    report = prepare(frame.assign(ITEM_ID="1", TITLE="a"), TEXTS).report
    assert report.notes == ("not in the schema, left out: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 4,990 more",)


def test_names_in_the_data_that_are_like_those_of_the_schema_are_guessed():
    from personalize_sfn.datasets.column_names import guesses

    wanted = ["USER_ID", "ITEM_ID", "TIMESTAMP"]
    assert guesses(wanted, ["user", "sku", "at"]) == {"user": "USER_ID", "sku": "ITEM_ID", "at": "TIMESTAMP"}
    assert guesses(wanted, ["CustomerID", "ProductCode", "startedAt"]) == {
        "CustomerID": "USER_ID",
        "ProductCode": "ITEM_ID",
        "startedAt": "TIMESTAMP",
    }
    assert guesses(wanted, ["video_id"]) == {"video_id": "ITEM_ID"}
    assert guesses(["USER_ID"], ["video_id", "id", "colour"]) == {}
    assert guesses(["EVENT_TYPE", "TIMESTAMP"], ["event_time", "event"]) == {
        "event_time": "TIMESTAMP",
        "event": "EVENT_TYPE",
    }
    assert guesses(["USER_ID"], ["x" * 1_000_000]) == {}
