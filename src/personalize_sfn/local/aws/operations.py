"""Where each service's requests name their operation, from botocore's models: in the path, in a header or in a form."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

__all__ = ["RestOperation", "botocore_services", "operations_of", "protocols_of", "rest_operations"]

# Signing names, as they stand in signatures and in IAM actions -> botocore's services, where these are named otherwise
# or are several, the likeliest first; a test holds it against botocore.
_BOTOCORE_SERVICES = {
    "apigateway": ("apigateway", "apigatewayv2"),
    "appconfig": ("appconfig", "appconfigdata"),
    "bedrock": ("bedrock", "bedrock-agent", "bedrock-agent-runtime", "bedrock-data-automation", "bedrock-runtime"),
    "bedrock-agentcore": ("bedrock-agentcore", "bedrock-agentcore-control"),
    "aws-marketplace": ("meteringmarketplace", "marketplace-entitlement", "marketplace-agreement"),
    "cloudhsm": ("cloudhsm", "cloudhsmv2"),
    "connect": ("connect", "connect-contact-lens"),
    "connect-campaigns": ("connectcampaigns", "connectcampaignsv2"),
    "dynamodb": ("dynamodb", "dynamodbstreams"),
    "elasticfilesystem": ("efs",),
    "elasticloadbalancing": ("elb", "elbv2"),
    "elasticmapreduce": ("emr",),
    "es": ("es", "opensearch"),
    "execute-api": ("apigatewaymanagementapi",),
    "aidevops": ("devops-agent",),
    "airflow": ("mwaa",),
    "aoss": ("opensearchserverless",),
    "aps": ("amp",),
    "events": ("events",),
    "iotdata": ("iot-data",),
    "ivs": ("ivs",),
    "kinesisanalytics": ("kinesisanalyticsv2", "kinesisanalytics"),
    "kinesisvideo": ("kinesisvideo", "kinesis-video-archived-media"),
    "lex": ("lexv2-models", "lex-models", "lexv2-runtime", "lex-runtime"),
    "mediastore": ("mediastore", "mediastore-data"),
    "mobiletargeting": ("pinpoint",),
    "monitoring": ("cloudwatch",),
    "personalize": ("personalize-runtime", "personalize-events", "personalize"),
    "rds": ("rds", "neptune", "docdb"),
    "sagemaker": ("sagemaker-runtime", "sagemaker-metrics", "sagemaker"),
    "servicecatalog": ("servicecatalog", "servicecatalog-appregistry"),
    "servicequotas": ("service-quotas",),
    "ses": ("ses", "sesv2"),
    "sso": ("sso-admin",),
    "states": ("stepfunctions",),
    "tagging": ("resourcegroupstaggingapi",),
    "timestream": ("timestream-write", "timestream-query"),
}
# Asked for on every request: said here, so that their models are not read for it.
_SPOKEN = {"personalize": frozenset({"json"}), "states": frozenset({"json"}), "s3": frozenset[str]()}
_JSON_ONLY = ("stepfunctions", "personalize")
_REST = ("rest-json", "rest-xml")
_ALL = frozenset({"json", "query", "ec2", "smithy-rpc-v2-cbor"})


@dataclass(frozen=True, slots=True)
class RestOperation:
    """An operation of a REST service, and what a request for it looks like."""

    operation: str
    method: str
    pattern: re.Pattern[str]
    """Of the path as it is sent: an encoded ``/`` belongs to a name."""
    constants: dict[str, str]
    """What the query must hold."""
    query_names: frozenset[str] | None
    """Names in the query that mean something; None: any may."""

    def matches(self, method: str, sent_path: str, query: Mapping[str, str]) -> bool:
        return (
            method == self.method
            and self.pattern.fullmatch(sent_path) is not None
            and all(query.get(name) == value for name, value in self.constants.items())
        )


def botocore_services(service: str) -> tuple[str, ...]:
    """botocore's names of the services that are signed for by this name."""
    return _BOTOCORE_SERVICES.get(service, (service,) if service else ())


@functools.cache
def protocols_of(service: str) -> frozenset[str]:
    """The protocols, other than REST, in which requests signed for this name may come."""
    if service in _SPOKEN:
        return _SPOKEN[service]
    models = [model for name in botocore_services(service) if (model := _metadata(name))]
    if not models:
        return _ALL
    spoken: set[str] = set()
    for model in models:
        spoken |= set(model.get("protocols") or [model["protocol"]])
        if "awsQueryCompatible" in model:  # spoken by clients from before the service spoke JSON
            spoken.add("query")
        if "targetPrefix" in model:
            spoken.add("json")
    return frozenset(spoken - set(_REST))


@functools.cache
def operations_of(service: str) -> frozenset[str] | None:
    """The operations that may be asked for under this signing name; None: of Personalize, which knows its own."""
    if service == "personalize":
        return None
    models = (_model(name) for name in botocore_services(service))
    return frozenset(name for model in models if model is not None for name in model.operation_names)


def _metadata(botocore_service: str) -> dict[str, Any]:
    model = _model(botocore_service)
    return {} if model is None else dict(model.metadata)


@functools.cache
def _model(botocore_service: str) -> Any:
    from botocore.exceptions import UnknownServiceError
    from botocore.model import ServiceModel

    from personalize_sfn.botocore_sessions import botocore_loader

    try:
        return ServiceModel(botocore_loader().load_service_model(botocore_service, "service-2"), botocore_service)
    except UnknownServiceError:
        return None


@functools.cache
def rest_operations(botocore_service: str) -> tuple[RestOperation, ...]:
    """Of a REST service but S3, the narrowest first; none of any other service."""
    if botocore_service in ("", "s3", *_JSON_ONLY):
        return ()
    model = _model(botocore_service)
    if model is None or model.metadata.get("protocol") not in _REST:
        return ()
    rows = []
    for name in model.operation_names:
        operation = model.operation_model(name)
        path, _, query = operation.http["requestUri"].partition("?")
        parts = re.split(r"(\{[^}]+\})", path.rstrip("/"))
        constants = {each: values[-1] for each, values in parse_qs(query, keep_blank_values=True).items()}
        row = RestOperation(
            name,
            operation.http["method"],
            re.compile("".join(_path_part(part) for part in parts) + "/?"),
            constants,
            _query_names(operation.input_shape, constants),
        )
        rows.append((-len(constants), sum(part.endswith("+}") for part in parts), len(parts), row))
    return tuple(row[-1] for row in sorted(rows, key=lambda each: each[:-1]))


def _query_names(shape: Any, constants: dict[str, str]) -> frozenset[str] | None:
    members = {} if shape is None else shape.members
    placed = {name: member for name, member in members.items() if member.serialization.get("location") == "querystring"}
    if any(member.type_name == "map" for member in placed.values()):
        return None
    return frozenset(constants) | {member.serialization.get("name", name) for name, member in placed.items()}


def _path_part(part: str) -> str:
    if part.endswith("+}"):
        return ".+"
    return "[^/]+" if part.startswith("{") else re.escape(part)
