"""What a definition is refused for before it is created, and what is let through."""

from __future__ import annotations

import json
from typing import Any

import pytest

from personalize_sfn.local.aws.responses import AwsError
from personalize_sfn.local.stepfunctions.definition import check, diagnose

END: dict[str, Any] = {"Type": "Pass", "End": True}
LAMBDA = "arn:aws:states:::lambda:invoke"


def machine(**states: Any) -> dict[str, Any]:
    return {"StartAt": next(iter(states)), "States": states}


def found(definition: Any) -> list[str]:
    text = definition if isinstance(definition, str) else json.dumps(definition)
    return [str(one) for one in diagnose(text)]


def task(resource: Any = LAMBDA, **fields: Any) -> dict[str, Any]:
    parameters = {"Parameters": {"FunctionName": "f"}} if resource == LAMBDA else {}
    return machine(T={"Type": "Task", "Resource": resource, "End": True, **parameters, **fields})


VALID: list[dict[str, Any]] = [
    machine(A=END),
    machine(A={"Type": "Pass", "Next": "B"}, B={"Type": "Succeed"}) | {"Comment": "c", "TimeoutSeconds": 60},
    machine(A={"Type": "Wait", "SecondsPath": "$.s", "Next": "B"}, B={"Type": "Fail", "ErrorPath": "$.e"}),
    machine(
        A={
            "Type": "Choice",
            "Choices": [
                {"Variable": "$.a", "StringEquals": "ACTIVE", "Next": "B"},
                {
                    "And": [{"Variable": "$.a", "IsPresent": True}, {"Not": {"Variable": "$.b", "NumericLessThan": 3}}],
                    "Next": "A",
                },
            ],
            "Default": "C",
        },
        B=END,
        C={"Type": "Fail", "Error": "E", "CausePath": "States.Format('{}', $.reason)"},
    ),
    task(
        Retry=[{"ErrorEquals": ["TransientError"], "MaxDelaySeconds": 60, "JitterStrategy": "FULL"}],
        Catch=[{"ErrorEquals": ["States.ALL"], "Next": "T", "ResultPath": "$.error"}],
        ResultSelector={"x.$": "$.Payload.x", "both.$": "States.JsonMerge($.a, $.nullable, false)"},
        TimeoutSeconds=60,
    ),
    task("arn:aws:lambda:us-east-1:123456789012:function:f"),
    task("arn:aws:states:::states:startExecution.sync:2", Parameters={"StateMachineArn": "a", "Input.$": "$"}),
    task("arn:aws:states:::aws-sdk:personalize:describeCampaign", Parameters={"CampaignArn": "a"}),
    task("arn:aws:states:::aws-sdk:personalizeruntime:getRecommendations"),
    machine(P={"Type": "Parallel", "Branches": [machine(A=END), machine(B=END)], "End": True}),
    machine(M={"Type": "Map", "ItemsPath": "$.items", "ItemProcessor": machine(A=END), "End": True}),
    machine(P={"Type": "Pass", "Parameters": {"n.$": "States.Array('null', $.null)"}, "End": True}),
    machine(P={"Type": "Pass", "Parameters": {"n": [{"m.$": "States.Array(null, 1)"}]}, "End": True}),
    machine(P={"Type": "Pass", "Parameters": {"n.$": r"States.Format('\{}', $.a)"}, "End": True}),
    machine(A={**END, "Assign": {"x": 1}}),
    machine(A={**END, "Assign": {"x": "{% 1 %}"}, "Output": "{% $states.input %}"}) | {"QueryLanguage": "JSONata"},
    machine(
        A={
            "Type": "Choice",
            "QueryLanguage": "JSONata",
            "Choices": [{"Condition": "{% $states.input.a = 1 %}", "Assign": {"b": 1}, "Output": {}, "Next": "B"}],
            "Default": "B",
        },
        B={"Type": "Wait", "QueryLanguage": "JSONata", "Seconds": "{% $states.input.s %}", "End": True},
    ),
    task("arn:aws:states:us-east-1:123456789012:activity:paint"),
    task("arn:aws:states:::lambda:invoke.waitForTaskToken", Parameters={"FunctionName": "f"}),
]


@pytest.mark.parametrize("definition", VALID, ids=range(len(VALID)))
def test_a_valid_definition_has_no_diagnostics(definition: dict[str, Any]) -> None:
    assert found(definition) == []


