"""What a function answers, and how its failures are told: as AWS's Python runtime does it.

https://github.com/aws/aws-lambda-python-runtime-interface-client
"""

from __future__ import annotations

import base64
import io
import json
import sys
import zipfile
from typing import Any

import pytest

from fakes.gateway_aws import Account, statement

PYTHON = f"python{sys.version_info.major}.{sys.version_info.minor}"
LOGS = statement(["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"], "arn:aws:logs:*:*:*")


def raw(account: Account, name: str, **more: Any) -> tuple[bytes, dict]:
    answer = account.client("lambda").invoke(FunctionName=name, Payload=b"null", **more)
    return answer["Payload"].read(), answer


def files(**content: str) -> bytes:
    """A zip of Python files, by their names."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in content.items():
            archive.writestr(f"{name.replace('__', '/')}.py", text)
    return buffer.getvalue()


def test_a_failure_has_the_members_of_awss_runtime_in_their_order(account: Account):
    code = "def inner():\n    raise ValueError('no')\ndef handler(e, c):\n    return inner()\n"
    payload, answer = raw(account, account.function(code))
    told = json.loads(payload)
    assert list(told) == ["errorMessage", "errorType", "requestId", "stackTrace"]
    assert told["requestId"] == answer["ResponseMetadata"]["RequestId"]
    assert told["stackTrace"] == [
        '  File "/var/task/app.py", line 4, in handler\n    return inner()\n',
        "  File \"/var/task/app.py\", line 2, in inner\n    raise ValueError('no')\n",
    ]


def test_frames_of_the_library_and_the_sdk_are_where_they_are_on_aws(account: Account):
    code = "import boto3, json\ndef handler(e, c):\n    if e: boto3.client('s3').list_buckets()\n    json.loads('{')\n"
    name = account.function(code)
    refused, _ = account.invoke(name, True)
    places = [frame.split('"')[1] for frame in refused["stackTrace"]]
    assert places[0] == "/var/task/app.py"
    assert places[-1] == f"/var/lang/lib/{PYTHON}/site-packages/botocore/client.py"
    places = [frame.split('"')[1] for frame in account.invoke(name, False)[0]["stackTrace"]]
    assert set(places[1:]) == {f"/var/lang/lib/{PYTHON}/json/__init__.py", f"/var/lang/lib/{PYTHON}/json/decoder.py"}


def test_no_message_trace_or_log_names_a_folder_of_this_machine(account: Account):
    code = (
        "import os, traceback\ndef handler(e, c):\n    print(__file__, os.getcwd())\n"
        "    try:\n        1 / 0\n    except ZeroDivisionError:\n        traceback.print_exc()\n"
        "    raise RuntimeError('at ' + __file__)\n"
    )
    payload, answer = raw(account, account.function(code, LOGS), LogType="Tail")
    log = base64.b64decode(answer["LogResult"]).decode()
    assert json.loads(payload)["errorMessage"] == "at /var/task/app.py"
    assert "/var/task/app.py /var/task\n" in log
    assert "[ERROR] RuntimeError: at /var/task/app.py\nTraceback (most recent call last):\n" in log
    assert "personalize-sfn-lambda" not in payload.decode() + log


@pytest.mark.parametrize(
    ("code", "handler", "error_type", "message", "trace"),
    [
        (
            "import no_such",
            "app.handler",
            "Runtime.ImportModuleError",
            "Unable to import module 'app': No module named 'no_such'",
            [],
        ),
        (
            "from app import nothing",
            "app.handler",
            "Runtime.ImportModuleError",
            "Unable to import module 'app': cannot import name 'nothing' from partially initialized module 'app' "
            "(most likely due to a circular import) (/var/task/app.py)",
            [],
        ),
        ("x = 1", "app.handler", "Runtime.HandlerNotFound", "Handler 'handler' missing on module 'app'", []),
        (
            "x = 1",
            "handler",
            "Runtime.MalformedHandlerName",
            "Bad handler 'handler': not enough values to unpack (expected 2, got 1)",
            [],
        ),
        (
            "x = 1",
            "sys.exit",
            "Runtime.BuiltInModuleConflict",
            "Cannot use built-in module sys as a handler module",
            [],
        ),
        (
            "def handler(:\n",
            "app.handler",
            "Runtime.UserCodeSyntaxError",
            "Syntax error in module 'app': invalid syntax (app.py, line 1)",
            ['  File "/var/task/app.py" Line 1\n    def handler(:\n'],
        ),
    ],
)
def test_a_function_that_cannot_be_loaded_says_so(account: Account, code, handler, error_type, message, trace):
    payload, _ = raw(account, account.function(code, handler=handler))
    assert json.loads(payload) == {
        "errorMessage": message,
        "errorType": error_type,
        "requestId": "",
        "stackTrace": trace,
    }


def test_an_import_that_raises_shows_where(account: Account):
    told = account.invoke(account.function("raise ValueError('at import')"))[0]
    assert (told["errorType"], told["errorMessage"], told["requestId"]) == ("ValueError", "at import", "")
    assert told["stackTrace"][0].startswith(f'  File "/var/lang/lib/{PYTHON}/importlib/__init__.py"')
    assert (
        told["stackTrace"][-1]
        == "  File \"/var/task/app.py\", line 1, in <module>\n    raise ValueError('at import')\n"
    )


def test_an_import_that_failed_is_tried_again_with_the_next_event(account: Account):
    bucket = "waited-for"
    code = f"import boto3\nboto3.client('s3').head_bucket(Bucket='{bucket}')\ndef handler(e, c): return 'there'\n"
    name = account.function(code, statement("s3:ListBucket"))
    assert account.invoke(name)[0]["errorMessage"].startswith("An error occurred (404)")
    account.client("s3").create_bucket(Bucket=bucket)
    assert account.invoke(name)[0] == "there"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("b'just text \\xc3\\xbc'", "just text ü".encode()),
        ("b'{\"a\": 1}'", b'{"a": 1}'),
        ("bytes([0, 159, 255])", bytes([0, 159, 255])),
        ("{'a': b'text', b'k': (1, 2)}", b'{"a": "text", "k": [1, 2]}'),
        ("__import__('decimal').Decimal('1.10')", b"1.10"),
        ("[__import__('decimal').Decimal('12345678901234567890.123456789')]", b"[12345678901234567890.123456789]"),
        ("__import__('collections').namedtuple('P', 'x y')(1, [2])", b'{"x": 1, "y": [2]}'),
        ("{1: True, 2.5: None}", b'{"1": true, "2.5": null}'),
        ("None", b"null"),
        ("'\\u00fc'", b'"\\u00fc"'),
    ],
)
def test_values_are_written_as_awss_runtime_writes_them(account: Account, value: str, expected: bytes):
    payload, answer = raw(account, account.function(f"def handler(e, c): return {value}"))
    assert (payload, answer.get("FunctionError")) == (expected, None)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("return {1, 2}", "Object of type set is not JSON serializable"),
        ("import datetime; return datetime.date(2026, 1, 1)", "Object of type date is not JSON serializable"),
        ("return object()", "Object of type object is not JSON serializable"),
        ("return {(1, 2): 3}", "keys must be str, int, float, bool or None, not tuple"),
        ("return float('nan')", "Out of range float values are not JSON compliant"),
        ("import decimal; return decimal.Decimal('NaN')", "Out of range float values are not JSON compliant"),
        ("a = []; a.append(a); return a", "Circular reference detected"),
        ("a = [];\n for _ in range(100000): a = [a]\n return a", "maximum recursion depth exceeded"),
        ("return {'a': bytes([255])}", "'utf-8' codec can't decode byte 0xff in position 0"),
    ],
)
def test_what_cannot_be_written_is_a_marshal_error_and_the_function_goes_on(account: Account, code: str, reason: str):
    name = account.function(f"import os\ndef handler(e, c):\n if e: return os.getpid()\n {code}")
    before, _ = account.invoke(name, True)
    told, answer = account.invoke(name)
    assert answer["FunctionError"] == "Unhandled"
    assert list(told) == ["errorMessage", "errorType", "requestId", "stackTrace"]
    assert (told["errorType"], told["stackTrace"]) == ("Runtime.MarshalError", [])
    assert told["errorMessage"].startswith(f"Unable to marshal response: {reason}")
    assert account.invoke(name, True)[0] == before


def test_bytes_reach_a_state_machine_as_text(account: Account):
    import time

    name = account.function('def handler(e, c): return b\'{"from": "bytes"}\'')
    arn = f"arn:aws:lambda:us-east-1:123456789012:function:{name}"
    role = account.role({"Service": "states.amazonaws.com"}, statement("lambda:InvokeFunction", arn))
    client = account.client("stepfunctions")
    definition = {"StartAt": "Call", "States": {"Call": {"Type": "Task", "Resource": arn, "End": True}}}
    machine = client.create_state_machine(name=name, roleArn=role, definition=json.dumps(definition))
    execution = client.start_execution(stateMachineArn=machine["stateMachineArn"])["executionArn"]
    while (found := client.describe_execution(executionArn=execution))["status"] == "RUNNING":
        time.sleep(0.01)
    assert json.loads(found["output"]) == {"from": "bytes"}


def test_modules_of_the_function_are_told_at_their_place(account: Account):
    name = account.function("x = 1")
    code = files(app="from lib.deep import f\ndef handler(e, c): f()", lib____init__="", lib__deep="def f(): 1 / 0")
    account.client("lambda").update_function_code(FunctionName=name, ZipFile=code)
    trace = account.invoke(name)[0]["stackTrace"]
    assert [frame.split('"')[1] for frame in trace] == ["/var/task/app.py", "/var/task/lib/deep.py"]


def test_a_function_that_takes_more_than_its_memory_is_ended(account: Account):
    if sys.platform != "linux":
        pytest.skip("the kernel of this system does not say how much memory a process takes")
    code = "import os\ndef handler(e, c):\n    data = bytearray(e << 20)\n    return [len(data), os.getpid()]"
    name = account.function(code, MemorySize=128)
    within, process = account.invoke(name, 64)[0]
    assert within == 64 << 20
    told, answer = account.invoke(name, 300)
    assert answer["FunctionError"] == "Unhandled"
    assert (told["errorType"], told["errorMessage"].partition("Error: ")[2]) == (
        "Runtime.ExitError",
        "Runtime exited with error: signal: killed",
    )
    assert account.invoke(name, 1)[0][1] != process


def test_a_function_cannot_take_all_memory_of_the_machine(account: Account):
    if sys.platform != "linux":
        pytest.skip("the kernel of this system does not say how much memory a process takes")
    name = account.function("def handler(e, c): return len(bytearray(100 << 30))", MemorySize=128)
    assert account.invoke(name)[0]["errorMessage"].endswith("Error: Runtime exited with error: signal: killed")


@pytest.mark.parametrize(
    ("method", "request_", "member"),
    [
        ("create_function", {}, "functionName"),
        ("create_function", {"FunctionName": "f"}, "role"),
        ("create_function", {"FunctionName": "f", "Role": "arn:aws:iam::123456789012:role/r"}, "code"),
        ("publish_layer_version", {"LayerName": "l"}, "content"),
    ],
)
def test_a_request_without_what_it_needs_is_refused(account: Account, method: str, request_: dict, member: str):
    from botocore.config import Config
    from botocore.exceptions import ClientError

    client = account.session.boto_session.client(
        "lambda", endpoint_url=account.aws.endpoint_url, config=Config(parameter_validation=False)
    )
    with pytest.raises(ClientError) as error:
        getattr(client, method)(**request_)
    assert error.value.response["Error"] == {
        "Code": "ValidationException",
        "Message": f"1 validation error detected: Value null at '{member}' failed to satisfy constraint: "
        "Member must not be null",
    }
