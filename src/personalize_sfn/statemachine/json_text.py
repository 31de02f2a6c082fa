"""JSON as Step Functions writes it: without spaces, in Unicode; and how large it may be."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

__all__ = ["LARGEST", "compact", "too_large"]

#: The largest input or result of a task, state or execution, in bytes.
#: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
LARGEST = 256 * 1024


compact: Callable[[Any], str] = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


def too_large(text: str) -> bool:
    """Whether a JSON text has more bytes, in UTF-8, than AWS takes."""
    return len(text) > LARGEST or (4 * len(text) > LARGEST and len(text.encode("utf-8", "surrogatepass")) > LARGEST)
