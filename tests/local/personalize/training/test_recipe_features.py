"""Tests of ``local.personalize.training.recipe_features``."""

from __future__ import annotations

from personalize_sfn.engine import RECIPES as TRAINABLE
from personalize_sfn.local.personalize.training.recipes import RECIPES


def test_every_recipe_trains_but_the_one_that_needs_a_language_model() -> None:
    assert {found.name for found in RECIPES} - set(TRAINABLE) == {"aws-semantic-similarity"}
