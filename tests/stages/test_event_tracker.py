"""The stage of an event tracker."""

from __future__ import annotations

from personalize_sfn import stages
from personalize_sfn.config import Config
from personalize_sfn.sdk import Graph

CONFIG = Config(project="movies", event_tracker=True)


def test_the_tracker_is_made_in_the_group_that_came_before_unless_told_which():
    request = stages.event_tracker.create_step(CONFIG).to_dict()["Parameters"]["Payload"]["request"]
    assert request == {"name": "movies-events", "datasetGroupArn.$": "$.datasetGroup.datasetGroupArn"}
    group = "arn:aws:personalize:us-east-1:123456789012:dataset-group/other"
    given = stages.event_tracker.create_step(CONFIG, dataset_group_arn=group).to_dict()["Parameters"]["Payload"]
    assert given["request"]["datasetGroupArn"] == group


def test_the_stage_waits_until_the_tracker_is_active_and_leaves_its_arn():
    states = Graph(stages.event_tracker.event_tracker(CONFIG)).to_dict()["States"]
    assert states["Create Event Tracker"]["ResultPath"] == "$.eventTracker"
    assert states["Is Event Tracker Active?"]["Choices"][0]["Next"] == "Event Tracker Is Active"
    assert states["Is Event Tracker Active?"]["Default"] == "Event Tracker Failed"
