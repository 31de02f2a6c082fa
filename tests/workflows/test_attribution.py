"""The workflow of the metric attribution."""

from __future__ import annotations

from personalize_sfn import workflows
from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.workflows.attribution import attribution

ARNS = Arns("us-east-1", "123456789012")
CONFIG = Config.from_dict(
    {
        "project": "movies",
        "metric_attribution": {"metrics": {"watched": {"event": "watch", "expression": "SAMPLECOUNT()"}}},
    }
)


def test_it_attributes_to_the_projects_group_unless_told_which_and_answers_the_arn():
    states = workflows.to_dict(attribution(CONFIG, ARNS))["States"]
    assert states["Set Defaults"]["Parameters"]["defaults"] == {
        "datasetGroupArn": "arn:aws:personalize:us-east-1:123456789012:dataset-group/movies"
    }
    request = states["Create Metric Attribution"]["Parameters"]["Payload"]["request"]
    assert request["datasetGroupArn.$"] == "$.input.datasetGroupArn"
    assert states["Return Attribution"]["Parameters"] == {
        "metricAttributionArn.$": "$.metricAttribution.metricAttributionArn"
    }
