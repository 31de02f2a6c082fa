"""Writing what a batch asks."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from fakes.batch_configs import BATCHES, with_batch
from fakes.output_folders import OutputFolder, refused, session_with
from personalize_sfn.config import Config
from personalize_sfn.datasets import schemas
from personalize_sfn.errors import ConfigError, DataError
from personalize_sfn.outputs import batch_input

BUCKET = "movies-123456789012-us-east-1"


def written(key, asked, config=BATCHES, **more):
    folder = OutputFolder()
    batch_input(session_with(folder), config, key, asked, **more)
    ((_, content),) = folder.objects.items()
    return [json.loads(line) for line in content.decode().splitlines()]


ASKED = [
    ("newsletter", ["u1", "2"], [{"userId": "u1"}, {"userId": "2"}]),
    ("newsletter", pd.Series([1, 2]), [{"userId": "1"}, {"userId": "2"}]),
    ("newsletter", [{"userId": "ü", "note": 1}], [{"userId": "ü", "note": 1}]),
    ("alike", ("i1",), [{"itemId": "i1"}]),
    ("ordered", {"u1": ["i1", 2]}, [{"userId": "u1", "itemList": ["i1", "2"]}]),
    ("ordered", [("u1", ["i1"])], [{"userId": "u1", "itemList": ["i1"]}]),
    ("vip", iter(["i1"]), [{"itemId": "i1"}]),
]


@pytest.mark.parametrize(("key", "asked", "lines"), ASKED)
def test_a_line_is_what_the_recipe_is_asked(key, asked, lines):
    assert written(key, asked) == lines


def test_attributes_are_asked_as_an_expression():
    fields = (schemas.field("GENRES", categorical=True, nullable=True),)
    values = {
        "project": "movies",
        "datasets": {"items": {"schema": dict(schemas.items(*fields))}},
        "solutions": {"fans": {"recipe": "aws-item-attribute-affinity"}},
        "batch": {"fans": {"solution": "fans", "input": "movies/in/fans.json"}},
    }
    asked = 'ITEMS.GENRES = "Comedy"'
    assert written("fans", [asked], Config.from_dict(values)) == [{"itemAttributes": asked}]


def test_values_of_the_filter_stand_on_each_line():
    lines = written("newsletter", ["u1"], with_batch(filter="chosen"), filter_values={"KIND": '"watch","buy"'})
    assert lines == [{"userId": "u1", "filterValues": {"KIND": '"watch","buy"'}}]


def test_it_is_written_to_the_key_of_the_config_or_into_its_folder():
    folder = OutputFolder()
    for key in ("newsletter", "vip"):
        assert batch_input(session_with(folder), BATCHES, key, ["1"]).rows == 1
    assert folder.uploads == ["movies/in/users.json", "movies/in/fans/input.json"]


def test_the_same_lines_are_not_written_again_though_a_kms_key_hides_their_md5():
    folder = OutputFolder()
    given = (["1", "2"], ["1", "2"], ["1"])
    first, same, other = (batch_input(session_with(folder), BATCHES, "newsletter", asked) for asked in given)
    assert (first.uploaded, same.uploaded, other.uploaded) == (True, False, True)
    assert first.uri == f"s3://{BUCKET}/movies/in/users.json"


WRONG = [
    ("newsletter", [], rf"^s3://{BUCKET}/movies/in/users.json: nothing is asked$"),
    ("newsletter", "u1", r"^asked: expected a list for aws-user-personalization, got 'u1'$"),
    ("newsletter", {"u1": ["i1"]}, r"^asked: expected a list for aws-user-personalization, got \{'u1'"),
    (
        "newsletter",
        ["u1", None],
        r"^asked, number 2: expected an id, a text or whole number of 1 to 256 char",
    ),
    ("newsletter", [1.0], r"^asked, number 1: expected an id, .*, got 1\.0$"),
    ("newsletter", ["u" * 257], r"^asked, number 1: expected an id, "),
    ("ordered", ["u1"], r"^asked, number 1: expected a user and a list of items, got 'u1'$"),
    ("ordered", [("u1", "i1")], r"^asked, number 1: expected a user and a list of items, got \('u1', 'i1'\)$"),
    ("vip", range(501), r"expected at most 500 lines, which Personalize takes, got more$"),
]


@pytest.mark.parametrize(("key", "asked", "text"), WRONG)
def test_what_personalize_would_not_take_is_refused_before_it_is_written(key, asked, text):
    folder = OutputFolder()
    with pytest.raises(DataError, match=text):
        batch_input(session_with(folder), BATCHES, key, asked)
    assert folder.uploads == []


def test_a_batch_that_the_config_does_not_have_is_refused():
    with pytest.raises(ConfigError, match=r"^batch: has no 'weekly'"):
        batch_input(session_with(OutputFolder()), BATCHES, "weekly", ["1"])


def test_a_refusal_of_s3_says_where_and_why():
    folder = OutputFolder()
    folder.refusing = refused("NoSuchBucket", "The specified bucket does not exist")
    with pytest.raises(DataError, match=r"users.json: S3 refused: NoSuchBucket: .*; deploy makes the project"):
        batch_input(session_with(folder), BATCHES, "newsletter", ["1"])
