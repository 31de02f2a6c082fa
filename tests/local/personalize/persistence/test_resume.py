"""What a data directory keeps: across an end, a kill at any moment, and damage that is named."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from fakes import persistence_worker
from fakes.persistence_worker import ROWS, Personalize
from fakes.personalize_aws import Aws, csv_bytes, two_tastes
from fakes.restarted_personalize import running
from personalize_sfn.errors import LocalAwsError
from personalize_sfn.local.personalize.data.contents import live_events
from personalize_sfn.local.personalize.persistence import DataDirectory
from personalize_sfn.resources import CAMPAIGN, DATASET, DATASET_GROUP, DATASET_IMPORT_JOB, SOLUTION_VERSION

WORKER = Path(persistence_worker.__file__)


def test_a_campaign_recommends_after_the_restart_what_it_did_before(tmp_path: Path):
    with running(tmp_path) as aws:
        group = aws.data()
        campaign = aws.campaign(aws.trained(group))
        tracking_id = aws.personalize.create_event_tracker(name="t", datasetGroupArn=group)["trackingId"]
        events = [
            {"eventType": "w", "itemId": f"i{item}", "sentAt": 1_700_000_000, "eventId": str(item)} for item in (1, 2)
        ]
        aws.events.put_events(trackingId=tracking_id, userId="new", sessionId="s", eventList=events)
        before = aws.runtime.get_recommendations(campaignArn=campaign, userId="new")["itemList"]
        described = aws.describe("campaign", campaign)
        metrics = aws.personalize.get_solution_metrics(solutionVersionArn=described["solutionVersionArn"])["metrics"]
    with running(tmp_path) as aws:
        assert aws.runtime.get_recommendations(campaignArn=campaign, userId="new")["itemList"] == before
        assert aws.describe("campaign", campaign) == described
        version = described["solutionVersionArn"]
        assert aws.personalize.get_solution_metrics(solutionVersionArn=version)["metrics"] == metrics
        aws.events.put_events(trackingId=tracking_id, userId="new", sessionId="s", eventList=events[1:])
        assert (
            aws.runtime.get_recommendations(campaignArn=campaign, userId="new")["itemList"] == before
        )  # known already
        assert aws.version(described["solutionVersionArn"].rpartition("/")[0])


def test_an_import_under_way_is_finished_after_the_restart(tmp_path: Path):
    with running(tmp_path) as aws:
        aws.service.durations.set("dataset_import_job", 1000)
        dataset = aws.dataset()
        job = aws.start_import(dataset)
        assert aws.describe("dataset_import_job", job)["status"].startswith("CREATE ")
    with running(tmp_path, **{"interactions.csv": csv_bytes(two_tastes())}) as aws:
        assert aws.describe("dataset_import_job", job)["status"] in ("CREATE PENDING", "CREATE IN_PROGRESS")
        aws.environment.ahead = 1001
        assert aws.settled("dataset_import_job", job)["status"] == "ACTIVE"


def test_an_import_whose_object_is_gone_after_the_restart_fails_with_the_reason(tmp_path: Path):
    with running(tmp_path) as aws:
        aws.service.durations.set("dataset_import_job", 1000)
        job = aws.start_import(aws.dataset())
    with running(tmp_path) as aws:
        aws.environment.ahead = 1001
        described = aws.settled("dataset_import_job", job)
        assert described["status"] == "CREATE FAILED"
        assert described["failureReason"].endswith("Invalid Data location.")


def test_an_update_under_way_fails_after_the_restart_and_the_campaign_serves_on(tmp_path: Path):
    with running(tmp_path) as aws:
        campaign = aws.campaign(aws.trained(aws.data(), "aws-popularity-count"))
        aws.service.durations.set("campaign", 1000)
        aws.personalize.update_campaign(campaignArn=campaign, minProvisionedTPS=2)
    with running(tmp_path) as aws:
        aws.environment.ahead = 1001
        described = aws.describe("campaign", campaign)
        assert (described["status"], described["minProvisionedTPS"]) == ("ACTIVE", 1)
        update = described["latestCampaignUpdate"]
        assert update["status"] == "CREATE FAILED"
        assert update["failureReason"] == "The embedded AWS ended while this was under way; make the update again."
        assert aws.runtime.get_recommendations(campaignArn=campaign, userId="u1")["itemList"]


def test_a_deletion_under_way_is_finished_after_the_restart(tmp_path: Path):
    with running(tmp_path) as aws:
        group = aws.group()
        aws.service.durations.set("deletion", 1000)
        aws.personalize.delete_dataset_group(datasetGroupArn=group)
    with running(tmp_path) as aws:
        assert aws.describe("dataset_group", group)["status"].startswith("DELETE ")
        aws.environment.ahead = 1001
        assert aws.personalize.list_dataset_groups()["datasetGroups"] == []


def test_without_a_data_directory_nothing_is_written(tmp_path: Path, monkeypatch, aws: Aws):
    monkeypatch.chdir(tmp_path)
    aws.trained(aws.data(), "aws-popularity-count")
    assert list(tmp_path.iterdir()) == []


def test_a_directory_is_open_in_one_process_at_a_time(tmp_path: Path):
    directory = DataDirectory(tmp_path)
    try:
        with pytest.raises(LocalAwsError, match="is in use by another embedded AWS"):
            DataDirectory(tmp_path)
        open_it = (
            "import pathlib, sys; from personalize_sfn.local.personalize.persistence import DataDirectory;"
            "DataDirectory(pathlib.Path(sys.argv[1]))"
        )
        arguments = [sys.executable, "-c", open_it, str(tmp_path)]
        other = subprocess.run(arguments, capture_output=True, text=True, check=False)
        assert other.returncode == 1
        assert f"the data directory {tmp_path} is in use by another embedded AWS: stop it" in other.stderr
    finally:
        directory.close()
    DataDirectory(tmp_path).close()


def _killed(path: Path, seed: int, seconds: float) -> list[list[str]]:
    """What a worker in the directory said until it was killed so many seconds after it was ready."""
    with subprocess.Popen(
        [sys.executable, str(WORKER), str(path), str(seed)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as worker:
        first = worker.stdout.readline()
        assert first == b'["ready"]\n', worker.stderr.read().decode()
        timer = threading.Timer(seconds, worker.send_signal, [signal.SIGKILL])
        timer.start()
        lines = worker.stdout.read().splitlines(keepends=True)
        complaint = worker.stderr.read().decode()
    assert worker.returncode == -signal.SIGKILL, complaint
    return [json.loads(line) for line in lines if line.endswith(b"\n")]


def _check(path: Path, said: list[list[str]]) -> None:
    """All that was answered is there, whole, and what was under way comes to its end."""
    personalize = Personalize(path)
    try:
        deadline = time.monotonic() + 60
        personalize("ListSchemas")
        (store,) = personalize.service._stores.values()
        while any(record.pending for record in store.all()):
            assert time.monotonic() < deadline
            threading.Event().wait(0.01)
            personalize("ListSchemas")
        assert {record.arn: record.status for record in store.all() if record.status != "ACTIVE"} == {}

        deleting = {line[1] for line in said if line[0] == "deleting"}
        deleted = {line[1] for line in said if line[0] == "deleted"}
        made = {line[2] for line in said if line[0] == "made"}
        there = {record.arn for record in store.all()}
        assert made - deleting <= there
        assert not deleted & there

        sent = Counter(line[1] for line in said if line[0] == "sent")
        sending = Counter(line[1] for line in said if line[0] == "sending")
        for group in store.of(DATASET_GROUP):
            if group.arn in made:
                assert sent[group.arn] <= len(live_events(group).events) <= sending[group.arn]
        for dataset in store.of(DATASET):
            jobs = list(store.of(DATASET_IMPORT_JOB, dataset=dataset.arn))
            rows = [len(part["USER_ID"]) for part in dataset.content.parts] if dataset.content else []
            assert rows == [len(ROWS)] * len(jobs)
        for version in store.of(SOLUTION_VERSION):
            assert version.content.metrics
        for campaign in store.of(CAMPAIGN):
            arn = campaign.arn
            assert personalize("GetRecommendations", campaignArn=arn, userId="u1", itemId="i1")["itemList"]
    finally:
        personalize.close()


def _many_kills(path: Path, times: int, seed: int) -> None:
    draw, said = random.Random(seed), []
    for number in range(times):
        said += _killed(path, 1000 * seed + number, draw.uniform(0, 1.2))
        _check(path, said)
    assert Counter(line[0] for line in said)["made"] > times


def test_nothing_that_was_answered_is_lost_by_a_kill(tmp_path: Path):
    _many_kills(tmp_path, 3, seed=1)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_nothing_that_was_answered_is_lost_by_many_kills_at_random_moments(tmp_path: Path):
    _many_kills(tmp_path, 15, seed=2)


RELATED = ("aws-sims", "aws-similar-items")
FOR_USERS = ("aws-user-personalization", "aws-hrnn", "aws-popularity-count", "aws-trending-now")


@pytest.mark.parametrize("recipe", [*RELATED, *FOR_USERS])
def test_a_model_of_any_kind_answers_after_the_restart_what_it_did_before(tmp_path: Path, recipe: str):
    asked = {"itemId": "i1"} if recipe in RELATED else {"userId": "u1"}
    with running(tmp_path) as aws:
        campaign = aws.campaign(aws.trained(aws.data(), recipe))
        before = aws.runtime.get_recommendations(campaignArn=campaign, **asked)["itemList"]
    assert before
    with running(tmp_path) as aws:
        assert aws.runtime.get_recommendations(campaignArn=campaign, **asked)["itemList"] == before
