"""Threads for what tasks do."""

from __future__ import annotations

import threading

from personalize_sfn.local.stepfunctions.workers import Workers


def test_jobs_run_at_once_up_to_the_limit_and_the_rest_afterwards() -> None:
    workers, together, ran = Workers(most=2), threading.Barrier(2, timeout=10), threading.Semaphore(0)

    def job() -> None:
        together.wait()
        ran.release()

    for _ in range(4):
        workers.submit(job)
    assert all(ran.acquire(timeout=10) for _ in range(4))


def test_a_job_that_raises_takes_no_worker_along() -> None:
    workers, done = Workers(most=1), threading.Event()

    def broken() -> None:
        raise RuntimeError("on purpose")

    workers.submit(broken)
    workers.submit(done.set)
    assert done.wait(10)
