"""Batch inference and batch segment jobs: JSON Lines from S3 to S3."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from fakes.personalize_aws import BUCKET, ROLE, avro, csv_bytes, refusal, serving

RECIPES = (
    "aws-user-personalization-v2",
    "aws-popularity-count",
    "aws-sims",
    "aws-personalized-ranking-v2",
)
INSUFFICIENT = "Insufficient privileges for accessing data in S3."


@pytest.fixture(scope="module")
def world():
    """Solution versions of four recipes on the data of two tastes: even users like i0-i39, odd ones i40-i79."""
    with serving() as aws:
        group = aws.data()
        versions = {recipe: aws.trained(group, recipe) for recipe in RECIPES}
        names = (f"job-{number}" for number in range(1000))
        yield SimpleNamespace(aws=aws, group=group, versions=versions, names=names)
        assert aws.broken_answers == []


@pytest.fixture(autouse=True)
def _clean(world):
    yield  # afterwards, because the fixtures of the module are made before this one, whichever test asks for them first
    environment = world.aws.environment
    environment.objects.clear()
    environment.denied, environment.trusts, environment.bucket_allows = set(), True, True


def request(world, recipe="aws-user-personalization-v2", source="in/users.json", target="out/", **options):
    return {
        "jobName": next(world.names),
        "solutionVersionArn": world.versions[recipe],
        "jobInput": {"s3DataSource": {"path": f"s3://{BUCKET}/{source}"}},
        "jobOutput": {"s3DataDestination": {"path": f"s3://{BUCKET}/{target}"}},
        "roleArn": ROLE,
    } | options


def run(world, *lines, recipe="aws-user-personalization-v2", source="in/users.json", **options):
    """The job's description, and its output lines if it wrote a file for the input."""
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    if texts:
        world.aws.environment.objects[source] = ("\n".join(texts) + "\n").encode()
    created = world.aws.personalize.create_batch_inference_job(**request(world, recipe, source, **options))
    job = world.aws.settled("batch_inference_job", created["batchInferenceJobArn"])
    output = world.aws.environment.objects.get(f"out/{source.rsplit('/')[-1]}.out", b"")
    return job, [json.loads(line) for line in output.decode().splitlines()]


def refused(world, **options):
    return refusal(world.aws.personalize.create_batch_inference_job, **request(world, **options))


def odd_share(items):
    return sum(int(item[1:]) >= 40 for item in items) / len(items)


def test_each_user_gets_a_line_with_items_of_his_taste_and_scores_that_fall(world):
    job, lines = run(world, {"userId": "u0"}, {"userId": "u1"})
    assert job["status"] == "ACTIVE"
    assert (job["numResults"], job["batchInferenceJobMode"]) == (25, "BATCH_INFERENCE")
    assert "failureReason" not in job
    assert [line["input"] for line in lines] == [{"userId": "u0"}, {"userId": "u1"}]
    assert all(set(line) == {"input", "output", "error"} and line["error"] is None for line in lines)
    even, odd = (line["output"] for line in lines)
    assert set(even) == {"recommendedItems", "scores"}
    assert len(even["recommendedItems"]) == len(even["scores"]) == 25
    assert even["scores"] == sorted(even["scores"], reverse=True)
    assert odd_share(even["recommendedItems"][:10]) < 0.3 < 0.7 < odd_share(odd["recommendedItems"][:10])


def test_a_batch_says_what_get_recommendations_says(world):
    version = world.versions["aws-user-personalization-v2"]
    campaign = world.aws.campaign(version, "beside")
    _, [line] = run(world, {"userId": "u3"}, numResults=7)
    asked = world.aws.runtime.get_recommendations(campaignArn=campaign, userId="u3", numResults=7)["itemList"]
    assert line["output"]["recommendedItems"] == [item["itemId"] for item in asked]
    assert line["output"]["scores"] == pytest.approx([item["score"] for item in asked], abs=1e-6)


def test_popularity_and_related_items_have_no_scores(world):
    _, [line] = run(world, {"userId": "u0"}, recipe="aws-popularity-count", numResults=3)
    assert list(line["output"]) == ["recommendedItems"]
    _, [line] = run(world, {"itemId": "i41"}, recipe="aws-sims", numResults=5)
    assert list(line["output"]) == ["recommendedItems"]
    assert len(line["output"]["recommendedItems"]) == 5
    assert "i41" not in line["output"]["recommendedItems"]


def test_a_ranking_orders_the_items_of_its_line(world):
    items = ["i70", "i1", "unheard-of"]
    _, [line] = run(world, {"userId": "u0", "itemList": items}, recipe="aws-personalized-ranking-v2")
    assert line["input"] == {"userId": "u0", "itemList": items}
    assert sorted(line["output"]["recommendedItems"]) == sorted(items)
    assert line["output"]["recommendedItems"][-1] == "unheard-of"
    assert sum(line["output"]["scores"]) == pytest.approx(1, abs=1e-5)


