"""Create or find: what the create functions do with what is there."""

from __future__ import annotations

import pytest

from fakes.virtual_personalize import ARNS, CONTEXT, error
from personalize_sfn.config import FunctionsConfig
from personalize_sfn.errors import (
    DefinitionConflictError,
    InvalidInputError,
    NotOursError,
    PendingLimitError,
    QuotaError,
    TransientError,
)
from personalize_sfn.handlers import aws
from personalize_sfn.handlers.create import create_handler
from personalize_sfn.ownership import PROJECT_TAG
from personalize_sfn.resources import EVENT_TRACKER, RECOMMENDER

GROUP = ARNS.personalize("dataset-group/movies")
SOLUTION = ARNS.personalize("solution/movies-v2")


def event(request, **more):
    return {
        "request": request,
        "tags": {PROJECT_TAG: "movies"},
        "adopt": False,
        "startedAt": "2026-01-01T00:00:00.000Z",
        **more,
    }


GROUP_EVENT = event({"name": "movies"})
SINCE = "2026-01-01T00:00:00+00:00"
CREATED = {
    "datasetGroupArn": GROUP,
    "updating": False,
    "since": SINCE,
    "made": {"resource": "datasetGroup", "arn": GROUP, "how": "created"},
}


def solution_event(**changes):
    request = {
        "name": "movies-v2",
        "datasetGroupArn": GROUP,
        "recipeArn": ARNS.recipe("aws-user-personalization-v2"),
        "performHPO": False,
        "performAutoTraining": False,
    }
    return event({**request, **changes})


def test_what_is_not_there_is_created_with_the_projects_tags(call, personalize):
    assert call("create_dataset_group", GROUP_EVENT) == CREATED
    assert personalize.tags[GROUP] == {PROJECT_TAG: "movies"}


def test_create_is_idempotent_what_is_there_and_ours_is_found(call, personalize):
    call("create_dataset_group", GROUP_EVENT)
    assert call("create_dataset_group", GROUP_EVENT) == CREATED
    assert len(personalize.found) == 1


def test_what_an_earlier_run_made_is_told_as_found(call, personalize):
    call("create_dataset_group", GROUP_EVENT)
    personalize.clock.advance(60)
    later = {**GROUP_EVENT, "startedAt": "2026-01-01T00:01:00.000Z"}
    assert call("create_dataset_group", later)["made"]["how"] == "found"


def test_create_is_idempotent_after_a_lost_answer(call, personalize):
    personalize.losing.append("CreateDatasetGroup")
    with pytest.raises(TransientError, match="the answer was lost"):
        call("create_dataset_group", GROUP_EVENT)
    assert call("create_dataset_group", GROUP_EVENT)["datasetGroupArn"] == GROUP


def test_what_is_there_is_found_although_the_quota_is_full(call, personalize):
    call("create_dataset_group", GROUP_EVENT)
    full = error("CreateDatasetGroup", "LimitExceededException", "More than 5 resources in ACTIVE state.")
    personalize.raising["CreateDatasetGroup"].append(full)
    assert call("create_dataset_group", GROUP_EVENT) == CREATED


