"""The workflow of filters."""

from __future__ import annotations

from personalize_sfn import stages, workflows
from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.workflows.filters import filters

ARNS = Arns("us-east-1", "123456789012")
UNSEEN = 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("watch")'
CONFIG = Config.from_dict({"project": "movies", "filters": {"unseen": UNSEEN}, "filters_keep_days": 3})
STATES = workflows.to_dict(filters(CONFIG, ARNS))["States"]


def test_it_makes_the_filters_of_the_config_unless_told_which():
    assert STATES["Set Defaults"]["Parameters"]["defaults"] == {
        "filters": [{"key": "unseen", "request": stages.filter.request(CONFIG, "unseen")}],
        "datasetGroupArn": "arn:aws:personalize:us-east-1:123456789012:dataset-group/movies",
    }


def test_each_filter_is_made_in_the_group_two_at_once():
    each = STATES["Create Each Filter"]
    assert each["MaxConcurrency"] == 2
    payload = each["Iterator"]["States"]["Create Filter"]["Parameters"]["Payload"]
    assert payload["request.$"] == "States.JsonMerge($.item.request, $.parent, false)"


def test_filters_that_were_replaced_are_deleted_after_the_days_of_the_config():
    delete = STATES["Delete Old Filters"]
    assert delete["Parameters"]["Payload"]["keepDays"] == 3
    assert delete["End"] is True
