"""The pool of workers by itself, without a server."""

from __future__ import annotations

import os
import time

from fakes.lambda_functions import executor, function, run
from personalize_sfn.local.lambda_.pool import LambdaExecutor


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
