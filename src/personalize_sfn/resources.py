"""Amazon Personalize's resource types, each declared once.

A row holds only what the service's naming rule cannot tell; operations, methods, envelopes, ARNs, IAM actions, function
names, waits and the order of creation and deletion follow from it.  ``tests/contracts`` holds every row against
botocore's own model of the service.  Shipped in each function's zip; imports only the standard library.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Verb = Literal["Create", "Describe", "List", "Delete", "Update"]

ACTIVE = "ACTIVE"
#: Statuses from which a resource moves on by itself.  Any other that is not ACTIVE is a failure, not a reason to wait.
PENDING_STATUSES = ("CREATE PENDING", "CREATE IN_PROGRESS")
#: The service has been seen to say the former of batch jobs; its documentation says the latter:
#: https://docs.aws.amazon.com/personalize/latest/dg/API_BatchInferenceJob.html
_BATCH_STATUSES = (*PENDING_STATUSES, "PENDING", "IN PROGRESS")
#: Those of a dataset whose schema is being replaced, beside :data:`PENDING_STATUSES`.
UPDATE_STATUSES = ("UPDATE PENDING", "UPDATE IN_PROGRESS")
DELETING_STATUSES = ("DELETE PENDING", "DELETE IN_PROGRESS")


Ownership = Literal["tag", "content", "parent"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceType:
    """One kind of Personalize resource."""

    key: str
    """The envelope of its Describe answer: ``datasetGroup``."""
    arn_path: str
    """The last part of its ARN; the braces name request members: ``campaign/{name}``."""
    parents: tuple[str, ...] = ()
    """Keys of the resource types whose ARN the Create request takes."""
    scope: str | None = None
    """Key of the resource type whose ARN narrows the List request."""
    name_field: str = "name"
    has_status: bool = True
    """False: it exists as soon as it is created (schemas)."""
    ownership: Ownership = "tag"
    """How a project knows one as its own: by its tag; by a name that holds a hash of its content, which depends on
    nothing else; or by its dataset group's tag and a name that begins with the project's."""
    has_failure_reason: bool = True
    """False: the Describe answer has no ``failureReason`` even when creation failed."""
    deletable: bool = True
    """False: there is no Delete operation; it goes with its parent."""
    latest_update: str | None = None
    """The member of the Describe answer that tells the status of the latest update."""
    updates: tuple[str, ...] = ()
    """Members of the Update request: what can be changed without creating it again."""
    listed_as: str | None = None
    """The member of the List answer, where it is not the key with an s."""
    billed_by_the_hour: bool = False
    """True: it costs money for as long as it exists."""
    ready_status: str = ACTIVE
    """The status of one that is done."""
    pending_statuses: tuple[str, ...] = PENDING_STATUSES
    """Statuses from which it gets there by itself; the first is that of one that was just created."""
    failed_status: str = "CREATE FAILED"
    """The status of one whose creation failed."""
    stopped_statuses: tuple[str, ...] = ()
    """Statuses of one that people have stopped: it is whole, but does not work until they start it."""
    typical_seconds: int = 0
    """Median time until it is ready on AWS, for data of the size of MovieLens-100K, from the outputs saved in AWS's own
    sample notebooks.  0: it has no status, so nothing waits for it."""
    timeout_seconds: int = 3600
    """When to stop waiting for it."""
    one_per_parent: bool = False
    """True: its dataset group can have one only, whatever its name."""
    in_branches: bool = False
    """True: several are created at the same time, each in a branch of a Parallel state, whose data are its own.  So a
    label stands in the names of their states, not in their JSONPaths."""
    any_name: bool = False
    """True: people make it too, in the console or by the API, under any name; clean-up removes what has our tag."""
    reads_users: bool = False
    """True: none may run beside a data deletion job of its dataset group, which would miss what it reads or brings."""

    @property
    def pascal(self) -> str:
        """``DatasetGroup``: as it stands in operation names."""
        return self.key[0].upper() + self.key[1:]

    @property
    def snake(self) -> str:
        """``dataset_group``: as it stands in Python and configuration names."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", self.key).lower()

    @property
    def title(self) -> str:
        """``Dataset Group``: as people read it in state names."""
        return self.snake.replace("_", " ").title()

    @property
    def words(self) -> str:
        """``dataset group``: as it stands in a sentence."""
        return self.snake.replace("_", " ")

    @property
    def arn_field(self) -> str:
        """``datasetGroupArn``: the member that carries its ARN."""
        return f"{self.key}Arn"

    @property
    def state_path(self) -> str:
        """``$.datasetGroup.datasetGroupArn``: where its stage leaves its ARN in a workflow's state."""
        return self.labelled_path(None)

    def labelled_path(self, label: str | None) -> str:
        """``$.seenItemsFilter.filterArn``: as :attr:`state_path`, of the one that ``label`` tells from others."""
        return f"$.{self.state_key(label)}.{self.arn_field}"

    def state_key(self, label: str | None = None) -> str:
        """``seenItemsFilter``: the member of a workflow's state that its stage works in; without a label the key."""
        if label is None or self.in_branches:
            return self.key
        first, *others = _words(label)
        return "".join([first.lower(), *(word.capitalize() for word in others), self.pascal])

    def state_title(self, label: str | None = None) -> str:
        """``Seen Items Filter``: as people read it in state names.

        Raises:
            ValueError: the label has no letter or digit.
        """
        words = [] if label is None else [word.capitalize() for word in _words(label)]
        return " ".join([*words, self.title])

    @property
    def taggable(self) -> bool:
        return self.ownership == "tag"

    @property
    def arn_prefix(self) -> str:
        """``dataset-group/``: what the last part of its ARN begins with."""
        return self.arn_path.partition("{")[0]

    @property
    def arn_follows_from_request(self) -> bool:
        """False: the service puts an id of its own into the ARN, so an existing one must be looked for in List."""
        return "{id}" not in self.arn_path

    def has_failed(self, status: str) -> bool:
        """Whether a resource of this status will never be ready: its creation failed, was stopped, or it is deleted."""
        return status not in (self.ready_status, *self.pending_statuses, *UPDATE_STATUSES, *self.stopped_statuses)

    @property
    def list_key(self) -> str:
        """``datasetGroups``: the member of the List answer."""
        return self.listed_as or f"{self.key}s"

    def operation(self, verb: Verb) -> str:
        """``CreateDatasetGroup``: the API operation, the IAM action and the end of the ``X-Amz-Target``."""
        return f"{verb}{self.pascal}{'s' if verb == 'List' else ''}"

    def method(self, verb: Verb) -> str:
        """``create_dataset_group``: the boto3 client's method."""
        return f"{verb.lower()}_{self.snake}{'s' if verb == 'List' else ''}"

    def function(self, verb: Verb) -> str:
        """``create-dataset-group``: the end of the Lambda function's name."""
        return self.method(verb).replace("_", "-")


