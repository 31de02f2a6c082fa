"""The metrics of the embedded Personalize in CloudWatch."""

from datetime import datetime

from personalize_sfn.local.moto.personalize_metrics import PersonalizeMetrics
from personalize_sfn.local.personalize.runtime.request_counts import RequestCounts

CAMPAIGN = "arn:aws:personalize:us-east-1:123456789012:campaign/a"


def test_requests_are_metrics_of_the_campaign_in_its_account_and_region(monkeypatch):
    counts = RequestCounts()
    for _ in range(3):
        counts.add("GetRecommendations", {"campaignArn": CAMPAIGN}, 125)
    monkeypatch.setattr(PersonalizeMetrics, "counts", staticmethod(lambda: counts))
    (metric,) = PersonalizeMetrics.get_cloudwatch_metrics("123456789012", "us-east-1")
    assert (metric.namespace, metric.name, metric.value) == ("AWS/Personalize", "GetRecommendations", 3)
    assert [(each.name, each.value) for each in metric.dimensions] == [("CampaignArn", CAMPAIGN)]
    assert metric.timestamp == datetime(1970, 1, 1, 0, 2)
    assert PersonalizeMetrics.get_cloudwatch_metrics("123456789012", "eu-west-1") == []


def test_without_an_embedded_aws_there_are_none(monkeypatch):
    monkeypatch.setattr(PersonalizeMetrics, "counts", staticmethod(lambda: None))
    assert PersonalizeMetrics.get_cloudwatch_metrics("123456789012", "us-east-1") == []