def test_a_bad_line_says_so_in_itself_and_the_others_are_answered(world):
    job, lines = run(world, "no json", {"itemId": "i1"}, {"userId": 7}, [1], {"userId": "u" * 257}, {"userId": "u0"})
    assert job["status"] == "ACTIVE"
    assert [line["output"] is None for line in lines] == [True] * 5 + [False]
    assert lines[0]["input"] == "no json"
    assert lines[0]["error"] == "Invalid input: the line is no JSON object"
    assert lines[1]["error"] == "Invalid input: userId: expected a text of 1 to 256 characters, got null"
    assert lines[2]["error"].endswith("got 7")
    assert lines[5]["error"] is None


def test_lines_of_a_ranking_need_a_list_of_items(world):
    wrong = [{"userId": "u0"}, {"userId": "u0", "itemList": []}, {"userId": "u0", "itemList": ["i"] * 501}]
    _, lines = run(world, *wrong, recipe="aws-personalized-ranking-v2")
    assert [line["error"] for line in lines] == [
        "Invalid input: itemList: expected a list of item ids (texts)",
        "Invalid input: itemList must hold 1 to 500 items, got 0",
        "Invalid input: itemList must hold 1 to 500 items, got 501",
    ]


def test_strangers_get_popular_items_and_empty_lines_are_passed_over(world):
    _, lines = run(world, {"userId": "nobody"}, "", {"itemId": "x", "userId": "u0"})
    assert len(lines) == 2
    assert len(lines[0]["output"]["recommendedItems"]) == 25


def test_more_lines_than_a_block_keep_their_order(world):
    _, lines = run(world, *({"userId": f"u{number}"} for number in range(1100)), numResults=1)
    assert [line["input"]["userId"] for line in lines] == [f"u{number}" for number in range(1100)]


def test_a_prefix_means_all_files_under_it_each_with_an_output_of_its_own(world):
    objects = world.aws.environment.objects
    objects |= {"in/": b"", "in/a.json": b'{"userId":"u0"}', "in/b.json": b'{"userId":"u1"}', "other.json": b""}
    job, _ = run(world, source="in/")
    assert job["status"] == "ACTIVE"
    assert sorted(key for key in objects if key.startswith("out/")) == [
        "out/_CHECK",
        "out/a.json.out",
        "out/b.json.out",
    ]


def test_the_bucket_itself_may_be_the_output_folder_and_outputs_are_no_input(world):
    objects = world.aws.environment.objects
    objects |= {"users.json": b'{"userId":"u0"}'}
    for _ in range(2):
        job, _ = run(world, source="users.json", target="")
        assert job["status"] == "ACTIVE"
    assert sorted(objects) == ["_CHECK", "users.json", "users.json.out"]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"source": "nothing/"}, "Invalid S3 input path"),
        ({"target": "out"}, "Invalid S3 output path"),
        ({"source": "in/", "target": "in/"}, "Invalid S3 output path"),
    ],
    ids=["no input", "no folder", "the same"],
)
def test_wrong_paths_fail_the_job(world, options, reason):
    world.aws.environment.objects["in/users.json"] = b'{"userId":"u0"}'
    job, _ = run(world, **options)
    assert job["status"] == "CREATE FAILED"
    assert job["failureReason"].startswith(reason)
    assert not [key for key in world.aws.environment.objects if key.endswith((".out", "_CHECK"))]


@pytest.mark.parametrize(
    "change",
    [
        {"trusts": False},
        {"denied": {"s3:GetObject"}},
        {"denied": {"s3:ListBucket"}},
        {"denied": {"s3:PutObject"}},
        {"bucket_allows": False},
    ],
    ids=["trust", "get", "list", "put", "bucket-policy"],
)
def test_lacking_access_is_refused_when_the_job_is_created(world, change):
    for name, value in change.items():
        setattr(world.aws.environment, name, value)
    code, message = refused(world)
    assert code == "InvalidInputException"
    assert message.startswith(INSUFFICIENT)


@pytest.mark.parametrize("count", [0, -1, 501])
def test_the_number_of_results_is_from_1_to_500(world, count):
    expected = ("InvalidInputException", f"numResults must be from 1 to 500, got {count}")
    assert refused(world, numResults=count) == expected


def test_themes_are_refused_by_name(world):
    code, message = refused(
        world,
        recipe="aws-sims",
        batchInferenceJobMode="THEME_GENERATION",
        themeGenerationConfig={"fieldsForThemeGeneration": {"itemName": "TITLE"}},
    )
    assert code == "UnsupportedOperation"
    assert message == "batchInferenceJobMode THEME_GENERATION is not supported by the embedded AWS."


def test_ranking_influence_goes_only_with_the_recipe_that_has_it(world):
    assert refused(world, recipe="aws-sims", batchInferenceJobConfig={"rankingInfluence": {"FRESHNESS": 0.5}}) == (
        "InvalidInputException",
        "rankingInfluence does not go with the recipe aws-sims, only with aws-semantic-similarity",
    )


def test_exploration_goes_only_with_recipes_that_have_it(world):
    code, message = refused(
        world, recipe="aws-sims", batchInferenceJobConfig={"itemExplorationConfig": {"explorationWeight": "0.3"}}
    )
    assert (code, message) == ("InvalidInputException", "itemExplorationConfig does not go with the recipe aws-sims")


