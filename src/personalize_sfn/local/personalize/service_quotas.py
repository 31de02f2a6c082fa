"""Service Quotas of Personalize: what stands in :mod:`.controls.quotas`, as ListServiceQuotas tells it.

Only the quotas whose names and codes are known to be there are listed (:mod:`personalize_sfn.quotas`); the rates of
requests are not.  Of other services the backend answers what it knows.

https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/Welcome.html
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from personalize_sfn.botocore_sessions import bare_botocore_session
from personalize_sfn.local.aws.responses import AwsError, Response, json_answer
from personalize_sfn.local.personalize.controls.quotas import Quotas
from personalize_sfn.quotas import QUOTAS, SERVICE_CODE, Quota

if TYPE_CHECKING:
    from personalize_sfn.local.aws.request import Request

__all__ = ["about_personalize", "answer"]

#: The largest value that Service Quotas tells; where the embedded Personalize has no limit.
_NO_LIMIT = 10_000_000_000
_PAGE = 100

_Members = Mapping[str, Any]


def about_personalize(request: Request) -> bool:
    """Whether a request for Service Quotas is about Personalize's."""
    return request.operation in _OPERATIONS and request.json.get("ServiceCode") == SERVICE_CODE


def answer(request: Request, quotas: Quotas, account: str) -> Response:
    """Answer a request that :func:`about_personalize` is true of.

    Raises:
        AwsError: NoSuchResourceException, or a member that is not of the model's shape.
    """
    _check(request)
    value = _value_of(quotas) if "Default" not in request.operation else lambda each: each.default
    told = [_told(each, value(each), request.region, account) for each in QUOTAS if each.code is not None]
    return json_answer(200, _OPERATIONS[request.operation](told, request.json))


def _value_of(quotas: Quotas) -> Callable[[Quota], int]:
    limits = {
        ("region", False): quotas.per_region,
        ("region", True): quotas.pending_per_region,
        ("dataset group", False): quotas.per_dataset_group,
        ("dataset group", True): quotas.pending_per_dataset_group,
    }
    return lambda each: limits[each.per, each.pending].get(each.row.key, _NO_LIMIT)


def _told(quota: Quota, value: int, region: str, account: str) -> dict[str, Any]:
    return {
        "ServiceCode": SERVICE_CODE,
        "ServiceName": "Amazon Personalize",
        "QuotaArn": f"arn:aws:servicequotas:{region}:{account}:{SERVICE_CODE}/{quota.code}",
        "QuotaCode": quota.code,
        "QuotaName": quota.name,
        "Value": float(value),
        "Unit": "None",
        "Adjustable": quota.adjustable,
        "GlobalQuota": False,
        "QuotaAppliedAtLevel": "ACCOUNT",
    }


def _page(told: list[dict[str, Any]], asked: _Members) -> dict[str, Any]:
    wanted = [each for each in told if asked.get("QuotaCode") in (None, each["QuotaCode"])]
    try:
        start = int(base64.b64decode(asked.get("NextToken", ""), validate=True) or b"0")
    except ValueError:
        raise AwsError("InvalidPaginationTokenException", "Invalid token was used") from None
    end = start + asked.get("MaxResults", _PAGE)
    more = {"NextToken": base64.b64encode(str(end).encode()).decode()} if end < len(wanted) else {}
    return {"Quotas": wanted[start:end], **more}


def _one(told: list[dict[str, Any]], asked: _Members) -> dict[str, Any]:
    for each in told:
        if each["QuotaCode"] == asked["QuotaCode"]:
            return {"Quota": each}
    raise AwsError("NoSuchResourceException", "The request failed because the specified service quota does not exist.")


_OPERATIONS: Mapping[str, Callable[[list[dict[str, Any]], _Members], dict[str, Any]]] = {
    "ListServiceQuotas": _page,
    "ListAWSDefaultServiceQuotas": _page,
    "GetServiceQuota": _one,
    "GetAWSDefaultServiceQuota": _one,
}


@cache
def _model() -> Any:
    return bare_botocore_session().get_service_model("service-quotas")


def _check(request: Request) -> None:
    """Required members, types and ranges, from the service's model."""
    from botocore.validate import ParamValidator

    shape = _model().operation_model(request.operation).input_shape
    problems = [ParamValidator().validate(request.json, shape).generate_report(), *_above(shape, request.json)]
    if text := "; ".join(filter(None, problems)):
        raise AwsError("ValidationException", text)


def _above(shape: Any, members: _Members) -> Iterator[str]:
    """What botocore leaves to the server: whole numbers above the most."""
    for name, value in members.items():
        most = shape.members[name].metadata.get("max") if name in shape.members else None
        if isinstance(value, int) and most is not None and value > most:
            constraint = f"Member must have value less than or equal to {most}"
            yield f"Value '{value}' at '{name[0].lower()}{name[1:]}' failed to satisfy constraint: {constraint}"
