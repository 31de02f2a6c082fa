"""The parts of a Map state."""

import pytest

from personalize_sfn.local.stepfunctions.definition.maps import DISTRIBUTED_ONLY, diagnose_map

DISTRIBUTED = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}}
GET = "arn:aws:states:::s3:getObject"


def found(language="JSONPath", **state):
    return [(each.message, each.location) for each in diagnose_map(state, "at", language)]


@pytest.mark.parametrize(
    "state",
    [
        {"ItemProcessor": {}},
        {"Iterator": {}},
        {
            "ItemProcessor": DISTRIBUTED,
            "ItemReader": {"Resource": GET, "Parameters": {}, "ReaderConfig": {"MaxItems": 1}},
        },
        {"ItemProcessor": DISTRIBUTED, "ItemBatcher": {"MaxItemsPerBatchPath": "$.n"}, "ToleratedFailureCount": 1},
    ],
)
def test_a_right_map_has_no_diagnostics(state):
    assert found(**state) == []


def test_a_map_needs_a_processor():
    assert found() == [("Missing required field 'ItemProcessor'", "at")]
    assert found(ItemProcessor=[]) == [("Missing required field 'ItemProcessor'", "at")]


@pytest.mark.parametrize("name", DISTRIBUTED_ONLY)
def test_an_inline_map_has_no_fields_of_a_distributed_one(name):
    message = f"Field '{name}' is not supported in a Map of the mode INLINE: set Mode to DISTRIBUTED"
    assert found(ItemProcessor={}, **{name: 1}) == [(message, f"at/{name}")]


@pytest.mark.parametrize(
    ("language", "batcher", "place"),
    [
        ("JSONPath", {"BatchSize": 1}, "BatchSize"),
        ("JSONata", {"MaxItemsPerBatchPath": "$.n"}, "MaxItemsPerBatchPath"),
    ],
)
def test_a_field_that_a_part_or_its_language_does_not_have_is_named_with_its_place(language, batcher, place):
    problems = found(language, ItemProcessor=DISTRIBUTED, ItemBatcher=batcher)
    assert problems == [(f"Field '{place}' is not supported here", f"at/ItemBatcher/{place}")]


@pytest.mark.parametrize(("language", "other"), [("JSONPath", "Arguments"), ("JSONata", "Parameters")])
def test_each_language_has_its_own_word_for_what_a_reader_is_asked_with(language, other):
    problems = found(language, ItemProcessor=DISTRIBUTED, ItemReader={"Resource": GET, other: {}})
    assert problems == [(f"Field '{other}' is not supported here", f"at/ItemReader/{other}")]


def test_items_are_read_from_s3_only():
    ((message, place),) = found(ItemProcessor=DISTRIBUTED, ItemReader={"Resource": "arn:aws:states:::lambda:invoke"})
    assert message.startswith("Resource of ItemReader must be one of arn:aws:states:::s3:getObject, ")
    assert place == "at/ItemReader/Resource"
