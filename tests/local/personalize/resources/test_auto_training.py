"""Solutions that train by themselves, and campaigns that follow them, by a clock that the tests move."""

from __future__ import annotations

import pytest

from fakes.personalize_aws import avro, csv_bytes, two_tastes

HOUR, DAY = 3600.0, 86400.0
RECIPE = "aws-popularity-count"
VALUE = {"name": "VALUE", "type": ["null", "long"]}


@pytest.fixture
def group(aws):
    return aws.data()


def automatic(aws, group, **options):
    return aws.solution(group, RECIPE, performAutoTraining=True, **options)


def versions(aws, solution, *, ahead=None):
    """The solution's versions, oldest first, once none is pending, at a moment ``ahead`` of the machine's clock."""
    if ahead is not None:
        aws.environment.ahead = ahead
    listed = aws.personalize.list_solution_versions(solutionArn=solution)["solutionVersions"]
    return [aws.settled("solution_version", version["solutionVersionArn"]) for version in listed]


def new_events(aws, group, name):
    """Something new to learn: another import of interactions."""
    aws.imported(f"{group.replace(':dataset-group/', ':dataset/')}/INTERACTIONS", two_tastes(seed=2), name=name)


def test_the_first_training_begins_an_hour_after_the_solution_is_active(aws, group):
    solution = automatic(aws, group)
    assert versions(aws, solution, ahead=HOUR - 60) == []
    (version,) = versions(aws, solution, ahead=HOUR + 60)
    assert (version["trainingType"], version["trainingMode"], version["status"]) == ("AUTOMATIC", "AUTOTRAIN", "ACTIVE")
    created = aws.describe("solution", solution)["creationDateTime"]
    assert (version["creationDateTime"] - created).total_seconds() == pytest.approx(HOUR, abs=1)


def test_a_solution_that_is_not_to_train_by_itself_does_not(aws, group):
    solution = aws.solution(group, RECIPE, performAutoTraining=False)
    assert versions(aws, solution, ahead=30 * DAY) == []


def test_a_manual_version_in_the_first_hour_is_the_first(aws, group):
    solution = automatic(aws, group)
    manual = aws.version(solution)
    assert [version["trainingType"] for version in versions(aws, solution, ahead=2 * HOUR)] == ["MANUAL"]
    new_events(aws, group, "second")
    assert [version["solutionVersionArn"] for version in versions(aws, solution, ahead=7 * DAY - 60)] == [manual]
    types = [version["trainingType"] for version in versions(aws, solution, ahead=7 * DAY + 60)]
    assert types == ["MANUAL", "AUTOMATIC"]


def test_a_training_is_skipped_when_nothing_new_has_come(aws, group):
    solution = automatic(aws, group)
    assert len(versions(aws, solution, ahead=2 * HOUR)) == 1
    assert len(versions(aws, solution, ahead=29 * DAY)) == 1
    new_events(aws, group, "second")
    assert len(versions(aws, solution, ahead=34 * DAY)) == 1
    assert len(versions(aws, solution, ahead=36 * DAY)) == 2


def test_live_events_are_something_new(aws, group):
    solution = automatic(aws, group)
    assert len(versions(aws, solution, ahead=2 * HOUR)) == 1
    tracker = aws.personalize.create_event_tracker(name="t", datasetGroupArn=group)["trackingId"]
    event = {"eventType": "watch", "itemId": "i1", "sentAt": 1_700_000_000}
    aws.events.put_events(trackingId=tracker, userId="u1", sessionId="s", eventList=[event])
    assert len(versions(aws, solution, ahead=8 * DAY)) == 2


def text(name):
    return {"name": name, "type": "string"}


def action_datasets(aws, group):
    """An Actions and an Action interactions dataset; answers the ARN of the second."""
    aws.dataset(group, aws.schema("actions", schema=avro(name="Actions", fields=[text("ACTION_ID"), VALUE])), "Actions")
    fields = [*map(text, ("USER_ID", "ACTION_ID", "EVENT_TYPE")), {"name": "TIMESTAMP", "type": "long"}]
    schema = aws.schema("taken", schema=avro(name="ActionInteractions", fields=fields))
    return aws.dataset(group, schema, "Action_Interactions")


