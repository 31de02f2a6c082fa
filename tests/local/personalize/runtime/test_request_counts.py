"""How often each campaign and recommender was asked, by the minute."""

from personalize_sfn.local.personalize.runtime import request_counts
from personalize_sfn.local.personalize.runtime.request_counts import RequestCounts

CAMPAIGN = "arn:aws:personalize:us-east-1:123456789012:campaign/a"
RECOMMENDER = "arn:aws:personalize:us-east-1:123456789012:recommender/b"


def test_requests_of_one_minute_are_counted_together():
    counts = RequestCounts()
    for now in (60, 119.9, 120):
        counts.add("GetRecommendations", {"campaignArn": CAMPAIGN}, now)
    counts.add("GetRecommendations", {"recommenderArn": RECOMMENDER, "userId": "u"}, 61)
    counts.add("PutEvents", {"trackingId": "t"}, 61)
    assert list(counts.of("123456789012", "us-east-1")) == [
        (60, "GetRecommendations", "CampaignArn", CAMPAIGN, 2),
        (120, "GetRecommendations", "CampaignArn", CAMPAIGN, 1),
        (60, "GetRecommendations", "RecommenderArn", RECOMMENDER, 1),
    ]


def test_each_account_and_region_has_its_own():
    counts = RequestCounts()
    counts.add("GetRecommendations", {"campaignArn": CAMPAIGN}, 0)
    assert not list(counts.of("123456789012", "eu-west-1"))
    assert not list(counts.of("999999999999", "us-east-1"))


def test_when_there_are_many_those_that_cloudwatch_no_longer_has_go(monkeypatch):
    monkeypatch.setattr(request_counts, "_MANY", 2)
    counts = RequestCounts()
    fifteen_days = 15 * 86_400
    for now in (0, 60, fifteen_days):
        counts.add("GetRecommendations", {"campaignArn": CAMPAIGN}, now)
    assert [row[0] for row in counts.of("123456789012", "us-east-1")] == [60, fifteen_days]
