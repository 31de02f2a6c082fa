"""Which IAM actions a request needs, on which resources.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonpersonalize.html: a Create needs the new
resource alone, tags on it need personalize:TagResource, a role needs iam:PassRole, lists have no resource.
"""

from __future__ import annotations

from personalize_sfn.arns import Arns
from personalize_sfn.arns import parse as parse_arn
from personalize_sfn.local.personalize.environment import Request
from personalize_sfn.resources import BY_KEY, RESOURCE_TYPES, SOLUTION_VERSION, ResourceType

ANY = "*"
_OWN_MEMBERS = (
    "resourceArn",
    "campaignArn",
    "recommenderArn",
    "recipeArn",
    "algorithmArn",
    "featureTransformationArn",
    "solutionVersionArn",
    "metricAttributionArn",
    "datasetArn",
)
"""Where operations that belong to no row name their resource."""


def needed(operation: str, request: Request, arns: Arns) -> list[tuple[str, str]]:
    """Pairs of action and resource ARN.  An invalid request needs what can be told."""
    own = _own(operation, request, arns)
    pairs = [(f"personalize:{operation}", own)]
    if request.get("tags") and operation.startswith("Create"):
        pairs.append(("personalize:TagResource", own))
    outputs = request.get("metricsOutputConfig")
    for holder in (request, outputs if isinstance(outputs, dict) else {}):
        if isinstance(holder.get("roleArn"), str):
            pairs.append(("iam:PassRole", holder["roleArn"]))
    return pairs


def _own(operation: str, request: Request, arns: Arns) -> str:
    for row in RESOURCE_TYPES:
        if operation == row.operation("Create"):
            return _to_be_made(row, request, arns)
        if operation == row.operation("List"):
            return ANY
        if operation in (row.operation("Describe"), row.operation("Delete"), row.operation("Update")):
            return str(request.get(row.arn_field, ANY))
    for member in _OWN_MEMBERS:
        if isinstance(request.get(member), str):
            return str(request[member])
    return ANY


def _to_be_made(row: ResourceType, request: Request, arns: Arns) -> str:
    if row is SOLUTION_VERSION:  # AWS has no resource type for versions: it is the solution that one may train
        return str(request.get("solutionArn", ANY))
    fields = {"id": ANY, "name": ANY, **{name: value for name, value in request.items() if isinstance(value, str)}}
    for key in row.parents:
        if f"{{{key}}}" not in row.arn_path:
            continue
        try:
            fields[key] = parse_arn(str(request.get(BY_KEY[key].arn_field))).name
        except ValueError:
            return ANY
    if "datasetType" in fields:
        fields["datasetType"] = fields["datasetType"].upper()
    try:
        return arns.personalize(row.arn_path.format_map(fields))
    except KeyError:
        return ANY
