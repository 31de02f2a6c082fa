"""Tests of ``config_rules``."""

from __future__ import annotations

import pytest

from fakes.wrong_configs import refused

WRONG = [
    ({"project": "Movies!"}, "project", "expected up to 28 lower-case letters"),
    ({"bucket": "s3://mine"}, "bucket", "expected an S3 bucket's name (not a URI), got 's3://mine'"),
    ({"bucket": "my..data"}, "bucket", "expected an S3 bucket's name (not a URI), got 'my..data'"),
    ({"bucket": "my.-data"}, "bucket", "expected an S3 bucket's name (not a URI), got 'my.-data'"),
    ({"bucket": "192.168.5.4"}, "bucket", "expected an S3 bucket's name (not a URI), got '192.168.5.4'"),
    ({"bucket": "xn--data"}, "bucket", "S3 keeps names that begin with xn--, sthree-, amzn-s3-demo- for itself"),
    ({"bucket": "data-s3alias"}, "bucket", "S3 keeps names that end in -s3alias, --ol-s3, .mrap, --x-s3, --table-s3"),
    ({"solution": {}}, "solution", "unknown field; did you mean solutions?"),
    (
        {"polling": {"campaign": {"typical_seconds": 9, "timeout_seconds": 1}}},
        "polling.campaign.timeout_seconds",
        "(9)",
    ),
    ({"polling": {"campaign": {"typical_seconds": 9}}}, "polling.campaign.timeout_seconds", "is required"),
    ({"tags": {"aws:x": "1"}}, "tags.aws:x", "reserves"),
    ({"tags": {"team": "a;b"}}, "tags.team", "expected letters, digits, spaces"),
    ({"tags": {"team": "x" * 257}}, "tags.team", "expected at most 256 characters, got 257"),
    (
        {"tags": {f"tag{n}": "" for n in range(41)}},
        "tags",
        "expected at most 40 tags, got 41: AWS takes 50, and the others are this package's",
    ),
    ({"tags": {"team": "a", "Team": "b"}}, "tags.Team", "expected keys that differ in more than capitals"),
    ({"tags": {"Personalize-SFN:Project": "x"}}, "tags.Personalize-SFN:Project", "what clean-up may delete"),
    ({"tags": {"personalize-sfn:project": "x"}}, "tags.personalize-sfn:project", "what clean-up may delete"),
    (
        {"polling": {"campaign": {"typical_seconds": 9, "timeout_seconds": 10_000_001}}},
        "polling.campaign.timeout_seconds",
        "expected 1 to 10,000,000 seconds, got 10000001",
    ),
]


@pytest.mark.parametrize(("values", "field", "problem"), WRONG, ids=[field for _, field, _ in WRONG])
def test_a_wrong_value_is_an_error_that_names_the_field(values: dict, field: str, problem: str):
    refused(values, field, problem)
