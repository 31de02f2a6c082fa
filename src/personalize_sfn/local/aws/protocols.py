"""Which protocol a request is written in, and with it the form of its answer.

The request tells by itself (a CBOR header, a target header, a form), but for XML in place of JSON.  The tables hold
what botocore's models say of that; a test holds them against the requests that botocore makes.
https://smithy.io/2.0/aws/protocols/index.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from personalize_sfn.local.aws.request import Request

__all__ = ["default_protocol", "protocol_of"]

# Signing names, as they stand in a signature.  Services that are not named here answer JSON.
_PROTOCOLS = {
    "ec2": ("ec2",),
    "rest-xml": ("cloudfront", "route53", "s3"),
    "query": (
        "autoscaling",
        "cloudformation",
        "cloudsearch",
        "elasticache",
        "elasticbeanstalk",
        "elasticloadbalancing",
        "iam",
        "importexport",
        "rds",
        "redshift",
        "sdb",
        "sns",
        "sts",
    ),
}
_BY_SERVICE = {service: protocol for protocol, services in _PROTOCOLS.items() for service in services}


def default_protocol(service: str) -> str:
    """``json``, ``query``, ``ec2`` or ``rest-xml``: of a service, by its signing name."""
    return _BY_SERVICE.get(service, "json")


def protocol_of(request: Request) -> str:
    """As :func:`default_protocol`, or ``cbor``; where services share a name, or have several, the request's own."""
    if request.headers.get("smithy-protocol") == "rpc-v2-cbor":
        return "cbor"
    if request.target:
        return "json"
    default = default_protocol(request.service)
    form = "x-www-form-urlencoded" in request.headers.get("content-type", "") and request.path == "/"
    if form or "Action" in request.query:
        return "ec2" if default == "ec2" else "query"
    return default if default == "rest-xml" else "json"
