"""Batch segment jobs: queries by item and by attributes."""

from __future__ import annotations

import json
import threading
import time
from types import SimpleNamespace

import pytest

from fakes.personalize_aws import BUCKET, ROLE, avro, csv_bytes, serving
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


def lines(pair, *queries):
    content = "\n".join(json.dumps(query) for query in queries).encode()
    return [json.loads(line) for line in answered(content, *pair).splitlines()]


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


ITEMS = avro(
    name="Items",
    fields=[
        {"name": "ITEM_ID", "type": "string"},
        {"name": "GENRES", "type": ["null", "string"], "categorical": True},
    ],
)


@pytest.fixture(scope="module")
def world():
    """Versions of both recipes: even users like i0-i39, all westerns; odd ones i40-i79, all dramas."""
    with serving() as aws:
        group = aws.data()
        rows = [(f"i{number}", "Western" if number < 40 else "Drama|Long") for number in range(80)]
        dataset = aws.dataset(group, aws.schema("items", schema=ITEMS), "Items")
        assert aws.imported(dataset, csv_bytes(rows, "ITEM_ID,GENRES"), name="items")["status"] == "ACTIVE"
        versions = {name: aws.trained(group, name) for name in ("aws-item-affinity", "aws-item-attribute-affinity")}
        names = (f"segments-{number}" for number in range(100))
        yield SimpleNamespace(aws=aws, group=group, versions=versions, names=names)
        assert aws.broken_answers == []


def run(world, recipe, *queries, **options):
    """The job's description and its output lines."""
    objects = world.aws.environment.objects
    objects.clear()
    objects["in/queries.json"] = "\n".join(json.dumps(query) for query in queries).encode()
    request = {
        "jobName": next(world.names),
        "solutionVersionArn": world.versions[recipe],
        "jobInput": {"s3DataSource": {"path": f"s3://{BUCKET}/in/queries.json"}},
        "jobOutput": {"s3DataDestination": {"path": f"s3://{BUCKET}/out/"}},
        "roleArn": ROLE,
    } | options
    arn = world.aws.personalize.create_batch_segment_job(**request)["batchSegmentJobArn"]
    job = world.aws.settled("batch_segment_job", arn)
    return job, [json.loads(line) for line in objects.get("out/queries.json.out", b"").decode().splitlines()]


def share_of_even(line):
    users = line["output"]["usersList"]
    return sum(int(user[1:]) % 2 == 0 for user in users) / len(users)


def test_an_items_segment_are_users_of_its_taste(world):
    job, [western, drama] = run(world, "aws-item-affinity", {"itemId": "i3"}, {"itemId": "i50"}, numResults=20)
    assert (job["status"], job["numResults"]) == ("ACTIVE", 20)
    assert len(western["output"]["usersList"]) == len(set(western["output"]["usersList"])) == 20
    assert share_of_even(western) > 0.8
    assert share_of_even(drama) < 0.2
    assert "out/_CHECK" in world.aws.environment.objects
    listed = world.aws.personalize.list_batch_segment_jobs(solutionVersionArn=job["solutionVersionArn"])
    assert job["batchSegmentJobArn"] in [each["batchSegmentJobArn"] for each in listed["batchSegmentJobs"]]


def test_a_segment_by_attributes_are_users_who_like_such_items(world):
    job, lines = run(
        world,
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


def test_too_many_queries_fail_the_job(world):
    queries = [{"itemAttributes": 'ITEMS.genres = "Western"'}] * 11
    job, lines = run(world, "aws-item-attribute-affinity", *queries)
    assert job["status"] == "CREATE FAILED"
    assert job["failureReason"] == "The input file queries.json has 11 queries, at most 10 are allowed."
    assert lines == []


def test_users_who_were_deleted_are_in_no_segment(world):
    _, [before] = run(world, "aws-item-affinity", {"itemId": "i3"}, numResults=5)
    gone, *rest = before["output"]["usersList"]
    world.aws.environment.objects["delete.csv"] = f"USER_ID\n{gone}\n".encode()
    arn = world.aws.personalize.create_data_deletion_job(
        jobName="forget",
        datasetGroupArn=world.group,
        dataSource={"dataLocation": f"s3://{BUCKET}/delete.csv"},
        roleArn=ROLE,
    )["dataDeletionJobArn"]
    deadline = time.monotonic() + 30
    while world.aws.describe("data_deletion_job", arn)["status"] != "COMPLETED":
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)
    _, [after] = run(world, "aws-item-affinity", {"itemId": "i3"}, numResults=5)
    assert after["output"]["usersList"][:4] == rest
    assert gone not in after["output"]["usersList"]
    assert len(after["output"]["usersList"]) == 5


def test_a_bare_solution_of_user_segmentation_shows_no_config(aws):
    group = aws.data()
    bare = aws.describe("solution", aws.solution(group, "aws-item-affinity"))
    assert "solutionConfig" not in bare
    version = aws.settled("solution_version", aws.version(bare["solutionArn"]))
    assert (version["status"], "solutionConfig" in version) == ("ACTIVE", False)
    config = {"algorithmHyperParameters": {"hidden_dimension": "64"}}
    given = aws.solution(group, "aws-item-affinity", name="given", solutionConfig=config)
    assert aws.describe("solution", given)["solutionConfig"] == config
    assert aws.describe("solution", aws.solution(group, name="other"))["solutionConfig"] == {}
