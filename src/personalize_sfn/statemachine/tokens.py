"""The tokens of calls: each says which branch of which execution it is of, so that no list of tokens is kept."""

from __future__ import annotations

import base64
import binascii
from typing import NamedTuple

__all__ = ["CallToken", "read"]


class CallToken(NamedTuple):
    """``execution`` is an ARN, ``frame`` the number of the branch; ``proof`` is what only the execution can know."""

    execution: str
    frame: int
    number: int
    proof: str

    def text(self) -> str:
        return base64.urlsafe_b64encode("\n".join(map(str, self)).encode("utf-8", "surrogatepass")).decode()


def read(text: str) -> CallToken | None:
    """The token of a text; None for one that no execution wrote."""
    try:
        execution, frame, number, proof = base64.urlsafe_b64decode(text).decode("utf-8", "surrogatepass").split("\n")
        return CallToken(execution, int(frame), int(number), proof)
    except (ValueError, binascii.Error):
        return None