SCHEMA = "SCHEMA_VALIDATION_FAILED: "
TARGET = "MISSING_TRANSITION_TARGET: "
INVALID: list[tuple[dict[str, Any], list[str]]] = [
    (machine(A={"Type": "Pass", "Next": "Z"}), [TARGET + "Missing 'Next' target: Z at /States/A/Next"]),
    (machine(A=END) | {"StartAt": "Z"}, [TARGET + "Missing 'StartAt' target: Z at /StartAt"]),
    (machine(A=END, B=END), [TARGET + 'State "B" is not reachable. at /States/B']),
    (
        machine(A={"Type": "Choice", "Choices": [{"Variable": "$.a", "IsNull": True, "Next": "X"}], "Default": "Y"}),
        [
            TARGET + "Missing 'Default' target: Y at /States/A/Default",
            TARGET + "Missing 'Next' target: X at /States/A/Choices[0]/Next",
        ],
    ),
    (
        task(Catch=[{"ErrorEquals": ["E"], "Next": "X"}]),
        [TARGET + "Missing 'Next' target: X at /States/T/Catch[0]/Next"],
    ),
    (
        machine(P={"Type": "Parallel", "Branches": [machine(A={"Type": "Pass", "Next": "P"})], "End": True}),
        [TARGET + "Missing 'Next' target: P at /States/P/Branches[0]/States/A/Next"],
    ),
    (
        machine(P={"Type": "Parallel", "Branches": [machine(A=END), machine(A=END)], "End": True}),
        ["DUPLICATE_STATE_NAME: Duplicate State name: A at /States/P/Branches[1]/States/A"],
    ),
    (machine(A={"Type": "Pass"}), [SCHEMA + "One of the fields 'Next' and 'End' (true) is required at /States/A"]),
    (
        machine(A={"Type": "Pass", "End": True, "Next": "A"}),
        [SCHEMA + "Only one of 'Next' and 'End' may be present at /States/A"],
    ),
    ({"StartAt": "A"}, [SCHEMA + "These fields are required: [States] at /"]),
    ({}, [SCHEMA + "These fields are required: [States, StartAt] at /"]),
    (
        machine(A={**END, "QueryLanguage": "JSONPath"}) | {"QueryLanguage": "JSONata"},
        [
            SCHEMA + "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine at /States/A",
        ],
    ),
    (machine(A={**END, "Wrong": 1}), [SCHEMA + "Field 'Wrong' is not supported here at /States/A/Wrong"]),
    (
        machine(A={"Type": "Sleep"}),
        [
            SCHEMA + "Type must be one of Choice, Fail, Map, Parallel, Pass, Succeed, Task, Wait, got 'Sleep' "
            "at /States/A/Type"
        ],
    ),
    (
        machine(A={"Type": "Wait", "Seconds": 1, "Timestamp": "2026-01-01T00:00:00Z", "End": True}),
        [
            SCHEMA + "Exactly one of Seconds, SecondsPath, Timestamp and TimestampPath is required, "
            "got ['Seconds', 'Timestamp'] at /States/A"
        ],
    ),
    (
        task("arn:aws:states:::aws-sdk:personalize:describeNothing"),
        [
            SCHEMA + "The resource provided arn:aws:states:::aws-sdk:personalize:describeNothing is not recognized. "
            "The value is not a valid resource ARN, or the resource is not available in this region. "
            "at /States/T/Resource"
        ],
    ),
    (
        task("arn:aws:states:::sagemaker:createTrainingJob.sync"),
        [
            "UNSUPPORTED_LOCALLY: The embedded AWS supports the optimized integrations lambda:invoke, "
            "states:startExecution and aws-sdk:*, not arn:aws:states:::sagemaker:createTrainingJob.sync "
            "at /States/T/Resource"
        ],
    ),
    (
        task("arn:aws:states:::states:startExecution.sync:2", Parameters={"Input": {}, "Priority": 1}),
        [
            SCHEMA + "The field 'Priority' is not supported by Step Functions at /States/T/Parameters",
            SCHEMA + "The field 'StateMachineArn' is required but was missing at /States/T/Parameters",
        ],
    ),
    (
        task(Retry=[{"ErrorEquals": ["States.ALL", "E"]}, {"ErrorEquals": ["States.Nonsense"], "MaxAttempts": -1}]),
        [
            SCHEMA + "States.ALL must appear alone in ErrorEquals at /States/T/Retry[0]/ErrorEquals",
            SCHEMA + "States.ALL must appear in the last rule at /States/T/Retry[0]/ErrorEquals",
            SCHEMA + "Error names must not begin with 'States.', which is reserved, got 'States.Nonsense' "
            "at /States/T/Retry[1]/ErrorEquals",
            SCHEMA + "MaxAttempts must be an integer of at least 0, got -1 at /States/T/Retry[1]/MaxAttempts",
        ],
    ),
    (
        machine(A={"Type": "Choice", "Choices": [{"Variable": "a", "StringEquals": 1, "Next": "A"}]}),
        [
            SCHEMA + "Variable must be a JSONPath, got 'a' at /States/A/Choices[0]/Variable",
            SCHEMA + "StringEquals must be a string, got 1 at /States/A/Choices[0]/StringEquals",
        ],
    ),
    (
        machine(A={**END, "Parameters": {"x.$": "y"}}),
        [
            SCHEMA + "The value for the field 'x.$' must be a valid JSONPath or a valid intrinsic function call, "
            "got 'y' at /States/A/Parameters/x.$"
        ],
    ),
    (machine(A={**END, "Output": "{% 1 %}"}), [SCHEMA + "Field 'Output' is not supported here at /States/A/Output"]),
    (
        machine(A={**END, "InputPath": "$"}) | {"QueryLanguage": "JSONata"},
        [SCHEMA + "Field 'InputPath' is not supported here at /States/A/InputPath"],
    ),
    (
        machine(A={"Type": "Wait", "Timestamp": "tomorrow", "End": True}),
        [SCHEMA + 'Timestamp must be an RFC3339 timestamp, got "tomorrow" at /States/A/Timestamp'],
    ),
    (
        machine(
            M={
                "Type": "Map",
                "ItemReader": {"Resource": "arn:aws:states:::s3:putObject"},
                "ItemProcessor": machine(A=END) | {"ProcessorConfig": {"Mode": "DISTRIBUTED"}},
                "End": True,
            }
        ),
        [
            SCHEMA + "Resource of ItemReader must be one of arn:aws:states:::s3:getObject, "
            "arn:aws:states:::s3:listObjectsV2, got 'arn:aws:states:::s3:putObject' at /States/M/ItemReader/Resource"
        ],
    ),
    (
        machine(M={"Type": "Map", "ItemProcessor": machine(A=END), "ToleratedFailureCount": 1, "End": True}),
        [
            SCHEMA + "Field 'ToleratedFailureCount' is not supported in a Map of the mode INLINE: set Mode to "
            "DISTRIBUTED at /States/M/ToleratedFailureCount"
        ],
    ),
    (
        machine(
            M={
                "Type": "Map",
                "ItemReader": {
                    "Resource": "arn:aws:states:::s3:getObject",
                    "Arguments": {"Bucket": "b", "Key": "k"},
                    "ReaderConfig": {"InputType": "JSON", "Delimiter": ","},
                },
                "ItemProcessor": machine(A=END) | {"ProcessorConfig": {"Mode": "DISTRIBUTED", "Type": "STANDARD"}},
                "End": True,
            }
        ),
        [
            SCHEMA + "Field 'Type' is not supported here at /States/M/ItemProcessor/ProcessorConfig/Type",
            SCHEMA + "Field 'Arguments' is not supported here at /States/M/ItemReader/Arguments",
            SCHEMA + "Field 'Delimiter' is not supported here at /States/M/ItemReader/ReaderConfig/Delimiter",
        ],
    ),
    (
        machine(
            M={
                "Type": "Map",
                "ItemBatcher": {"MaxItemsPerBatchPath": "$.n"},
                "ItemProcessor": machine(A=END) | {"ProcessorConfig": {"Mode": "DISTRIBUTED"}},
                "End": True,
            }
        )
        | {"QueryLanguage": "JSONata"},
        [SCHEMA + "Field 'MaxItemsPerBatchPath' is not supported here at /States/M/ItemBatcher/MaxItemsPerBatchPath"],
    ),
]


