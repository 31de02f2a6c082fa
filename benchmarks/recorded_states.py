# ruff: noqa: ARG001, ARG002 - stubs take what the tests give
"""The interpreter beside what AWS recorded: LocalStack's snapshots, run through our own core.

    python benchmarks/recorded_states.py --snapshots CHECKOUT [--only TEXT] [--misses FILE]

CHECKOUT is a checkout of github.com/localstack/localstack (Apache-2.0): its test functions run unchanged, their
fixtures and imports replaced by the stubs here, and what they match is compared with the snapshots beside them.
Nothing of it is kept here; without ``--snapshots`` there is nothing to do.  Placeholders in a snapshot stand for any
text; request ids, SDK metadata and stack traces are not compared.  Executions that need a service which is not stubbed
are left out.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import io
import itertools
import json
import re
import sys
import time
import types
import uuid
from collections import Counter
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest
import yaml

from personalize_sfn.statemachine import MachineExecution, StateMachine, TaskCall, TaskOutcome
from personalize_sfn.statemachine.one_state import try_state

ACCOUNT, REGION = "111111111111", "us-east-1"
TESTS = "tests/aws/services/stepfunctions/v2"
IGNORED = {"SdkHttpMetadata", "SdkResponseMetadata", "ResponseMetadata", "RequestId", "requestId", "stackTrace"}
STUBBED = ("localstack", "localstack_snapshot", "rolo", "json5", "aws_cdk", "jsonpath_ng")


# --- imports of the tests ---------------------------------------------------------------------------------------------


class Anything:
    """Stands for whatever a test imports and does not really use here."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.args, self.kwargs = args, kwargs

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return args[0] if len(args) == 1 and callable(args[0]) and not kwargs else Anything()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Anything()


class Transformer:
    """A RegexTransformer or JsonpathTransformer: only its pattern and replacement matter."""

    def __init__(self, first: str = "", replacement: str = "", **more: Any) -> None:
        pattern = more.get("jsonpath", more.get("regex", first))
        self.first = pattern if isinstance(pattern, str) else ""
        self.replacement = replacement if isinstance(replacement, str) else ""


class Names(str):
    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return name


class Stubs(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        if name.partition(".")[0] in STUBBED:
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec: Any) -> types.ModuleType:
        module = types.ModuleType(spec.name)
        module.__path__ = []
        module.__getattr__ = KNOWN.get(spec.name, lambda _name: Anything())  # type: ignore[method-assign]
        return module

    def exec_module(self, module: types.ModuleType) -> None:
        pass


