"""The workflow that forgets users, and what it demands of the others."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from fakes.batch_configs import BATCHES
from personalize_sfn import workflows
from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.errors import ConfigError
from personalize_sfn.resources import RESOURCE_TYPES

ARNS = Arns("us-east-1", "123456789012")
CONFIG = Config(project="movies", forgetting=True)
TURNS = {"bucket": "movies-{account_id}-{region}", "prefix": "movies/meta/forget/", "datasetGroup": "movies"}


@pytest.fixture(scope="module")
def states() -> dict[str, Any]:
    made: dict[str, Any] = workflows.to_dict(workflows.definitions(CONFIG, ARNS, ["forget"])["forget"])["States"]
    return made


def test_it_claims_its_turn_waits_deletes_and_looks_again(states):
    assert states["Claim Turn"]["Next"] == "Does Nothing Run?"
    ways = [(each["Variable"], each["BooleanEquals"], each["Next"]) for each in states["Does Nothing Run?"]["Choices"]]
    assert ways == [
        ("$.turn.check.isFree", True, "Create Data Deletion Job"),
        ("$.turn.check.timedOut", True, "Others Still Run"),
        ("$.turn.check.isFree", False, "Wait for What Runs"),
    ]
    assert states["Wait for What Runs"]["Next"] == "Claim Turn"
    assert states["Data Deletion Job Is Completed"]["Next"] == "Look for What Ran Beside It"
    ways = [each["Next"] for each in states["Did Anything Run Beside It?"]["Choices"]]
    assert ways == ["Begin Waiting", "Return Deletion"]


def test_each_round_has_a_job_of_its_own(states):
    payload = states["Create Data Deletion Job"]["Parameters"]["Payload"]
    assert payload["rootExecution.$"] == "States.Format('{} {}', $$.Execution.Id, $.deletion.round)"
    assert payload["request"]["dataSource"] == {"dataLocation.$": "$.input.list"}


def test_it_waits_three_days_at_most_for_what_runs(states):
    assert states["Claim Turn"]["Parameters"]["Payload"]["timeoutSeconds"] == 72 * 3600
    assert states["Others Still Run"]["Error"] == "DeletionTurnTimedOut"


def creations(config: Config) -> dict[str, dict[str, Any]]:
    """The payload of every state that creates what reads users, by the function's name."""
    rows = {config.name(row.function("Create")) for row in RESOURCE_TYPES if row.reads_users}
    found: dict[str, dict[str, Any]] = {}

    def look(value: Any) -> None:
        if isinstance(value, dict):
            if value.get("FunctionName") in rows:
                found[value["FunctionName"].removeprefix(config.name(""))] = value["Payload"]
            for each in value.values():
                look(each)
        elif isinstance(value, list):
            for each in value:
                look(each)

    look([workflows.to_dict(made) for made in workflows.definitions(config, ARNS).values()])
    return found


def test_where_users_can_be_forgotten_whatever_reads_them_takes_its_turn():
    found = creations(dataclasses.replace(BATCHES, forgetting=True))
    assert len(found) == 5
    assert all(payload["turns"]["prefix"] == "movies/meta/forget/" for payload in found.values())
    assert not any("turns" in payload for payload in creations(BATCHES).values())
    domain = Config.from_dict(
        {
            "project": "movies",
            "forgetting": True,
            "domain": "ECOMMERCE",
            "solutions": {},
            "recommenders": {"popular": {"recipe": "aws-ecomm-popular-items-by-purchases"}},
        }
    )
    assert creations(domain)["create-recommender"]["turns"] == TURNS


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            {"bucket": "b-1", "bucket_kms_key_arn": "arn:aws:kms:us-east-1:123456789012:key/1"},
            r"^forgetting: Personalize reads the list of users to forget only from a bucket without a KMS key",
        ),
        (
            {"datasets": {"interactions": {"key": "movies/"}}},
            r"^datasets\.interactions\.key: expected a key outside of movies/meta/forget/, got 'movies/'$",
        ),
    ],
)
def test_a_list_that_aws_would_not_read_or_an_import_would_is_refused_before_a_run(more, said):
    with pytest.raises(ConfigError, match=said):
        Config.from_dict({"project": "movies", "forgetting": True, **more})
    Config.from_dict({"project": "movies", **more})
