"""The pool of workers by itself, without a server."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

import pytest

from fakes.gateway_aws import zipped
from personalize_sfn.local.lambda_.pool import Function, LambdaExecutor

CODE = zipped("import os\ndef handler(e, c):\n    return [os.getpid(), e, os.environ['AWS_REGION']]")


def function(code: bytes = CODE, **more: object) -> Function:
    values = {"arn": "arn:x", "name": "x", "handler": "app.handler", "role_arn": "r", "code_sha256": str(hash(code))}
    return Function(**{**values, "code": code, **more})


def executor(**more: object) -> LambdaExecutor:
    return LambdaExecutor(lambda _: {"AWS_REGION": "eu-west-1"}, **more)


@pytest.fixture(params=[None, False], ids=["forked", "spawned"])
def pool(request: pytest.FixtureRequest) -> Iterator[LambdaExecutor]:
    running = executor(fork=request.param)
    yield running
    running.stop()


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def gone(pid: int, seconds: float = 5) -> bool:
    deadline = time.monotonic() + seconds
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    return not alive(pid)


def run(pool: LambdaExecutor, which: Function, event: object = None) -> list:
    import json

    done = pool.invoke(which, event)
    assert not done.error, done.payload
    return json.loads(done.payload)


def test_both_kinds_of_worker_run_a_function(pool: LambdaExecutor):
    pid, event, region = run(pool, function(), {"a": 1})
    assert (event, region) == ({"a": 1}, "eu-west-1")
    assert run(pool, function())[0] == pid


def test_stopping_ends_every_worker_and_removes_the_code(pool: LambdaExecutor):
    pid = run(pool, function())[0]
    folder = pool._scratch.path
    assert folder.exists()
    pool.stop()
    assert gone(pid)
    assert not folder.exists()


def test_a_large_event_and_a_large_answer_pass(pool: LambdaExecutor):
    text = "x" * 5_000_000
    assert run(pool, function(), text)[1] == text


def test_a_worker_that_died_while_idle_is_replaced(pool: LambdaExecutor):
    pid = run(pool, function())[0]
    os.kill(pid, 9)
    assert gone(pid)
    assert run(pool, function())[0] != pid


def test_each_change_of_the_function_gets_a_worker_of_its_own(pool: LambdaExecutor):
    pids = [
        run(pool, function(**change))[0]
        for change in ({}, {"environment": {"A": "1"}}, {"role_arn": "other"}, {"arn": "arn:y"}, {"memory_mb": 256})
    ]
    assert len(set(pids)) == 5


def test_idle_workers_are_ended_after_a_while():
    pool = executor(idle_seconds=0.2)
    try:
        assert gone(run(pool, function())[0])
    finally:
        pool.stop()


def test_a_prepared_function_is_warm():
    pool = executor()
    try:
        pool.prepare(function())
        assert not pool.invoke(function(), None).cold
    finally:
        pool.stop()


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
