"""Tests of ``config_roles``: what the configuration of roles refuses."""

from __future__ import annotations

import pytest

from fakes.wrong_configs import refused

WRONG = [
    ({"roles": {"lambda_arn": "admin"}}, "roles.lambda_arn", "expected a role's ARN"),
    (
        {"roles": {"lambda_arn": f"arn:aws:iam::111122223333:role/{'r' * 226}"}},
        "roles.lambda_arn",
        "expected at most 256 characters, got 257",
    ),
    ({"roles": {"path": "/te am/"}}, "roles.path", "starts and ends with /"),
    ({"roles": {"path": "/größe/"}}, "roles.path", "starts and ends with /"),
    ({"roles": {"path": f"/{'p' * 149}/"}}, "roles.path", "expected at most 150 characters, got 151"),
]


@pytest.mark.parametrize(("values", "field", "problem"), WRONG, ids=[field for _, field, _ in WRONG])
def test_a_wrong_value_is_an_error_that_names_the_field(values: dict, field: str, problem: str):
    refused(values, field, problem)
