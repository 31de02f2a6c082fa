"""A Personalize in a data directory, as it is after a restart."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from fakes import personalize_aws
from fakes.personalize_aws import Aws, serving
from personalize_sfn.local.personalize.persistence import DataDirectory, RecordPersistence
from personalize_sfn.local.personalize.service import PersonalizeService

__all__ = ["running"]


@contextmanager
def running(path: Path, at: float | None = None, **objects: bytes) -> Iterator[Aws]:
    """A Personalize in that data directory, with boto3 clients; its clock goes on from ``at``."""
    directory = DataDirectory(path)
    try:
        with pytest.MonkeyPatch.context() as patch:
            make = PersonalizeService
            patch.setattr(
                personalize_aws,
                "PersonalizeService",
                lambda environment: make(_with(environment, at, objects), persistence=RecordPersistence(directory)),
            )
            with serving() as aws:
                yield aws
                assert aws.broken_answers == []
    finally:
        directory.close()


def _with(environment, at, objects):
    environment.objects.update(objects)
    environment.ahead = 0.0 if at is None else at - time.time()
    return environment
