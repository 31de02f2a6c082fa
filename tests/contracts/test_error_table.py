"""Which operation answers which error: every pair of botocore's model is provoked, or listed with why not."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.session import get_session

from fakes.personalize_aws import ACCOUNT, BUCKET, REGION, ROLE, Aws, avro, csv_bytes, serving, two_tastes
from personalize_sfn.local.aws.iam import owner_of
from personalize_sfn.local.personalize.wire.protocol import operation_request

SERVICES = ("personalize", "personalize-runtime", "personalize-events")
MODELS = {name: get_session().get_service_model(name) for name in SERVICES}
OPERATIONS = {
    operation: MODELS[service].operation_model(operation)
    for service in SERVICES
    for operation in MODELS[service].operation_names
}
INVALID, ABSENT, EXISTS, BUSY, LIMIT, TAGS, KEYS, TOKEN = (
    f"{name}Exception"
    for name in (
        "InvalidInput",
        "ResourceNotFound",
        "ResourceAlreadyExists",
        "ResourceInUse",
        "LimitExceeded",
        "TooManyTags",
        "TooManyTagKeys",
        "InvalidNextToken",
    )
)

#: Modelled by botocore, never answered here.
NEVER = {
    ("TagResource", BUSY): "no state of a resource is documented in which its tags are fixed",
    ("UntagResource", BUSY): "as TagResource",
    ("ListTagsForResource", BUSY): "as TagResource",
    ("TagResource", LIMIT): "the only documented limit, 50 tags, has an error of its own: TooManyTagsException",
    ("UpdateSolution", LIMIT): "an update adds nothing that a documented quota counts",
    (
        "StopSolutionVersionCreation",
        BUSY,
    ): "what cannot be stopped is an InvalidInputException, see docs/embedded-aws.md",
}

S3 = {"s3DataSource": {"path": f"s3://{BUCKET}/batch.jsonl"}}
OUT = {"s3DataDestination": {"path": f"s3://{BUCKET}/out/"}}
METRIC = {"eventType": "watch", "metricName": "views", "expression": "SAMPLECOUNT()"}
EVENT = {"eventType": "Viewed", "sessionId": "s", "timestamp": 1_700_000_000, "actionId": "a"}

#: A right request of each creation, but for what it hangs on: that is its second half.
CREATIONS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "CreateSchema": ({"name": "new", "schema": avro()}, ()),
    "CreateDatasetGroup": ({"name": "new"}, ()),
    "CreateDataset": ({"name": "new", "datasetType": "Users"}, ("datasetGroupArn", "schemaArn")),
    "CreateDatasetImportJob": (
        {"jobName": "new", "roleArn": ROLE, "dataSource": {"dataLocation": f"s3://{BUCKET}/interactions.csv"}},
        ("datasetArn",),
    ),
    "CreateDatasetExportJob": ({"jobName": "new", "roleArn": ROLE, "jobOutput": OUT}, ("datasetArn",)),
    "CreateDataDeletionJob": (
        {"jobName": "new", "roleArn": ROLE, "dataSource": {"dataLocation": f"s3://{BUCKET}/users.csv"}},
        ("datasetGroupArn",),
    ),
    "CreateEventTracker": ({"name": "new"}, ("datasetGroupArn",)),
    "CreateFilter": (
        {"name": "new", "filterExpression": 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("watch")'},
        ("datasetGroupArn",),
    ),
    "CreateMetricAttribution": (
        {"name": "new", "metrics": [METRIC], "metricsOutputConfig": {"roleArn": ROLE}},
        ("datasetGroupArn",),
    ),
    "CreateRecommender": (
        {"name": "new", "recipeArn": "arn:aws:personalize:::recipe/aws-ecomm-popular-items-by-views"},
        ("datasetGroupArn",),
    ),
    "CreateSolution": (
        {"name": "new", "performAutoTraining": False, "recipeArn": "arn:aws:personalize:::recipe/aws-sims"},
        ("datasetGroupArn",),
    ),
    "CreateSolutionVersion": ({"name": "new"}, ("solutionArn",)),
    "CreateCampaign": ({"name": "new"}, ("solutionVersionArn",)),
    "CreateBatchInferenceJob": (
        {"jobName": "new", "roleArn": ROLE, "jobInput": S3, "jobOutput": OUT},
        ("solutionVersionArn",),
    ),
    "CreateBatchSegmentJob": (
        {"jobName": "new", "roleArn": ROLE, "jobInput": S3, "jobOutput": OUT},
        ("solutionVersionArn",),
    ),
}
#: What the operations on one resource say beside its ARN.
REST: dict[str, dict[str, Any]] = {
    "TagResource": {"tags": []},
    "UntagResource": {"tagKeys": ["a"]},
    "UpdateCampaign": {"minProvisionedTPS": 2},
    "UpdateRecommender": {"recommenderConfig": {"minRecommendationRequestsPerSecond": 2}},
    "UpdateSolution": {"performAutoTraining": True},
    "UpdateMetricAttribution": {"removeMetrics": ["views"]},
    "GetRecommendations": {"userId": "u1"},
    "GetPersonalizedRanking": {"userId": "u1", "inputList": ["i1"]},
    "GetActionRecommendations": {"userId": "u1"},
    "PutItems": {"items": [{"itemId": "i1"}]},
    "PutUsers": {"users": [{"userId": "u1"}]},
    "PutActions": {"actions": [{"actionId": "a"}]},
    "PutActionInteractions": {"actionInteractions": [EVENT]},
}
#: The resource that an operation is about, where it is not the first required member that ends in Arn.
SUBJECTS = {
    "GetRecommendations": "campaignArn",
    "GetActionRecommendations": "campaignArn",
    "UpdateMetricAttribution": "metricAttributionArn",
    "PutEvents": "trackingId",
    "PutActionInteractions": "trackingId",
    "ListSolutionVersions": "solutionArn",
}
DATASETS = {"PutItems": "ITEMS", "PutUsers": "USERS", "PutActions": "ACTIONS"}


@dataclass
class World:
    """A service with one of each resource that is ready, and one that is not, by the member that names them."""

    aws: Aws
    ready: dict[str, str] = field(default_factory=dict)
    busy: dict[str, str] = field(default_factory=dict)

    def ask(self, name: str, request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        status, _, answer = self.aws.service.handle(operation_request(name, request, REGION), owner_of(ACCOUNT))
        return status, json.loads(answer or b"{}")

    def made(self, name: str, request: dict[str, Any], member: str) -> str:
        status, answer = self.ask(name, request)
        assert status == 200, answer
        return str(answer[member])


def _group(aws: Aws) -> str:
    """Interactions with types of events: what metric attributions need."""
    schema = aws.schema(schema=avro({"name": "EVENT_TYPE", "type": "string"}))
    rows = csv_bytes([(*row, "watch") for row in two_tastes()], "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE")
    group = aws.group()
    job = aws.imported(aws.dataset(group, schema), rows)
    assert job["status"] == "ACTIVE", job
    return group


def _schema(aws: Aws, kind: str) -> str:
    column = {"name": f"{kind.upper().removesuffix('S')}_ID", "type": "string"}
    other = {"name": "GENRE", "type": ["null", "string"], "categorical": True}
    return aws.schema(f"of-{kind.lower()}", schema=avro(name=kind, fields=[column, other]))


def _slow(world: World) -> None:
    """One of each kind that stays pending; what is pending holds up what hangs on it, so the order matters."""
    aws, ready, busy = world.aws, world.ready, world.busy
    durations = aws.service.durations
    for kind in ("solutionVersion", "campaign", "filter", "recommender", "solution", "metricAttribution", "dataset"):
        durations.set(kind, 10_000)
    busy["filterArn"] = world.made("CreateFilter", _creation(world, "CreateFilter", name="slow"), "filterArn")
    busy["campaignArn"] = aws.campaign(ready["solutionVersionArn"], "slow")
    busy["solutionVersionArn"] = aws.version(ready["solutionArn"], name="slow")
    busy["solutionArn"] = aws.solution(ready["datasetGroupArn"], "aws-sims", name="slow")
    busy["recommenderArn"] = world.made(
        "CreateRecommender", _creation(world, "CreateRecommender", name="slow"), "recommenderArn"
    )
    other = _creation(world, "CreateMetricAttribution", name="slow", datasetGroupArn=ready["other datasetGroupArn"])
    busy["metricAttributionArn"] = world.made("CreateMetricAttribution", other, "metricAttributionArn")
    for kind in ("Items", "Users", "Actions"):
        group = ready["other datasetGroupArn"]
        schema = ready["users schemaArn"] if kind == "Users" else _schema(aws, kind)
        busy[kind.upper()] = aws.dataset(group, schema, kind)
    busy["datasetArn"] = busy["ITEMS"]
    fields = [
        {"name": name, "type": kind}
        for name, kind in (
            ("USER_ID", "string"),
            ("ACTION_ID", "string"),
            ("EVENT_TYPE", "string"),
            ("TIMESTAMP", "long"),
        )
    ]
    schema = aws.schema("of-events", schema=avro(name="ActionInteractions", fields=fields))
    events = aws.dataset(ready["other datasetGroupArn"], schema, "Action_Interactions")
    busy["trackingId"] = aws.describe("dataset", events)["trackingId"]
    durations.set("eventTracker", 10_000)
    busy["eventTrackerArn"] = aws.personalize.create_event_tracker(
        name="slow", datasetGroupArn=ready["other datasetGroupArn"]
    )["eventTrackerArn"]
    durations.set("datasetGroup", 10_000)
    busy["datasetGroupArn"] = aws.group("slow")
    busy["schemaArn"] = ready["schemaArn"]  # a dataset refers to it
    durations.clear()


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with serving() as aws:
        group = _group(aws)
        version = aws.trained(group)
        ready = {
            "datasetGroupArn": group,
            "domain datasetGroupArn": aws.group("shop", domain="ECOMMERCE"),
            "other datasetGroupArn": aws.group("other"),
            "spare datasetGroupArn": aws.group("spare"),
            "datasetArn": aws.personalize.list_datasets()["datasets"][0]["datasetArn"],
            "schemaArn": aws.personalize.list_schemas()["schemas"][0]["schemaArn"],
            "users schemaArn": _schema(aws, "Users"),
            "solutionArn": version.rpartition("/")[0],
            "solutionVersionArn": version,
            "segments solutionVersionArn": aws.trained(group, "aws-item-affinity"),
            "campaignArn": aws.campaign(version),
        }
        aws.environment.objects["batch.jsonl"] = b'{"userId": "u1"}\n'
        aws.environment.objects["users.csv"] = b"USER_ID\nnobody\n"
        aws.service.quotas.per_region["datasetGroup"] = 50
        for name in ("other", "spare"):
            aws.dataset(ready[f"{name} datasetGroupArn"], ready["schemaArn"])
        world = World(aws, ready)
        attribution = _creation(world, "CreateMetricAttribution", name="first")
        ready["metricAttributionArn"] = world.made("CreateMetricAttribution", attribution, "metricAttributionArn")
        _slow(world)
        yield world


def _arn_of(world: World, name: str, member: str) -> str:
    """The ready resource that a creation hangs on."""
    special = {
        ("CreateRecommender", "datasetGroupArn"): "domain datasetGroupArn",
        ("CreateDataset", "schemaArn"): "users schemaArn",
        ("CreateBatchSegmentJob", "solutionVersionArn"): "segments solutionVersionArn",
    }
    return world.ready[special.get((name, member), member)]


def _creation(world: World, operation: str, /, **change: Any) -> dict[str, Any]:
    request, parents = CREATIONS[operation]
    return request | {member: _arn_of(world, operation, member) for member in parents} | change


def _naming(name: str) -> str:
    return "jobName" if "jobName" in CREATIONS[name][0] else "name"


def _subject(name: str) -> str:
    required = sorted(OPERATIONS[name].input_shape.required_members)
    return SUBJECTS.get(name) or next(member for member in required if member.endswith("Arn"))


def _about(name: str, arn: str, world: World) -> dict[str, Any]:
    more = {"schemaArn": world.ready["schemaArn"]} if name == "UpdateDataset" else {}
    return {_subject(name): arn} | REST.get(name, {}) | more


def _nothing(member: str) -> str:
    if member == "trackingId":
        return "00000000-0000-4000-8000-000000000000"
    kind = {"resourceArn": "campaign"}.get(member, member.removesuffix("Arn"))
    path = re.sub("([A-Z])", lambda found: "-" + found[1].lower(), kind)
    if member in ("recipeArn", "algorithmArn", "featureTransformationArn"):
        return f"arn:aws:personalize:::{path}/nothing"
    end = {"solutionVersion": "nothing/12345678", "dataset": "nothing/ITEMS"}.get(kind, "nothing")
    path = "solution" if kind == "solutionVersion" else path
    return f"arn:aws:personalize:{REGION}:{ACCOUNT}:{path}/{end}"


def invalid(world: World, name: str) -> tuple[dict[str, Any], str]:
    """A name that cannot be, an ARN that is none, a page of nothing."""
    if name in CREATIONS:
        return _creation(world, name, **{_naming(name): "-new"}), f"'-new' at '{_naming(name)}' failed to satisfy"
    if name.startswith("List") and name != "ListTagsForResource":
        return {"maxResults": 0}, "'0' at 'maxResults' failed to satisfy"
    if name == "PutEvents":
        tracked = {"trackingId": _nothing("trackingId"), "sessionId": "s"}
        event = {"eventType": "watch", "sentAt": 1_700_000_000}
        return tracked | {"eventList": [event]}, "belongs to no ACTIVE event tracker"
    if name == "PutActionInteractions":
        return {"trackingId": "t", "actionInteractions": []}, "'actionInteractions' failed to satisfy"
    return _about(name, "no-arn", world), "'no-arn' at"


def absent(world: World, name: str) -> tuple[dict[str, Any], str]:
    """What a creation hangs on, or what is asked for, is not there."""
    if name in CREATIONS:
        member = CREATIONS[name][1][0]
        return _creation(world, name, **{member: _nothing(member)}), _nothing(member)
    arn = _nothing(_subject(name))
    return _about(name, arn, world), arn


def exists(world: World, name: str) -> tuple[dict[str, Any], str]:
    """The second of two that are the same."""
    if name == "UpdateMetricAttribution":
        there = {"metricAttributionArn": world.ready["metricAttributionArn"], "addMetrics": [METRIC]}
        return there, "Another metric named views exists"
    request = _creation(world, name, **{_naming(name): "twice"})
    world.ask(name, request)
    return request, "already exists."


def busy(world: World, name: str) -> tuple[dict[str, Any], str]:
    """What it hangs on is not ACTIVE yet, or it is not itself."""
    if name in CREATIONS:
        member = CREATIONS[name][1][0]
        return _creation(world, name, **{member: world.busy[member]}), "is not ACTIVE, its status is CREATE"
    subject = DATASETS.get(name, _subject(name))
    arn = world.busy[subject]
    text = "is in use by arn:aws:personalize:" if name == "DeleteSchema" else "its status is|while its status is"
    return _about(name, arn, world), text


def limit(world: World, name: str) -> tuple[dict[str, Any], str]:
    """The quota of its kind is used up."""
    kind = name.removeprefix("Create")
    world.aws.service.quotas.per_region[kind[0].lower() + kind[1:]] = 0
    # A dataset group has one of some kinds: here it has none of them yet, whatever ran before.
    alone = name in ("CreateDataset", "CreateEventTracker", "CreateMetricAttribution")
    change = {"datasetGroupArn": world.ready["spare datasetGroupArn"]} if alone else {}
    return _creation(world, name, **{_naming(name): "one-more"}, **change), "More than 0 resources in ACTIVE state"


def tags(world: World, name: str) -> tuple[dict[str, Any], str]:
    """More than 50."""
    many = [{"tagKey": f"k{number}", "tagValue": ""} for number in range(51)]
    if name == "TagResource":
        return {"resourceArn": world.ready["campaignArn"], "tags": many}, "at most 50 tags, got 51"
    return _creation(world, name, tags=many), "at most 50 tags, got 51"


def keys(world: World, name: str) -> tuple[dict[str, Any], str]:
    """More than a resource can have."""
    many = [f"k{number}" for number in range(51)]
    return {"resourceArn": world.ready["campaignArn"], "tagKeys": many}, "at most 50 tags, got 51 keys"


def token(world: World, name: str) -> tuple[dict[str, Any], str]:
    """A token that no list has given."""
    more = {"metricAttributionArn": world.busy["metricAttributionArn"]} if name.endswith("Metrics") else {}
    return {"nextToken": "bm9ib2R5"} | more, "The given token is not valid"


PROVOKED: dict[str, Callable[[World, str], tuple[dict[str, Any], str]]] = {
    INVALID: invalid,
    ABSENT: absent,
    EXISTS: exists,
    BUSY: busy,
    LIMIT: limit,
    TAGS: tags,
    KEYS: keys,
    TOKEN: token,
}
#: HTTP statuses other than 400; the control plane has none.
STATUS = {
    "personalize": {},
    "personalize-runtime": {ABSENT: 404},
    "personalize-events": {ABSENT: 404, BUSY: 409},
}
CELLS = sorted((name, shape.name) for name, operation in OPERATIONS.items() for shape in operation.error_shapes)


def test_what_is_never_answered_is_in_the_model() -> None:
    """A reason for a pair that botocore does not know any more is a reason too many."""
    assert set(NEVER) <= set(CELLS)


def test_every_error_of_the_model_has_a_way_to_be_provoked() -> None:
    assert {error for _, error in CELLS} == set(PROVOKED)
    assert set(CREATIONS) == {name for name in OPERATIONS if name.startswith("Create")}


@pytest.mark.parametrize(("name", "error"), [cell for cell in CELLS if cell not in NEVER])
def test_an_operation_answers_the_error(name: str, error: str, world: World) -> None:
    quotas = world.aws.service.quotas
    before = dict(quotas.per_region)
    try:
        request, text = PROVOKED[error](world, name)
        status, answer = world.ask(name, request)
    finally:
        quotas.per_region.clear()
        quotas.per_region.update(before)
    assert answer.get("__type") == error, answer
    assert re.search(text if "|" in text else re.escape(text), answer["message"])
    assert status == STATUS[OPERATIONS[name].service_model.service_name].get(error, 400)
