"""Recommendations for an application's pages: in time, or something popular."""

from __future__ import annotations

import logging
import os
import random
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from personalize_sfn.aws_errors import THROTTLED, UNAVAILABLE, code_of, message_of, status_of
from personalize_sfn.config import Config
from personalize_sfn.config_parsing import check
from personalize_sfn.errors import ConfigError, InvalidInputError
from personalize_sfn.handlers.asking import CALLS, target_of
from personalize_sfn.serving.fallback_items import FixedItems, Question, RefreshedItems
from personalize_sfn.serving.filter_arns import FilterArns
from personalize_sfn.serving.served_items import ServedItem, ServedItems, items_of, topped_up
from personalize_sfn.session import Session
from personalize_sfn.what_serves import serving

if TYPE_CHECKING:
    from botocore.retries.quota import RetryQuota

__all__ = ["Recommender"]

#: What a retry costs and a first success gives back, of 500: the numbers of the AWS SDKs' standard mode.
#: https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
_RETRY_COST, _SUCCESS_GIVES = 5, 1
#: Somebody who is in no data: Personalize answers with what is popular.
#: https://docs.aws.amazon.com/personalize/latest/dg/recording-anonymous-user-events.html
_NOBODY = "personalize-sfn-fallback"
#: By what a solution answers, the method that asks it; the others are asked by ``recommend``.
_METHODS = {"ranking": "rank", "actions": "actions"}
_fork_lock = threading.Lock()
_MOST_ITEMS, _MOST_ITEMS_WITH_METADATA = 500, 50


