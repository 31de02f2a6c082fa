"""Tests of ``solutions``: solutions: a recipe with its settings; CreateSolution and UpdateSolution."""

from __future__ import annotations

import pytest


def test_a_solution_trains_automatically_unless_told_otherwise(aws):
    create, group = aws.personalize.create_solution, aws.group()
    recipe = "arn:aws:personalize:::recipe/aws-user-personalization-v2"
    arn = create(name="movies", datasetGroupArn=group, recipeArn=recipe)["solutionArn"]
    described = aws.describe("solution", arn)
    assert described["performAutoTraining"] is True
    assert (described["performHPO"], described["performAutoML"]) == (False, False)
    assert described["solutionConfig"] == {}
    assert "latestSolutionVersion" not in described


@pytest.mark.parametrize(
    ("request_", "code", "message"),
    [
        ({}, "InvalidInputException", "recipeArn is required unless performAutoML is true"),
        (
            {"recipeArn": "arn:aws:personalize:::recipe/none"},
            "ResourceNotFoundException",
            "The given recipe does not exist: arn:aws:personalize:::recipe/none",
        ),
    ],
)
def test_solutions_that_cannot_be_are_refused(aws, refused, request_, code, message):
    assert refused(aws.personalize.create_solution, name="x", datasetGroupArn=aws.group(), **request_) == (
        code,
        message,
    )


def test_a_solution_can_be_updated(aws, refused):
    solution = aws.solution(aws.group())
    assert refused(aws.personalize.update_solution, solutionArn=solution, performAutoTraining=False) == (
        "InvalidInputException",
        f"The update changes nothing of the given solution: {solution}",
    )
    aws.personalize.update_solution(
        solutionArn=solution,
        performAutoTraining=True,
        solutionUpdateConfig={"autoTrainingConfig": {"schedulingExpression": "rate(3 days)"}},
    )
    described = aws.describe("solution", solution)
    assert described["latestSolutionUpdate"]["status"] == "ACTIVE"
    assert described["performAutoTraining"] is True
    assert described["solutionConfig"]["autoTrainingConfig"] == {"schedulingExpression": "rate(3 days)"}


def test_a_solution_goes_after_its_campaigns_and_takes_its_versions_along(aws, refused):
    version = aws.trained(aws.data())
    solution = version.rsplit("/", 1)[0]
    campaign = aws.campaign(version)
    code, message = refused(aws.personalize.delete_solution, solutionArn=solution)
    assert (code, message) == (
        "ResourceInUseException",
        f"The given solution has a campaign, delete it first: {campaign}",
    )
    aws.personalize.delete_campaign(campaignArn=campaign)
    aws.gone("campaign", campaign)
    aws.personalize.delete_solution(solutionArn=solution)
    aws.gone("solution", solution)
    assert refused(aws.personalize.describe_solution_version, solutionVersionArn=version)[0] == (
        "ResourceNotFoundException"
    )
