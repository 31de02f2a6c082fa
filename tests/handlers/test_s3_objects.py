"""The objects that a job reads, by their ETags."""

from __future__ import annotations

import pytest

from fakes.virtual_personalize import Clock, VirtualPersonalize, VirtualS3, handlers_use
from personalize_sfn.errors import InvalidInputError
from personalize_sfn.handlers.s3_objects import counts, etags


@pytest.fixture
def objects(s3: VirtualS3):
    with handlers_use(VirtualPersonalize(Clock()), s3):
        yield s3.etags


def test_one_object_is_known_by_its_etag(objects):
    assert etags("s3://bucket/movies/interactions.csv", {}) == {"movies/interactions.csv": '"first"'}


def test_of_a_folder_every_object_counts(objects):
    objects |= {"bucket/parts/a.csv": '"a"', "bucket/parts/b.csv": '"b"', "bucket/other.csv": '"c"'}
    assert etags("s3://bucket/parts/", {}) == {"parts/a.csv": '"a"', "parts/b.csv": '"b"'}


def test_rows_of_a_folder_are_added_up_and_users_are_not(objects, s3: VirtualS3):
    for key in ("a", "b"):
        objects[f"bucket/parts/{key}.csv"] = f'"{key}"'
        s3.metadata[f"bucket/parts/{key}.csv"] = {"personalize-sfn-rows": "1000", "personalize-sfn-users": "10"}
    assert counts("s3://bucket/parts/", ["parts/a.csv", "parts/b.csv"]) == {"rows": 2000}


def test_an_object_that_is_gone_meanwhile_has_no_count_and_fails_nothing(objects):
    assert counts("s3://bucket/parts/", ["parts/gone.csv"]) == {}


@pytest.mark.parametrize("text", ["", "-1", "many", "1e9", "9" * 16, "\u0663"])
def test_a_count_that_is_none_is_not_told(objects, s3: VirtualS3, text: str):
    s3.metadata["bucket/movies/interactions.csv"] = {"personalize-sfn-rows": text}
    assert counts("s3://bucket/movies/interactions.csv", ["movies/interactions.csv"]) == {}


@pytest.mark.parametrize("location", ["s3://bucket/none.csv", "s3://bucket/none/"])
def test_missing_data_is_an_error_that_names_the_location(objects, location: str):
    with pytest.raises(InvalidInputError) as raised:
        etags(location, {})
    assert str(raised.value) == f"there is no data at {location}: upload the CSV, or correct the bucket or key"
