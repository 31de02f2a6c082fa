"""Batch segment jobs: queries by item and by attributes."""

from __future__ import annotations

import json

import pytest
from personalize_aws import BUCKET, ROLE

from personalize_sfn.local.personalize.api_errors import ApiError
from personalize_sfn.local.personalize.batch import answered
from personalize_sfn.local.personalize.segments import for_attributes, for_items, parse

COLUMNS = ["GENRES", "YEAR"]


class Asked:
    """A model that answers with what it was asked."""

    def segment(self, item_id, k):
        return [f"{item_id}-{place}" for place in range(k)]

    def segment_attributes(self, attributes, k):
        return [f"{name}={'+'.join(values)}" for name, values in attributes.items()][:k]


def lines(pair, *queries):
    content = "\n".join(json.dumps(query) for query in queries).encode()
    return [json.loads(line) for line in answered(content, *pair).splitlines()]


def test_an_item_line_answers_a_list_of_users():
    [line, wrong] = lines(for_items(Asked(), 2), {"itemId": "105"}, {"userId": "u"})
    assert line == {"input": {"itemId": "105"}, "output": {"usersList": ["105-0", "105-1"]}, "error": None}
    assert wrong["output"] is None
    assert wrong["error"] == "Invalid input: itemId: expected a text of 1 to 256 characters, got null"


def test_attributes_of_one_column_are_asked_together():
    query = {"itemAttributes": 'ITEMS.genres = "Comedy" AND ITEMS.genres = "Drama" AND ITEMS.YEAR="1994"'}
    [line] = lines(for_attributes(Asked(), 25, COLUMNS), query)
    assert line["input"] == query
    assert line["output"] == {"usersList": ["GENRES=Comedy+Drama", "YEAR=1994"]}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('ITEMS.GENRES = "Comedy"', {"GENRES": ["Comedy"]}),
        ("items.genres='AND OR' and ITEMS.year = '1'", {"GENRES": ["AND OR"], "YEAR": ["1"]}),
        (r'ITEMS.GENRES = "a \"b\" \\ c"', {"GENRES": [r'a "b" \ c']}),
    ],
)
def test_expressions(text, found):
    assert parse(text, COLUMNS) == found


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (None, "expected a text such as"),
        ("  ", "expected a text such as"),
        ('ITEMS.GENRES IN ("Comedy")', 'position 1: expected ITEMS.<column> = "<value>", got'),
        ('ITEMS.GENRES = "A" OR ITEMS.GENRES = "B"', "position 20: expected AND or the end, got"),
        ('ITEMS.GENRES = "A" AND', "position 20: expected AND or the end, got 'AND'"),
        ('ITEMS.GENRES = "A" AND USERS.AGE = "1"', "position 23: expected ITEMS.<column>"),
        ('ITEMS.PRICE = "1"', "position 7: the Items dataset has no metadata column PRICE"),
    ],
)
def test_a_wrong_expression_points_at_the_position(text, problem):
    with pytest.raises(ApiError) as error:
        parse(text, COLUMNS)
    assert error.value.code == "InvalidInputException"
    assert error.value.message.startswith(f"Invalid input: itemAttributes: {problem}")


def test_only_recipes_of_user_segmentation_make_segments(aws, refused):
    version = aws.trained(aws.data(), "aws-popularity-count")
    code, message = refused(
        aws.personalize.create_batch_segment_job,
        jobName="segments",
        solutionVersionArn=version,
        jobInput={"s3DataSource": {"path": f"s3://{BUCKET}/in.json"}},
        jobOutput={"s3DataDestination": {"path": f"s3://{BUCKET}/out/"}},
        roleArn=ROLE,
    )
    assert code == "InvalidInputException"
    assert message.startswith("A batch segment job needs a solution version with a recipe of type USER_SEGMENTATION;")
    assert aws.personalize.list_batch_segment_jobs()["batchSegmentJobs"] == []
