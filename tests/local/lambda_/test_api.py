"""Deployed zips, run: what a function sees, what it answers, what becomes of its failures."""

from __future__ import annotations

import base64
import json
import os
import threading
import time

import pytest

from fakes.gateway_aws import Account, refusal, statement, unique, zipped

UNREADABLE = "Could not unzip uploaded file. Please check your file, then try to upload again."
OWN_ERROR = "class TransientError(Exception): pass\ndef handler(e, c): raise TransientError('later')"
LOGS = statement(["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"], "arn:aws:logs:*:*:*")


def test_a_function_gets_the_event_and_its_answer_comes_back(account: Account):
    name = account.function("def handler(event, context):\n    return {'got': event, 'by': context.function_name}")
    payload, answer = account.invoke(name, {"a": [1, None, "ü"]})
    assert payload == {"got": {"a": [1, None, "ü"]}, "by": name}
    assert (answer["StatusCode"], answer["ExecutedVersion"], answer.get("FunctionError")) == (200, "$LATEST", None)


def test_a_warm_function_keeps_its_module_state_and_its_process(account: Account):
    name = account.function(
        "import os\ncount = 0\ndef handler(e, c):\n    global count\n    count += 1\n    return [os.getpid(), count]"
    )
    first, second = (account.invoke(name)[0] for _ in range(2))
    assert first[0] == second[0] != os.getpid()
    assert (first[1], second[1]) == (1, 2)


def test_a_function_acts_under_its_role(account: Account):
    code = "import boto3\ndef handler(e, c): return [b['Name'] for b in boto3.client('s3').list_buckets()['Buckets']]"
    bucket = unique("bucket")
    account.client("s3").create_bucket(Bucket=bucket)
    assert bucket in account.invoke(account.function(code, statement("s3:ListAllMyBuckets")))[0]
    refused, answer = account.invoke(account.function(code))
    assert answer["FunctionError"] == "Unhandled"
    assert refused["errorType"] == "AccessDenied"
    assert "is not authorized to perform: s3:ListAllMyBuckets" in refused["errorMessage"]


