"""JSON as Step Functions writes it: without spaces, in Unicode; and how large it may be."""

from __future__ import annotations

import json
from typing import Any

__all__ = ["LARGEST", "compact", "size"]

#: The largest input or result of a task, state or execution, in bytes.
#: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
LARGEST = 256 * 1024


def compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def size(value: Any) -> int:
    """Bytes of the value's JSON text in UTF-8."""
    return len(compact(value).encode("utf-8", "surrogatepass"))
