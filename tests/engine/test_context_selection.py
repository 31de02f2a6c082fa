"""Tests of ``engine.context_selection``."""

from __future__ import annotations

import numpy as np
import pytest

from fakes.device_evenings import V1, V2, evenings, watched
from personalize_sfn.engine import (
    Interactions,
    Labels,
    fit,
)
from personalize_sfn.engine.user_personalization import Personalization


def test_a_column_that_tells_nothing_has_no_effect():
    data = watched({"DEVICE": Labels.of(evenings(informed=False)[3])}, informed=False)
    for recipe in (V1, V2):
        model = fit(recipe, data)
        assert isinstance(model, Personalization)
        assert model.context is None


def test_only_the_columns_that_tell_something_count(devices: Labels):
    draw = np.random.default_rng(4)
    size = len(devices.codes)
    noise = {f"NOISE_{count}": Labels.of(draw.integers(count, size=size).astype(str)) for count in (2, 7, 300)}
    unknown = {"NEVER": Labels.of([None] * size), "NO_NUMBER": Labels.of([None] * size, numeric=True)}
    model = fit(V1, watched(noise | {"DEVICE": devices} | unknown))
    assert isinstance(model, Personalization)
    assert model.context is not None
    assert [column.name for column in model.context.columns] == ["DEVICE"]


def test_two_columns_that_say_the_same_count_hardly_more_than_one(devices: Labels):
    users, items, times, device = evenings()
    draw = np.random.default_rng(8)  # a tenth of the events is at the wrong place, so that no column decides alone
    blurred = [name if draw.random() < 0.6 else ("tv", "phone")[int(draw.integers(2))] for name in device]
    twice = {"DEVICE": Labels.of(blurred), "SAME": Labels.of(blurred)}
    model = fit(V1, Interactions.from_columns(users, items, times, contexts=twice))
    assert isinstance(model, Personalization)
    assert model.context is not None
    assert [column.name for column in model.context.columns] == ["DEVICE", "SAME"]
    one, both = model.context.bias({"DEVICE": "tv"}), model.context.bias({"DEVICE": "tv", "SAME": "tv"})
    assert one is not None
    assert both is not None
    assert both == pytest.approx(one * 2 ** (1 - model.context.overlap), abs=1e-5)


def test_too_few_users_are_no_trial_and_no_column_counts(devices: Labels):
    data = watched({"DEVICE": devices})
    few = data.where(data.users < 60)  # a third of them are not 25
    model = fit(V1, few)
    assert isinstance(model, Personalization)
    assert model.context is None
