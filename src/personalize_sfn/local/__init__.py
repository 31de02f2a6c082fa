"""The embedded AWS: what the workflows need of AWS, on this machine, on a loopback port."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from personalize_sfn.local.personalize.controls.durations import Durations
    from personalize_sfn.local.server import LocalAws

__all__ = ["Durations", "LocalAws"]


def __getattr__(name: str) -> Any:
    if name == "LocalAws":
        from personalize_sfn.local.server import LocalAws

        return LocalAws
    if name == "Durations":
        from personalize_sfn.local.personalize.controls.durations import Durations

        return Durations
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