@pytest.mark.parametrize(("recipe", "trainings"), [(RECIPE, 1), ("aws-next-best-action", 2)])
def test_action_interactions_are_something_new_to_next_best_action_only(aws, group, recipe, trainings):
    """https://docs.aws.amazon.com/personalize/latest/dg/solution-config-auto-training.html"""
    taken = action_datasets(aws, group)
    solution = aws.solution(group, recipe, performAutoTraining=True)
    assert len(versions(aws, solution, ahead=2 * HOUR)) == 1
    rows = csv_bytes([("u1", "join", "Taken", 1_700_000_000)], "USER_ID,ACTION_ID,EVENT_TYPE,TIMESTAMP")
    assert aws.imported(taken, rows, name="taken")["status"] == "ACTIVE"
    assert len(versions(aws, solution, ahead=8 * DAY)) == trainings


def test_item_interactions_are_something_new_to_next_best_action_too(aws, group):
    action_datasets(aws, group)
    solution = aws.solution(group, "aws-next-best-action", performAutoTraining=True)
    assert len(versions(aws, solution, ahead=2 * HOUR)) == 1
    new_events(aws, group, "second")
    assert len(versions(aws, solution, ahead=8 * DAY)) == 2


def test_a_call_to_the_runtime_alone_moves_the_clock_too(aws, group):
    solution = automatic(aws, group)
    campaign = aws.campaign(aws.trained(group, "aws-sims"))
    aws.environment.ahead = 2 * HOUR
    aws.runtime.get_recommendations(campaignArn=campaign, itemId="i1")
    aws.environment.ahead = 0
    assert len(aws.personalize.list_solution_versions(solutionArn=solution)["solutionVersions"]) == 1


def test_the_interval_is_the_solutions_own(aws, group):
    every_day = {"autoTrainingConfig": {"schedulingExpression": "rate(1 day)"}}
    solution = automatic(aws, group, solutionConfig=every_day)
    assert len(versions(aws, solution, ahead=2 * HOUR)) == 1
    new_events(aws, group, "second")
    assert len(versions(aws, solution, ahead=DAY + 2 * HOUR)) == 2


@pytest.mark.parametrize("expression", ["rate(0 days)", "rate(31 days)"])
def test_the_interval_is_one_to_thirty_days(aws, refused, expression):
    config = {"autoTrainingConfig": {"schedulingExpression": expression}}
    assert refused(aws.solution, group=aws.group(), solutionConfig=config) == (
        "InvalidInputException",
        f"schedulingExpression: expected rate(1 day) to rate(30 days), got {expression}",
    )


def test_an_automatic_training_without_enough_data_fails_as_a_manual_one_does(aws):
    (version,) = versions(aws, automatic(aws, aws.group()), ahead=2 * HOUR)
    assert (version["status"], version["failureReason"]) == (
        "CREATE FAILED",
        "Dataset has fewer than 1000 interactions",
    )


def test_automatic_training_can_be_turned_on_and_off(aws, group):
    solution = aws.solution(group, RECIPE)
    aws.environment.ahead = DAY
    aws.personalize.update_solution(solutionArn=solution, performAutoTraining=True)
    assert versions(aws, solution, ahead=DAY + HOUR - 60) == []
    assert len(versions(aws, solution, ahead=DAY + HOUR + 60)) == 1
    aws.personalize.update_solution(solutionArn=solution, performAutoTraining=False)
    new_events(aws, group, "second")
    assert len(versions(aws, solution, ahead=20 * DAY)) == 1


def test_an_update_of_the_interval_counts_from_the_last_training(aws, group):
    solution = automatic(aws, group)
    assert len(versions(aws, solution, ahead=2 * HOUR)) == 1
    new_events(aws, group, "second")
    two_days = {"autoTrainingConfig": {"schedulingExpression": "rate(2 days)"}}
    aws.personalize.update_solution(solutionArn=solution, solutionUpdateConfig=two_days)
    assert len(versions(aws, solution, ahead=2 * DAY)) == 1
    assert len(versions(aws, solution, ahead=2 * DAY + 2 * HOUR)) == 2


