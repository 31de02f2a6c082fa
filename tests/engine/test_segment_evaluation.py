"""Tests of ``engine.segment_evaluation``."""

from __future__ import annotations

import pytest

from personalize_sfn.engine import Attributes, Interactions, TrainingInput, evaluate
from personalize_sfn.engine.metrics import segment_metrics
from personalize_sfn.engine.split import held_out_events
from personalize_sfn.errors import DataError

ITEM, VALUE = "aws-item-affinity", "aws-item-attribute-affinity"


def test_holdout_of_segments_is_the_newest_fifth_of_each_user():
    data = Interactions.from_columns(["u"] * 10 + ["v"], [*"abcdefghij", "a"], range(11))
    test = held_out_events(data)
    assert test.tested.item_ids.tolist() == ["i", "j"]
    assert test.users_of(["i"]) == test.users_of(["i", "j"]) == {"u"}
    assert test.users_of(["nothing"]) == frozenset()
    assert [event.item_id for event in test.training.history("u")] == list("abcdefgh")
    assert len(test.training.history("v")) == 1


def test_the_metrics_of_segments_by_hand():
    segments, actual = [["a", "b"], ["b", "c"]], [{"a", "x"}, {"b", "c", "y", "z"}]
    measured = segment_metrics(segments, actual, users=6)
    assert measured == {"coverage": 0.5, "hits_at_1_percent": 1.5, "recall_at_1_percent": 0.5}


@pytest.mark.parametrize("recipe", [ITEM, VALUE])
def test_the_metrics_have_the_keys_of_the_service(checkerboard: Interactions, about: Attributes, recipe: str):
    measured = evaluate(recipe, checkerboard, TrainingInput(items=about))
    assert list(measured) == ["coverage", "hits_at_1_percent", "recall_at_1_percent"]
    assert 0 < measured["recall_at_1_percent"] <= 1


def test_attribute_affinity_cannot_be_measured_without_attributes(checkerboard: Interactions):
    with pytest.raises(DataError, match="needs attributes of the items"):
        evaluate(VALUE, checkerboard)
