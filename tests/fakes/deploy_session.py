"""Sessions for the tests of deploy."""

from __future__ import annotations

import boto3

from personalize_sfn.session import Session


def session_in(region: str) -> Session:
    return Session(boto3.Session(aws_access_key_id="k", aws_secret_access_key="s", region_name=region))
