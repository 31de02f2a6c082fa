"""solutionConfig.optimizationObjective: what may be sought, and that it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fakes.personalize_aws import BUCKET, ROLE, Aws, avro, csv_bytes
from fakes.restarted_personalize import running

V1, V2, RANKING = "aws-user-personalization", "aws-user-personalization-v2", "aws-personalized-ranking"
HOUR = 3600.0
REWARD = "average_rewards_at_k"
PRICE = {"name": "PRICE", "type": "float"}
RATED = {"name": "RATED", "type": ["null", "float"]}
GENRE = {"name": "GENRE", "type": "string", "categorical": True}


def seeking(column: str | None = "PRICE", sensitivity: str = "HIGH") -> dict[str, Any]:
    attribute = {} if column is None else {"itemAttribute": column}
    return {"solutionConfig": {"optimizationObjective": attribute | {"objectiveSensitivity": sensitivity}}}


def priced(aws: Aws, *more: tuple[str, float]) -> str:
    """The items of two tastes; of each taste the higher numbers are dearer."""
    group = aws.data()
    fields = [{"name": "ITEM_ID", "type": "string"}, PRICE, RATED, GENRE]
    dataset = aws.dataset(group, aws.schema("items", schema=avro(name="Items", fields=fields)), "Items")
    rows = [*((f"i{number}", number % 40) for number in range(80)), *more]
    job = aws.imported(dataset, csv_bytes([(*row, "", "any") for row in rows], "ITEM_ID,PRICE,RATED,GENRE"), name="i")
    assert job["status"] == "ACTIVE", job
    return group


def campaign_of(aws: Aws, version: str, name: str = "movies") -> str:
    return aws.campaign(version, name, campaignConfig={"itemExplorationConfig": {"explorationWeight": "0"}})


def ask(aws: Aws, campaign: str, count: int = 10) -> list[str]:
    answer = aws.runtime.get_recommendations(campaignArn=campaign, userId="u0", numResults=count)
    return [item["itemId"] for item in answer["itemList"]]


def mean_price(items: list[str]) -> float:
    return sum(int(item[1:]) % 40 for item in items) / len(items)


@pytest.mark.parametrize(
    ("recipe", "options", "message"),
    [
        (
            V2,
            seeking(),
            f"optimizationObjective does not go with the recipe {V2}, only with {V1}, {RANKING}",
        ),
        (V1, seeking("PRIZE"), "optimizationObjective: ITEMS has no column PRIZE; it has ITEM_ID, PRICE, RATED, GENRE"),
        (V1, seeking("price"), "optimizationObjective: ITEMS has no column price; it has ITEM_ID, PRICE, RATED, GENRE"),
        (
            V1,
            seeking("GENRE", "LOW"),
            "optimizationObjective: GENRE must be of a numerical type, it is of type string",
        ),
        (RANKING, seeking("RATED"), "optimizationObjective: RATED must not be nullable in the schema of ITEMS"),
        (
            RANKING,
            seeking(None, "MEDIUM"),
            "optimizationObjective: an objectiveSensitivity other than OFF needs an itemAttribute",
        ),
    ],
)
def test_what_cannot_be_sought_is_refused(aws: Aws, refused: Any, recipe: str, options: Any, message: str) -> None:
    assert refused(aws.solution, group=priced(aws), recipe=recipe, **options) == ("InvalidInputException", message)


def test_an_objective_needs_an_items_dataset(aws: Aws, refused: Any) -> None:
    assert refused(aws.solution, group=aws.group(), recipe=V1, **seeking()) == (
        "InvalidInputException",
        "optimizationObjective: the dataset group has no dataset of type ITEMS",
    )


def test_auto_ml_takes_no_objective(aws: Aws, refused: Any) -> None:
    options = {"name": "s", "datasetGroupArn": aws.group(), "performAutoML": True, **seeking()}
    assert refused(aws.personalize.create_solution, **options) == (
        "InvalidInputException",
        f"optimizationObjective does not go with performAutoML, only with {V1}, {RANKING}",
    )


def test_the_more_sensitive_the_dearer_what_is_recommended(aws: Aws) -> None:
    group, shown, metrics = priced(aws), [], []
    for sensitivity in ("OFF", "LOW", "MEDIUM", "HIGH"):
        version = aws.trained(group, V1, name=sensitivity, **seeking(sensitivity=sensitivity))
        shown.append(ask(aws, campaign_of(aws, version, sensitivity)))
        metrics.append(aws.personalize.get_solution_metrics(solutionVersionArn=version)["metrics"])
    prices = [mean_price(items) for items in shown]
    assert prices == sorted(prices)
    assert prices[-1] > prices[0] + 3
    assert all(int(item[1:]) < 40 for item in shown[-1])  # of the user's taste
    assert all(0 < each[REWARD] <= 1 for each in metrics)


def test_a_solution_without_an_objective_answers_as_one_that_is_off(aws: Aws) -> None:
    group = priced(aws)
    plain, off = aws.trained(group, V1), aws.trained(group, V1, name="off", **seeking(sensitivity="OFF"))
    one, other = (
        aws.runtime.get_recommendations(campaignArn=campaign_of(aws, arn, name), userId="u0")["itemList"]
        for name, arn in (("plain", plain), ("off", off))
    )
    assert one == other
    metrics = [aws.personalize.get_solution_metrics(solutionVersionArn=arn)["metrics"] for arn in (plain, off)]
    assert REWARD not in metrics[0]
    assert metrics[0] == {name: value for name, value in metrics[1].items() if name != REWARD}


def test_the_objective_is_described_and_holds_in_rankings_and_batch_jobs(aws: Aws) -> None:
    group, asked = priced(aws), ["i2", "i38"]
    solution = aws.solution(group, RANKING, **seeking())
    assert aws.describe("solution", solution)["solutionConfig"] == seeking()["solutionConfig"]
    version = aws.settled("solution_version", aws.version(solution))["solutionVersionArn"]
    campaign, plain = aws.campaign(version), aws.campaign(aws.trained(group, RANKING, name="plain"), "plain")

    def score(of: str) -> float:
        answer = aws.runtime.get_personalized_ranking(campaignArn=of, userId="u0", inputList=asked)
        return {item["itemId"]: item["score"] for item in answer["personalizedRanking"]}["i38"]

    assert score(campaign) > score(plain) + 0.1
    aws.environment.objects["in/q.json"] = json.dumps({"userId": "u0", "itemList": asked}).encode()
    job = aws.personalize.create_batch_inference_job(
        jobName="batch",
        solutionVersionArn=version,
        jobInput={"s3DataSource": {"path": f"s3://{BUCKET}/in/q.json"}},
        jobOutput={"s3DataDestination": {"path": f"s3://{BUCKET}/out/"}},
        roleArn=ROLE,
    )["batchInferenceJobArn"]
    assert aws.settled("batch_inference_job", job)["status"] == "ACTIVE"
    output = json.loads(aws.environment.objects["out/q.json.out"])["output"]
    scores = dict(zip(output["recommendedItems"], output["scores"], strict=True))
    assert scores["i38"] == pytest.approx(score(campaign), abs=1e-6)


def test_a_column_left_out_of_training_can_be_sought(aws: Aws) -> None:
    """What the model may learn from and what it is to bring are two things."""
    config = seeking()["solutionConfig"] | {"trainingDataConfig": {"excludedDatasetColumns": {"ITEMS": ["PRICE"]}}}
    group = priced(aws)
    sought = campaign_of(aws, aws.trained(group, V1, solutionConfig=config))
    plain = campaign_of(aws, aws.trained(group, V1, name="plain"), "plain")
    assert mean_price(ask(aws, sought)) > mean_price(ask(aws, plain))


def test_a_training_without_items_fails_and_says_so(aws: Aws) -> None:
    group = aws.data()
    fields = [{"name": "ITEM_ID", "type": "string"}, PRICE]
    aws.dataset(group, aws.schema("items", schema=avro(name="Items", fields=fields)), "Items")
    described = aws.settled("solution_version", aws.version(aws.solution(group, V1, **seeking())))
    assert described["status"] == "CREATE FAILED"
    assert described["failureReason"] == "Create failed. No item has a value of the optimization objective PRICE."


@pytest.mark.parametrize("mode", ["UPDATE", "automatic"])
def test_new_items_are_sought_by_their_own_value(aws: Aws, mode: str) -> None:
    group = priced(aws)
    solution = aws.solution(group, V1, **seeking())
    version = aws.settled("solution_version", aws.version(solution))["solutionVersionArn"]
    [items] = [
        each["datasetArn"]
        for each in aws.personalize.list_datasets(datasetGroupArn=group)["datasets"]
        if each["datasetType"] == "ITEMS"
    ]
    rows = [("new-dear", 90.0, "", "any"), ("new-cheap", 0.0, "", "any")]
    job = aws.imported(items, csv_bytes(rows, "ITEM_ID,PRICE,RATED,GENRE"), name="more", importMode="INCREMENTAL")
    assert job["status"] == "ACTIVE", job
    if mode == "UPDATE":
        version = aws.settled("solution_version", aws.version(solution, trainingMode=mode))["solutionVersionArn"]
    campaign = campaign_of(aws, version)
    if mode == "automatic":
        aws.environment.ahead += 3 * HOUR
        aws.describe("solution", solution)
        campaign_knows(aws, campaign, "new-dear")
    scores = {
        item["itemId"]: item["score"]
        for item in aws.runtime.get_recommendations(campaignArn=campaign, userId="u0", numResults=100)["itemList"]
    }
    assert scores["new-dear"] > 2 * scores["new-cheap"]


def campaign_knows(aws: Aws, campaign: str, item: str) -> None:
    """Waits for the automatic update, which runs in the background."""
    for _ in range(2000):
        if item in ask(aws, campaign, 100):
            return
    raise AssertionError(f"{item} never came")


def test_the_objective_holds_after_a_restart(tmp_path: Path) -> None:
    with running(tmp_path) as aws:
        version = aws.trained(priced(aws), V1, **seeking())
        campaign = campaign_of(aws, version)
        before = ask(aws, campaign)
        metrics = aws.personalize.get_solution_metrics(solutionVersionArn=version)["metrics"]
    with running(tmp_path) as aws:
        assert ask(aws, campaign) == before
        assert aws.personalize.get_solution_metrics(solutionVersionArn=version)["metrics"] == metrics