def test_a_function_sees_its_variables_and_nothing_of_this_process(account: Account, monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    code = "import os\ndef handler(e, c): return dict(os.environ)"
    name = account.function(code, Environment={"Variables": {"STAGE": "test"}})
    seen = account.invoke(name)[0]
    assert (seen["STAGE"], seen["AWS_LAMBDA_FUNCTION_NAME"], seen["AWS_REGION"]) == ("test", name, "us-east-1")
    assert seen["AWS_ENDPOINT_URL"] == account.aws.endpoint_url
    assert seen["AWS_ACCESS_KEY_ID"].startswith("ASIA")
    assert {"AWS_PROFILE", "HTTPS_PROXY", "PYTHONDONTWRITEBYTECODE", "HOME"} & seen.keys() == set()


def test_what_the_runtime_does_not_have_cannot_be_imported(account: Account):
    payload, _ = account.invoke(account.function("import pandas\ndef handler(e, c): return 1"))
    assert payload["errorType"] == "Runtime.ImportModuleError"
    assert payload["errorMessage"] == "Unable to import module 'app': No module named 'pandas'"


def test_printing_goes_to_the_log_and_never_into_the_answer(account: Account):
    code = (
        "import os, sys, subprocess\ndef handler(e, c):\n    print('printed')\n    os.write(1, b'raw\\n')\n"
        "    print('to stderr', file=sys.stderr)\n    subprocess.run(['echo', 'from a child'])\n    return 'fine'"
    )
    name = account.function(code, LOGS)
    payload, answer = account.invoke(name, LogType="Tail")
    tail = base64.b64decode(answer["LogResult"]).decode()
    assert payload == "fine"
    assert [line for line in tail.splitlines() if line in {"printed", "raw", "to stderr", "from a child"}] == [
        "printed",
        "raw",
        "to stderr",
        "from a child",
    ]
    logs = account.client("logs")
    stream = logs.describe_log_streams(logGroupName=f"/aws/lambda/{name}")["logStreams"][0]["logStreamName"]
    events = logs.get_log_events(logGroupName=f"/aws/lambda/{name}", logStreamName=stream)["events"]
    messages = [event["message"] for event in events]
    assert messages[0].startswith("START RequestId: ")
    assert "printed" in messages
    assert messages[-1].startswith("REPORT RequestId: ")


def test_a_role_that_may_not_log_leaves_no_log_group(account: Account):
    name = account.function("def handler(e, c): print('hello')")
    account.invoke(name)
    groups = account.client("logs").describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{name}")["logGroups"]
    assert groups == []


@pytest.mark.parametrize(
    ("code", "handler", "error_type", "message"),
    [
        ("import nothing_here", "app.handler", "Runtime.ImportModuleError", "No module named 'nothing_here'"),
        ("def handler(:", "app.handler", "Runtime.UserCodeSyntaxError", "Syntax error in module 'app'"),
        ("x = 1", "app.handler", "Runtime.HandlerNotFound", "Handler 'handler' missing on module 'app'"),
        ("x = 1", "other.handler", "Runtime.ImportModuleError", "Unable to import module 'other'"),
        ("def handler(e, c): return object()", "app.handler", "Runtime.MarshalError", "Unable to marshal response"),
        (OWN_ERROR, "app.handler", "TransientError", "later"),
        ("raise ValueError('at import')", "app.handler", "ValueError", "at import"),
        ("import sys\ndef handler(e, c): sys.exit(3)", "app.handler", "Runtime.ExitError", "exit status 3"),
        ("import os\ndef handler(e, c): os._exit(3)", "app.handler", "Runtime.ExitError", "Runtime exited"),
    ],
)  # fmt: skip
def test_failures_are_told_as_awss_runtime_tells_them(account: Account, code, handler, error_type, message):
    payload, answer = account.invoke(account.function(code, handler=handler))
    assert answer["FunctionError"] == "Unhandled"
    assert payload["errorType"] == error_type
    assert message in payload["errorMessage"]


def test_a_stack_trace_shows_the_functions_own_frames_only(account: Account):
    payload, _ = account.invoke(
        account.function("def inner():\n    return {}['a']\ndef handler(e, c):\n    return inner()")
    )
    assert (payload["errorType"], payload["errorMessage"]) == ("KeyError", "'a'")
    assert [frame.split("/")[-1].split('"')[0] for frame in payload["stackTrace"]] == ["app.py", "app.py"]


def test_a_function_that_fails_can_be_called_again(account: Account):
    name = account.function("def handler(e, c):\n    return 1 / e")
    assert account.invoke(name, 0)[0]["errorType"] == "ZeroDivisionError"
    assert account.invoke(name, 2)[0] == 0.5


def test_the_timeout_ends_a_function_and_its_process(account: Account):
    code = (
        "import os, time\ndef handler(e, c):\n    if e: time.sleep(60)\n"
        "    return [os.getpid(), c.get_remaining_time_in_millis()]"
    )
    name = account.function(code, Timeout=1)
    before, remaining = account.invoke(name, False)[0]
    assert 0 < remaining <= 1000
    started = time.monotonic()
    payload, answer = account.invoke(name, True)
    assert 1 <= time.monotonic() - started < 5
    assert answer["FunctionError"] == "Unhandled"
    assert payload["errorType"] == "Sandbox.Timedout"
    assert payload["errorMessage"].endswith("Error: Task timed out after 1.00 seconds")
    assert account.invoke(name, False)[0][0] != before


def test_calls_at_the_same_time_run_beside_each_other(account: Account):
    bucket = unique("bucket")
    account.client("s3").create_bucket(Bucket=bucket)
    # Each waits until it sees the other's mark: they can only end if they run together.
    code = (
        "import boto3, time\ndef handler(e, c):\n    s = boto3.client('s3')\n"
        "    s.put_object(Bucket=e['bucket'], Key=e['me'])\n"
        "    keys = lambda: [o['Key'] for o in s.list_objects_v2(Bucket=e['bucket'])['Contents']]\n"
        "    while e['other'] not in keys(): time.sleep(0.01)\n"
        "    return e['me']"
    )
    name = account.function(code, statement("s3:*"), Timeout=20)
    answers: list[str] = []

    def call(me: str, other: str) -> None:
        answers.append(account.invoke(name, {"bucket": bucket, "me": me, "other": other})[0])

    threads = [threading.Thread(target=call, args=pair) for pair in (("a", "b"), ("b", "a"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["a", "b"]


def test_new_code_and_new_configuration_take_effect_at_once(account: Account):
    name = account.function("import os\ndef handler(e, c): return ['old', os.environ.get('X')]")
    client = account.client("lambda")
    assert account.invoke(name)[0] == ["old", None]
    client.update_function_code(
        FunctionName=name, ZipFile=zipped("import os\ndef handler(e, c): return ['new', os.environ.get('X')]")
    )
    assert account.invoke(name)[0] == ["new", None]
    client.update_function_configuration(FunctionName=name, Environment={"Variables": {"X": "1"}})
    assert account.invoke(name)[0] == ["new", "1"]


def test_reserved_concurrency_of_zero_stops_a_function(account: Account):
    name = account.function("def handler(e, c): return 1")
    account.client("lambda").put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    with pytest.raises(account.client("lambda").exceptions.TooManyRequestsException) as error:
        account.session.boto_session.client(
            "lambda", endpoint_url=account.aws.endpoint_url, config=_no_retries()
        ).invoke(FunctionName=name)
    assert "Rate Exceeded." in str(error.value)


def _no_retries():
    from botocore.config import Config

    return Config(retries={"total_max_attempts": 1})


def test_an_asynchronous_call_is_accepted_and_then_runs(account: Account):
    bucket = unique("bucket")
    s3 = account.client("s3")
    s3.create_bucket(Bucket=bucket)
    name = account.function(
        f"import boto3\ndef handler(e, c): boto3.client('s3').put_object(Bucket='{bucket}', Key=e['key'])",
        statement("s3:PutObject"),
    )
    assert account.invoke(name, {"key": "done"}, InvocationType="Event")[1]["StatusCode"] == 202
    s3.get_waiter("object_exists").wait(Bucket=bucket, Key="done", WaiterConfig={"Delay": 0.05, "MaxAttempts": 200})


def test_a_dry_run_runs_nothing(account: Account):
    assert account.invoke(account.function("1 / 0"), InvocationType="DryRun")[1]["StatusCode"] == 204


def test_functions_are_found_by_name_and_by_arn(account: Account):
    name = account.function("def handler(e, c): return c.invoked_function_arn")
    arn = f"arn:aws:lambda:us-east-1:123456789012:function:{name}"
    for form in (name, arn, f"123456789012:function:{name}", f"{arn}:$LATEST"):
        assert account.invoke(form)[0] == arn


def test_an_unknown_function_is_not_found(account: Account):
    assert refusal(account.client("lambda").invoke, FunctionName="nobody") == (
        "ResourceNotFoundException",
        "Function not found: arn:aws:lambda:us-east-1:123456789012:function:nobody",
    )


@pytest.mark.parametrize("payload", [b"{", b"NaN", b'{"a": -Infinity}', b"{}{}", b"\xff"])
def test_a_payload_that_is_no_json_is_refused(account: Account, payload: bytes):
    name = account.function("def handler(e, c): return 1")
    code, message = refusal(account.client("lambda").invoke, FunctionName=name, Payload=payload)
    assert (code, message.startswith("Could not parse request body into json: ")) == (
        "InvalidRequestContentException",
        True,
    )


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (b"no zip", UNREADABLE),
        (zipped("x = 1")[:-30], UNREADABLE),
        (zipped("x = 1", "../outside.py"), UNREADABLE),
        (b"PK\x05\x06" + bytes(18), "Uploaded file must be a non-empty zip"),
    ],
    ids=["no zip", "cut off", "leaves its folder", "empty"],
)  # fmt: skip
def test_a_broken_zip_is_refused_at_creation_and_update(account: Account, code: bytes, message: str):
    client, role = account.client("lambda"), account.role({"Service": "lambda.amazonaws.com"})
    request = {"FunctionName": unique("f"), "Runtime": "python3.13", "Role": role, "Handler": "a.b"}
    assert refusal(client.create_function, **request, Code={"ZipFile": code}) == (
        "InvalidParameterValueException",
        message,
    )
    name = account.function("x = 1")
    assert refusal(client.update_function_code, FunctionName=name, ZipFile=code) == (
        "InvalidParameterValueException",
        message,
    )


def test_a_role_that_lambda_may_not_assume_is_refused(account: Account):
    role = account.role({"Service": "states.amazonaws.com"})
    request = {"FunctionName": unique("f"), "Runtime": "python3.13", "Role": role, "Handler": "a.b"}
    assert refusal(account.client("lambda").create_function, **request, Code={"ZipFile": zipped("x = 1")}) == (
        "InvalidParameterValueException",
        "The role defined for the function cannot be assumed by Lambda.",
    )


def test_the_digest_of_the_code_is_awss(account: Account):
    import hashlib

    name = account.function("x = 1")
    data = zipped("x = 1")
    account.client("lambda").update_function_code(FunctionName=name, ZipFile=data)
    found = account.client("lambda").get_function(FunctionName=name)["Configuration"]["CodeSha256"]
    assert found == base64.b64encode(hashlib.sha256(data).digest()).decode()


def test_a_function_works_as_a_task_of_a_state_machine(account: Account):
    name = account.function(
        "def handler(e, c):\n    if e['n'] < 0: raise ValueError('negative')\n    return {'n': e['n'] + 1}"
    )
    role = account.role(
        {"Service": "states.amazonaws.com"}, statement("lambda:InvokeFunction", f"arn:aws:lambda:*:*:function:{name}")
    )
    arn = f"arn:aws:lambda:us-east-1:123456789012:function:{name}"
    catch = [{"ErrorEquals": ["ValueError"], "ResultPath": "$.error", "Next": "Caught"}]
    states = {
        "Call": {"Type": "Task", "Resource": arn, "Catch": catch, "End": True},
        "Caught": {"Type": "Pass", "End": True},
    }
    client = account.client("stepfunctions")
    machine = client.create_state_machine(
        name=unique("machine"), roleArn=role, definition=json.dumps({"StartAt": "Call", "States": states})
    )["stateMachineArn"]

    def output(n: int) -> dict:
        execution = client.start_execution(stateMachineArn=machine, input=json.dumps({"n": n}))["executionArn"]
        while (found := client.describe_execution(executionArn=execution))["status"] == "RUNNING":
            time.sleep(0.01)
        return json.loads(found["output"])

    assert output(1) == {"n": 2}
    error = output(-1)["error"]
    assert (error["Error"], json.loads(error["Cause"])["errorMessage"]) == ("ValueError", "negative")


def test_a_zip_in_s3_is_looked_at_when_the_function_is_made(account: Account):
    client, role, s3 = account.client("lambda"), account.role({"Service": "lambda.amazonaws.com"}), account.client("s3")
    bucket = unique("code")
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="broken.zip", Body=zipped("x = 1", "../outside.py"))
    request = {"FunctionName": unique("f"), "Runtime": "python3.13", "Role": role, "Handler": "app.handler"}
    code = {"S3Bucket": bucket, "S3Key": "broken.zip"}
    expected = ("InvalidParameterValueException", UNREADABLE)
    assert refusal(client.create_function, **request, Code=code) == expected
    assert refusal(client.update_function_code, FunctionName=account.function("x = 1"), **code) == expected
    assert refusal(client.create_function, **request, Code={**code, "S3Key": "absent.zip"}) == (
        "InvalidParameterValueException",
        "Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist.",
    )
    s3.put_object(Bucket=bucket, Key="broken.zip", Body=zipped("def handler(event, _):\n    return event"))
    name = client.create_function(**request, Code=code)["FunctionName"]
    assert client.invoke(FunctionName=name, Payload=b'{"a": 1}')["Payload"].read() == b'{"a": 1}'
