"""Lines that a batch wrote, as rows."""

from __future__ import annotations

import pytest

from personalize_sfn.outputs.batch_lines import BatchLines, columns_of
from personalize_sfn.recipes import RECIPES


def read(recipe: str, *lines: str, chunksize: int = 100) -> tuple[list[dict[str, list]], BatchLines]:
    reader = BatchLines(columns_of(RECIPES[recipe]))
    content = [f"{line}\n".encode() for line in lines]
    return list(reader.tables([("users.json.out", content)], chunksize)), reader


# As recorded of real jobs, or shown by the guide:
# https://docs.aws.amazon.com/personalize/latest/dg/batch-recommendations-output-examples.html
LINES = [
    (
        "aws-user-personalization-v2",
        '{"input":{"userId":"4638"},"output":{"recommendedItems":["63992","115149"],"scores":[0.0152,0.0069]},"error":null}',
        {"USER_ID": ["4638", "4638"], "rank": [1, 2], "ITEM_ID": ["63992", "115149"], "score": [0.0152, 0.0069]},
    ),
    (
        "aws-personalized-ranking-v2",
        '{"input":{"userId":"891","itemList":["27","886"]},"output":{"recommendedItems":["27","886"],"scores":[0.48]}}',
        {"USER_ID": ["891", "891"], "rank": [1, 2], "ITEM_ID": ["27", "886"], "score": [0.48, None]},
    ),
    (
        "aws-sims",
        '{"input":{"itemId":"105"},"output":{"recommendedItems":["106","107"]}}',
        {"ITEM_ID": ["105", "105"], "rank": [1, 2], "RELATED_ITEM_ID": ["106", "107"], "score": [None, None]},
    ),
    (
        "aws-item-affinity",
        '{"input": {"itemId": "105"}, "output": {"usersList": ["u1","u2"]}, "error": null}',
        {"ITEM_ID": ["105", "105"], "rank": [1, 2], "USER_ID": ["u1", "u2"]},
    ),
    (
        "aws-item-attribute-affinity",
        '{"input":{"itemAttributes":"ITEMS.genres = \\"Comedy\\""},"output":{"recommendedUsers":["u1"]}}',
        {"QUERY": ['ITEMS.genres = "Comedy"'], "rank": [1], "USER_ID": ["u1"]},
    ),
]


@pytest.mark.parametrize(("recipe", "line", "table"), LINES, ids=[recipe for recipe, _, _ in LINES])
def test_each_answer_of_a_line_is_a_row_best_first(recipe, line, table):
    tables, reader = read(recipe, line)
    assert tables == [table]
    assert (reader.lines, reader.error_count) == (1, 0)


def test_a_table_has_at_most_so_many_rows_though_one_line_has_more():
    users = ",".join(f'"u{n}"' for n in range(5))
    line = f'{{"input":{{"itemId":"1"}},"output":{{"usersList":[{users}]}}}}'
    tables, _ = read("aws-item-affinity", line, line, chunksize=3)
    assert [len(table["rank"]) for table in tables] == [3, 3, 3, 1]
    assert [user for table in tables for user in table["USER_ID"]] == [f"u{n}" for n in range(5)] * 2


WRONG = [
    ('{"input":{"userId":"7"},"output":null,"error":"no such user"}', {"userId": "7"}, "no such user"),
    (
        '{"input":{"userId":"7"},"output":null,"error":null}',
        {"userId": "7"},
        "expected an output that is a list of ids",
    ),
    (
        '{"input":{"userId":"7"},"output":{"recommendedItems":[7]}}',
        {"userId": "7"},
        "expected an output that is a list",
    ),
    ('{"input":{"userId":"7"},"output":["1"]}', {"userId": "7"}, "expected an output that is a list of ids"),
    ('{"input":{"x":1},"output":null,"error":"bad line"}', {"x": 1}, "bad line"),
    ('{"input":"hm","output":null,"error":"Invalid input: no JSON"}', "hm", "Invalid input: no JSON"),
    ("[1]", None, "expected a JSON object whose input has userId"),
    ("{", None, "expected a JSON object whose input has userId"),
    ("\xff", None, "expected a JSON object whose input has userId"),
]


@pytest.mark.parametrize(("line", "asked", "error"), WRONG)
def test_a_line_without_an_answer_is_told_and_the_others_are_read(line, asked, error):
    good = '{"input":{"userId":"8"},"output":{"recommendedItems":["1"]}}'
    tables, reader = read("aws-user-personalization-v2", good, "", line, good)
    assert tables[0]["USER_ID"] == ["8", "8"]
    assert (reader.lines, reader.error_count) == (3, 1)
    (told,) = reader.errors
    assert (told.file, told.line, told.input) == ("users.json.out", 3, asked)
    assert told.error.startswith(error)


def test_scores_that_are_no_numbers_are_none():
    tables, _ = read("aws-sims", '{"input":{"itemId":"1"},"output":{"recommendedItems":["2"],"scores":["x"]}}')
    assert tables[0]["score"] == [None]


def test_without_a_line_there_is_a_table_without_rows():
    assert read("aws-sims")[0] == [{"ITEM_ID": [], "rank": [], "RELATED_ITEM_ID": [], "score": []}]


def test_all_errors_are_counted_and_the_first_thousand_kept():
    _, reader = read("aws-sims", *["{"] * 1200)
    assert (reader.error_count, len(reader.errors)) == (1200, 1000)
