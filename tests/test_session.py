"""Money is safe: whatever the environment says, a local session only ever talks to this machine."""

from __future__ import annotations

from pathlib import Path

import boto3
import pytest

from personalize_sfn.errors import SessionError
from personalize_sfn.session import Session, connect
from personalize_sfn.state_folder import local_keys

ENDPOINT = "http://127.0.0.1:4566"
SERVICES = ("s3", "sts", "iam", "lambda", "stepfunctions", "personalize", "personalize-runtime", "personalize-events")
HOSTILE = {
    "a profile that does not exist": {"AWS_PROFILE": "nobody"},
    "ignores configured endpoints": {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"},
    "an endpoint for S3": {"AWS_ENDPOINT_URL_S3": "https://s3.example.com"},
    "an endpoint for all": {"AWS_ENDPOINT_URL": "https://aws.example.com"},
    "real keys": {"AWS_ACCESS_KEY_ID": "AKIAREAL", "AWS_SECRET_ACCESS_KEY": "real", "AWS_SESSION_TOKEN": "real"},
    "a proxy": {"HTTP_PROXY": "http://10.0.0.1:3128", "HTTPS_PROXY": "http://10.0.0.1:3128"},
    "another region": {"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1"},
}


@pytest.mark.parametrize("environment", HOSTILE.values(), ids=HOSTILE)
def test_a_local_session_keeps_its_own_keys_and_the_loopback_endpoint(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    session = connect("local", endpoint_url=ENDPOINT)
    for service in SERVICES:
        client = session.client(service)
        assert client.meta.endpoint_url == ENDPOINT
        assert client._request_signer._credentials.access_key == local_keys().access_key_id
        assert client._request_signer._credentials.token is None
        assert client.meta.config.proxies == {}
        assert client.meta.region_name == "us-east-1"


def test_a_local_session_keeps_its_endpoint_and_keys_with_a_profile_in_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    (tmp_path / "config").write_text(
        "[profile prod]\nregion = eu-west-1\naws_access_key_id = AKIAPROD\naws_secret_access_key = s\n"
        "endpoint_url = https://prod.example.com\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_PROFILE", "prod")
    client = connect("local", endpoint_url=ENDPOINT).client("s3")
    assert client.meta.endpoint_url == ENDPOINT
    assert client._request_signer._credentials.access_key == local_keys().access_key_id


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://s3.amazonaws.com",
        "http://personalize.us-east-1.amazonaws.com",
        "http://10.0.0.7:4566",
        "https://127.0.0.1:1",
        "http://localhost.evil.example:80",
        "ftp://127.0.0.1",
        "",
    ],
)
def test_any_other_endpoint_is_refused(endpoint: str):
    with pytest.raises(SessionError, match="only reached on this machine"):
        Session(None, endpoint)


def test_the_banner_says_local():
    assert connect("local", endpoint_url=ENDPOINT).banner().startswith("LOCAL")


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"target": "moon"}, "expected 'local' or 'aws', got 'moon'"),
        ({"target": "local", "profile": "prod"}, "the embedded AWS never uses your credentials"),
        ({"target": "aws", "endpoint_url": ENDPOINT}, "endpoint_url goes with target 'local'"),
        ({"target": "aws", "profile": "nobody"}, "aws configure list-profiles"),
    ],
)
def test_arguments_that_do_not_fit_together_are_refused(arguments: dict, problem: str):
    with pytest.raises(SessionError, match=problem):
        connect(**arguments)


def test_aws_without_a_region_says_where_to_set_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(SessionError, match="no AWS region is set: pass region="):
        connect("aws")


def test_personalizes_slow_control_plane_is_asked_at_the_pace_that_it_takes():
    aws = Session(boto3.Session(aws_access_key_id="k", aws_secret_access_key="s", region_name="us-east-1"))

    assert aws.client("personalize").meta.config.retries == {"mode": "adaptive", "total_max_attempts": 11}
    assert aws.client("iam").meta.config.retries == {"mode": "standard", "total_max_attempts": 6}
