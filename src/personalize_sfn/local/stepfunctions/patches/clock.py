"""Time: waits, backoffs and time limits.  The one place where the embedded AWS scales the interpreter's clock."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

from personalize_sfn.local.stepfunctions.patches import Replace, patch
from personalize_sfn.local.stepfunctions.patches.settings import current

__all__ = ["pause"]

# The interpreter wakes waiters by set() and clear() of one event, which a waiter that is just about to wait misses.
_LONGEST_SLEEP_SECONDS = 0.1


def pause(env: Any, seconds: float) -> None:
    """Wait so many real seconds, or until the execution (or this branch of it) is over."""
    end = time.monotonic() + seconds
    while env.is_running() and (left := end - time.monotonic()) > 0:
        env.program_state_event.wait(min(left, _LONGEST_SLEEP_SECONDS))


@patch
def waits_are_scaled(replace: Replace) -> None:
    """Not a defect: a Wait of moto's takes real seconds (``wait_function.py``); here they are scaled, as the durations
    of the local services are.  Also patches a Wait that sleeps on when its execution is stopped just before it."""
    from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction

    def wait(_: Any, env: Any, wait_seconds: float) -> None:
        pause(env, current().scaled_wait(wait_seconds))

    replace(WaitFunction, "_wait_interval", wait)


@patch
def timestamps_are_utc(replace: Replace) -> None:
    """Wait's Timestamp is compared with naive local time and loses its fraction of a second
    (``timestamp.py:88``)."""
    from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import FailureEventException
    from moto.stepfunctions.parser.asl.component.state.wait.wait_function.timestamp import Timestamp

    def seconds(function: Any, env: Any) -> float:
        function.string.eval(env=env)
        text = env.stack.pop()
        if not isinstance(text, str) or function._from_timestamp_string(timestamp=text) is None:
            raise FailureEventException(function._create_failure_event(env, text))
        return (dt.datetime.fromisoformat(text) - dt.datetime.now(dt.UTC)).total_seconds()

    replace(Timestamp, "_get_wait_seconds", seconds)


@patch
def backoffs_are_scaled_and_interruptible(replace: Replace) -> None:
    """A Retry's backoff is ``time.sleep`` (``retrier_decl.py:107``): a stop waits for its end.  It is scaled as
    Wait is."""
    from moto.stepfunctions.parser.asl.component.common.retry.max_attempts_decl import MaxAttemptsOutcome
    from moto.stepfunctions.parser.asl.component.common.retry.retrier_decl import RetrierDecl
    from moto.stepfunctions.parser.asl.component.common.retry.retrier_outcome import RetrierOutcome

    def evaluate(retrier: Any, env: Any) -> None:
        retrier.error_equals.eval(env)
        if not env.stack.pop():
            env.stack.append(RetrierOutcome.Skipped)
            return
        retrier.max_attempts.eval(env=env)
        if env.stack.pop() == MaxAttemptsOutcome.EXHAUSTED:
            env.stack.append(RetrierOutcome.Failed)
            return
        for part in (
            retrier.interval_seconds,
            retrier.backoff_rate,
            retrier.max_delay_seconds,
            retrier.jitter_strategy,
        ):
            part.eval(env=env)
        pause(env, current().scaled_wait(env.stack.pop()))
        env.stack.append(RetrierOutcome.Executed)

    replace(RetrierDecl, "_eval_body", evaluate)


@patch
def time_limits_of_states_are_scaled(replace: Replace) -> None:
    """Not a defect: TimeoutSeconds of a state count real seconds (``execute_state.py``); here they are scaled down to a
    floor.  The number in the history stays the definition's."""
    from moto.stepfunctions.parser.asl.component.common.timeouts.timeout import Timeout
    from moto.stepfunctions.parser.asl.component.state.exec.execute_state import ExecutionState

    evaluate_with_timeout = ExecutionState._evaluate_with_timeout

    def evaluate(state: Any, env: Any) -> None:
        # The limit is evaluated in the state's own environment; what is written into the history, in a frame of it.
        env.counts_down = True
        try:
            evaluate_with_timeout(state, env)
        finally:
            env.counts_down = False

    def seconds(timeout: Any, env: Any) -> None:
        limit = timeout._eval_seconds(env=env)
        env.stack.append(current().scaled_timeout(limit) if getattr(env, "counts_down", False) else limit)

    replace(ExecutionState, "_evaluate_with_timeout", evaluate)
    replace(Timeout, "_eval_body", seconds)
