"""Work on many rows: in blocks small enough for the processor's caches, on all processors, one BLAS thread each."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from itertools import product
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
            _threads = [get() for get, _ in libraries]
            for _, set_to in libraries:
                set_to(1)
        _inside += 1
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if not _inside:
                for (_, set_to), number in zip(libraries, _threads, strict=True):
                    set_to(number)


@cache
def _libraries() -> list[tuple[Callable[[], int], Callable[[int], object]]]:
    """What reads and what sets the number of threads of each BLAS library of the process.

    To look the libraries up takes longer than to answer a request.
    """
    import scipy.linalg  # noqa: F401  # brings the one that `implicit` uses
    from threadpoolctl import ThreadpoolController

    return [_calls(library) for library in ThreadpoolController().select(user_api="blas").lib_controllers]


def _calls(library: Any) -> tuple[Callable[[], int], Callable[[int], object]]:
    """OpenBLAS is called directly: since version 3.8 threadpoolctl ignores, without a word, every thread but the first
    that ever set its number, for as long as that one lives.  Also, its way costs 100 microseconds, this one 5.
    """
    if library.internal_api == "openblas" and library.threading_layer == "pthreads":
        for before, after in product(("", "scipy_"), ("", "64_", "_64")):
            names = [f"{before}openblas_{verb}_num_threads{after}" for verb in ("get", "set")]
            if all(hasattr(library.dynlib, name) for name in names):
                return getattr(library.dynlib, names[0]), getattr(library.dynlib, names[1])
    return library.get_num_threads, library.set_num_threads
