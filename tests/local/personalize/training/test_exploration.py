"""Items and users that only their datasets know: what campaigns, updates, rankings and batch jobs answer about them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fakes.personalize_aws import BUCKET, ROLE, Aws, avro, csv_bytes, two_tastes
from fakes.restarted_personalize import running

V1, V2, RANKING = "aws-user-personalization", "aws-user-personalization-v2", "aws-personalized-ranking"
HOUR, DAY = 3600.0, 86_400
NEWEST = max(time for _, _, time in two_tastes())
KIND = {"name": "KIND", "type": "string", "categorical": True}
CREATED = {"name": "CREATION_TIMESTAMP", "type": "long"}
TOWN = {"name": "TOWN", "type": "string", "categorical": True}
FRESH, STALE = "abcdefgh", "vwxyz"


def kind(number: int) -> str:
    return "high" if number >= 40 else "low"


def items_with_new_ones(*more: tuple[str, str, int]) -> bytes:
    """The eighty known items, eight new ones of each kind, and five of each kind that are old and yet unseen."""
    rows = [(f"i{number}", kind(number), NEWEST - 9 * DAY) for number in range(80)]
    rows += [(f"{which}-{name}", which, NEWEST - DAY) for name in FRESH for which in ("low", "high")]
    rows += [(f"{which}-{name}", which, NEWEST - 90 * DAY) for name in STALE for which in ("low", "high")]
    return csv_bytes([*rows, *more], "ITEM_ID,KIND,CREATION_TIMESTAMP")


def users_of_two_towns() -> bytes:
    """Users u0 to u59 chose by their town; the next four have chosen nothing."""
    return csv_bytes([(f"u{number}", "odd" if number % 2 else "even") for number in range(64)], "USER_ID,TOWN")


def with_items(aws: Aws, group: str, content: bytes | None = None) -> str:
    fields = [{"name": "ITEM_ID", "type": "string"}, KIND, CREATED]
    schema = aws.schema("items-schema", schema=avro(name="Items", fields=fields))
    dataset = aws.dataset(group, schema, "Items")
    aws.imported(dataset, content or items_with_new_ones(), name="items")
    return dataset


def with_users(aws: Aws, group: str) -> None:
    fields = [{"name": "USER_ID", "type": "string"}, TOWN]
    schema = aws.schema("users-schema", schema=avro(name="Users", fields=fields))
    aws.imported(aws.dataset(group, schema, "Users"), users_of_two_towns(), name="users")


def exploring(weight: float, days: int | None = None) -> dict:
    cut_off = {} if days is None else {"explorationItemAgeCutOff": str(days)}
    return {"itemExplorationConfig": {"explorationWeight": str(weight)} | cut_off}


def ask(aws: Aws, campaign: str, user: str, count: int = 25) -> list[dict]:
    return aws.runtime.get_recommendations(campaignArn=campaign, userId=user, numResults=count)["itemList"]


def new_ones(answer: list) -> list[str]:
    return [item["itemId"] for item in answer if "-" in item["itemId"]]


def test_a_new_item_is_in_the_answer_and_the_better_the_more_the_user_likes_its_kind(aws):
    group = aws.data()
    with_items(aws, group)
    campaign = aws.campaign(aws.trained(group, V1), campaignConfig=exploring(0))
    answer = ask(aws, campaign, "u0", 106)
    assert len(answer) == 106
    scores = {item["itemId"]: item["score"] for item in answer}
    assert sum(scores.values()) == pytest.approx(1, abs=1e-3)
    assert scores["low-a"] > 2 * scores["high-a"]


def test_the_weight_of_exploration_says_how_many_new_items_are_shown(aws):
    group = aws.data()
    with_items(aws, group)
    version = aws.trained(group, V1)
    shown = []
    for number, config in enumerate([exploring(0), {}, exploring(0.6), exploring(1)]):
        answer = ask(aws, aws.campaign(version, f"c{number}", campaignConfig=config), "u0", 12)
        assert [item["score"] for item in answer] == sorted((item["score"] for item in answer), reverse=True)
        assert not any("reason" in item for item in answer)
        shown.append(new_ones(answer))
    assert len(shown[0]) <= len(shown[1]) <= len(shown[2]) < len(shown[3]) == 12
    assert set(shown[3][:8]) == {f"low-{name}" for name in FRESH}  # all that are young, then the user's kind first


def test_the_cut_off_says_how_old_an_explored_item_may_be(aws):
    group = aws.data()
    with_items(aws, group)
    version = aws.trained(group, V1)
    by_default, by_long = (
        new_ones(ask(aws, aws.campaign(version, f"c{days}", campaignConfig=exploring(1, days)), "u0", 13))
        for days in (30, 100)
    )
    assert not {f"low-{name}" for name in STALE} & set(by_default)
    assert {f"low-{name}" for name in FRESH + STALE} == set(by_long)


def test_v2_explores_by_itself_and_says_why_an_item_is_there(aws):
    group = aws.group()
    aws.imported(aws.dataset(group), two_tastes(users=200, each=6))
    rows = [(f"i{number}", kind(number), 1) for number in range(80)]
    unheard = [(f"unheard-{name}", "of no known kind", NEWEST) for name in FRESH]
    with_items(aws, group, csv_bytes([*rows, *unheard], "ITEM_ID,KIND,CREATION_TIMESTAMP"))
    answer = ask(aws, aws.campaign(aws.trained(group, V2)), "u0", 25)
    explored = [item["itemId"] for item in answer if item.get("reason") == ["Exploration"]]
    assert len(explored) == 3  # 0.3 squared, of 25, rounded up
    assert set(explored) <= {f"unheard-{name}" for name in FRESH}
    assert all("reason" not in item for item in answer if item["itemId"] not in explored)


def test_without_new_items_v2_gives_no_reason(aws):
    assert not any("reason" in item for item in ask(aws, aws.campaign(aws.trained(aws.data(), V2)), "u0"))


def test_a_cold_start_user_is_answered_by_their_row_in_users(aws):
    group = aws.data()
    with_users(aws, group)
    campaign = aws.campaign(aws.trained(group, V1))
    answers = {user: ask(aws, campaign, user, 10) for user in ("u60", "u61", "stranger", "nobody")}
    assert {kind(int(item["itemId"][1:])) for item in answers["u60"]} == {"low"}
    assert {kind(int(item["itemId"][1:])) for item in answers["u61"]} == {"high"}
    assert answers["stranger"] == answers["nobody"]
    assert answers["stranger"] not in (answers["u60"], answers["u61"])


def test_a_ranking_knows_new_items_and_new_users(aws):
    group = aws.data()
    with_items(aws, group)
    with_users(aws, group)
    campaign = aws.campaign(aws.trained(group, RANKING))

    def ranked(user: str) -> list[dict]:
        wanted = ["no-such-item", "high-a", "low-a"]
        return aws.runtime.get_personalized_ranking(campaignArn=campaign, userId=user, inputList=wanted)[
            "personalizedRanking"
        ]

    for user in ("u0", "u60"):
        assert [item["itemId"] for item in ranked(user)] == ["low-a", "high-a", "no-such-item"]
    for user in ("u1", "u61"):
        assert [item["itemId"] for item in ranked(user)] == ["high-a", "low-a", "no-such-item"]
    assert "score" not in ranked("u0")[2]


def test_an_update_teaches_new_items_and_leaves_the_rest_as_it_was(aws):
    group = aws.data()
    items = with_items(aws, group)
    solution = aws.solution(group, V1)
    full = aws.version(solution)
    assert aws.settled("solution_version", full)["status"] == "ACTIVE"
    aws.events.put_items(
        datasetArn=items,
        items=[
            {"itemId": f"{which}-put", "properties": json.dumps({"kind": which, "creationTimestamp": NEWEST})}
            for which in ("low", "high")
        ],
    )
    update = aws.version(solution, trainingMode="UPDATE")
    assert aws.settled("solution_version", update)["status"] == "ACTIVE"
    of_full, of_update = (
        {
            item["itemId"]: item["score"]
            for item in ask(aws, aws.campaign(version, name, campaignConfig=exploring(0)), "u0", 200)
        }
        for version, name in ((full, "full"), (update, "update"))
    )
    assert set(of_update) - set(of_full) == {"low-put", "high-put"}
    assert of_update["low-put"] > 2 * of_update["high-put"]
    known = [item for item in of_full if item.startswith("i")]
    assert sorted(known, key=lambda item: -of_update[item])[:20] == sorted(known, key=lambda item: -of_full[item])[:20]
    metrics = [
        aws.personalize.get_solution_metrics(solutionVersionArn=version)["metrics"] for version in (full, update)
    ]
    assert metrics[0] == metrics[1]


@pytest.mark.parametrize("recipe", [V1, V2])
def test_two_hours_later_a_campaign_knows_the_items_that_were_put(aws, recipe):
    group = aws.data()
    items = with_items(aws, group)
    version = aws.trained(group, recipe)
    campaign = aws.campaign(version)
    aws.events.put_items(
        datasetArn=items, items=[{"itemId": "low-put", "properties": '{"kind":"low","creationTimestamp":1}'}]
    )
    assert "low-put" not in new_ones(ask(aws, campaign, "u0", 200))
    aws.environment.ahead = 2 * HOUR + 60
    aws.describe("solution_version", version)  # begins what is due
    for change in list(next(iter(aws.service._stores.values())).changes):
        change.work.result(30)
    assert "low-put" in new_ones(ask(aws, campaign, "u0", 200))
    assert len(aws.personalize.list_solution_versions()["solutionVersions"]) == 1


def test_a_batch_job_explores_as_it_is_told(aws):
    group = aws.data()
    with_items(aws, group)
    with_users(aws, group)
    version = aws.trained(group, V1)
    aws.environment.objects["users.json"] = b'{"userId":"u0"}\n{"userId":"u61"}\n'

    def answers(name: str, **options) -> list[list[str]]:
        job = aws.personalize.create_batch_inference_job(
            jobName=name,
            solutionVersionArn=version,
            roleArn=ROLE,
            numResults=10,
            jobInput={"s3DataSource": {"path": f"s3://{BUCKET}/users.json"}},
            jobOutput={"s3DataDestination": {"path": f"s3://{BUCKET}/{name}/"}},
            **options,
        )["batchInferenceJobArn"]
        assert aws.settled("batch_inference_job", job)["status"] == "ACTIVE"
        lines = aws.environment.objects[f"{name}/users.json.out"].splitlines()
        return [json.loads(line)["output"]["recommendedItems"] for line in lines]

    calm, bold = (
        answers(name, batchInferenceJobConfig=exploring(weight)) for name, weight in (("calm", 0), ("bold", 1))
    )
    assert [sum("-" in item for item in answer) for answer in bold] == [10, 10]
    assert sum("-" in item for item in calm[0]) <= 2
    of_no_history = [item for item in calm[1] if "-" not in item]
    assert {kind(int(item[1:])) for item in of_no_history} == {"high"}


def test_a_restart_keeps_what_is_known_of_new_items_and_users(tmp_path: Path):
    def answers(aws: Aws, campaign: str) -> list[list[dict]]:
        return [ask(aws, campaign, user) for user in ("u0", "u60", "u61", "stranger")]

    with running(tmp_path) as aws:
        group = aws.data()
        with_items(aws, group)
        with_users(aws, group)
        campaign = aws.campaign(aws.trained(group, V2))
        before = answers(aws, campaign)
    with running(tmp_path) as aws:
        assert answers(aws, campaign) == before
    assert before[1] != before[2]


def test_excluded_columns_teach_nothing(aws):
    group = aws.data()
    with_items(aws, group)
    excluded = {"trainingDataConfig": {"excludedDatasetColumns": {"ITEMS": ["KIND"]}}}
    campaign = aws.campaign(aws.trained(group, V1, solutionConfig=excluded), campaignConfig=exploring(0))
    scores = {item["itemId"]: item["score"] for item in ask(aws, campaign, "u0", 200)}
    assert scores["low-a"] == pytest.approx(scores["high-a"], abs=2e-7)


def test_a_deleted_user_is_a_stranger(aws):
    group = aws.data()
    with_users(aws, group)
    campaign = aws.campaign(aws.trained(group, V1))
    assert ask(aws, campaign, "u60") != ask(aws, campaign, "stranger")
    aws.environment.objects["gone/users.csv"] = b"USER_ID\nu60\n"
    job = aws.personalize.create_data_deletion_job(
        jobName="gone",
        datasetGroupArn=group,
        roleArn=ROLE,
        dataSource={"dataLocation": f"s3://{BUCKET}/gone/users.csv"},
    )["dataDeletionJobArn"]
    aws.settled("data_deletion_job", job)
    assert ask(aws, campaign, "u60") == ask(aws, campaign, "stranger")


def test_a_recommender_explores_as_it_is_told(aws):
    event_type = {"name": "EVENT_TYPE", "type": "string"}
    rows = [(*row, "Watch") for row in two_tastes(users=200, each=6)]
    group = aws.group(domain="VIDEO_ON_DEMAND")
    interactions = aws.dataset(group, aws.schema(schema=avro(event_type), domain="VIDEO_ON_DEMAND"))
    aws.imported(interactions, csv_bytes(rows, "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE"))
    fields = [{"name": "ITEM_ID", "type": "string"}, {**KIND, "name": "GENRES"}, CREATED]
    films = aws.schema("films-schema", schema=avro(name="Items", fields=fields), domain="VIDEO_ON_DEMAND")
    content = items_with_new_ones().replace(b"KIND", b"GENRES", 1)
    aws.imported(aws.dataset(group, films, "Items"), content, name="items")
    shown = []
    for name, weight in (("calm", 0), ("bold", 1)):
        arn = aws.personalize.create_recommender(
            name=name,
            datasetGroupArn=group,
            recipeArn="arn:aws:personalize:::recipe/aws-vod-top-picks",
            recommenderConfig=exploring(weight),
        )["recommenderArn"]
        assert aws.settled("recommender", arn)["status"] == "ACTIVE"
        answer = aws.runtime.get_recommendations(recommenderArn=arn, userId="u0", numResults=8)["itemList"]
        shown.append(new_ones(answer))
    assert len(shown[0]) < len(shown[1]) == 8
    assert set(shown[1]) == {f"low-{name}" for name in FRESH}
