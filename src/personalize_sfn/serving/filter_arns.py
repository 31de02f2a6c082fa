"""ARNs of the project's filters, known without asking while somebody waits.

The name of a filter ends in a hash of its expression.  Where the expression moves with time (``{now-30d}``), each run
of the workflow makes another filter: which one is the newest is asked in the background.  The one that it replaces
still works for ``filters_keep_days``.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from personalize_sfn.config import Config
from personalize_sfn.errors import ConfigError
from personalize_sfn.filter_expressions.moving import filter_hash, is_moving
from personalize_sfn.handlers.recommendations import newest_filter
from personalize_sfn.resources import FILTER
from personalize_sfn.session import Session

__all__ = ["FilterArns"]

_REFRESH_SECONDS = 3600.0
_RETRY_SECONDS = 10.0


class FilterArns:
    """By the keys of ``config.filters``."""

    def __init__(
        self,
        session: Session,
        config: Config,
        start: Callable[[Callable[[], object]], object],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """
        Args:
            session: from :func:`personalize_sfn.connect`.
            config: the pipeline.
            start: has a function run in the background.
            clock: seconds.
        """
        self._session, self._config, self._start, self._clock = session, config, start, clock
        self._moving = [key for key, expression in config.filters.items() if is_moving(expression)]
        self._arns: dict[str, str] = {
            key: session.arns.personalize(f"filter/{config.name(key)}-{filter_hash(expression)}")
            for key, expression in config.filters.items()
            if key not in self._moving
        }
        self._lock = threading.Lock()
        self._due = 0.0
        self._refresh_if_due()

    def arn(self, key: str) -> str | None:
        """The filter's; None: it is not known yet.  An ARN is taken as it is.

        Raises:
            ConfigError: there is no filter of that key; says which there are.
        """
        if key.startswith("arn:"):
            return key
        if key not in self._config.filters:
            raise ConfigError("filters", f"has no {key!r}, only {', '.join(self._config.filters) or 'none'}")
        self._refresh_if_due()
        return self._arns.get(key)

    def in_child(self) -> FilterArns:
        """For a process that was forked: what is known, and locks of its own."""
        child = FilterArns(self._session, self._config, self._start, self._clock)
        child._arns.update(self._arns)
        return child

    def _refresh_if_due(self) -> None:
        if not self._moving or self._clock() < self._due:
            return
        with self._lock:
            if self._clock() < self._due:  # another thread was first
                return
            self._due = self._clock() + _RETRY_SECONDS  # if it fails
        self._start(self._refresh)

    def _refresh(self) -> None:
        try:
            group = self._session.arns.personalize(f"dataset-group/{self._config.dataset_group_name}")
            pages = self._session.client("personalize").get_paginator("list_filters").paginate(datasetGroupArn=group)
            found = [each for page in pages for each in page[FILTER.list_key]]
        except Exception as error:  # what is known goes on
            logging.getLogger(__name__).warning(
                "the newest filters of %s are not known: %s", self._config.project, error
            )
            return
        newest = {key: newest_filter(self._config.name(key), found) for key in self._moving}
        self._arns.update({key: arn for key, arn in newest.items() if arn is not None})
        if all(newest.values()):
            self._due = self._clock() + _REFRESH_SECONDS
