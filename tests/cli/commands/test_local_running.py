"""Tests of ``local``: ``personalize-sfn local``: the embedded AWS in the background."""

from __future__ import annotations

import pytest
from botocore.exceptions import EndpointConnectionError

from personalize_sfn import errors
from personalize_sfn.cli import app
from personalize_sfn.cli.settings import Settings
from personalize_sfn.local import LocalAws, process


def test_an_embedded_aws_that_has_died_is_not_called_aws() -> None:
    died = EndpointConnectionError(endpoint_url="http://127.0.0.1:1/")
    assert app._explanation(Settings(), died) == (
        "the embedded AWS stopped answering: it has ended, or was killed. 'personalize-sfn deploy' starts it again"
    )
    assert app._explanation(Settings(target="aws"), died).startswith("AWS refused or did not answer")


def test_another_port_is_refused_while_one_runs(aws: LocalAws) -> None:
    with pytest.raises(errors.LocalAwsError) as caught:
        process.start(port=1)
    assert str(caught.value) == f"an embedded AWS runs already, at {aws.endpoint_url}, not on port 1: stop it first"
