"""A refusal by a key is told at once: it is not a new role's."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from botocore.exceptions import ClientError

from personalize_sfn.errors import InvalidInputError, TransientError
from personalize_sfn.handlers.aws import translating_errors


def refused(message: str) -> ClientError:
    return ClientError({"Error": {"Code": "AccessDeniedException", "Message": message}}, "CreateDatasetImportJob")


def test_a_refused_decryption_is_no_new_role() -> None:
    event = {"startedAt": datetime.now(UTC).isoformat()}

    with (
        pytest.raises(InvalidInputError, match=r"kms:Decrypt .*The key's policy must let the role use it"),
        translating_errors(event),
    ):
        raise refused("User: r is not authorized to perform: kms:Decrypt on resource: k ")
    with pytest.raises(TransientError, match="a new role can take minutes"), translating_errors(event):
        raise refused("User: r is not authorized to perform: s3:GetObject on resource: o ")
