"""Sessions of botocore that read nothing of the user's: neither profiles nor credentials nor settings."""

from __future__ import annotations

import os
from functools import cache
from typing import Any

from personalize_sfn.state_folder import LocalKeys

__all__ = ["bare_botocore_session", "botocore_loader", "local_boto_session"]


def bare_botocore_session() -> Any:
    """A botocore session that reads neither the user's profiles (a missing one is an error) nor their files."""
    import botocore.session

    nothing = {"profile": (None, None, None, None)} | dict.fromkeys(
        ("config_file", "credentials_file"), (None, None, os.devnull, None)
    )
    session = botocore.session.Session(session_vars=nothing)
    session.register_component("data_loader", botocore_loader())
    return session


@cache
def botocore_loader() -> Any:
    """One reader of botocore's models for all sessions: each would look through 400 folders for itself."""
    from botocore.loaders import create_loader

    return create_loader()


def local_boto_session(region: str, keys: LocalKeys) -> Any:
    """A boto3 session with the embedded AWS's own keys that knows nothing of the user's."""
    import boto3

    return boto3.Session(
        aws_access_key_id=keys.access_key_id,
        aws_secret_access_key=keys.secret_access_key,
        region_name=region,
        botocore_session=bare_botocore_session(),
    )
