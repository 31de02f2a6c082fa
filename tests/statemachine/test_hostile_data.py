"""Data that no state expects: an execution fails in words, never by an error of Python."""

import json

import pytest

from fakes.hostile_values import HALF, HUGE, nested
from fakes.small_machines import LAMBDA, failure, jsonata, machine, only, output, ran
from personalize_sfn.statemachine import MachineExecution, StateMachine, TaskOutcome


@pytest.mark.parametrize(
    ("call", "data", "said"),
    [
        ("States.Hash('x', $.v)", [], "expected one of MD5"),
        ("States.Hash('x', $.v)", {}, "expected one of MD5"),
        ("States.Hash($.v, 'MD5')", HALF, "does not take its arguments: 'utf-8' codec can't encode"),
        ("States.Base64Encode($.v)", HALF, "does not take its arguments: 'utf-8' codec can't encode"),
        ("States.MathAdd($.v, 1)", HUGE, "does not take its arguments: int too large"),
        ("States.ArrayRange(1, $.v, 1)", HUGE, "does not take its arguments: int too large"),
        ("States.ArrayGetItem($.v, 1)", "ab", "expected an array"),
        ("States.StringToJson($.v)", "[" * 100_000, "expected JSON, got"),
        ("States.StringToJson($.v)", "NaN", "expected JSON, got 'NaN'"),
        ("States.StringToJson($.v)", "1e999", "expected JSON, got '1e999'"),
        ("States.StringToJson($.v)", "1" * 5000, "expected JSON, got"),
        ("States.StringSplit($.v, $.v)", HUGE, "expected a text"),
    ],
)
def test_an_intrinsic_function_fails_the_state(call, data, said):
    error, cause = failure(only(Parameters={"r.$": call}), {"v": data})
    assert error == "States.IntrinsicFailure"
    assert said in cause


@pytest.mark.parametrize(
    "rule",
    [
        {"BackoffRate": 1e200, "MaxAttempts": 5},
        {"BackoffRate": 10.0, "MaxAttempts": 400, "MaxDelaySeconds": 5},
        {"BackoffRate": HUGE, "MaxAttempts": 3},
    ],
)
def test_a_backoff_beyond_every_number_is_the_longest_wait(rule):
    retry = [{"ErrorEquals": ["States.ALL"], **rule}]
    execution = ran(only(Type="Task", Resource=LAMBDA, Retry=retry), tasks=lambda _: TaskOutcome(error="E"))
    assert (execution.status, execution.error) == ("FAILED", "E")
    longest = rule.get("MaxDelaySeconds", 2**31 - 1)
    first = 1
    assert execution.now == first + longest * (rule["MaxAttempts"] - 1)


def reading(resource="arn:aws:states:::s3:getObject", **config):
    processor = {"ProcessorConfig": {"Mode": "DISTRIBUTED"}, "StartAt": "P"}
    processor["States"] = {"P": {"Type": "Pass", "End": True}}
    reader = {"Resource": resource, "ReaderConfig": config}
    return only(Type="Map", ItemReader=reader, ItemProcessor=processor)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        *((value, "The reader must answer an object with Body, got ") for value in (None, [1], 5, "Contents")),
        ({"Body": nested(2000)}, "The data is nested too deeply."),
        ({"Body": "[" * 100_000}, "The object cannot be read as JSON: The data is nested too deeply."),
        ({"Body": "[NaN]"}, "The object cannot be read as JSON: expected a value, got NaN"),
    ],
)
def test_a_reader_that_answers_anything_else_fails_the_map(answer, said):
    error, cause = failure(reading(), {}, lambda _: TaskOutcome(answer))
    assert error in ("States.ItemReaderFailed", "States.Runtime")
    assert said in cause


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (None, "The reader must answer an object with a list of objects in Contents, got None"),
        ({"Contents": 5}, "The reader must answer an object with a list of objects in Contents, got "),
        ({"Contents": [5]}, "The reader must answer an object with a list of objects in Contents, got "),
        ({"Contents": [{"Key": float("nan")}]}, "Out of range float values"),
    ],
)
def test_a_list_of_objects_that_is_none_fails_the_map(answer, said):
    definition = reading(resource="arn:aws:states:::s3:listObjectsV2")
    error, cause = failure(definition, {}, lambda _: TaskOutcome(answer))
    assert error == "States.ItemReaderFailed"
    assert said in cause


def test_a_line_separator_within_a_json_line_is_text():
    assert output(reading(InputType="JSONL"), {}, lambda _: TaskOutcome({"Body": '"a\u2028b"\n1'})) == ["a\u2028b", 1]


def test_half_a_character_is_put_into_batches():
    item = {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}}
    processor = {"ProcessorConfig": {"Mode": "DISTRIBUTED"}, **item}
    batcher = {"MaxInputBytesPerBatch": 30, "BatchInput": HALF}
    definition = only(Type="Map", ItemProcessor=processor, ItemBatcher=batcher)
    assert output(definition, [HALF]) == [{"BatchInput": HALF, "Items": [HALF]}]


def test_data_that_grow_deeper_without_end_fail_the_execution():
    definition = machine(A={"Type": "Pass", "Parameters": {"a.$": "$"}, "Next": "A"})
    error, cause = failure(definition)
    assert error == "States.Runtime"
    assert cause.endswith("The data is nested too deeply.")
    caught = {"Type": "Task", "Resource": LAMBDA, "ResultPath": "$.a", "Next": "A"}
    caught["Catch"] = [{"ErrorEquals": ["States.ALL"], "ResultPath": "$" + ".a" * 2000, "Next": "A"}]
    assert failure(machine(A=caught), tasks=lambda _: TaskOutcome(error="E"))[0] == "States.Runtime"


@pytest.mark.parametrize("answer", [float("nan"), {1, 2}, nested(2000), [float("inf")]])
@pytest.mark.parametrize("pending", [False, True])
def test_a_task_that_answers_no_json_fails(answer, pending):
    execution = MachineExecution.start(only(Type="Task", Resource=LAMBDA), {})
    execution.advance(lambda _: TaskOutcome(pending=True) if pending else TaskOutcome(answer))
    if pending:
        execution.complete(execution.pending()[0], TaskOutcome(answer))
    assert (execution.status, execution.error) == ("FAILED", "States.Runtime")
    assert "The answer of the task is no JSON" in execution.cause
    json.loads(execution.snapshot())


@pytest.mark.parametrize("text", ["$parse('NaN')", "$parse('1e999')", "1e300 * 1e300", "$number('1e999')"])
def test_no_expression_gives_a_number_that_is_no_json(text):
    state = {"Type": "Pass", "Output": f"{{% {text} %}}", "End": True}
    error, _ = failure(jsonata(S=state))
    assert error == "States.QueryEvaluationError"


@pytest.mark.parametrize("value", [None, 5, "x", [], {"RoleArn": 5}])
def test_credentials_of_any_value_are_handed_to_the_task(value):
    definition = only(Type="Task", Resource=LAMBDA, Credentials={"RoleArn.$": "$.v"})
    seen = []
    ran(definition, {"v": value}, lambda call: seen.append(call.credentials) or TaskOutcome(1))
    assert seen == [{"RoleArn": value}]


def test_a_literal_that_is_no_number_is_not_compared():
    choices = [{"Variable": "$.v", "NumericEquals": "1", "Next": "S"}]
    assert (
        failure(StateMachine({"StartAt": "S", "States": {"S": {"Type": "Choice", "Choices": choices}}}), {"v": 1})[0]
        == "States.NoChoiceMatched"
    )
