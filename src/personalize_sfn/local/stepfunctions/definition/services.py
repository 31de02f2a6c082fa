"""The AWS services that a Task's Resource names, as botocore models them."""

from __future__ import annotations

import functools
import re
from typing import Any

from botocore.exceptions import UnknownServiceError
from botocore.model import OperationModel, ServiceModel

from personalize_sfn.botocore_sessions import bare_botocore_session

__all__ = ["boto_service_name", "is_modelled", "java_service_name", "operation_model", "service_model"]

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z]*|[a-z]+|\d+")
# Names in aws-sdk resources are those of the AWS SDK for Java; where removing the hyphens from botocore's name does
# not give them. https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
_BOTO_NAMES = {
    "sfn": "stepfunctions",
    "states": "stepfunctions",
    "cloudwatchlogs": "logs",
    "eventbridge": "events",
    "cognitoidentityprovider": "cognito-idp",
    "elasticloadbalancingv2": "elbv2",
    "redshiftdata": "redshift-data",
    "costexplorer": "ce",
}


@functools.cache
def _botocore() -> Any:
    return bare_botocore_session()


@functools.cache
def _boto_names() -> dict[str, str]:
    names = {name.replace("-", ""): name for name in _botocore().get_available_services()}
    return names | _BOTO_NAMES


def boto_service_name(states_name: str) -> str:
    """botocore's name of a service as a Resource ARN names it: ``personalizeruntime`` -> ``personalize-runtime``."""
    return _boto_names().get(states_name.lower(), states_name)


@functools.cache
def service_model(boto_name: str) -> ServiceModel:
    """botocore's model of a service, loaded once."""
    model: ServiceModel = _botocore().get_service_model(boto_name)
    return model


@functools.cache
def operation_model(states_name: str, action: str) -> OperationModel | None:
    """The operation that a Resource ARN names (``describeExecution`` or ``describe_execution``), if there is one."""
    try:
        model = service_model(boto_service_name(states_name))
    except UnknownServiceError:
        return None
    wanted = action.replace("_", "").lower()
    for name in model.operation_names:
        if name.lower() == wanted:
            return model.operation_model(name)
    return None


def java_service_name(states_name: str) -> str:
    """The service as Step Functions writes it in an error: ``personalizeruntime`` -> ``PersonalizeRuntime``,
    ``dynamodb`` -> ``DynamoDb``: the service id with one capital a word, as the AWS SDK for Java names its classes."""
    service_id = service_model(boto_service_name(states_name)).service_id
    return "".join(word[0].upper() + word[1:].lower() for word in _WORD.findall(str(service_id)))


def is_modelled(boto_name: str, code: str) -> bool:
    """Whether an error code is one of those that the service's model declares."""
    shapes: list[Any] = service_model(boto_name).error_shapes
    return any(code in (shape.error_code, shape.name) for shape in shapes)
