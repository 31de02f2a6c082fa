"""Tests of ``durations``: how long resources take: a setting."""

from __future__ import annotations

import pytest

from personalize_sfn.local.personalize import Durations
from personalize_sfn.resources import RESOURCE_TYPES


def test_realistic_durations_are_seeded_scaled_and_spread():
    draws = [Durations.realistic(1 / 1000, seed=7).creation("campaign") for _ in range(2)]
    assert draws[0] == draws[1]
    durations = Durations.realistic(1 / 1000, seed=7)
    many = sorted(durations.creation("campaign") for _ in range(1001))
    assert many[500] == pytest.approx(0.480, rel=0.1)
    assert many[0] < 0.3 < 0.8 < many[-1]
    assert durations.creation("schema") == 0


@pytest.mark.parametrize("row", RESOURCE_TYPES, ids=lambda row: row.key)
def test_realistic_durations_know_every_kind_that_has_a_status(row):
    assert (Durations.realistic(1).creation(row.key) > 0) == row.has_status


def test_durations_can_be_fixed_for_one_kind_and_freed_again():
    durations = Durations()
    durations.set("solution_version", 5)
    assert (durations.creation("solutionVersion"), durations.creation("campaign")) == (5, 0)
    durations.clear()
    assert durations.creation("solutionVersion") == 0
    with pytest.raises(ValueError, match="unknown kind of resource 'model': expected one of dataset_group, schema"):
        durations.set("model", 5)
