"""Work on many rows: in blocks small enough for the processor's caches, on all processors, one BLAS thread each."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from threading import Lock
from typing import Any, TypeVar

T = TypeVar("T")

CELLS = 1 << 18
"""Scores in a block: a megabyte of them."""


def in_blocks(rows: int, width: int, work: Callable[[slice], T]) -> list[T]:
    """What `work` makes of each block of `rows` rows of `width` scores, in their order."""
    height = max(1, CELLS // max(1, width))
    blocks = [slice(start, min(start + height, rows)) for start in range(0, rows, height)]
    with one_blas_thread():
        if len(blocks) <= 1:
            return [work(block) for block in blocks]
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return list(pool.map(work, blocks))


_lock = Lock()
_inside = 0
_threads: list[int] = []


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """BLAS uses one thread while anybody is inside: it waits for its others for milliseconds on a busy machine.

    The setting is the process's.  Threads that overlap would restore what another has set; so the first one in sets
    it, and the last one out restores it.  `threadpoolctl.threadpool_limits` would do for one thread, at 20 times the
    cost.
    """
    global _inside, _threads  # noqa: PLW0603
    libraries = _libraries()
    with _lock:
        if not _inside:
            _threads = [library.num_threads for library in libraries]
            _set_threads(libraries, [1] * len(libraries))
        _inside += 1
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if not _inside:
                _set_threads(libraries, _threads)


def _set_threads(libraries: list[Any], numbers: list[int]) -> None:
    """Set the number of each library, from any thread: the lock sees to it that one at a time does.

    Since version 3.8 threadpoolctl ignores, without a word, every thread but the first that ever set OpenBLAS's number,
    for as long as that one lives: the number would stay at one, or never become one.
    """
    for library, number in zip(libraries, numbers, strict=True):
        if hasattr(library, "clear_controlling_thread"):
            library.clear_controlling_thread(force=True)
        library.set_num_threads(number)


@cache
def _libraries() -> list[Any]:
    """The BLAS libraries of the process; to look them up takes longer than to answer a request."""
    import scipy.linalg  # noqa: F401  # brings the one that `implicit` uses
    from threadpoolctl import ThreadpoolController

    libraries: list[Any] = ThreadpoolController().select(user_api="blas").lib_controllers
    return libraries
