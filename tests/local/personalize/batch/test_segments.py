"""Batch segment jobs: queries by item and by attributes."""

from __future__ import annotations

import threading
import time

import pytest

from fakes.personalize_aws import BUCKET, ROLE
from fakes.segment_jobs import lines, run
from personalize_sfn.local.aws.responses import AwsError
from personalize_sfn.local.personalize.batch.json_lines import answered, segment_line
from personalize_sfn.local.personalize.batch.segments import for_attributes, for_items, parse

COLUMNS = ["GENRES", "YEAR"]


class Asked:
    """A model that answers with what it was asked."""

    def segment(self, item_id, k, *, candidates):
        assert candidates is None
        return [f"{item_id}-{place}" for place in range(k)]

    def segment_attributes(self, attributes, k, *, candidates):
        assert candidates is None
        return [f"{name}={'+'.join(values)}" for name, values in attributes.items()][:k]


def test_an_item_line_answers_a_list_of_users():
    [line, wrong] = lines(for_items(Asked(), 2), {"itemId": "105"}, {"userId": "u"})
    assert line == {"input": {"itemId": "105"}, "output": {"usersList": ["105-0", "105-1"]}, "error": None}
    assert wrong["output"] is None
    assert wrong["error"] == "Invalid input: itemId: expected a text of 1 to 256 characters, got null"


def test_a_line_of_a_segment_job_has_spaces_outside_of_its_list():
    content = b'{"itemId":"105"}\n{"userId":"u"}\n'
    first, second = answered(content, *for_items(Asked(), 2), segment_line).decode().splitlines()
    assert first == '{"input": {"itemId": "105"}, "output": {"usersList": ["105-0","105-1"]}, "error": null}'
    assert second.startswith('{"input": {"userId": "u"}, "output": null, "error": "Invalid input: itemId: ')


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
        ("ITEMS.YEAR = 1994 AND ITEMS.YEAR = 2.50", {"YEAR": ["1994", "2.5"]}),
        ("ITEMS.YEAR = 1152921504606846983", {"YEAR": ["1152921504606846983"]}),
        ("ITEMS.YEAR = -1.5e3", {"YEAR": ["-1500"]}),
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
    with pytest.raises(AwsError) as error:
        parse(text, COLUMNS)
    assert error.value.code == "InvalidInputException"
    assert error.value.message.startswith(f"Invalid input: itemAttributes: {problem}")


def share_of_even(line):
    users = line["output"]["usersList"]
    return sum(int(user[1:]) % 2 == 0 for user in users) / len(users)


def test_an_items_segment_are_users_of_its_taste(segments_world):
    job, [western, drama] = run(segments_world, "aws-item-affinity", {"itemId": "i3"}, {"itemId": "i50"}, numResults=20)
    assert (job["status"], job["numResults"]) == ("ACTIVE", 20)
    assert len(western["output"]["usersList"]) == len(set(western["output"]["usersList"])) == 20
    assert share_of_even(western) > 0.8
    assert share_of_even(drama) < 0.2
    assert "out/_CHECK" in segments_world.aws.environment.objects
    listed = segments_world.aws.personalize.list_batch_segment_jobs(solutionVersionArn=job["solutionVersionArn"])
    assert job["batchSegmentJobArn"] in [each["batchSegmentJobArn"] for each in listed["batchSegmentJobs"]]


def test_a_segment_by_attributes_are_users_who_like_such_items(segments_world):
    job, lines = run(
        segments_world,
        "aws-item-attribute-affinity",
        {"itemAttributes": 'ITEMS.genres = "Western"'},
        {"itemAttributes": 'ITEMS.genres = "Drama" AND ITEMS.GENRES = "Long"'},
        {"itemAttributes": 'ITEMS.ACTOR = "X"'},
        numResults=20,
    )
    assert job["status"] == "ACTIVE"
    assert share_of_even(lines[0]) > 0.8
    assert share_of_even(lines[1]) < 0.2
    assert lines[2]["output"] is None
    assert lines[2]["error"].endswith("the Items dataset has no metadata column ACTOR")


def test_users_who_were_deleted_are_in_no_segment(segments_world):
    _, [before] = run(segments_world, "aws-item-affinity", {"itemId": "i3"}, numResults=5)
    gone, *rest = before["output"]["usersList"]
    segments_world.aws.environment.objects["delete.csv"] = f"USER_ID\n{gone}\n".encode()
    arn = segments_world.aws.personalize.create_data_deletion_job(
        jobName="forget",
        datasetGroupArn=segments_world.group,
        dataSource={"dataLocation": f"s3://{BUCKET}/delete.csv"},
        roleArn=ROLE,
    )["dataDeletionJobArn"]
    deadline = time.monotonic() + 30
    while segments_world.aws.describe("data_deletion_job", arn)["status"] != "COMPLETED":
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)
    _, [after] = run(segments_world, "aws-item-affinity", {"itemId": "i3"}, numResults=5)
    assert after["output"]["usersList"][:4] == rest
    assert gone not in after["output"]["usersList"]
    assert len(after["output"]["usersList"]) == 5