def test_a_version_that_is_not_there_is_not_found(world):
    arn = world.versions["aws-sims"][:-8] + "ffffffff"
    code, message = refused(world, solutionVersionArn=arn)
    assert (code, message) == ("ResourceNotFoundException", f"The given solution version does not exist: {arn}")


def test_a_version_in_training_is_in_use(world):
    world.aws.service.durations.set("solutionVersion", 1000)
    solution = world.versions["aws-sims"].rsplit("/", 1)[0]
    try:
        arn = world.aws.version(solution)
    finally:
        world.aws.service.durations.clear()
    code, message = refused(world, solutionVersionArn=arn)
    assert code == "ResourceInUseException"
    assert message.startswith("The given solution version is not ACTIVE, its status is CREATE")


def test_lists_are_narrowed_by_the_solution_version(world):
    run(world, {"userId": "u0"})
    job, _ = run(world, {"itemId": "i1"}, recipe="aws-sims")
    jobs = world.aws.personalize.list_batch_inference_jobs(solutionVersionArn=world.versions["aws-sims"])
    listed = jobs["batchInferenceJobs"]
    assert job["batchInferenceJobArn"] in [one["batchInferenceJobArn"] for one in listed]
    assert {one["solutionVersionArn"] for one in listed} == {world.versions["aws-sims"]}
    assert job["batchInferenceJobArn"].endswith(f":batch-inference-job/{job['jobName']}")


def test_a_second_job_of_the_same_name_is_refused(world):
    job, _ = run(world, {"userId": "u0"})
    code, message = refused(world, jobName=job["jobName"])
    assert code == "ResourceAlreadyExistsException"
    assert message == f"Another resource with Arn {job['batchInferenceJobArn']} already exists."


ITEMS = avro(
    name="Items",
    fields=[
        {"name": "ITEM_ID", "type": "string"},
        {"name": "COLOUR", "type": ["null", "string"], "categorical": True},
    ],
)


@pytest.fixture(scope="module")
def coloured(world):
    """Items with a colour: i0-i19 and i40-i59 are red, the others blue; filters by colour."""
    aws = world.aws
    dataset = aws.dataset(world.group, aws.schema("items", schema=ITEMS), "Items")
    rows = [(f"i{number}", "red" if number % 40 < 20 else "blue") for number in range(80)]
    assert aws.imported(dataset, csv_bytes(rows, "ITEM_ID,COLOUR"), name="items")["status"] == "ACTIVE"
    made = {}
    for name, expression in {
        "red": 'INCLUDE ItemID WHERE Items.COLOUR IN ("red")',
        "colour": "INCLUDE ItemID WHERE Items.COLOUR IN ($COLOUR)",
    }.items():
        created = aws.personalize.create_filter(name=name, datasetGroupArn=world.group, filterExpression=expression)
        made[name] = created["filterArn"]
        assert aws.settled("filter", created["filterArn"])["status"] == "ACTIVE"
    return made


def colours(line):
    return {"red" if int(item[1:]) % 40 < 20 else "blue" for item in line["output"]["recommendedItems"]}


@pytest.mark.parametrize(
    ("recipe", "query"),
    [("aws-user-personalization-v2", {"userId": "u0"}), ("aws-sims", {"itemId": "i30"})],
)
def test_a_filter_holds_for_every_line(world, coloured, recipe, query):
    job, [line] = run(world, query, recipe=recipe, filterArn=coloured["red"])
    assert job["filterArn"] == coloured["red"]
    assert colours(line) == {"red"}
    assert len(line["output"]["recommendedItems"]) == 25


def test_a_filter_drops_items_from_a_ranking(world, coloured):
    query = {"userId": "u0", "itemList": ["i30", "i1", "i2", "unheard-of"]}
    _, [line] = run(world, query, recipe="aws-personalized-ranking-v2", filterArn=coloured["red"])
    assert sorted(line["output"]["recommendedItems"]) == ["i1", "i2"]


def test_each_line_brings_its_own_filter_values(world, coloured):
    _, lines = run(
        world,
        {"userId": "u0", "filterValues": {"COLOUR": '"blue"'}},
        {"userId": "u0", "filterValues": {"COLOUR": '"red"'}},
        {"userId": "u0"},
        {"userId": "u0", "filterValues": {"COLOUR": '"green"'}},
        {"userId": "u0", "filterValues": "red"},
        filterArn=coloured["colour"],
    )
    assert [colours(line) for line in lines[:2]] == [{"blue"}, {"red"}]
    assert lines[2]["output"] is None
    assert "COLOUR" in lines[2]["error"]
    assert lines[3]["output"] == {"recommendedItems": []}
    assert lines[4]["error"] == "Invalid input: filterValues: expected an object of texts by parameter name"


def test_a_filter_that_is_not_there_is_not_found(world):
    arn = "arn:aws:personalize:us-east-1:123456789012:filter/none"
    assert refused(world, filterArn=arn) == ("ResourceNotFoundException", f"The given filter does not exist: {arn}")
