"""Tests of ``workers``: starting and ending worker processes, and talking to one."""

from __future__ import annotations

import time

import pytest

from fakes.gateway_aws import zipped
from fakes.lambda_functions import executor, function, run
from personalize_sfn.local.lambda_.pool import Function, LambdaExecutor


def test_a_large_event_and_a_large_answer_pass(pool: LambdaExecutor):
    text = "x" * 5_000_000
    assert run(pool, function(), text)[1] == text


def test_a_function_cannot_reach_outside_its_folder_by_its_zip():
    from personalize_sfn.local.lambda_.packages import BadZipError

    pool = executor()
    try:
        with pytest.raises(BadZipError, match="Could not unzip uploaded file"):
            pool.invoke(function(zipped("x = 1", "/etc/x.py")), None)
    finally:
        pool.stop()


HANGS_AT_IMPORT = "import time\ntime.sleep(60)\ndef handler(e, c): return 1"


def ended(pool: LambdaExecutor, which: Function) -> tuple[str, str, float]:
    """Type and text of the failure, and the seconds that it took."""
    import json

    began = time.monotonic()
    done = pool.invoke(which, None)
    told = json.loads(done.payload)
    return told["errorType"], told["errorMessage"].partition("Error: ")[2], time.monotonic() - began


def test_a_first_event_that_hangs_is_ended_by_the_functions_own_limit(pool: LambdaExecutor):
    hanging = function(zipped("import time\ndef handler(e, c): time.sleep(60)"), timeout_seconds=1)
    error_type, message, seconds = ended(pool, hanging)
    assert (error_type, message) == ("Sandbox.Timedout", "Task timed out after 1.00 seconds")
    assert 1 <= seconds < 5


def test_an_import_that_hangs_is_ended_and_begun_anew_within_the_functions_limit():
    pool = executor(init_seconds=0.5)
    try:
        hanging = function(zipped(HANGS_AT_IMPORT), timeout_seconds=1)
        error_type, message, seconds = ended(pool, hanging)
        assert (error_type, message) == ("Sandbox.Timedout", "Task timed out after 1.00 seconds")
        assert 1.5 <= seconds < 6
    finally:
        pool.stop()


def test_an_import_may_take_longer_than_the_functions_limit_but_not_than_the_inits():
    slow = "import time\ntime.sleep(1.2)\ndef handler(e, c): return c.get_remaining_time_in_millis() > 500"
    pool = executor()
    try:
        assert run(pool, function(zipped(slow), timeout_seconds=1)) is True
    finally:
        pool.stop()


def test_an_import_that_was_too_slow_succeeds_within_the_functions_limit():
    slow = "import time\ntime.sleep(0.6)\ndef handler(e, c): return 'there'"
    pool = executor(init_seconds=0.3)
    try:
        assert run(pool, function(zipped(slow), timeout_seconds=20)) == "there"
    finally:
        pool.stop()