class Recommender:
    """Asks one campaign, in time, and answers with something popular when it cannot.

    ::

        recommender = Recommender(session, config, "for-you", timeout=0.3)
        answer = recommender.recommend("u1", num_results=10)
        answer.item_ids, answer.source

    Make one for each process and share it: it is thread-safe, and goes on in a child after a fork.  It asks nothing but
    GetRecommendations (:meth:`rank`: GetPersonalizedRanking, :meth:`actions`: GetActionRecommendations), so that is all
    the application's role needs; for filters that move with time (``{now-30d}``) ListFilters too, in the background.

    A call is over after ``timeout`` seconds whatever happens: names that do not resolve, connections that hang,
    retries.  What may pass is asked again once, if there is time and budget: each retry takes 5 of 500 tokens and each
    success gives some back, as in the AWS SDKs, so that a campaign in trouble is not asked twice by everybody.

    **The fallback** is what the campaign recommends to a visitor whom it does not know, which is what is popular; or
    what another solution's campaign recommends; or a list.  The first two are asked for in the background, when this is
    made and then every ``refresh_seconds`` while requests come, once for each filter with its values that is in use
    (the 32 used last, at most one request a second), and kept while that fails.  So rules about items hold for it too.
    Rules about what the user did cannot: pass ``exclude``.
    """

    def __init__(
        self,
        session: Session,
        config: Config,
        solution: str | None = None,
        *,
        timeout: float = 0.5,
        fallback: Sequence[str] | str | None = None,
        min_items: int = 0,
        retries: int = 1,
        refresh_seconds: float = 600.0,
        connections: int = 32,
    ) -> None:
        """
        Args:
            session: from :func:`personalize_sfn.connect`.
            config: the pipeline.
            solution: key of ``config.solutions`` or ``config.recommenders``.  Its recipe says what it is asked by:
                :meth:`recommend`, :meth:`rank` or :meth:`actions`.  Default: the first that answers for users.
            timeout: seconds for each call.
            fallback: ids of items, best first, that may be shown to everybody; or the key of another solution, such as
                one of aws-popularity-count.  Default: what the campaign itself gives to a visitor it does not know.
                A list to put in order needs none: it is shown as it is.  Of actions: ids of actions; default none.
            min_items: where the campaign gives fewer, because of a filter for example, the fallback tops up to this.
            retries: how often a call is tried again.
            refresh_seconds: how old the fallback may be.
            connections: how many calls may be under way at once; more wait, and their time runs.

        Raises:
            ConfigError: there is no such solution, it has no campaign, it is one for segments of users, or the fallback
                does not go with it.
        """
        check(timeout > 0, "timeout", f"expected more than 0 seconds, got {timeout}")
        self._session, self._timeout, self._min_items, self._retries = session, timeout, min_items, retries
        self._connections = connections
        self._config = config
        self._answers, self._target = _target(session, config, solution)
        fixed = FixedItems(fallback) if fallback is not None and not isinstance(fallback, str) else None
        if self._answers in _METHODS:
            check(
                fallback is None or (fixed is not None and self._answers == "actions"),
                "fallback",
                f"a solution for {self._answers} takes "
                f"{'no other solution: give a list of ids' if self._answers == 'actions' else 'none: leave it out'}",
            )
            fixed = fixed or FixedItems(())
        self._fallback_answers, self._fallback_target = (
            _target(session, config, fallback) if isinstance(fallback, str) else (self._answers, self._target)
        )
        check(
            fixed is not None or self._fallback_answers not in _METHODS,
            "fallback",
            f"expected a solution that answers for users or items, {fallback} answers for {self._fallback_answers}",
        )
        (self._name,) = self._target.values()
        self._method = CALLS.get(self._answers, CALLS["items"])[0]
        self._log = logging.getLogger(__name__)
        self._fails = False
        self._begin()
        refreshed = RefreshedItems(self._ask_fallback, self._in_background, refresh_seconds)
        self._fallback: FixedItems | RefreshedItems = fixed or refreshed
        self._filters = FilterArns(session, config, self._in_background)
        self._process = os.getpid()
        self._fallback.get(())

    def _begin(self) -> None:
        """With threads and connections of this process: in a new recommender, and in the child after a fork."""
        from botocore.retries.quota import RetryQuota

        self._client = self._session.new_client(
            "personalize-runtime",
            retries={"total_max_attempts": 1},  # they are the recommender's
            connect_timeout=self._timeout,
            read_timeout=self._timeout,
            max_pool_connections=self._connections,
        )
        self._budget: RetryQuota = RetryQuota()
        self._pool = ThreadPoolExecutor(self._connections, "personalize-sfn-recommender")
        self._background = ThreadPoolExecutor(1, "personalize-sfn-fallback")

    def _begin_in_child(self) -> None:
        with _fork_lock:
            if self._process == os.getpid():  # another thread was first
                return
            self._begin()
            self._fallback, self._filters = self._fallback.in_child(), self._filters.in_child()
            self._process = os.getpid()

    def _in_background(self, work: Callable[[], object]) -> None:
        with suppress(RuntimeError):  # the interpreter ends
            self._background.submit(work)

    def recommend(
        self,
        user_id: str | None = None,
        *,
        item_id: str | None = None,
        num_results: int = 25,
        context: Mapping[str, str] | None = None,
        filter: str | None = None,  # noqa: A002 - Personalize's word
        filter_values: Mapping[str, str] | None = None,
        metadata_columns: Sequence[str] = (),
        exclude: Collection[str] = (),
    ) -> ServedItems:
        """The items for a user, or like an item.

        Args:
            user_id: of a user, known or new; of a visitor without one, the id of their session.
            item_id: the item that others are to be like; for solutions that answer for items.
            num_results: 1 to 500; to 50 with ``metadata_columns``.
            context: what is known of the moment, by column of the Interactions dataset: ``{"DEVICE": "tv"}``.
            filter: key of ``config.filters``, or the ARN of a filter of the dataset group.
            filter_values: for its ``$NAME`` placeholders, as AWS writes them: ``{"GENRES": '"Drama"'}``.
            metadata_columns: columns of Items that are to come with each item; the campaign must have enable_metadata.
            exclude: ids of items that are not to be shown.

        Returns:
            ``num_results`` items at most.  It says where they came from, and why the campaign did not answer.

        Raises:
            ConfigError: there is no such filter.
            InvalidInputError: Personalize refuses the request as wrong; a fallback would hide the mistake.
        """
        self._require("recommend")
        began = time.monotonic()
        question = self._question(filter, filter_values, metadata_columns)
        request: dict[str, Any] = {**self._target, "numResults": num_results, **dict(question)}
        for name, value in (("userId", user_id), ("itemId", item_id), ("context", context)):
            if value is not None:
                request[name] = value
        answer, reason = self._answer(request, began + self._timeout)
        fallback = self._fallback.get(question)
        found = () if answer is None else items_of(answer["itemList"], "campaign")
        if exclude:
            found = tuple(each for each in found if each.item_id not in exclude)
        if answer is not None and len(found) >= min(self._min_items, num_results):
            return ServedItems(found, "campaign", answer.get("recommendationId"))
        wanted = num_results if answer is None else min(self._min_items, num_results)
        items = topped_up(found, fallback, wanted, {*exclude, *([item_id] if item_id is not None else [])})
        if answer is None:
            return ServedItems(items, "fallback" if items else "none", None, reason)
        source = "topped up" if len(items) > len(found) else "campaign"
        return ServedItems(items, source, answer.get("recommendationId"))  # type: ignore[arg-type]  # both literals

    def rank(
        self,
        user_id: str,
        item_ids: Sequence[str],
        *,
        context: Mapping[str, str] | None = None,
        filter: str | None = None,  # noqa: A002 - Personalize's word
        filter_values: Mapping[str, str] | None = None,
        metadata_columns: Sequence[str] = (),
    ) -> ServedItems:
        """Those items in the order that suits the user; in their own order where the campaign does not answer.

        Args:
            user_id: of a user, known or new.
            item_ids: 1 to 500 items, best first by other means: that order is the fallback, which no filter holds for.
            context: as of :meth:`recommend`.
            filter: as of :meth:`recommend`; what it excludes is missing in the answer.
            filter_values: as of :meth:`recommend`.
            metadata_columns: as of :meth:`recommend`.

        Raises:
            ConfigError: there is no such filter, or the solution does not put lists in order.
            InvalidInputError: Personalize refuses the request as wrong.
        """
        self._require("rank")
        began = time.monotonic()
        given = tuple(ServedItem(each, source="fallback") for each in item_ids)
        question = self._question(filter, filter_values, metadata_columns)
        request = {**self._target, "userId": user_id, "inputList": list(item_ids), **dict(question)}
        if context is not None:
            request["context"] = context
        answer, reason = self._answer(request, began + self._timeout)
        if answer is None:
            return ServedItems(given, "fallback", None, reason)
        found = items_of(answer["personalizedRanking"], "campaign")
        return ServedItems(found, "campaign", answer.get("recommendationId"))

    def actions(
        self,
        user_id: str,
        *,
        num_results: int = 5,
        filter: str | None = None,  # noqa: A002 - Personalize's word
        filter_values: Mapping[str, str] | None = None,
    ) -> ServedItems:
        """What the user is likely to do next, of the Actions dataset.

        Args:
            user_id: of a user, known or new.
            num_results: 1 to 100.
            filter: as of :meth:`recommend`.
            filter_values: as of :meth:`recommend`.

        Raises:
            ConfigError: there is no such filter, or the solution does not answer with actions.
            InvalidInputError: Personalize refuses the request as wrong.
        """
        self._require("actions")
        began = time.monotonic()
        question = self._question(filter, filter_values, ())
        request = {**self._target, "userId": user_id, "numResults": num_results, **dict(question)}
        answer, reason = self._answer(request, began + self._timeout)
        if answer is None:
            items = tuple(self._fallback.get(question)[:num_results])
            return ServedItems(items, "fallback" if items else "none", None, reason)
        found = items_of(answer["actionList"], "campaign", "actionId")
        return ServedItems(found, "campaign", answer.get("recommendationId"))

    def _require(self, method: str) -> None:
        """What the recipe answers is asked by that method, and in this process."""
        expected = _METHODS.get(self._answers, "recommend")
        check(expected == method, "solution", f"{self._name} answers for {self._answers}: call {expected}()")
        if self._process != os.getpid():
            self._begin_in_child()

    def _question(
        self, filter_name: str | None, filter_values: Mapping[str, str] | None, metadata_columns: Sequence[str]
    ) -> Question:
        parts: list[tuple[str, Any]] = []
        if filter_name is not None:
            parts.append(("filterArn", self._filters.arn(filter_name)))
        if filter_values:
            parts.append(("filterValues", tuple(sorted(filter_values.items()))))
        if metadata_columns:
            parts.append(("metadataColumns", tuple(metadata_columns)))
        return tuple(parts)

    def _answer(self, request: dict[str, Any], deadline: float) -> tuple[dict[str, Any] | None, str]:
        """The campaign's answer, or None and why there is none."""
        if request.get("filterArn", "") is None:
            return self._failed("the filter is not known yet")
        try:
            future = self._pool.submit(self._ask, request, deadline)
        except RuntimeError as error:  # the interpreter ends
            return self._failed(str(error))
        try:
            answer = future.result(max(0.0, deadline - time.monotonic()))
        except TimeoutError:
            future.cancel()  # if it waits for a connection yet
            return self._failed(f"no answer in {self._timeout:g} s")
        except Exception as error:  # whatever it is: the page is to be shown
            if _is_refusal(error):
                raise InvalidInputError(message_of(error)) from error
            return self._failed(message_of(error) or type(error).__name__)
        if self._fails:
            self._fails = False
            self._log.info("%s answers again", self._name)
        return answer, ""

    def _failed(self, reason: str) -> tuple[None, str]:
        if not self._fails:  # once, not for each request
            self._fails = True
            self._log.warning("%s does not answer, the fallback is shown: %s", self._name, reason)
        return None, reason

    def _ask(self, request: dict[str, Any], deadline: float) -> dict[str, Any]:
        """In a thread of the pool: as often as time and budget let."""
        for attempt in range(self._retries + 1):
            if time.monotonic() >= deadline:
                raise TimeoutError
            try:
                answer: dict[str, Any] = getattr(self._client, self._method)(**_wire(request))
            except Exception as error:
                wait = random.uniform(0, 0.05 * 2**attempt)  # noqa: S311 - no secret
                is_last = attempt == self._retries or time.monotonic() + wait >= deadline
                if is_last or not _may_pass(error) or not self._budget.acquire(_RETRY_COST):
                    raise
                time.sleep(wait)
            else:
                self._budget.release(_RETRY_COST if attempt else _SUCCESS_GIVES)
                return answer
        raise AssertionError("unreachable")

    def _ask_fallback(self, question: Mapping[str, Any]) -> Sequence[ServedItem]:
        """What is popular, by the campaign of the fallback; in the background."""
        if question.get("filterArn", "") is None:
            return ()
        most = _MOST_ITEMS_WITH_METADATA if "metadataColumns" in question else _MOST_ITEMS
        request = {**self._fallback_target, "numResults": most, "userId": _NOBODY, **question}
        if self._fallback_answers == "item":
            request["itemId"] = _NOBODY
        return items_of(self._client.get_recommendations(**_wire(request))["itemList"], "fallback")


