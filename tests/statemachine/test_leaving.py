"""Leaving a state: its output, its variables, and where the branch goes next."""

from fakes.small_machines import failure, machine, only, output, ran


def test_a_state_may_hand_on_256_kib_and_no_more():
    largest = "x" * (256 * 1024 - 2)
    assert output(only(Result=largest)) == largest
    said = "The state/task 'S' returned a result with a size exceeding the maximum number of bytes service limit."
    assert failure(only(Result=largest + "x")) == ("States.DataLimitExceeded", said)


def test_variables_are_assigned_from_the_result_and_seen_by_later_states_and_inner_branches():
    definition = machine(
        A={"Type": "Pass", "Result": {"n": 1}, "Assign": {"n.$": "$.n", "c": [1]}, "Next": "B"},
        B={
            "Type": "Parallel",
            "Branches": [
                {
                    "StartAt": "I",
                    "States": {
                        "I": {
                            "Type": "Pass",
                            "Parameters": {"n.$": "$n", "c.$": "$c[0]"},
                            "Assign": {"n": 9},
                            "End": True,
                        }
                    },
                }
            ],
            "Next": "C",
        },
        C={"Type": "Pass", "Parameters": {"n.$": "$n", "inner.$": "$[0]"}, "End": True},
    )
    execution = ran(definition)
    assert execution.output == {"n": 1, "inner": {"n": 1, "c": 1}}
    left = execution.events[2]["stateExitedEventDetails"]
    assert left["assignedVariables"] == {"n": "1", "c": "[1]"}