def _words(label: str) -> list[str]:
    words = re.findall(r"[A-Za-z0-9]+", label)
    if not words:
        raise ValueError(f"label: expected a text with a letter or a digit, got {label!r}")
    return words


SCHEMA = ResourceType(
    key="schema",
    arn_path="schema/{name}",
    has_status=False,
    ownership="content",
    in_branches=True,
)
DATASET_GROUP = ResourceType(
    key="datasetGroup",
    arn_path="dataset-group/{name}",
    typical_seconds=20,
)
DATASET = ResourceType(
    key="dataset",
    arn_path="dataset/{datasetGroup}/{datasetType}",
    parents=("datasetGroup", "schema"),
    scope="datasetGroup",
    has_failure_reason=False,
    latest_update="latestDatasetUpdate",
    updates=("schemaArn",),
    pending_statuses=(*PENDING_STATUSES, *UPDATE_STATUSES),
    typical_seconds=10,
    in_branches=True,
)
DATASET_IMPORT_JOB = ResourceType(
    key="datasetImportJob",
    arn_path="dataset-import-job/{jobName}",
    parents=("dataset",),
    scope="dataset",
    name_field="jobName",
    deletable=False,
    typical_seconds=900,
    timeout_seconds=6 * 3600,
    in_branches=True,
    reads_users=True,
)
EVENT_TRACKER = ResourceType(
    key="eventTracker",
    arn_path="event-tracker/{id}",
    parents=("datasetGroup",),
    scope="datasetGroup",
    has_failure_reason=False,
    typical_seconds=30,
    one_per_parent=True,
    any_name=True,
)
SOLUTION = ResourceType(
    key="solution",
    arn_path="solution/{name}",
    parents=("datasetGroup",),
    scope="datasetGroup",
    has_failure_reason=False,
    latest_update="latestSolutionUpdate",
    updates=("performAutoTraining", "performIncrementalUpdate", "solutionUpdateConfig"),
    typical_seconds=2,
)
SOLUTION_VERSION = ResourceType(
    key="solutionVersion",
    arn_path="solution/{solution}/{name}",
    parents=("solution",),
    scope="solution",
    deletable=False,
    typical_seconds=3360,
    timeout_seconds=72 * 3600,
    reads_users=True,
)
CAMPAIGN = ResourceType(
    key="campaign",
    arn_path="campaign/{name}",
    parents=("solutionVersion",),
    scope="solution",
    latest_update="latestCampaignUpdate",
    updates=("solutionVersionArn", "minProvisionedTPS", "campaignConfig"),
    billed_by_the_hour=True,
    typical_seconds=480,
    timeout_seconds=4 * 3600,
)

