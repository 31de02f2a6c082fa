"""One thing wrong with a definition."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["SCHEMA", "UNSUPPORTED", "Diagnostic"]

SCHEMA = "SCHEMA_VALIDATION_FAILED"
UNSUPPORTED = "UNSUPPORTED_LOCALLY"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """``code`` is AWS's (MISSING_TRANSITION_TARGET, SCHEMA_VALIDATION_FAILED, ...) or UNSUPPORTED_LOCALLY; ``location``
    is a path such as ``/States/Create Campaign/Next``."""

    code: str
    message: str
    location: str

    def __str__(self) -> str:
        return f"{self.code}: {self.message} at {self.location}"
