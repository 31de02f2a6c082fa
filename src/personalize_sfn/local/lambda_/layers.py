"""Layers of functions: which may be used, and what is in them.

https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable
from typing import Any

from personalize_sfn.local.aws.responses import AwsError
from personalize_sfn.local.lambda_.pool import Layer

__all__ = ["Layers", "check_sizes"]

MAX_LAYERS = 5
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
MAX_UNPACKED_BYTES = 262_144_000
_ARN = re.compile(r"(arn:[a-zA-Z0-9-]+:lambda:([a-z0-9-]+):(\d{12}):layer:[a-zA-Z0-9_-]+):([0-9]+)")


class Layers:
    """The layers of one embedded AWS.  One that is deleted keeps working in the functions that use it, as on AWS."""

    def __init__(self) -> None:
        self._used: dict[str, Layer] = {}

    def check(self, arns: Iterable[Any], account: str, region: str) -> list[Layer]:
        """The layers by their ARNs; those that a function of this account and region may not use are refused.

        Raises:
            AwsError: InvalidParameterValueException, ValidationException or AccessDeniedException, in AWS's words.
        """
        found: dict[str, Layer] = {}
        names = [str(arn) for arn in arns]
        if len(names) > MAX_LAYERS:
            raise _invalid(f"Cannot reference more than {MAX_LAYERS} layers.")
        for arn in names:
            parts = _ARN.fullmatch(arn)
            if parts is None:
                raise AwsError(
                    "ValidationException",
                    f"1 validation error detected: Value '[{arn}]' at 'layers' failed to satisfy constraint: "
                    f"Member must satisfy constraint: [Member must satisfy regular expression pattern: {_ARN.pattern}]",
                )
            name, of_region, of_account, _ = parts.groups()
            if of_account != account:
                raise AwsError(
                    "AccessDeniedException",
                    f"User: arn:aws:iam::{account}:root is not authorized to perform: lambda:GetLayerVersion on "
                    f"resource: {arn} because no resource-based policy allows the lambda:GetLayerVersion action",
                    403,
                )
            if of_region != region:
                raise _invalid(
                    f"Layers are not in the same region as the function. Layers are expected to be in region {region}."
                )
            layer = self._find(arn, account, region)
            if layer is None:
                raise _invalid(f"Layer version {arn} does not exist.")
            if name in found:
                raise _invalid(
                    "Two different versions of the same layer are not allowed to be referenced in the same function. "
                    f"{found[name].arn} and {arn} are versions of the same layer."
                )
            found[name] = layer
        return list(found.values())

    def of(self, function: Any, account: str, region: str) -> tuple[Layer, ...]:
        """The layers of a function of the backend."""
        found = (self._find(used["Arn"], account, region) or self._used.get(used["Arn"]) for used in function.layers)
        return tuple(layer for layer in found if layer is not None)

    def _find(self, arn: str, account: str, region: str) -> Layer | None:
        from moto.awslambda.utils import get_backend

        version = get_backend(account, region).layers_versions_by_arn(arn)
        if version is None:
            return None
        layer = Layer(arn=arn, code_sha256=version.code_sha_256, code=version.code_bytes)
        self._used[arn] = layer
        return layer


def check_sizes(code: bytes, layers: Iterable[Layer]) -> None:
    """Refuse what is too large unpacked, code and layers together.

    Raises:
        AwsError: InvalidParameterValueException.
    """
    of_layers = sum(_unpacked_size(layer.code) for layer in layers)
    total = of_layers + _unpacked_size(code)
    if of_layers > MAX_UNPACKED_BYTES:
        raise _invalid(f"Layers consume more than the available size of {MAX_UNPACKED_BYTES} bytes")
    if total > MAX_UNPACKED_BYTES:
        raise _invalid(
            f"Function code combined with layers exceeds the maximum allowed size of {MAX_UNPACKED_BYTES} bytes. "
            f"The actual size is {total} bytes."
        )


def _unpacked_size(data: bytes) -> int:
    """By the zip's own directory, which a check of the zip holds against its content."""
    if not data:
        return 0
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return sum(member.file_size for member in archive.infolist())


def _invalid(message: str) -> AwsError:
    return AwsError("InvalidParameterValueException", message)
