"""The stage of recommendations."""

from __future__ import annotations

from personalize_sfn.config import Config
from personalize_sfn.stages.recommendations import recommendations


def test_it_passes_the_request_on_and_answers_the_id_and_the_items():
    state = recommendations(Config(project="movies"), request="$.input").to_dict()
    assert state["Parameters"]["Payload"] == {
        "request.$": "$.input",
        "startedAt.$": "$$.Execution.StartTime",
        "execution.$": "$$.Execution.Id",
    }
    assert state["ResultSelector"] == {
        "recommendationId.$": "$.Payload.recommendationId",
        "itemList.$": "$.Payload.itemList",
    }
