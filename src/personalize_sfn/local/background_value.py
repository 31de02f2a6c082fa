"""Values that are made in the background, so that starting does not wait for what is not yet needed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

__all__ = ["BackgroundValue"]

T = TypeVar("T")


class BackgroundValue(Generic[T]):
    """Makes a value in a thread at once; calling it waits for the value, or raises what making it raised."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._future: Future[T] = Future()
        threading.Thread(target=self._run, args=(make,), name="local-aws-loader", daemon=True).start()

    def _run(self, make: Callable[[], T]) -> None:
        try:
            self._future.set_result(make())
        except BaseException as error:  # it is raised to those who ask for the value
            self._future.set_exception(error)

    @property
    def made(self) -> bool:
        """Whether calling it gives the value at once."""
        return self._future.done() and self._future.exception() is None

    def __call__(self) -> T:
        return self._future.result()