def test_calls_end_before_the_function_does(monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    aws.client.cache_clear()
    settings = aws.client("personalize").meta.config
    aws.client.cache_clear()
    assert settings.retries["total_max_attempts"] * (settings.connect_timeout + settings.read_timeout) <= 60
    assert FunctionsConfig().timeout_seconds >= 60


def test_what_is_not_ours_is_an_error_that_names_the_option_to_adopt_it(call, personalize):
    personalize.create_dataset_group(name="movies")
    with pytest.raises(NotOursError) as raised:
        call("create_dataset_group", GROUP_EVENT)
    assert str(raised.value) == (
        "dataset-group/movies exists and has no tag personalize-sfn:project: choose another project name in the "
        "config, or set adopt: true to take it over (clean-up and destroy will then remove it)"
    )


def test_what_belongs_to_another_project_is_not_ours(call, personalize):
    personalize.create_dataset_group(name="movies", tags=[{"tagKey": PROJECT_TAG, "tagValue": "books"}])
    with pytest.raises(NotOursError, match="belongs to project 'books'"):
        call("create_dataset_group", GROUP_EVENT)


def test_adopting_tags_it_as_ours(call, personalize):
    personalize.create_dataset_group(name="movies")
    assert call("create_dataset_group", {**GROUP_EVENT, "adopt": True})["datasetGroupArn"] == GROUP
    assert personalize.tags[GROUP] == {PROJECT_TAG: "movies"}


def test_what_had_failed_is_deleted_and_created_again(call, personalize):
    personalize.failing["datasetGroup"] = "no luck"
    call("create_dataset_group", GROUP_EVENT)
    personalize.failing.clear()
    personalize.seconds["deletion"] = 60
    for said in ("had failed and was deleted", "is being deleted"):
        with pytest.raises(TransientError, match=said):
            call("create_dataset_group", GROUP_EVENT)
    personalize.clock.advance(60)
    call("create_dataset_group", GROUP_EVENT)
    assert personalize.describe_dataset_group(datasetGroupArn=GROUP)["datasetGroup"]["status"] == "ACTIVE"


def test_a_schema_with_other_content_is_a_conflict(call):
    call("create_schema", event({"name": "movies-interactions-1", "schema": '{"fields": []}'}))
    call("create_schema", event({"name": "movies-interactions-1", "schema": '{"fields":[]}'}))
    with pytest.raises(DefinitionConflictError) as raised:
        call("create_schema", event({"name": "movies-interactions-1", "schema": '{"fields": [1]}'}))
    assert str(raised.value) == (
        'schema movies-interactions-1 exists already with schema {"fields": []}, but {"fields": [1]} is wanted, '
        "and that cannot be changed. Give it another name in the configuration, or clean up first"
    )


@pytest.mark.parametrize(
    ("function", "request_"),
    [
        ("create_dataset_group", {"name": "movies"}),
        ("create_schema", {"name": "movies-interactions-1", "schema": '{"fields": []}'}),
    ],
)
@pytest.mark.parametrize(
    ("first", "then"), [({}, {"domain": "ECOMMERCE"}), ({"domain": "ECOMMERCE"}, {"domain": "VIDEO_ON_DEMAND"})]
)
def test_what_was_made_for_another_domain_is_a_conflict(call, function, request_, first, then):
    call(function, event(request_ | first))
    with pytest.raises(
        DefinitionConflictError, match=rf'exists already with domain .*but "{then["domain"]}" is wanted'
    ):
        call(function, event(request_ | then))


def test_a_solution_with_another_recipe_is_a_conflict(call):
    call("create_solution", solution_event())
    with pytest.raises(DefinitionConflictError, match=r"with recipeArn .*aws-user-personalization-v2"):
        call("create_solution", solution_event(recipeArn=ARNS.recipe("aws-popularity-count")))


def test_a_solution_with_other_hyperparameters_is_a_conflict(call):
    config = {"algorithmHyperParameters": {"apply_recency_bias": "true"}}
    call("create_solution", solution_event(solutionConfig=config))
    changed = {"algorithmHyperParameters": {"apply_recency_bias": "false"}}
    with pytest.raises(DefinitionConflictError, match=r"solutionConfig\.algorithmHyperParameters"):
        call("create_solution", solution_event(solutionConfig=changed))


def test_an_unknown_recipe_is_refused_by_name(call):
    with pytest.raises(InvalidInputError, match=r"there is no recipe aws-nonsense: set solution\.recipe"):
        call("create_solution", solution_event(recipeArn=ARNS.recipe("aws-nonsense")))


def test_automatic_training_is_changed_by_an_update(call, personalize):
    call("create_solution", solution_event())
    schedule = {"autoTrainingConfig": {"schedulingExpression": "rate(7 days)"}}
    wanted = solution_event(performAutoTraining=True, solutionConfig=schedule)
    assert call("create_solution", wanted)["updating"] is True
    assert personalize.calls[-1] == (
        "UpdateSolution",
        {"solutionArn": SOLUTION, "performAutoTraining": True, "solutionUpdateConfig": schedule},
    )
    assert call("create_solution", wanted)["updating"] is False


def test_a_boto3_that_cannot_update_solutions_says_so(call, personalize):
    call("create_solution", solution_event())
    del personalize._methods["update_solution"]
    with pytest.raises(DefinitionConflictError, match=r"cannot change yet: set functions\.runtime to a newer one"):
        call("create_solution", solution_event(performAutoTraining=True))


@pytest.mark.parametrize(
    ("code", "message", "status", "expected"),
    [
        ("ThrottlingException", "Rate exceeded", 400, TransientError),
        ("ServiceUnavailable", "later", 503, TransientError),
        ("SomethingNew", "oops", 500, TransientError),
        ("ExpiredTokenException", "The security token included in the request is expired", 403, TransientError),
        ("LimitExceededException", "More than 5 resources with PENDING or IN_PROGRESS status.", 400, PendingLimitError),
        ("LimitExceededException", "More than 5 resources in ACTIVE state.", 400, QuotaError),
        ("ResourceInUseException", "the parent is pending", 400, TransientError),
        ("InvalidInputException", "bad name", 400, InvalidInputError),
        ("ResourceNotFoundException", "no parent", 400, InvalidInputError),
    ],
)
def test_the_services_errors_become_ours(call, personalize, code, message, status, expected):
    personalize.raising["CreateDatasetGroup"].append(error("CreateDatasetGroup", code, message, status))
    with pytest.raises(expected) as raised:
        call("create_dataset_group", GROUP_EVENT)
    assert type(raised.value) is expected
    assert str(raised.value).startswith(f"CreateDatasetGroup: {message} ({code})")


def test_time_limits_count_from_when_there_was_a_slot(call, personalize):
    full = error("CreateDatasetGroup", "LimitExceededException", "More than 5 resources with PENDING or IN_PROGRESS.")
    personalize.raising["CreateDatasetGroup"].append(full)
    with pytest.raises(PendingLimitError):
        call("create_dataset_group", GROUP_EVENT)
    personalize.clock.advance(3600)
    assert call("create_dataset_group", GROUP_EVENT)["since"] == "2026-01-01T01:00:00+00:00"


@pytest.mark.parametrize(("seconds", "expected"), [(60, TransientError), (600, InvalidInputError)])
def test_a_refusal_may_pass_in_the_first_minutes_only(call, personalize, seconds, expected):
    personalize.clock.advance(seconds)
    refusal = error("CreateDatasetGroup", "AccessDeniedException", "not authorized")
    personalize.raising["CreateDatasetGroup"].append(refusal)
    with pytest.raises(expected, match="not authorized"):
        call("create_dataset_group", GROUP_EVENT)


def test_where_iam_refuses_because_another_project_has_the_name_that_is_said(call, personalize):
    call("create_dataset_group", {**GROUP_EVENT, "tags": {PROJECT_TAG: "films"}})
    refusal = error("CreateDatasetGroup", "AccessDeniedException", "not authorized")
    personalize.raising["CreateDatasetGroup"].append(refusal)
    with pytest.raises(NotOursError, match="dataset-group/movies"):
        call("create_dataset_group", GROUP_EVENT)


def test_expired_keys_are_read_anew_by_the_next_try(monkeypatch):
    monkeypatch.setattr(aws, "logged", lambda client: client)
    monkeypatch.setattr(aws.boto3, "client", lambda *_, **__: object())
    first = aws.client("personalize")
    with pytest.raises(TransientError), aws.translating_errors({}):
        raise error("DescribeSolution", "ExpiredTokenException", "expired", 403)
    assert aws.client("personalize") is not first
    aws.client.cache_clear()


@pytest.mark.parametrize(
    ("operation", "seconds", "expected"),
    [
        ("DescribeSchema", 60, TransientError),
        ("DescribeDataset", 60, TransientError),
        ("ListTagsForResource", 60, TransientError),
        ("DescribeSchema", 600, InvalidInputError),
        ("GetRecommendations", 60, InvalidInputError),
        ("CreateSolution", 60, InvalidInputError),
    ],
)
def test_what_was_just_created_may_not_be_seen_yet(monkeypatch, operation, seconds, expected):
    monkeypatch.setattr(aws, "seconds_since", lambda _: seconds)
    with pytest.raises(expected), aws.translating_errors({"startedAt": "2026-01-01T00:00:00.000Z"}):
        raise error(operation, "ResourceNotFoundException", "there is no such thing")


@pytest.mark.parametrize("name", ["ThrottlingException", "LimitExceededException", "InvalidInputException"])
def test_a_message_of_the_service_is_cut_so_that_a_cause_stays_json(name):
    with pytest.raises(Exception) as raised, aws.translating_errors({}):  # noqa: PT011 - one of three of ours
        raise error("CreateSolution", name, "x" * 100_000)
    assert "xxx..." in str(raised.value)
    assert len(str(raised.value)) < 2_200


def test_tags_that_changed_in_the_configuration_reach_what_is_there_and_others_stay(call, personalize):
    call("create_dataset_group", GROUP_EVENT)
    personalize.tags[GROUP]["cost"] = "42"
    tagged = {**GROUP_EVENT, "tags": {PROJECT_TAG: "movies", "team": "films"}}

    call("create_dataset_group", tagged)

    assert personalize.tags[GROUP] == {PROJECT_TAG: "movies", "cost": "42", "team": "films"}


def recommender_event(config):
    return event({"name": "movies-for-you", "datasetGroupArn": GROUP, "recommenderConfig": config})


RECOMMENDER_ARN = ARNS.personalize("recommender/movies-for-you")


def test_what_the_row_lets_be_updated_is_updated_in_any_resource(call, personalize):
    create = create_handler(RECOMMENDER, same=("datasetGroupArn",))
    create(recommender_event({"minRecommendationRequestsPerSecond": 1}), CONTEXT)
    personalize.clock.advance(100_000)
    personalize.seconds["recommenderUpdate"] = 60
    wanted, later = recommender_event({"minRecommendationRequestsPerSecond": 2}), "2026-01-02T03:46:40+00:00"
    made = {"resource": "recommender", "arn": RECOMMENDER_ARN, "how": "updated"}
    for _ in range(2):
        told = create(wanted, CONTEXT)
        assert told == {"recommenderArn": RECOMMENDER_ARN, "updating": True, "since": later, "made": made}
    assert personalize.names("UpdateRecommender") == ["UpdateRecommender"]


def test_a_recommender_that_someone_stopped_is_neither_deleted_nor_used(call, personalize, monkeypatch):
    create = create_handler(RECOMMENDER)
    create(recommender_event({}), CONTEXT)
    monkeypatch.setattr(personalize, "_status", lambda _: "INACTIVE")
    with pytest.raises(InvalidInputError) as refused:
        create(recommender_event({}), CONTEXT)
    assert str(refused.value) == (
        "recommender movies-for-you is INACTIVE: someone stopped it. Start it, then run again"
    )
    assert personalize.names("DeleteRecommender") == []


def test_a_resource_whose_arn_the_name_does_not_tell_is_found_by_list(call, personalize):
    create = create_handler(EVENT_TRACKER)
    wanted = event({"name": "movies", "datasetGroupArn": GROUP})
    first = create(wanted, CONTEXT)
    taken = error("CreateEventTracker", "ResourceAlreadyExistsException", "Another resource already exists.")
    personalize.raising["CreateEventTracker"].append(taken)
    assert create(wanted, CONTEXT) == first
