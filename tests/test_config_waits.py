"""How long each kind of resource is waited for."""

from __future__ import annotations

import pytest

from personalize_sfn.config_waits import PollingConfig, WaitConfig
from personalize_sfn.errors import ConfigError
from personalize_sfn.resources import CAMPAIGN, RESOURCE_TYPES


def test_the_default_wait_of_every_row_is_the_rows_own():
    polling = PollingConfig()
    for row in (row for row in RESOURCE_TYPES if row.has_status):
        wait = polling.of(row)
        assert (wait.typical_seconds, wait.timeout_seconds) == (row.typical_seconds, row.timeout_seconds), row.key


def test_a_wait_that_is_given_replaces_the_rows():
    wait = WaitConfig(typical_seconds=5, timeout_seconds=60)
    assert PollingConfig(campaign=wait).of(CAMPAIGN) == wait


def test_a_timeout_shorter_than_the_typical_duration_is_refused():
    with pytest.raises(ConfigError, match="timeout_seconds") as raised:
        WaitConfig(typical_seconds=60, timeout_seconds=5)
    assert "60" in str(raised.value)