def _target(session: Session, config: Config, key: str | None) -> tuple[str, dict[str, str]]:
    """What the solution or recommender of that key answers, and the member that names it; None: the first for users."""
    known = serving(config, session.arns)
    if key is not None and key not in known:
        config.campaign_name(key)  # says what is wrong with it
    try:
        return target_of({"userId": ""} if key is None else {"solution": key}, known)
    except InvalidInputError as error:
        raise ConfigError("solutions", str(error)) from error


def _wire(request: Mapping[str, Any]) -> dict[str, Any]:
    """As boto3 takes it: a question holds tuples, so that it can be a key."""
    wire = dict(request)
    if "filterValues" in wire:
        wire["filterValues"] = dict(wire["filterValues"])
    if "metadataColumns" in wire:
        wire["metadataColumns"] = {"ITEMS": list(wire["metadataColumns"])}
    return wire


def _may_pass(error: Exception) -> bool:
    from botocore.exceptions import ConnectionError as NoConnectionError
    from botocore.exceptions import HTTPClientError

    code = code_of(error)
    is_service_error = code in THROTTLED | UNAVAILABLE or (code != "" and status_of(error) >= 500)
    return is_service_error or isinstance(error, (HTTPClientError, NoConnectionError))


def _is_refusal(error: Exception) -> bool:
    from botocore.exceptions import ParamValidationError

    return isinstance(error, ParamValidationError) or code_of(error) in ("InvalidInputException", "ValidationException")
