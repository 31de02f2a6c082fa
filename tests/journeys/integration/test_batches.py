"""Batches, segments and exports on the embedded AWS: one shop, run once, whose caller has the documented policy."""

from __future__ import annotations

import json
import logging
import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from botocore.exceptions import ClientError

from fakes.callers import assumed
from fakes.model_answers import watched_answers
from fakes.pipelines import Pipeline
from personalize_sfn import batch, batch_input, export
from personalize_sfn.cli import main
from personalize_sfn.config import Config
from personalize_sfn.deploy import deploy
from personalize_sfn.errors import WorkflowError
from personalize_sfn.local import LocalAws

VALUES: dict[str, Any] = {
    "project": "shop",
    "solutions": {
        "for-you": {"recipe": "aws-user-personalization", "campaign": {"exploration_weight": 0.0}},
        "similar": {"recipe": "aws-similar-items"},
        "segments": {"recipe": "aws-item-affinity"},
    },
    "filters": {"unseen": 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("watch")'},
    "exports": True,
    "batch": {
        "newsletter": {"solution": "for-you", "input": "shop/in/users.json", "exploration_weight": 0.0},
        "unseen": {
            "solution": "for-you",
            "input": "shop/in/readers/",
            "filter": "unseen",
            "num_results": 5,
            "exploration_weight": 0.0,
        },
        "alike": {"solution": "similar", "input": "shop/in/items.json", "num_results": 4},
        "vip": {"solution": "segments", "input": "shop/in/fans.json", "num_results": 6},
    },
}
CONFIG = Config.from_dict(VALUES)
USERS = ["u4", "u7", "nobody"]


def tastes() -> pd.DataFrame:
    """Even users like even items, each others: no two items score alike."""
    draw = random.Random(17)
    events = ((user, n, 2 * draw.randrange(50) + user % 2) for user in range(40) for n in range(30))
    rows = [(f"u{user}", f"i{item}", 880_000_000 + 60 * n + user, "watch") for user, n, item in events]
    return pd.DataFrame(rows, columns=["USER_ID", "ITEM_ID", "TIMESTAMP", "EVENT_TYPE"])


DATA = tastes()


@pytest.fixture(scope="module")
def shop() -> Iterator[Pipeline]:
    with watched_answers() as answers:
        with LocalAws(wait_scale=1 / 20_000) as aws:
            deploy(aws.session(), CONFIG)
            pipeline = Pipeline(aws, assumed(aws, CONFIG), CONFIG)
            pipeline.upload(DATA)
            pipeline.run()
            yield pipeline
        assert answers.differences == set()


def asked(shop: Pipeline, user: str, **more: object) -> list[tuple[str, float]]:
    runtime = shop.session.client("personalize-runtime")
    campaign = shop.session.arns.personalize(f"campaign/{CONFIG.campaign_name('for-you')}")
    answer = runtime.get_recommendations(campaignArn=campaign, userId=user, **more)
    return [(item["itemId"], item["score"]) for item in answer["itemList"]]


@pytest.mark.slow
def test_a_batch_answers_what_the_campaign_answers(shop: Pipeline) -> None:
    written = batch_input(shop.session, CONFIG, "newsletter", USERS)
    assert (written.rows, written.uploaded) == (3, True)

    frame = batch(shop.session, CONFIG, "newsletter").wait(timeout=60).frame()

    assert list(frame.columns) == ["USER_ID", "rank", "ITEM_ID", "score"]
    assert frame["USER_ID"].unique().tolist() == USERS
    for user, rows in frame.groupby("USER_ID"):
        assert rows["rank"].tolist() == list(range(1, 26))
        items, scores = zip(*asked(shop, str(user), numResults=25), strict=True)
        assert rows["ITEM_ID"].tolist() == list(items)
        assert rows["score"].tolist() == pytest.approx(list(scores), abs=1e-6)


def test_the_same_work_is_done_once_unless_it_is_asked_for_again(shop: Pipeline) -> None:
    assert batch_input(shop.session, CONFIG, "newsletter", USERS).rows == 3
    assert batch_input(shop.session, CONFIG, "newsletter", USERS).uploaded is False
    first, second = (batch(shop.session, CONFIG, "newsletter").output for _ in range(2))
    assert second == first

    other = batch(shop.session, CONFIG, "newsletter", again=True).output

    assert other["batchInferenceJobArn"] != first["batchInferenceJobArn"]
    assert other["outputLocation"].startswith(f"s3://{bucket(shop)}/shop/out/batch/newsletter/shop-newsletter-")


def test_a_filter_is_found_by_its_key_and_lines_without_an_answer_are_told_and_counted(
    shop: Pipeline, caplog: pytest.LogCaptureFixture
) -> None:
    batch_input(shop.session, CONFIG, "unseen", ["u4", {"who": "u5"}, "u6"])

    run = batch(shop.session, CONFIG, "unseen").wait(timeout=60)
    with caplog.at_level(logging.WARNING, "personalize_sfn.outputs"):
        tables = list(run.frames(chunksize=4))

    assert [len(table) for table in tables] == [4, 4, 2]
    filter_arn = shop.personalize().list_filters()["Filters"][0]["filterArn"]
    first = [item for table in tables for item in table["ITEM_ID"]][:5]
    assert first == [item for item, _ in asked(shop, "u4", numResults=5, filterArn=filter_arn)]
    assert set(first).isdisjoint(DATA[DATA["USER_ID"] == "u4"]["ITEM_ID"])
    (error,) = run.errors
    assert (run.error_count, error.file, error.line, error.input) == (1, "input.json.out", 2, {"who": "u5"})
    assert error.error.startswith("Invalid input: userId: expected a text of 1 to 256 characters")
    assert caplog.messages == [
        f"1 of 3 lines of batch unseen have no answer, the first in input.json.out, line 2: {error.error}"
    ]


def test_items_like_items_and_segments_of_users_have_columns_of_their_own(shop: Pipeline) -> None:
    batch_input(shop.session, CONFIG, "alike", ["i2", "i3"])
    batch_input(shop.session, CONFIG, "vip", ["i2"])

    alike, vip = (batch(shop.session, CONFIG, key) for key in ("alike", "vip"))

    similar, fans = alike.wait(timeout=60).frame(), vip.wait(timeout=60).frame()
    assert list(similar.columns) == ["ITEM_ID", "rank", "RELATED_ITEM_ID", "score"]
    assert similar["ITEM_ID"].tolist() == ["i2"] * 4 + ["i3"] * 4
    assert all(int(item[1:]) % 2 == 0 for item in similar["RELATED_ITEM_ID"][:4]), "even users like even items"
    assert list(fans.columns) == ["ITEM_ID", "rank", "USER_ID"]
    assert len(fans) == 6
    assert all(int(user[1:]) % 2 == 0 for user in fans["USER_ID"])
    assert vip.output["batchSegmentJobArn"].startswith(shop.session.arns.personalize("batch-segment-job/shop-vip-"))


def test_an_export_holds_the_rows_that_were_imported(shop: Pipeline) -> None:
    run = export(shop.session, CONFIG, "interactions").wait(timeout=60)

    rows = run.frame()

    assert list(rows.columns) == list(DATA.columns)
    expected = DATA.sort_values(list(DATA.columns), ignore_index=True)
    assert rows.sort_values(list(rows.columns), ignore_index=True).equals(expected)
    assert run.location.startswith(f"s3://{bucket(shop)}/shop/out/export/interactions/shop-interactions-")
    assert sum(len(each) for each in run.frames(chunksize=100)) == len(DATA)


def test_nothing_may_be_written_beside_the_data_not_even_by_a_request_in_the_input(shop: Pipeline) -> None:
    batch_input(shop.session, CONFIG, "newsletter", USERS)
    given = shop.start("batch", job="newsletter").wait(timeout=60)
    made = (
        shop.aws.session()
        .client("personalize")
        .describe_batch_inference_job(batchInferenceJobArn=given.get_output()["batchInferenceJobArn"])[
            "batchInferenceJob"
        ]
    )
    request = {
        "jobName": "shop-newsletter",
        "solutionVersionArn": made["solutionVersionArn"],
        "jobInput": made["jobInput"],
        "jobOutput": {"s3DataDestination": {"path": f"s3://{bucket(shop)}/shop/"}},
        "roleArn": made["roleArn"],
    }

    with pytest.raises(WorkflowError, match=r"shop-batch failed at .*Insufficient privileges"):
        shop.run("batch", batchInferenceJob=request)

    kept = shop.session.client("s3").list_objects_v2(Bucket=bucket(shop), Prefix="shop/")["Contents"]
    outside = {each["Key"].split("/")[1] for each in kept}
    assert outside == {"interactions.csv", "in", "out"}


def test_the_functions_may_make_no_job_of_another_name(shop: Pipeline) -> None:
    with pytest.raises(ClientError) as refused:
        shop.aws.session().client("personalize").describe_batch_inference_job(
            batchInferenceJobArn=shop.session.arns.personalize("batch-inference-job/other-newsletter-1")
        )
    assert refused.value.response["Error"]["Code"] == "ResourceNotFoundException"
    with pytest.raises(WorkflowError, match=r"there is no batch weekly: expected one of newsletter, unseen, "):
        shop.run("batch", job="weekly")


def test_the_command_runs_them_and_writes_tables(
    shop: Pipeline, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = {
        "pid": os.getpid(),
        "endpoint_url": shop.aws.endpoint_url,
        "started": "2026-01-01T00:00:00Z",
        "version": "0",
    }
    (tmp_path / "local.json").write_text(json.dumps(found))
    monkeypatch.setenv("PERSONALIZE_SFN_HOME", str(tmp_path))
    config, ids = tmp_path / "shop.json.yaml", tmp_path / "ids.txt"
    config.write_text(json.dumps(VALUES))
    ids.write_text("u1\nu2\n")

    def command(*words: str) -> Any:
        assert main(["--config", str(config), *words, "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    batch = command("batch", "newsletter", "--ids", str(ids), "--out", str(tmp_path / "newsletter.csv"))
    rows = command("export", "interactions", "--out", str(tmp_path / "rows.csv"))

    assert (batch["status"], batch["rows"]) == ("SUCCEEDED", 50)
    assert set(batch["output"]) == {"batchInferenceJobArn", "outputLocation", "solutionVersionArn"}
    assert (tmp_path / "newsletter.csv").read_text().startswith("USER_ID,rank,ITEM_ID,score\nu1,1,i")
    assert rows["rows"] == len(pd.read_csv(tmp_path / "rows.csv")) == len(DATA)
    assert rows["output"]["dataset"] == "interactions"


def bucket(shop: Pipeline) -> str:
    return CONFIG.bucket_name(shop.session.region, shop.session.account_id)