FILTER = ResourceType(
    key="filter",
    arn_path="filter/{name}",
    parents=("datasetGroup",),
    scope="datasetGroup",
    listed_as="Filters",
    typical_seconds=120,
    any_name=True,
)
RECOMMENDER = ResourceType(
    key="recommender",
    arn_path="recommender/{name}",
    parents=("datasetGroup",),
    scope="datasetGroup",
    latest_update="latestRecommenderUpdate",
    updates=("recommenderConfig",),
    billed_by_the_hour=True,
    # It can be stopped, and is INACTIVE then: https://docs.aws.amazon.com/personalize/latest/dg/API_Recommender.html
    pending_statuses=(*PENDING_STATUSES, "START PENDING", "START IN_PROGRESS"),
    stopped_statuses=("STOP PENDING", "STOP IN_PROGRESS", "INACTIVE"),
    typical_seconds=1980,
    timeout_seconds=72 * 3600,
    any_name=True,
    reads_users=True,
)
METRIC_ATTRIBUTION = ResourceType(
    key="metricAttribution",
    arn_path="metric-attribution/{name}",
    parents=("datasetGroup",),
    scope="datasetGroup",
    ownership="parent",
    typical_seconds=60,
    updates=("addMetrics", "removeMetrics", "metricsOutputConfig"),
    one_per_parent=True,
    any_name=True,
)
BATCH_INFERENCE_JOB = ResourceType(
    key="batchInferenceJob",
    arn_path="batch-inference-job/{jobName}",
    parents=("solutionVersion",),
    scope="solutionVersion",
    name_field="jobName",
    deletable=False,
    pending_statuses=_BATCH_STATUSES,
    typical_seconds=1140,
    timeout_seconds=24 * 3600,
    reads_users=True,
)
BATCH_SEGMENT_JOB = ResourceType(
    key="batchSegmentJob",
    arn_path="batch-segment-job/{jobName}",
    parents=("solutionVersion",),
    scope="solutionVersion",
    name_field="jobName",
    deletable=False,
    pending_statuses=_BATCH_STATUSES,
    typical_seconds=480,
    timeout_seconds=24 * 3600,
    reads_users=True,
)
DATASET_EXPORT_JOB = ResourceType(
    key="datasetExportJob",
    arn_path="dataset-export-job/{jobName}",
    parents=("dataset",),
    scope="dataset",
    name_field="jobName",
    deletable=False,
    typical_seconds=600,
    timeout_seconds=6 * 3600,
    reads_users=True,
)
DATA_DELETION_JOB = ResourceType(
    key="dataDeletionJob",
    arn_path="data-deletion-job/{jobName}",
    parents=("datasetGroup",),
    scope="datasetGroup",
    name_field="jobName",
    deletable=False,
    # Source: https://docs.aws.amazon.com/personalize/latest/dg/API_DataDeletionJob.html
    ready_status="COMPLETED",
    pending_statuses=("PENDING", "IN_PROGRESS"),
    failed_status="FAILED",
    typical_seconds=600,
    timeout_seconds=72 * 3600,
)

#: How long a deletion typically takes, and when to stop waiting for one.
TYPICAL_DELETION_SECONDS = 120
DELETION_TIMEOUT_SECONDS = 3600

#: All of Personalize's resource types, in the order of creation: what a resource needs comes before it.  Deletion goes
#: back, so what costs money by the hour stands last of what can be deleted.
RESOURCE_TYPES: tuple[ResourceType, ...] = (
    DATASET_GROUP,
    SCHEMA,
    DATASET,
    DATASET_IMPORT_JOB,
    METRIC_ATTRIBUTION,
    FILTER,
    EVENT_TRACKER,
    SOLUTION,
    SOLUTION_VERSION,
    RECOMMENDER,
    CAMPAIGN,
    BATCH_INFERENCE_JOB,
    BATCH_SEGMENT_JOB,
    DATASET_EXPORT_JOB,
    DATA_DELETION_JOB,
)

#: What can be deleted, in the order of deletion: what uses something goes before it.
DELETION_ORDER: tuple[ResourceType, ...] = tuple(row for row in reversed(RESOURCE_TYPES) if row.deletable)

BY_KEY: dict[str, ResourceType] = {row.key: row for row in RESOURCE_TYPES}
