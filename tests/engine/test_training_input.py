"""Tests of ``training_input``: what a training is given besides recipe and events."""

from __future__ import annotations

import pytest

from personalize_sfn.engine import OFF, Attributes, Interactions, Objective, TrainingInput, fit
from personalize_sfn.errors import ConfigError

ITEMS, USERS = Attributes.from_columns(["a"], {}), Attributes.from_columns(["u"], {})


@pytest.mark.parametrize(
    ("kinds", "left"), [((), (None, None)), (("items", "context"), (ITEMS, None)), (("items", "users"), (ITEMS, USERS))]
)
def test_a_recipe_gets_the_attributes_that_it_learns_from(kinds, left):
    given = TrainingInput(ITEMS, USERS, seed=3).only(kinds)
    assert (given.items, given.users) == left
    assert given.seed == 3


def test_an_objective_is_refused_by_a_recipe_that_takes_none_whatever_its_sensitivity(checkerboard: Interactions):
    with pytest.raises(ConfigError, match=r"objective: aws-sims takes none; those that do: aws-user-personalization"):
        fit("aws-sims", checkerboard, TrainingInput(objective=Objective({}, OFF)))
