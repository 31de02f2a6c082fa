"""Tests of ``engine.split``."""

from __future__ import annotations

import pytest

from personalize_sfn.engine import Interactions
from personalize_sfn.engine.split import folds, held_out, newest_tenth


@pytest.mark.parametrize(("events", "targets"), [(1, 1), (2, 1), (10, 1), (11, 2), (20, 2), (25, 3)])
def test_holdout_rounds_the_newest_tenth_up(events: int, targets: int):
    history, target = newest_tenth([str(n) for n in range(events)])
    assert len(target) == targets
    assert history + target == [str(n) for n in range(events)]


def test_holdout_users_do_not_train(checkerboard: Interactions):
    test = held_out(checkerboard, seed=3)
    assert len(test.training.user_ids) == 54
    assert len(test.histories) == len(test.targets) == 6
    assert [len(history) for history in test.histories] == [12] * 6
    assert [len(target) for target in test.targets] == [2] * 6
    trained = {
        tuple(event.item_id for event in test.training.history(user)) for user in test.training.user_ids.tolist()
    }
    assert not any(tuple(history) == known[:12] for history in test.histories for known in trained)


def test_holdout_with_the_same_seed_has_the_same_users(checkerboard: Interactions):
    assert held_out(checkerboard, seed=3).histories == held_out(checkerboard, seed=3).histories
    assert held_out(checkerboard, seed=3).histories != held_out(checkerboard, seed=4).histories


def test_cross_validation_folds_hold_out_each_user_once(checkerboard: Interactions):
    tests = list(folds(checkerboard, 10))
    assert len(tests) == 10
    trained = [set(test.training.user_ids.tolist()) for test in tests]
    everyone = set(checkerboard.user_ids.tolist())
    held = [everyone - users for users in trained]
    assert sum(len(users) for users in held) == 60
    assert set().union(*held) == everyone
