"""Tests of ``solution``: the stage of a solution: a recipe with its settings, not trained yet."""

from __future__ import annotations

from personalize_sfn import stages
from personalize_sfn.arns import Arns
from personalize_sfn.config import Config

ARNS = Arns("us-east-1", "123456789012")
CONFIG = Config(project="movies")


def test_no_automatic_training_is_always_said():
    request = stages.solution.create_step(CONFIG, ARNS).to_dict()["Parameters"]["Payload"]["request"]
    assert request["performAutoTraining"] is False
