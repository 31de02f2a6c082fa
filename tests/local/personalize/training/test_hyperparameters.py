"""Tests of ``local.personalize.training.hyperparameters``."""

from __future__ import annotations


def test_hyperparameters_are_checked_by_recipe(aws, refused):
    def create(recipe, **parameters):
        config = {"algorithmHyperParameters": parameters}
        return refused(aws.solution, group=group, recipe=recipe, solutionConfig=config)

    group = aws.group()
    code, message = create("aws-user-personalization", hidden_dimension="7")
    assert code == "InvalidInputException"
    assert message.startswith("Invalid hyperparameters: hyperparameters.hidden_dimension")
    assert "'7'" in message
    code, message = create("aws-user-personalization-v2", bptt="32")
    assert code == "InvalidInputException"
    assert "bptt" in message
