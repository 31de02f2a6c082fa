"""Whether what an ARN names is there: of the kinds that schedules are for."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["target_exists"]


def target_exists(arn: str, account: str, is_machine: Callable[[str], bool]) -> bool:
    """True also where it cannot be told: other accounts, other services, the SDK's own targets.

    ``is_machine`` says whether Step Functions has a machine of an ARN.
    """
    parts = arn.split(":", 5)
    if parts[2:3] == ["states"] and parts[4] == account:
        return is_machine(arn)
    look_up = _LOOK_UPS.get(parts[2])
    if look_up is None or parts[4] != account or not parts[3]:
        return True
    return look_up(account, parts[3], arn, parts[5])


def _function(account: str, region: str, arn: str, _resource: str) -> bool:
    from moto.awslambda.exceptions import UnknownFunctionException
    from moto.awslambda.utils import get_backend

    try:
        get_backend(account, region).get_function(arn)
    except UnknownFunctionException:
        return False
    return True


def _queue(account: str, region: str, _arn: str, resource: str) -> bool:
    from moto.sqs.models import sqs_backends

    return resource in sqs_backends[account][region].queues


def _topic(account: str, region: str, arn: str, _resource: str) -> bool:
    from moto.sns.models import sns_backends

    return arn in sns_backends[account][region].topics


def _schedule_group(account: str, region: str, _arn: str, resource: str) -> bool:
    from moto.scheduler.models import scheduler_backends

    return resource.partition("/")[2] in scheduler_backends[account][region].schedule_groups


_LOOK_UPS: dict[str, Callable[[str, str, str, str], bool]] = {
    "lambda": _function,
    "sqs": _queue,
    "sns": _topic,
    "scheduler": _schedule_group,
}
