"""Memory that was freed, but is kept by the C library: given back to the system.  Only glibc keeps much."""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any

_M_ARENA_MAX = -8  # malloc.h


def share_one_heap() -> None:
    """Let all threads that are yet to start share one heap.

    By default each gets its own, and what a training's threads have freed stays with them: of 10 million events a
    solution version then leaves 450 MiB behind.  The setting is the process's.
    """
    library = _glibc()
    if library is not None:
        library.mallopt(_M_ARENA_MAX, 1)


def give_back() -> None:
    """Give back what is free in the heap.  Takes milliseconds."""
    library = _glibc()
    if library is not None:
        library.malloc_trim(0)


@cache
def _glibc() -> Any:
    """None where the C library is another one."""
    try:
        library = ctypes.CDLL(None)
        return library if library.mallopt and library.malloc_trim else None
    except (AttributeError, OSError, TypeError):  # TypeError: Windows
        return None
