"""DescribeAlgorithm and DescribeFeatureTransformation."""
# ruff: noqa: ARG001 - hooks share one signature, not each needs all of it

from __future__ import annotations

from personalize_sfn.local.personalize.api_errors import unsupported
from personalize_sfn.local.personalize.environment import Request
from personalize_sfn.local.personalize.operations.behaviour import Call, Members


def describe_algorithm(call: Call, request: Request) -> Members:
    raise unsupported("DescribeAlgorithm")


def describe_feature_transformation(call: Call, request: Request) -> Members:
    raise unsupported("DescribeFeatureTransformation")
