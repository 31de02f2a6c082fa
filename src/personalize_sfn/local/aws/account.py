"""The one account of the embedded AWS."""

from __future__ import annotations

__all__ = ["ACCOUNT_ID"]

ACCOUNT_ID = "123456789012"
