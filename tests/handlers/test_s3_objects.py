"""The objects that a job reads, by their ETags."""

from __future__ import annotations

import pytest

from fakes.virtual_personalize import Clock, VirtualPersonalize, VirtualS3, handlers_use
from personalize_sfn.errors import InvalidInputError
from personalize_sfn.handlers.s3_objects import etags


@pytest.fixture
def objects(s3: VirtualS3):
    with handlers_use(VirtualPersonalize(Clock()), s3):
        yield s3.etags


def test_one_object_is_known_by_its_etag(objects):
    assert etags("s3://bucket/movies/interactions.csv", {}) == {"movies/interactions.csv": '"first"'}


def test_of_a_folder_every_object_counts(objects):
    objects |= {"bucket/parts/a.csv": '"a"', "bucket/parts/b.csv": '"b"', "bucket/other.csv": '"c"'}
    assert etags("s3://bucket/parts/", {}) == {"parts/a.csv": '"a"', "parts/b.csv": '"b"'}


@pytest.mark.parametrize("location", ["s3://bucket/none.csv", "s3://bucket/none/"])
def test_missing_data_is_an_error_that_names_the_location(objects, location: str):
    with pytest.raises(InvalidInputError) as raised:
        etags(location, {})
    assert str(raised.value) == f"there is no data at {location}: upload the CSV, or correct the bucket or key"
