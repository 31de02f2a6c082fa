"""The ids of lists of recommendations: each says which campaign or recommender answered it.

As recorded of AWS: ``RID-40-42ab-acfe-99a87e8a5023-CID-55f538``, of which the end is the same for one campaign.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Callable, Iterable

_FORM = re.compile(r"RID-.*-CID-([0-9a-f]{6})")


def recommendation_id(source_arn: str) -> str:
    """A new id of 40 characters, the most that an event may give."""
    return f"RID-{str(uuid.uuid4())[11:]}-CID-{_mark(source_arn)}"


def sources_of(arns: Iterable[str]) -> Callable[[str | None], str | None]:
    """Tells which of these campaigns and recommenders answered the list of an id; None for none of them."""
    known = {_mark(arn): arn for arn in arns}

    def source(identifier: str | None) -> str | None:
        found = _FORM.fullmatch(identifier or "")
        return None if found is None else known.get(found[1])

    return source


def _mark(arn: str) -> str:
    return hashlib.sha256(arn.encode()).hexdigest()[:6]
