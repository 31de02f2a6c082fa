"""Fixtures that several files share."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fakes import signed_operations
from fakes.gateway_aws import Account
from fakes.raw_requests import Answer, send, signed
from personalize_sfn.local import LocalAws


@pytest.fixture
def ask(aws: LocalAws, account: Account) -> Callable[..., signed_operations.Ask]:
    """``ask(statement, ...)(service, method, path, body, **headers)``: as a role that may do only that."""

    def of(*statements: dict) -> signed_operations.Ask:
        keys = signed_operations.keys_of(account.as_role(*statements))

        def ask_(service: str, method: str, path: str, body: bytes | str = b"", **headers: str) -> Answer:
            data = body.encode() if isinstance(body, str) else body
            host = headers.pop("host", "")
            if service == "s3":
                headers.setdefault("x_amz_content_sha256", "UNSIGNED-PAYLOAD")
            if host:
                headers["Host"] = host
            lines = signed(aws, method, path, data, service=service, keys=keys, **headers)
            if host:
                del lines[1]
            return send(aws, "\r\n".join([*lines, f"Content-Length: {len(data)}", "", ""]), data)

        return ask_

    return of
