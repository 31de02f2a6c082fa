"""What the tests of workers and its neighbours share."""

from __future__ import annotations

from fakes.gateway_aws import zipped
from personalize_sfn.local.lambda_.pool import Function, LambdaExecutor

__all__ = ["CODE", "executor", "function", "run"]


CODE = zipped("import os\ndef handler(e, c):\n    return [os.getpid(), e, os.environ['AWS_REGION']]")


def function(code: bytes = CODE, **more: object) -> Function:
    values = {"arn": "arn:x", "name": "x", "handler": "app.handler", "role_arn": "r", "code_sha256": str(hash(code))}
    return Function(**{**values, "code": code, **more})


def executor(**more: object) -> LambdaExecutor:
    return LambdaExecutor(lambda _: {"AWS_REGION": "eu-west-1"}, **more)


def run(pool: LambdaExecutor, which: Function, event: object = None) -> list:
    import json

    done = pool.invoke(which, event)
    assert not done.error, done.payload
    return json.loads(done.payload)