@pytest.mark.parametrize(("definition", "expected"), INVALID, ids=[one[1][0][:90] for one in INVALID])
def test_a_wrong_definition_is_diagnosed_where_it_is_wrong(definition: dict[str, Any], expected: list[str]) -> None:
    assert sorted(found(definition)) == sorted(expected)


def test_text_that_is_no_json_object_is_named_so() -> None:
    assert found("{nope") == [
        "INVALID_JSON_DESCRIPTION: Expecting property name enclosed in double quotes: line 1 column 2 (char 1) at /"
    ]
    assert found("[]") == ["INVALID_JSON_DESCRIPTION: The definition must be a JSON object at /"]


@pytest.mark.parametrize("junk", ['{"StartAt": 1, "States": 2}', '{"StartAt": "A", "States": {"A": 3}}', "null", "{}"])
def test_junk_is_diagnosed_and_never_raises(junk: str) -> None:
    assert found(junk)


def test_a_definition_over_a_megabyte_is_refused() -> None:
    assert found(machine(A={**END, "Comment": "x" * 1024 * 1024})) == [
        SCHEMA + "The definition is larger than 1048576 bytes at /"
    ]


def test_check_raises_with_every_diagnostic_in_one_message() -> None:
    with pytest.raises(AwsError) as refused:
        check(json.dumps(machine(A={"Type": "Pass", "Next": "Z"})))
    assert refused.value.code == "InvalidDefinition"
    assert refused.value.message == (
        "Invalid State Machine Definition: 'MISSING_TRANSITION_TARGET: Missing 'Next' target: Z at /States/A/Next'"
    )


def test_an_express_machine_waits_for_nobody_outside() -> None:
    waits = task("arn:aws:states:::lambda:invoke.waitForTaskToken", Parameters={"FunctionName": "f"})
    assert [str(one) for one in diagnose(json.dumps(waits), "EXPRESS")] == [
        SCHEMA + "Express state machine does not support '.waitForTaskToken' service integration at /States/T/Resource"
    ]
    assert diagnose(json.dumps(waits)) == []