def test_a_campaign_follows_the_newest_full_version(aws, group):
    solution = automatic(aws, group)
    (first,) = versions(aws, solution, ahead=2 * HOUR)
    campaign = aws.campaign(f"{solution}/$LATEST", campaignConfig={"syncWithLatestSolutionVersion": True})
    described = aws.describe("campaign", campaign)
    assert described["solutionVersionArn"] == first["solutionVersionArn"]
    assert described["campaignConfig"] == {"syncWithLatestSolutionVersion": True}
    assert "latestCampaignUpdate" not in described

    new_events(aws, group, "second")
    aws.service.durations.set("campaign", 600)
    _, second = versions(aws, solution, ahead=8 * DAY)
    during = aws.describe("campaign", campaign)
    assert during["solutionVersionArn"] == first["solutionVersionArn"]
    assert during["latestCampaignUpdate"]["solutionVersionArn"] == second["solutionVersionArn"]
    aws.environment.ahead = 8 * DAY + HOUR
    after = aws.describe("campaign", campaign)
    assert after["solutionVersionArn"] == second["solutionVersionArn"]
    assert after["latestCampaignUpdate"]["status"] == "ACTIVE"


def test_a_campaign_that_does_not_follow_keeps_its_version(aws, group):
    solution = aws.solution(group, RECIPE)
    old = aws.version(solution)
    aws.settled("solution_version", old)
    campaign = aws.campaign(f"{solution}/$LATEST")
    aws.settled("solution_version", aws.version(solution))
    assert aws.describe("campaign", campaign)["solutionVersionArn"] == old


def test_a_redeployment_that_failed_is_not_tried_again_with_the_same_version(aws, group):
    solution = aws.solution(group, RECIPE)
    old = aws.version(solution)
    aws.settled("solution_version", old)
    campaign = aws.campaign(f"{solution}/$LATEST", campaignConfig={"syncWithLatestSolutionVersion": True})
    aws.service.faults.fail("campaign", reason="no capacity")
    aws.settled("solution_version", aws.version(solution))
    for _ in range(2):
        described = aws.describe("campaign", campaign)
        assert described["solutionVersionArn"] == old
        assert described["latestCampaignUpdate"]["failureReason"] == "no capacity"


@pytest.fixture
def updates(monkeypatch):
    """The item ids that each automatic update was asked to know, in the order of the updates."""
    from dataclasses import replace

    from personalize_sfn.local.personalize.resources import automatic_updates

    asked = []

    def updated(base, item_ids, *_):
        asked.append(set(item_ids))
        return replace(base, metrics={"coverage": len(asked)})

    monkeypatch.setattr(automatic_updates, "updated", updated)
    return asked


def metrics_after(aws, version, ahead):
    """Looking at that moment begins what is due; then its work is waited for, and settled by the next look."""
    aws.environment.ahead = ahead
    aws.describe("solution_version", version)
    for change in list(next(iter(aws.service._stores.values())).changes):
        change.work.result(30)
    return aws.personalize.get_solution_metrics(solutionVersionArn=version)["metrics"]


def test_every_two_hours_the_newest_full_version_learns_of_new_items(aws, group, updates):
    version = aws.trained(group, "aws-user-personalization-v2")
    tracker = aws.personalize.create_event_tracker(name="t", datasetGroupArn=group)["trackingId"]
    event = {"eventType": "watch", "itemId": "i-new", "sentAt": 1_700_000_000}
    aws.events.put_events(trackingId=tracker, userId="u1", sessionId="s", eventList=[event])
    assert metrics_after(aws, version, 2 * HOUR - 60) != {"coverage": 1}
    assert metrics_after(aws, version, 2 * HOUR + 60) == {"coverage": 1}
    assert updates == [{*(f"i{number}" for number in range(80)), "i-new"}]
    assert metrics_after(aws, version, 5 * HOUR) == {"coverage": 1}
    listed = aws.personalize.list_solution_versions(solutionArn=version.rpartition("/")[0])
    assert len(listed["solutionVersions"]) == 1


def test_without_anything_new_nothing_is_updated(aws, group, updates):
    metrics_after(aws, aws.trained(group, "aws-user-personalization-v2"), DAY)
    assert updates == []


def test_recipes_without_automatic_updates_learn_of_new_items_by_training_only(aws, group, updates):
    version = aws.trained(group, RECIPE)
    new_events(aws, group, "second")
    metrics_after(aws, version, DAY)
    assert updates == []