def load5(file: Any) -> Any:
    """JSON5 as far as the templates use it: comments and commas at the end."""
    text = re.sub(r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/', lambda found: found[1] or "", file.read(), flags=re.DOTALL)
    try:
        return json.loads(re.sub(r'("(?:\\.|[^"\\])*")|,(?=\s*[}\]])', lambda found: found[1] or "", text))
    except ValueError:
        return yaml.safe_load(text)


def extract(path: str, data: Any) -> Any:
    from personalize_sfn.statemachine import paths

    found = paths.parse(path).find(data)
    return found[0] if isinstance(found, list) and len(found) == 1 else found


def create_with_role(
    target_aws_client: Any,
    create_state_machine_iam_role: Any,
    create_state_machine: Any,
    snapshot: Any,
    definition: str,
    **_: Any,
) -> str:
    made = create_state_machine(
        target_aws_client, name=f"m{next(NUMBERS)}", definition=definition, roleArn="snf_role_arn"
    )
    return str(made["stateMachineArn"])


def launch(
    target_aws_client: Any, sfn_snapshot: Any, state_machine_arn: str, execution_input: str, *_: Any, **__: Any
) -> str:
    client = target_aws_client.stepfunctions
    started = client.start_execution(stateMachineArn=state_machine_arn, input=execution_input)["executionArn"]
    sfn_snapshot.match("get_execution_history", client.get_execution_history(executionArn=started))
    return str(started)


def record(
    target_aws_client: Any,
    create_state_machine_iam_role: Any,
    create_state_machine: Any,
    sfn_snapshot: Any,
    definition: str,
    execution_input: str,
    *_: Any,
    **__: Any,
) -> str:
    arn = create_with_role(target_aws_client, None, create_state_machine, sfn_snapshot, definition)
    return launch(target_aws_client, sfn_snapshot, arn, execution_input)


def unavailable(*_: Any, **__: Any) -> Any:
    pytest.skip("needs a service that is not stubbed")


class Marks:
    """``markers.aws.validated`` and the like: no marks."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return args[0] if args and callable(args[0]) else lambda found: found


class Normalised(Transformer):
    """SfnNoneRecursiveParallelTransformer: the recording is sorted within Parallel states."""


UTILS = {
    "create_and_record_execution": record,
    "create_state_machine_with_iam_role": create_with_role,
    "launch_and_record_execution": launch,
    "SfnNoneRecursiveParallelTransformer": Normalised,
    **{
        name: lambda *_, **__: []
        for name in ("await_execution_terminated", "await_execution_success", "await_execution_started")
    },
}
NUMBERS = itertools.count(1)


def of(names: dict[str, Any]) -> Any:
    return lambda name: names.get(name, unavailable)


KNOWN: dict[str, Any] = {
    "localstack.testing.pytest.stepfunctions.utils": of(UTILS),
    "localstack.testing.pytest": of({"markers": Marks()}),
    "localstack.testing.aws.util": of({"is_aws_cloud": lambda: True}),
    "localstack.utils.strings": of(
        {
            "short_uid": lambda: uuid.uuid4().hex[:8],
            "long_uid": lambda: str(uuid.uuid4()),
            "to_str": lambda text: text if isinstance(text, str) else text.decode(),
        }
    ),
    "localstack.services.stepfunctions.asl.utils.json_path": of({"extract_json": extract}),
    "localstack.aws.api.stepfunctions": Names,
    "localstack.aws.api.lambda_": Names,
    "localstack_snapshot.snapshots.transformer": lambda _name: Transformer,
    "json5": of({"load": load5}),
    "jsonpath_ng.ext": lambda _name: Anything(),
}


# --- AWS, as far as the tests need it ---------------------------------------------------------------------------------


class StepFunctions:
    """What the tests call, on our core."""

    def __init__(self, aws: Aws) -> None:
        self.aws = aws
        self.machines: dict[str, str] = {}
        self.executions: dict[str, MachineExecution] = {}
        self.raw: dict[str, str] = {}

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return unavailable

    def create_state_machine(self, *, name: str, definition: str, roleArn: str = "", **_: Any) -> dict[str, Any]:
        arn = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{name}"
        self.machines[arn] = definition
        return {"stateMachineArn": arn}

    def delete_state_machine(self, **_: Any) -> None:
        return None

    def start_execution(self, *, stateMachineArn: str, input: str = "{}", name: str = "", **_: Any) -> dict[str, Any]:  # noqa: A002
        if stateMachineArn not in self.machines:
            unavailable()
        name = name or f"e{next(NUMBERS)}"
        machine = stateMachineArn.rpartition(":")[2]
        arn = f"arn:aws:states:{REGION}:{ACCOUNT}:execution:{machine}:{name}"
        about = {"Execution": {"Id": arn, "Name": name, "RoleArn": "snf_role_arn"}}
        context = {**about, "StateMachine": {"Id": stateMachineArn, "Name": machine}}
        execution = MachineExecution.start(
            StateMachine.parse(self.machines[stateMachineArn]), json.loads(input), now=self.aws.now, context=context
        )
        self.executions[arn] = execution
        execution.advance(self.aws.call)
        return {"executionArn": arn, "startDate": "date"}

    def describe_execution(self, *, executionArn: str) -> dict[str, Any]:
        execution = self.executions[executionArn]
        found = {"executionArn": executionArn, "status": execution.status, "error": execution.error}
        found |= {"cause": execution.cause, "startDate": "date", "stopDate": "date"}
        return {name: value for name, value in found.items() if value is not None}

    def test_state(self, *, definition: str, inspectionLevel: str = "INFO", **more: Any) -> dict[str, Any]:
        """TestState, for what can be run: what it refuses is not judged."""
        mock, asked = more.get("mock"), more.get("stateConfiguration", {})
        outcome = None
        if mock is not None:
            said = mock.get("errorOutput")
            outcome = (
                TaskOutcome(json.loads(mock["result"]))
                if said is None
                else TaskOutcome(error=said.get("error", ""), cause=said.get("cause", ""))
            )
        found = try_state(
            json.loads(definition),
            json.loads(more.get("input", "{}")),
            self.aws.call,
            name=more.get("stateName"),
            mock=outcome,
            context=json.loads(more["context"]) if more.get("context") else None,
            variables=json.loads(more.get("variables", "{}")),
            retries=asked.get("retrierRetryCount", 0),
            failed_items=asked.get("mapIterationFailureCount", 0),
        )
        answer: dict[str, Any] = {"status": found.status, "nextState": found.next_state}
        answer |= {"error": found.error, "cause": found.cause}
        if found.status in ("SUCCEEDED", "CAUGHT_ERROR"):
            answer["output"] = json.dumps(found.output)
        if inspectionLevel != "INFO":
            texts = ("maxConcurrency", "toleratedFailureCount", "toleratedFailurePercentage", "errorDetails")
            answer["inspectionData"] = {
                name: value if name in texts else json.dumps(value) for name, value in found.inspection.items()
            }
        return {name: value for name, value in answer.items() if value is not None}

    def get_execution_history(self, *, executionArn: str, **_: Any) -> dict[str, Any]:
        return {"events": self.executions[executionArn].events}


class S3:
    def __init__(self) -> None:
        self.objects: dict[str, dict[str, str]] = {}

    def create_bucket(self, *, Bucket: str, **_: Any) -> None:
        self.objects.setdefault(Bucket, {})

    def put_object(self, *, Bucket: str, Key: str, Body: Any, **_: Any) -> None:
        body = Body.decode() if isinstance(Body, bytes) else Body if isinstance(Body, str) else Body.read()
        self.objects.setdefault(Bucket, {})[Key] = body

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return unavailable


class Lambda:
    def __init__(self) -> None:
        self.handlers: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda **_: {}

    def invoke(self, name: str, given: Any) -> TaskOutcome:
        name = name.removesuffix(":$LATEST").rpartition(":")[2]
        if name not in self.handlers:
            arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}:$LATEST"
            error = "ResourceNotFoundException"
            said = f"(Service: AWSLambda; Status Code: 404; Error Code: {error}; Request ID: r; Proxy: null)"
            return TaskOutcome(error=f"Lambda.{error}", cause=f"Function not found: {arn} {said}")
        slept: list[float] = []
        handler = self.handlers[name]
        handler.__globals__.get("time", types.SimpleNamespace()).sleep = slept.append
        try:
            value = handler(json.loads(json.dumps(given)), None)
        except Exception as error:
            message = getattr(error, "message", None) if not error.args else str(error)
            said = {"errorMessage": "" if message is None or not error.args else message}
            return TaskOutcome(
                error=type(error).__name__,
                cause=json.dumps({**said, "errorType": type(error).__name__, "requestId": "r"}),
            )
        if isinstance(value, bytes):
            value = value.decode()
        return TaskOutcome(json.loads(json.dumps(value)), after=sum(slept))


class Aws:
    def __init__(self) -> None:
        self.stepfunctions = self.sfn = StepFunctions(self)
        self.s3, self.lambda_ = S3(), Lambda()
        self.now = time.time()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return unavailable()

    def call(self, call: TaskCall) -> TaskOutcome:
        """The outcome of a task."""
        arn = call.resource
        if ":lambda:" in arn and ":function:" in arn:
            return self.lambda_.invoke(arn, call.arguments)
        if arn.endswith("states:::lambda:invoke"):
            if "FunctionName" not in call.arguments:
                unavailable()
            payload = call.arguments.get("Payload")
            if isinstance(payload, str):
                payload = json.loads(payload)
            found = self.lambda_.invoke(call.arguments["FunctionName"], {} if payload is None else payload)
            if found.error:
                return found
            output = {"ExecutedVersion": "$LATEST", "Payload": found.output, "SdkHttpMetadata": {}, "StatusCode": 200}
            return TaskOutcome({**output, "SdkResponseMetadata": {}}, after=found.after)
        if arn.endswith("s3:getObject"):
            return self._object(call.arguments)
        if arn.endswith("s3:listObjectsV2"):
            bucket = self.s3.objects.get(call.arguments["Bucket"], {})
            listed = [
                {"Key": key, "Size": len(body), "ETag": "e", "LastModified": 0, "StorageClass": "STANDARD"}
                for key, body in bucket.items()
            ]
            return TaskOutcome({"Contents": listed})
        if arn.endswith("s3:putObject"):
            self.s3.put_object(**call.arguments)
            return TaskOutcome({})
        if "states:::states:startExecution" in arn:
            return self._nested(call)
        if arn.endswith("aws-sdk:sfn:startExecution"):
            given = call.arguments.get("Input", "{}")
            text = given if isinstance(given, str) else json.dumps(given)
            started = self.stepfunctions.start_execution(stateMachineArn=call.arguments["StateMachineArn"], input=text)
            return TaskOutcome({"ExecutionArn": started["executionArn"], "StartDate": "date"})
        pytest.skip(f"needs {arn}")

    def _object(self, arguments: dict[str, Any]) -> TaskOutcome:
        body = self.s3.objects.get(arguments.get("Bucket", ""), {}).get(arguments.get("Key", ""))
        return (
            TaskOutcome(error="S3.NoSuchKeyException", cause="no key") if body is None else TaskOutcome({"Body": body})
        )

    def _nested(self, call: TaskCall) -> TaskOutcome:
        if "waitForTaskToken" in call.resource:
            pytest.skip(f"needs {call.resource}")
        given = call.arguments.get("Input", {})
        text = given if isinstance(given, str) else json.dumps(given)
        name = call.arguments.get("Name", "")
        machine = call.arguments["StateMachineArn"]
        started = self.stepfunctions.start_execution(stateMachineArn=machine, input=text, name=name)
        first = {
            "ExecutionArn": started["executionArn"],
            "StartDate": 0,
            "SdkHttpMetadata": {},
            "SdkResponseMetadata": {},
        }
        if ".sync" not in call.resource:
            return TaskOutcome(first)
        child = self.stepfunctions.executions[started["executionArn"]]
        said = {"ExecutionArn": started["executionArn"], "Input": text, "InputDetails": {"Included": True}}
        said |= {"Name": started["executionArn"].rpartition(":")[2], "StartDate": 0, "StopDate": 0}
        said |= {"StateMachineArn": machine, "Status": child.status}
        after = child.now - self.now
        if child.status != "SUCCEEDED":
            said |= {key: value for key, value in (("Error", child.error), ("Cause", child.cause)) if value is not None}
            return TaskOutcome(error="States.TaskFailed", cause=json.dumps(said), submitted=first, after=after)
        output = child.output if ":2" in call.resource else json.dumps(child.output, separators=(",", ":"))
        return TaskOutcome(
            {**said, "Output": output, "OutputDetails": {"Included": True}}, submitted=first, after=after
        )


# --- fixtures and comparison ------------------------------------------------------------------------------------------


class Snapshot:
    """What a test matches, compared with what was recorded."""

    def __init__(self, recorded: dict[str, Any], name: str) -> None:
        self.recorded, self.name = recorded, name
        self.transformers: list[Any] = []
        self.transform = Anything()
        self.sorted = False

    def add_transformer(self, transformer: Any, **_: Any) -> None:
        self.sorted = self.sorted or isinstance(transformer, Normalised)
        self.transformers += [transformer] if isinstance(transformer, Transformer) else []

    def add_transformers_list(self, transformers: Any) -> None:
        for transformer in transformers if isinstance(transformers, list) else []:
            self.add_transformer(transformer)

    def match(self, key: str, found: Any) -> None:
        COLLECTED.append((self.name, key, self.recorded.get(key), found, self.transformers, self.sorted))


COLLECTED: list[tuple[str, str, Any, Any, list[Any], bool]] = []
WORDS = {"timestamp", "date", "uuid", "start-date", "stop-date", "map_run_arn", "snf_role_arn", "time", "bucket-name"}


def normal(value: Any) -> Any:
    """JSON within texts as JSON, without what is not compared."""
    if isinstance(value, str) and value[:1] in ("{", "[", '"'):
        try:
            return normal(json.loads(value))
        except ValueError:
            return value
    if isinstance(value, dict):
        return {key: normal(item) for key, item in value.items() if key not in IGNORED}
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return [normal(item) for item in value] if isinstance(value, list) else value


def equal(recorded: Any, found: Any, transformers: list[Any]) -> bool:
    words = WORDS | {each.replacement for each in transformers if each.first.startswith("$")}

    def compare(one: Any, other: Any) -> bool:
        if isinstance(one, str):
            if one in words or re.fullmatch(r"<[^<>]+>", one):
                return True
            text = other if isinstance(other, str) else json.dumps(other, separators=(",", ":"), ensure_ascii=False)
            for each in transformers:
                if each.first and not each.first.startswith("$"):
                    text = re.sub(each.first, lambda _, each=each: each.replacement, text)  # type: ignore[misc]
            pattern = ".*".join(
                map(re.escape, re.split(r"<[^<>]+?>|111111111111", one.replace("arn:aws:", "arn:<p>:")))
            )
            return one == text or re.fullmatch(pattern, text, re.DOTALL) is not None
        if isinstance(one, dict) and isinstance(other, dict):
            if len(one) != len(other):
                return False
            named = [key for key in one if "<" not in key]
            return all(key in other and compare(one[key], other[key]) for key in named)
        if isinstance(one, list) and isinstance(other, list):
            return len(one) == len(other) and all(map(compare, one, other))
        return one == other and isinstance(one, bool) == isinstance(other, bool)

    return compare(normal(recorded), normal(found))


def end(events: list[dict[str, Any]]) -> tuple[str, dict[str, Any]]:
    last = events[-1]
    said = next((value for key, value in last.items() if key.endswith("Details")), {})
    return last["type"], said


def judged(collected: tuple[str, str, Any, Any, list[Any], bool]) -> dict[str, bool]:
    """How an execution compares: status, outcome (status, error, output), cause, types of events, ids, everything."""
    _, _, recorded, found, transformers, is_sorted = collected
    theirs, ours = recorded["events"], found["events"]
    (status, said), (our_status, our_said) = end(theirs), end(ours)
    if is_sorted:  # LocalStack's sorting drops this event
        ours = [event for event in ours if event["type"] != "ParallelStateSucceeded"]
    types_, our_types = [event["type"] for event in theirs], [event["type"] for event in ours]
    result = {"status": status == our_status}
    result["outcome"] = result["status"] and all(
        equal(said.get(name), our_said.get(name), transformers) for name in ("error", "output")
    )
    result["cause"] = result["outcome"] and equal(said.get("cause"), our_said.get("cause"), transformers)
    result["types"] = types_ == our_types or (is_sorted and Counter(types_) == Counter(our_types))
    # What the end of a distributed Map follows was recorded in two ways, at two dates.
    distributed = "MapRunStarted" in types_
    links = [
        [(e["id"], e["previousEventId"] if e["type"] != "MapStateExited" or not distributed else 0) for e in events]
        for events in (theirs, ours)
    ]
    result["ids"] = result["types"] and (is_sorted or links[0] == links[1])
    details = [[{k: v for k, v in each.items() if k.endswith("Details")} for each in side] for side in (theirs, ours)]
    result["history"] = result["ids"] and (is_sorted or equal(details[0], details[1], transformers))
    return result


class Plugin:
    """The fixtures that the tests ask for."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.files: dict[str, Any] = {}
        self.failed: list[str] = []

    def recorded(self, request: Any) -> dict[str, Any]:
        file = str(request.path).removesuffix(".py") + ".snapshot.json"
        if file not in self.files:
            path = Path(file)
            self.files[file] = json.loads(path.read_text()) if path.exists() else {}
        name = f"{request.path.relative_to(self.root)}::{request.node.nodeid.partition('::')[2]}"
        found: dict[str, Any] = self.files[file].get(name, {}).get("recorded-content", {})
        return found

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed:
            said = [line for line in str(report.longrepr).splitlines() if line.startswith("E  ")]
            self.failed.append(f"{report.nodeid.split('v2/')[-1]}: {said[-1] if said else report.longrepr}")

    @pytest.fixture
    def sfn_snapshot(self, request: Any) -> Snapshot:
        return Snapshot(self.recorded(request), request.node.nodeid)

    @pytest.fixture
    def snapshot(self, sfn_snapshot: Snapshot) -> Snapshot:
        return sfn_snapshot

    @pytest.fixture
    def aws_client(self) -> Aws:
        return Aws()

    @pytest.fixture
    def aws_client_no_sync_prefix(self, aws_client: Aws) -> Aws:
        return aws_client

    @pytest.fixture
    def aws_client_no_retry(self, aws_client: Aws) -> Aws:
        return aws_client

    @pytest.fixture
    def create_state_machine(self) -> Any:
        return lambda client, **request: client.stepfunctions.create_state_machine(**request)

    @pytest.fixture
    def create_state_machine_iam_role(self) -> Any:
        return lambda *_, **__: "snf_role_arn"

    @pytest.fixture
    def s3_create_bucket(self, aws_client: Aws) -> Any:
        def create(Bucket: str = "") -> str:
            name = Bucket or f"bucket-{next(NUMBERS)}"
            aws_client.s3.create_bucket(Bucket=name)
            return name

        return create

    @pytest.fixture
    def create_lambda_function(self, aws_client: Aws) -> Any:
        def create(*, func_name: str, handler_file: Any = None, runtime: str = "", **_: Any) -> dict[str, Any]:
            if "python" not in str(runtime):
                unavailable()
            spec = importlib.util.spec_from_file_location(func_name, handler_file)
            assert spec is not None
            assert spec.loader is not None
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            if hasattr(module, "time"):
                module.time = types.SimpleNamespace()
            aws_client.lambda_.handlers[func_name] = module.handler
            arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{func_name}"
            return {"CreateFunctionResponse": {"FunctionArn": arn, "FunctionName": func_name}}

        return create

    @pytest.fixture
    def account_id(self) -> str:
        return ACCOUNT

    @pytest.fixture
    def region_name(self) -> str:
        return REGION


MISSING = [
    *("sqs_create_queue", "create_activity", "dynamodb_create_table", "sns_create_topic", "mock_config_file"),
    *(
        "sfn_create_log_group",
        "create_state_machine_alias",
        "sqs_send_task_success_state_machine",
        "events_to_sqs_queue",
    ),
    *(
        "sfn_activity_consumer",
        "create_role_with_policy",
        "create_rest_apigw",
        "secondary_aws_client",
        "sfn_glue_create_job",
    ),
    *("create_cross_account_admin_role_and_policy", "sqs_send_task_failure_state_machine", "sqs_receive_num_messages"),
    *("sns_allow_topic_sqs_queue", "sfn_events_to_sqs_queue", "sqs_send_heartbeat_and_task_success_state_machine"),
    *("sfn_ecs_snapshot", "sfn_batch_snapshot", "cleanups", "aws_client_factory", "sns_subscription", "s3_bucket"),
    *("sqs_get_queue_arn", "infrastructure_setup", "secondary_account_id", "sqs_queue_arn", "kinesis_create_stream"),
]
for _name in MISSING:
    setattr(Plugin, _name, pytest.fixture(name=_name)(lambda _self: unavailable()))


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--snapshots", type=Path, help="a checkout of LocalStack")
    asked.add_argument("--only", default="", help="tests with this in their name")
    asked.add_argument("--misses", type=Path, help="where to write what differs")
    given = asked.parse_args()
    if given.snapshots is None:
        print("left out: it needs a checkout of LocalStack (--snapshots CHECKOUT)")
        return
    root = given.snapshots.resolve()
    sys.path.insert(0, str(root))
    sys.meta_path.insert(0, Stubs())
    package = types.ModuleType("tests")  # theirs, not one that is installed
    package.__path__ = [str(root / "tests")]
    sys.modules["tests"] = package
    importlib.import_module("tests.aws.services.stepfunctions")
    plugin = Plugin(root)
    options = ["-p", "no:cacheprovider", "-q", "--noconftest", "--import-mode=importlib", f"--rootdir={root}"]
    options += [
        "-c",
        "/dev/null",
        "-p",
        "no:xdist",
        "--assert=plain",
        "--continue-on-collection-errors",
        *(["-k", given.only] if given.only else []),
    ]
    said = io.StringIO()
    with redirect_stdout(said):
        pytest.main([*options, str(root / TESTS)], plugins=[plugin])
    lines = said.getvalue().strip().splitlines()
    print(lines[-1])
    if " error" in lines[-1] and not COLLECTED:
        print("\n".join(lines[:60]))
    report(plugin, given.misses)


def report(plugin: Plugin, misses: Path | None) -> None:
    executions, others, lines = Counter[str](), Counter[str](), [f"RAISED {name}" for name in plugin.failed]
    for each in COLLECTED:
        name, key, recorded, found, transformers, _ = each
        if recorded is None:
            others["not recorded"] += 1
        elif isinstance(recorded, dict) and recorded.get("events"):
            result = judged(each)
            executions["n"] += 1
            executions.update(aspect for aspect, same in result.items() if same)
            if not all(result.values()):
                theirs, ours = end(recorded["events"]), end(found["events"])
                wrong = " ".join(aspect for aspect, same in result.items() if not same)
                lines.append(f"{wrong}: {name.split('v2/')[-1]} {key}\n    AWS  {theirs}\n    ours {ours}")
                if not result["ids"]:
                    for side in (recorded, found):
                        lines.append(
                            "    " + " ".join(f"{e['id']}<{e['previousEventId']}:{e['type']}" for e in side["events"])
                        )
        else:
            same = equal(recorded, found, transformers)
            kind = "TestState" if "/test_state/" in name else "other answers"
            others[kind] += 1
            others[f"{kind}, same"] += same
            if kind == "TestState" and isinstance(recorded, dict):
                outcome = ("status", "output", "error", "cause", "nextState")
                both = [{key: side.get(key) for key in outcome} for side in (recorded, found)]
                others["TestState, same but for inspectionData"] += equal(both[0], both[1], transformers)
            if not same:
                lines.append(f"other: {name} {key}\n    AWS  {recorded}\n    ours {found}")
    total = executions.pop("n", 0)
    print(f"executions recorded on AWS and run here: {total}")
    for aspect in ("status", "outcome", "cause", "types", "ids", "history"):
        print(f"  same {aspect:<8} {executions[aspect]:>4}  {100 * executions[aspect] / max(total, 1):5.1f} %")
    print(f"{dict(others)}; raised a Python error: {len(plugin.failed)}")
    if misses is not None:
        misses.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
