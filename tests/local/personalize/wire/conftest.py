"""Fixtures that several files share."""

from __future__ import annotations

import pytest

from fakes.personalize_aws import FakeEnvironment
from personalize_sfn.local.personalize import PersonalizeService


@pytest.fixture
def service():
    service = PersonalizeService(FakeEnvironment())
    yield service
    service.close()
