"""The stage of a filter."""

from __future__ import annotations

import pytest

from personalize_sfn import stages
from personalize_sfn.config import Config
from personalize_sfn.errors import ConfigError
from personalize_sfn.sdk import Graph

UNSEEN = 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("watch")'
CONFIG = Config.from_dict({"project": "movies", "filters": {"unseen": UNSEEN}})


def test_a_filter_is_made_of_its_expression_and_leaves_its_arn_under_its_key():
    create = stages.filter.create_step(CONFIG, "unseen").to_dict()
    assert create["Parameters"]["Payload"]["request"] == {
        "name": "movies-unseen",
        "filterExpression": UNSEEN,
        "datasetGroupArn.$": "$.datasetGroup.datasetGroupArn",
    }
    assert create["ResultPath"] == "$.unseenFilter"


@pytest.mark.parametrize(
    ("config", "said"),
    [(CONFIG, "filters: has no 'seen', only unseen"), (Config(), "filters: has no 'seen', only none")],
)
def test_a_key_that_the_config_does_not_have_is_refused_with_those_that_it_has(config, said):
    with pytest.raises(ConfigError) as raised:
        stages.filter.create_step(config, "seen")
    assert str(raised.value) == said


def test_the_request_may_come_from_the_state():
    states = Graph(stages.filter.filter_from(CONFIG, "$.mine")).to_dict()["States"]
    assert states["Create Filter"]["Parameters"]["Payload"]["request.$"] == "$.mine"
