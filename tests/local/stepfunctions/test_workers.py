"""Threads for what tasks do."""

from __future__ import annotations

import threading

from personalize_sfn.local.stepfunctions.workers import Workers


class Running:
    """A job that counts how many of it run at once, and ends when it is told to."""

    def __init__(self) -> None:
        self.lock, self.may_end, self.ended = threading.Lock(), threading.Event(), threading.Semaphore(0)
        self.at_once = self.most = 0
        self.begun = threading.Semaphore(0)

    def __call__(self) -> None:
        with self.lock:
            self.at_once += 1
            self.most = max(self.most, self.at_once)
        self.begun.release()
        assert self.may_end.wait(10)
        with self.lock:
            self.at_once -= 1
        self.ended.release()


def test_jobs_run_at_once_up_to_the_limit_and_the_rest_afterwards() -> None:
    workers, job = Workers(most=2, stalled_seconds=60), Running()
    for _ in range(6):
        workers.submit(job)
    assert all(job.begun.acquire(timeout=10) for _ in range(2))
    assert not job.begun.acquire(timeout=0.05)
    job.may_end.set()
    assert all(job.ended.acquire(timeout=10) for _ in range(6))
    assert job.most == 2


def test_jobs_that_wait_for_jobs_behind_them_are_passed() -> None:
    workers, job, last = Workers(most=2, stalled_seconds=0.01), Running(), threading.Event()
    for _ in range(40):
        workers.submit(job)
    workers.submit(last.set)
    assert last.wait(10)
    job.may_end.set()
    assert all(job.ended.acquire(timeout=10) for _ in range(40))


def test_a_job_that_raises_takes_no_worker_along() -> None:
    workers, done = Workers(most=1), threading.Event()

    def broken() -> None:
        raise RuntimeError("on purpose")

    workers.submit(broken)
    workers.submit(done.set)
    assert done.wait(10)
