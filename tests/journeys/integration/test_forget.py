"""Users are forgotten, from end to end, on one embedded AWS whose roles are enforced."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest

from fakes.pipelines import Pipeline, interactions
from personalize_sfn import datasets
from personalize_sfn.config import Config
from personalize_sfn.deploy import deploy
from personalize_sfn.errors import ConfigError, DataError, WorkflowError
from personalize_sfn.execution import Execution
from personalize_sfn.forgetting import forget
from personalize_sfn.local import LocalAws

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

CONFIG = Config.from_dict(
    {
        "project": "movies",
        "forgetting": True,
        "exports": True,
        "solutions": {"for-you": {"recipe": "aws-popularity-count", "campaign": None}},
    }
)


@pytest.fixture(scope="module")
def shop() -> Iterator[Pipeline]:
    with LocalAws(wait_scale=0.0) as running:
        made = Pipeline(running, running.session(), CONFIG)
        deploy(made.session, CONFIG)
        made.upload(interactions())
        made.run()
        yield made


def bucket(shop: Pipeline) -> str:
    return CONFIG.bucket_name(shop.session.region, shop.session.account_id)


def keys(shop: Pipeline, prefix: str = "movies/meta/") -> list[str]:
    found = shop.session.client("s3").list_objects_v2(Bucket=bucket(shop), Prefix=prefix).get("Contents", [])
    return [each["Key"].removeprefix(prefix) for each in found]


def exported(shop: Pipeline) -> set[str]:
    """Users in an export of the interactions as they are now."""
    location = shop.run("export")["exports"][0]["outputLocation"]
    prefix = location.partition(f"{bucket(shop)}/")[2]
    s3, users = shop.session.client("s3"), set()
    for key in keys(shop, prefix):
        text = s3.get_object(Bucket=bucket(shop), Key=prefix + key)["Body"].read().decode()
        users |= {row["USER_ID"] for row in csv.DictReader(io.StringIO(text))}
    return users


def test_forgotten_users_are_in_no_export_and_their_data_are_not_imported_until_rewritten(shop: Pipeline) -> None:
    assert {"u1", "u11", "u2"} <= exported(shop)
    trained = shop.run()["solutionVersionArn"]

    done = forget(shop.session, CONFIG, ["u1", "u2"])
    assert (done.users, done.deleted, done.jobs, done.ran_beside) == (2, 60, 1, ())
    assert [(each.key, each.rows) for each in done.inputs] == [("movies/interactions.csv", 60)]
    assert [(each.key.startswith("movies/out/export/interactions/"), each.rows) for each in done.outputs] == [
        (True, 60)
    ]
    assert {key.partition("/")[2].partition("/")[0] for key in keys(shop)} == {"hashes", "key", "refused"}
    left = exported(shop)
    assert "u11" in left, "ids are compared as a whole"
    assert left.isdisjoint({"u1", "u2"})

    with pytest.raises(WorkflowError, match=r"movies/interactions\.csv names users who were forgotten, and an import"):
        shop.run()

    rewritten = forget(shop.session, CONFIG, ["u2", "u1"], rewrite_inputs=True)
    assert rewritten.deleted == 0
    (kept,) = rewritten.rewritten.values()
    assert kept in [each.key for each in rewritten.outputs], "the old file names them"
    again = shop.run()
    assert again["solutionVersionArn"] != trained, "trained anew, without them"
    assert exported(shop).isdisjoint({"u1", "u2"})
    # What stands in S3 besides is as it was.
    body = shop.session.client("s3").get_object(Bucket=bucket(shop), Key="movies/interactions.csv")["Body"].read()
    expected = interactions().loc[lambda frame: ~frame["USER_ID"].isin(["u1", "u2"])]
    assert body == datasets.csv_bytes(expected)


def test_no_plain_id_is_kept_and_an_upload_that_would_bring_them_back_is_refused(shop: Pipeline) -> None:
    forget(shop.session, CONFIG, ["u3"])
    s3 = shop.session.client("s3")
    for key in keys(shop, "movies/meta/forget/"):
        if not key.startswith("kept/"):
            found = s3.get_object(Bucket=bucket(shop), Key=f"movies/meta/forget/{key}")["Body"].read()
            assert b"u3\n" not in found
    with pytest.raises(DataError, match=r"^the data name users who were forgotten \(('u\d', )*'u3'\), and an import"):
        datasets.upload_dataset(shop.session, CONFIG, "INTERACTIONS", interactions())


@pytest.mark.parametrize("forget_first", [True, False], ids=["forget-first", "import-first"])
def test_started_in_the_same_second_one_goes_first_and_the_other_waits(shop: Pipeline, forget_first: bool) -> None:
    user = "u4" if forget_first else "u5"
    shop.upload(interactions(seed=1 if forget_first else 2))
    shop.session.client("s3").put_object(
        Bucket=bucket(shop), Key="movies/meta/forget/lists/race.csv", Body=f"USER_ID\n{user}\n".encode()
    )
    starts = [
        lambda: shop.start("forget", list=f"s3://{bucket(shop)}/movies/meta/forget/lists/race.csv"),
        lambda: shop.start("main", train="always"),
    ]
    running = [start() for start in (starts if forget_first else reversed(starts))]
    outputs = [execution.wait(timeout=120).get_output() for execution in running]
    deletion = next(output for output in outputs if "dataDeletionJobArn" in output)
    assert (deletion["jobs"], deletion["ranBeside"]) == (1, [])
    personalize = shop.personalize()
    job = personalize.describe_data_deletion_job(dataDeletionJobArn=deletion["dataDeletionJobArn"])["dataDeletionJob"]
    others = [
        *personalize.list_dataset_import_jobs()["datasetImportJobs"],
        *personalize.list_solution_versions()["solutionVersions"],
    ]
    for each in others:
        before = each["lastUpdatedDateTime"] <= job["creationDateTime"]
        after = each["creationDateTime"] >= job["lastUpdatedDateTime"]
        assert before or after, each


def test_after_a_kill_the_same_call_waits_for_the_execution_that_went_on(
    shop: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    s3, begun = shop.session.client("s3"), "movies/meta/forget/begun/a-call"
    s3.put_object(Bucket=bucket(shop), Key=begun, Body=b"")  # until this goes, forget waits
    wait = Execution.wait

    def killed(*_: Any, **__: Any) -> Execution:
        raise KeyboardInterrupt

    monkeypatch.setattr(Execution, "wait", killed)
    with pytest.raises(KeyboardInterrupt):
        forget(shop.session, CONFIG, ["u6"])
    machine = shop.session.arns.state_machine("movies-forget")
    client = shop.session.client("stepfunctions")
    (running,) = client.list_executions(stateMachineArn=machine, statusFilter="RUNNING")["executions"]

    def waits(execution: Execution, *given: Any, **more: Any) -> Execution:
        s3.delete_object(Bucket=bucket(shop), Key=begun)
        return wait(execution, *given, **more)

    monkeypatch.setattr(Execution, "wait", waits)
    assert forget(shop.session, CONFIG, ["u6"]).execution_arn == running["executionArn"]
    assert "u6" not in exported(shop)
    assert keys(shop, "movies/meta/forget/lists/") == []


def test_a_project_that_does_not_say_so_forgets_nobody(shop: Pipeline) -> None:
    with pytest.raises(ConfigError, match=r"^forgetting: is false: set `forgetting: true` and deploy, then users can"):
        forget(shop.session, Config(project="movies"), ["u1"])


def test_what_is_no_list_of_ids_is_refused_before_anything_is_written(shop: Pipeline) -> None:
    before = keys(shop)
    for wrong, said in (
        ([], r"^user_ids: expected at least one id, got none$"),
        ("u1", r"^user_ids: expected a list of ids, got the text 'u1': write \['u1'\]$"),
        (["u1", ""], r"^user_ids: expected ids of one line, got ''$"),
    ):
        with pytest.raises(DataError, match=said):
            forget(shop.session, CONFIG, wrong)
    assert keys(shop) == before


def test_data_of_other_columns_name_nobody(shop: Pipeline) -> None:
    frame = pd.DataFrame({"ITEM_ID": ["u7"], "KIND": ["toy"]})
    shop.session.client("s3").put_object(Bucket=bucket(shop), Key="movies/out/x.csv", Body=datasets.csv_bytes(frame))
    assert all(each.key != "movies/out/x.csv" for each in forget(shop.session, CONFIG, ["u7"]).outputs)
