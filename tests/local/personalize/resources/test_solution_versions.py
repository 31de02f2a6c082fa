"""Solution versions: stopping and updating them, what types of recipes need and how they are measured."""

from __future__ import annotations

import numpy as np
import pytest

from fakes.personalize_aws import two_tastes

V1, V2 = "aws-user-personalization", "aws-user-personalization-v2"


# Stopping and updating a version


def test_a_pending_version_stops_at_once(aws, refused):
    aws.service.durations.set("solution_version", 1000)
    version = aws.version(aws.solution(aws.data()))
    aws.personalize.stop_solution_version_creation(solutionVersionArn=version)
    assert aws.describe("solution_version", version)["status"] == "CREATE STOPPED"
    aws.environment.ahead = 2000
    stopped = aws.describe("solution_version", version)
    assert stopped["status"] == "CREATE STOPPED"
    assert "trainingHours" not in stopped
    assert refused(aws.campaign, version=version)[0] == "ResourceInUseException"


def test_a_version_in_progress_is_stopping_and_then_stopped(aws, refused):
    aws.service.durations.set("solution_version", 1000)
    solution = aws.solution(aws.data())
    version = aws.version(solution)
    aws.environment.ahead = 500
    assert aws.describe("solution_version", version)["status"] == "CREATE IN_PROGRESS"
    aws.personalize.stop_solution_version_creation(solutionVersionArn=version)
    assert aws.describe("solution_version", version)["status"] == "CREATE STOPPING"
    assert refused(aws.personalize.delete_solution, solutionArn=solution)[0] == "ResourceInUseException"
    aws.environment.ahead = 700
    assert stopped_status(aws, version) == "CREATE STOPPED"
    aws.personalize.delete_solution(solutionArn=solution)


def stopped_status(aws, version):
    """Once the training thread has let go."""
    import threading
    import time

    deadline = time.monotonic() + 30
    while (status := aws.describe("solution_version", version)["status"]) == "CREATE STOPPING":
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)
    return status


def test_only_what_is_being_created_can_be_stopped(aws, refused):
    version = aws.trained(aws.data())
    stop = aws.personalize.stop_solution_version_creation
    assert refused(stop, solutionVersionArn=version) == (
        "InvalidInputException",
        "Only the creation of a solution version that is CREATE PENDING or CREATE IN_PROGRESS can be stopped; "
        f"the status of the given one is ACTIVE: {version}",
    )
    assert refused(stop, solutionVersionArn=version + "0")[0] == "ResourceNotFoundException"


def test_an_update_needs_the_recipe_and_a_full_version(aws, refused):
    group = aws.data()
    assert refused(aws.version, solution=aws.solution(group, V2), trainingMode="UPDATE") == (
        "InvalidInputException",
        f"trainingMode UPDATE goes with {V1}, aws-hrnn-coldstart only, not with {V2}",
    )
    solution = aws.solution(group, V1)
    assert refused(aws.version, solution=solution, trainingMode="UPDATE") == (
        "InvalidInputException",
        f"trainingMode UPDATE needs an ACTIVE solution version that was created with FULL: {solution}",
    )


def test_an_update_learns_nothing_new_about_what_was_there(aws):
    group = aws.data()
    solution = aws.solution(group, V1)
    full = aws.version(solution)
    aws.settled("solution_version", full)
    aws.imported(f"{group.replace(':dataset-group/', ':dataset/')}/INTERACTIONS", two_tastes(seed=9), name="more")
    update = aws.settled("solution_version", aws.version(solution, trainingMode="UPDATE"))
    assert (update["status"], update["trainingMode"], update["trainingType"]) == ("ACTIVE", "UPDATE", "MANUAL")

    def answer(version, name):
        campaign = aws.campaign(version, name)
        return aws.runtime.get_recommendations(campaignArn=campaign, userId="u3", numResults=10)["itemList"]

    assert answer(update["solutionVersionArn"], "updated") == answer(full, "full")
    metrics = [
        aws.personalize.get_solution_metrics(solutionVersionArn=version)["metrics"]
        for version in (full, update["solutionVersionArn"])
    ]
    assert metrics[0] == metrics[1]


def test_a_model_that_cannot_take_up_new_items_says_so():
    from personalize_sfn.engine import TrainingInput
    from personalize_sfn.local.personalize.data.tables import InteractionRows
    from personalize_sfn.local.personalize.training.solution_version import Candidate, Selection, train_best, updated
    from personalize_sfn.local.personalize.wire.errors import WorkFailed

    users, items, times = (np.array(column) for column in zip(*two_tastes(), strict=True))
    rows = InteractionRows(users, items, times)
    trained = train_best([Candidate(recipe="aws-popularity-count")], rows, Selection(), 0, TrainingInput())
    known = [f"i{number}" for number in range(80)]
    assert updated(trained, known, None, None).model.item_ids.tolist() == sorted(known)
    with pytest.raises(WorkFailed, match="cannot add 1 new items, such as i-new, to a model of aws-popularity-count"):
        updated(trained, [*known, "i-new"], None, None)


# Recipe types


def test_user_segments_are_measured_their_own_way_and_not_deployed(aws, refused):
    version = aws.trained(aws.data(), "aws-item-affinity")
    metrics = aws.personalize.get_solution_metrics(solutionVersionArn=version)["metrics"]
    assert set(metrics) == {"coverage", "hits_at_1_percent", "recall_at_1_percent"}
    assert refused(aws.campaign, version=version) == (
        "InvalidInputException",
        "The recipe aws-item-affinity is of type USER_SEGMENTATION: its solution versions cannot be deployed, "
        "create a batch segment job",
    )


@pytest.mark.parametrize(
    ("recipe", "needed"), [("aws-item-attribute-affinity", "ITEMS"), ("aws-next-best-action", "ACTIONS")]
)
def test_a_recipe_that_needs_another_dataset_fails_without_it(aws, recipe, needed):
    version = aws.settled("solution_version", aws.version(aws.solution(aws.data(), recipe)))
    assert (version["status"], version["failureReason"]) == (
        "CREATE FAILED",
        f"Create failed. The recipe {recipe} needs a dataset of type {needed} in the dataset group.",
    )
