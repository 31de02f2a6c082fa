"""Forgetting users and what reads them: whichever begins first, the other waits."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest

from fakes.import_events import DATASET, GROUP, TAGS, import_event
from fakes.virtual_personalize import ARNS, VirtualS3, error
from personalize_sfn.errors import InvalidInputError, PendingLimitError
from personalize_sfn.handlers import aws
from personalize_sfn.ownership import PROJECT_TAG

TURNS = {"bucket": "movies-{account_id}-{region}", "prefix": "movies/meta/forget/", "datasetGroup": "movies"}
BUCKET = "movies-123456789012-us-east-1"
FOLDER = f"{BUCKET}/movies/meta/forget/"
EXECUTION = ARNS.execution("movies-forget", "one")
LIST = f"s3://{FOLDER}lists/one.csv"


class Executions:
    """Step Functions, as far as a claim is held against it."""

    def __init__(self) -> None:
        self.statuses = {EXECUTION: "RUNNING"}

    def describe_execution(self, *, executionArn: str) -> dict[str, Any]:
        if executionArn not in self.statuses:
            raise error("DescribeExecution", "ExecutionDoesNotExist", "Execution Does Not Exist")
        return {"status": self.statuses[executionArn]}


class Watched:
    """A client that says before each call that it comes."""

    def __init__(self, client: Any, before: Callable[[], None]) -> None:
        self._client = client
        self._before = before

    def __getattr__(self, name: str) -> Any:
        self._before()
        return getattr(self._client, name)


@pytest.fixture
def executions() -> Executions:
    return Executions()


@pytest.fixture
def clients(call: Any, personalize: Any, s3: VirtualS3, executions: Executions) -> Iterator[dict[str, Any]]:
    found = {"personalize": personalize, "s3": s3, "stepfunctions": executions}
    with patch("boto3.client", lambda name, **_: found[name]):
        aws.client.cache_clear()
        yield found


@contextmanager
def before_each_call(clients: dict[str, Any], before: Callable[[], None]) -> Iterator[None]:
    aws.client.cache_clear()
    with patch("boto3.client", lambda name, **_: Watched(clients[name], before)):
        yield
    aws.client.cache_clear()


@pytest.fixture
def forget(call: Any) -> Callable[[], dict[str, Any]]:
    """The claim of the one execution: what it answers."""

    def claim() -> dict[str, Any]:
        given = {"since": "2026-01-01T00:00:00Z", "startedAt": "2026-01-01T00:00:00Z", "waitedSeconds": 0}
        limits = {"typicalSeconds": 1200, "timeoutSeconds": 3600}
        answer: dict[str, Any] = call(
            "claim_deletion_turn", {"turns": TURNS, "execution": EXECUTION, **given, **limits}
        )
        return answer

    return claim


@pytest.fixture
def starts(call: Any) -> dict[str, Callable[[], Any]]:
    version = {"request": {"solutionArn": ARNS.personalize("solution/movies-v2"), "trainingMode": "FULL"}}
    started = {"tags": {PROJECT_TAG: "movies"}, "adopt": False, "startedAt": "2026-01-01T00:00:00Z", "turns": TURNS}
    training = {**version, **started, "train": "always", "rootExecution": "one"}
    return {
        "import": lambda: call("create_dataset_import_job", import_event(turns=TURNS)),
        "training": lambda: call("create_solution_version", training),
    }


def goes(start: Callable[[], Any]) -> bool:
    try:
        answer = start()
    except PendingLimitError:
        return False
    return bool(answer.get("isFree", True))


@pytest.mark.parametrize("what", ["import", "training"])
@pytest.mark.parametrize("forget_comes_second", [True, False], ids=["forget-second", "forget-first"])
def test_at_whatever_call_of_the_one_the_other_comes_never_both_go_and_in_the_end_one_does(
    what, forget_comes_second, clients, dataset, personalize, s3, starts, forget
):
    personalize.seconds |= {"datasetImportJob": 100, "solutionVersion": 100}
    first, second = (starts[what], forget) if forget_comes_second else (forget, starts[what])
    found, etags = dict(personalize.found), dict(s3.etags)
    outcomes = []
    for step in itertools.count():
        personalize.found.clear()
        personalize.found |= found
        s3.etags.clear()
        s3.etags |= etags
        calls, went = itertools.count(), []

        def second_comes(calls=calls, step=step, went=went):
            if next(calls) == step:
                with before_each_call(clients, lambda: None):
                    went.append(goes(second))

        with before_each_call(clients, second_comes):
            went.append(goes(first))
        if len(went) == 1:  # all of its calls are through
            break
        assert went.count(True) <= 1, f"both began at call {step}"
        if True not in went:  # both gave way; nothing is left that would stop forget now
            assert forget()["isFree"]
        outcomes.append(tuple(went))
    assert step >= 5
    assert {(True, False), (False, True)} <= set(outcomes)


def test_a_claim_counts_only_while_its_execution_runs(clients, dataset, executions, starts, forget):
    assert forget()["isFree"]
    with pytest.raises(PendingLimitError, match=r"^users are being forgotten by execution one; dataset import jobs"):
        starts["import"]()
    executions.statuses[EXECUTION] = "ABORTED"
    starts["import"]()
    executions.statuses.clear()  # the state machine was deleted
    starts["training"]()


def test_a_deletion_job_that_anybody_started_is_waited_for(clients, dataset, personalize, starts):
    personalize.seconds["dataDeletionJob"] = 100
    personalize.create_data_deletion_job(jobName="by-hand", datasetGroupArn=GROUP, tags=[])
    with pytest.raises(PendingLimitError, match=r"^users are being forgotten by data deletion job by-hand; solu"):
        starts["training"]()
    personalize.clock.advance(101)
    starts["training"]()


@pytest.mark.parametrize(
    ("what", "request_"),
    [
        ("dataset_import_job", {"jobName": "x", "datasetArn": DATASET}),
        ("dataset_export_job", {"jobName": "x", "datasetArn": DATASET}),
        ("solution_version", {"solutionArn": ARNS.personalize("solution/movies-v2")}),
        ("recommender", {"name": "x", "datasetGroupArn": GROUP}),
        ("batch_inference_job", {"jobName": "x", "solutionVersionArn": ARNS.personalize("solution/movies-v2/a")}),
        ("batch_segment_job", {"jobName": "x", "solutionVersionArn": ARNS.personalize("solution/movies-v2/a")}),
    ],
)
def test_what_reads_users_is_waited_for_also_when_others_started_it(
    what, request_, clients, dataset, personalize, forget
):
    key = what.title().replace("_", "")
    personalize.seconds[key[0].lower() + key[1:]] = 100
    getattr(personalize, f"create_{what}")(**request_, tags=TAGS)
    answer = forget()
    assert (answer["isFree"], answer["timedOut"]) == (False, False)
    assert answer["running"].startswith("arn:aws:personalize:us-east-1:123456789012:")
    assert answer["waitSeconds"] > 0
    personalize.clock.advance(101)
    assert forget()["isFree"]


def test_what_runs_in_another_dataset_group_is_not_waited_for(clients, dataset, personalize, forget):
    personalize.seconds["batchInferenceJob"] = 100
    other = ARNS.personalize("solution/movies-v2-of-others/a")
    personalize.create_batch_inference_job(jobName="x", solutionVersionArn=other, tags=[])
    assert forget()["isFree"]


def test_what_a_killed_function_left_counts_as_long_as_functions_can_run(clients, dataset, personalize, s3, forget):
    s3.put_object(Bucket=BUCKET, Key="movies/meta/forget/begun/killed", Body=b"")
    assert forget()["running"] == "what function call killed creates"
    personalize.clock.advance(961)
    assert forget()["isFree"]
    assert f"{FOLDER}begun/killed" not in s3.etags


def test_a_create_that_fails_leaves_nothing_behind(clients, dataset, personalize, s3, starts):
    personalize.raising["CreateSolutionVersion"].append(error("CreateSolutionVersion", "InvalidInputException", "no"))
    with pytest.raises(InvalidInputError):
        starts["training"]()
    assert [key for key in s3.etags if "/begun/" in key] == []


def ended(call, personalize, round_=1):
    """What ``end-deletion`` answers of a job that took 100 seconds."""
    personalize.seconds["dataDeletionJob"] = 100
    made = personalize.create_data_deletion_job(jobName=f"job-{round_}", datasetGroupArn=GROUP, tags=[])
    personalize.found[made["dataDeletionJobArn"]]["members"]["numDeleted"] = 30
    given = {"turns": TURNS, "execution": EXECUTION, "list": LIST, "round": round_, "numDeleted": 5}
    return SimpleNamespace(
        now=lambda: call("end_deletion", {**given, **made, "startedAt": "2026-01-01T00:00:00Z"}),
    )


def test_where_nothing_ran_beside_it_the_list_and_the_claim_go(call, clients, dataset, personalize, s3, forget):
    s3.put_object(Bucket=BUCKET, Key="movies/meta/forget/lists/one.csv", Body=b"USER_ID\nu1\n")
    forget()
    job = ended(call, personalize)
    personalize.clock.advance(101)
    assert job.now() == {"again": False, "round": 2, "numDeleted": 35, "ranBeside": []}
    assert [key for key in s3.etags if key.startswith(FOLDER)] == []


@pytest.mark.parametrize("still_runs", [True, False])
def test_an_automatic_training_beside_it_asks_for_another_job(call, clients, dataset, personalize, s3, still_runs):
    s3.put_object(Bucket=BUCKET, Key="movies/meta/forget/lists/one.csv", Body=b"USER_ID\nu1\n")
    job = ended(call, personalize)
    personalize.clock.advance(50)
    personalize.seconds["solutionVersion"] = 100 if still_runs else 10
    solution = ARNS.personalize("solution/movies-v2")
    version = personalize.create_solution_version(solutionArn=solution, name="automatic", tags=[])["solutionVersionArn"]
    personalize.clock.advance(51)
    assert job.now() == {"again": True, "round": 2, "numDeleted": 35, "ranBeside": [version]}
    assert f"{FOLDER}lists/one.csv" in s3.etags, "the next job reads it"


def test_after_three_jobs_it_says_what_ran_beside_the_last(call, clients, dataset, personalize, s3):
    job = ended(call, personalize, round_=3)
    personalize.clock.advance(50)
    solution = ARNS.personalize("solution/movies-v2")
    version = personalize.create_solution_version(solutionArn=solution, name="automatic", tags=[])["solutionVersionArn"]
    personalize.clock.advance(51)
    assert job.now() == {"again": False, "round": 4, "numDeleted": 35, "ranBeside": [version]}


def test_only_a_list_of_the_projects_own_folder_is_deleted(call, clients, dataset, personalize, s3):
    job = ended(call, personalize)
    personalize.clock.advance(101)
    with patch(f"{__name__}.LIST", "s3://bucket/movies/interactions.csv"):
        job = ended(call, personalize, round_=2)
        personalize.clock.advance(101)
        job.now()
    assert "bucket/movies/interactions.csv" in s3.etags


def test_data_that_name_forgotten_users_are_not_imported(clients, dataset, s3, starts):
    s3.put_object(Bucket=BUCKET, Key="movies/meta/forget/refused/first", Body=b"")
    with pytest.raises(
        InvalidInputError,
        match=r"^s3://bucket/movies/interactions\.csv: movies/interactions\.csv names users who were forgotten, and an "
        r"import would bring them back\. Upload the data without them, or run 'personalize-sfn forget CSV --rewrite-in",
    ):
        starts["import"]()
    s3.etags["bucket/movies/interactions.csv"] = '"without-them"'
    starts["import"]()


def test_a_finished_deletion_is_new_data_for_a_training(call, clients, dataset, personalize):
    started = {"tags": {PROJECT_TAG: "movies"}, "adopt": False, "startedAt": "2026-01-01T00:00:00Z", "turns": TURNS}
    request = {"solutionArn": ARNS.personalize("solution/movies-v2"), "trainingMode": "FULL"}

    def version(execution):
        event = {"request": request, **started, "train": "auto", "rootExecution": execution}
        return call("create_solution_version", event)["solutionVersionArn"]

    first = version("one")
    personalize.clock.advance(10)
    assert version("two") == first
    personalize.create_data_deletion_job(jobName="x", datasetGroupArn=GROUP, tags=[])
    personalize.clock.advance(10)
    assert version("three") != first
