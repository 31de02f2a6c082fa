"""The table of quotas."""

from __future__ import annotations

from personalize_sfn.quotas import QUOTAS, defaults
from personalize_sfn.resources import BATCH_SEGMENT_JOB, SOLUTION_VERSION


def test_a_kind_of_resource_has_one_quota():
    assert len({each.row.key for each in QUOTAS}) == len(QUOTAS)
    assert len({each.code for each in QUOTAS if each.code}) == sum(each.code is not None for each in QUOTAS)


def test_what_has_a_name_in_service_quotas_has_its_code():
    assert all((each.name is None) == (each.code is None) for each in QUOTAS)


def test_defaults_are_told_by_what_they_count():
    assert defaults("dataset group", pending=False) == {"solution": 10, "campaign": 5, "recommender": 5, "filter": 30}
    assert defaults("region", pending=True)[BATCH_SEGMENT_JOB.key] == 5


def test_a_quota_says_in_words_what_it_counts():
    (versions,) = (each for each in QUOTAS if each.row is SOLUTION_VERSION)

    assert versions.words == "solution versions under way per region"
