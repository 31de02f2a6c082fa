"""The stage of a metric attribution."""

from __future__ import annotations

import pytest

from personalize_sfn import stages
from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.errors import ConfigError

ARNS = Arns("us-east-1", "123456789012")


def config(**attribution) -> Config:
    metrics = {"watched": {"event": "watch", "expression": "SAMPLECOUNT()"}}
    return Config.from_dict(
        {"project": "movies", "bucket": "data", "metric_attribution": {"metrics": metrics, **attribution}}
    )


def test_each_metric_of_the_config_is_asked_for():
    payload = stages.metric_attribution.create_step(config(), ARNS).to_dict()["Parameters"]["Payload"]
    assert payload["request"]["name"] == "movies-attribution"
    assert payload["request"]["datasetGroupArn.$"] == "$.datasetGroup.datasetGroupArn"
    assert payload["request"]["metrics"] == [
        {"metricName": "watched", "eventType": "watch", "expression": "SAMPLECOUNT()"}
    ]


def test_metrics_go_to_s3_only_where_the_config_says_so():
    to_s3, without = (stages.metric_attribution.request(config(to_s3=each), ARNS) for each in (True, False))
    assert to_s3["metricsOutputConfig"]["s3DataDestination"]["path"].endswith("/attribution/")
    assert list(without["metricsOutputConfig"]) == ["roleArn"]


def test_a_config_without_metrics_has_no_attribution():
    with pytest.raises(ConfigError, match=r"^metric_attribution: is missing: say which metrics$"):
        stages.metric_attribution.metric_attribution(Config(project="movies"), ARNS)
