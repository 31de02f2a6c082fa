"""Time limits and the waits of a plan, on a clock that is scaled."""

from __future__ import annotations

import pytest

from fakes.state_machines import (
    Gate,
    calling,
    machine,
    nested,
    parallel,
)
from fakes.stepfunctions_aws import Aws


def test_a_machine_whose_own_waits_are_longer_than_its_limit_times_out_as_on_aws(aws: Aws) -> None:
    waits = {f"W{number}": {"Type": "Wait", "Seconds": 60, "Next": f"W{number + 1}"} for number in range(3)}
    definition = machine("W0", **waits, W3={"Type": "Succeed"})
    assert aws.run(definition | {"TimeoutSeconds": 100})["status"] == "TIMED_OUT"
    assert aws.run(definition | {"TimeoutSeconds": 200})["status"] == "SUCCEEDED"


def test_waits_for_real_work_are_no_part_of_a_limit(aws: Aws) -> None:
    aws.install(busy=lambda: True)
    waits = machine("W", W={"Type": "Wait", "Seconds": 60, "Next": "S"}, S={"Type": "Succeed"})
    assert aws.run(waits | {"TimeoutSeconds": 30})["status"] == "SUCCEEDED"


def test_the_waits_of_a_child_count_for_the_limits_of_its_parent(aws: Aws) -> None:
    waits = machine("W", W={"Type": "Wait", "Seconds": 99_000_000, "End": True})
    assert aws.run(nested(aws.create("one", waits)) | {"TimeoutSeconds": 600})["status"] == "TIMED_OUT"
    ended = aws.run(nested(aws.create("two", waits), TimeoutSeconds=600))
    assert (ended["status"], ended["error"]) == ("FAILED", "States.Timeout")


def test_a_child_that_has_ended_took_its_time(aws: Aws) -> None:
    child = aws.create("child", machine("W", W={"Type": "Wait", "Seconds": 60, "End": True}))
    parent = nested(child)
    parent["States"]["T"] = {**parent["States"]["T"], "Next": "W"}
    del parent["States"]["T"]["End"]
    parent["States"]["W"] = {"Type": "Wait", "Seconds": 60, "End": True}
    assert aws.run(parent | {"TimeoutSeconds": 100})["status"] == "TIMED_OUT"


def test_the_wait_of_a_branch_that_was_aborted_is_no_part_of_a_limit(aws: Aws) -> None:
    gate = aws.functions["slow"] = Gate()
    waits, fails = machine("W", W={"Type": "Wait", "Seconds": 86_400, "End": True}), machine("F", F={"Type": "Fail"})
    definition = parallel(waits, fails, Catch=[{"ErrorEquals": ["States.ALL"], "Next": "T"}])
    definition["States"] |= calling("slow")["States"]
    execution = aws.start(aws.create("m", definition | {"TimeoutSeconds": 400}))
    assert gate.entered.wait(10)
    with pytest.raises(AssertionError, match="still runs"):
        aws.wait(execution, seconds=0.6)
    gate.open.set()
    assert aws.wait(execution)["status"] == "SUCCEEDED"
    record = aws.service._driver._records[execution]
    assert len(record.execution.planned) <= 1


def test_the_wait_of_a_branch_that_failed_is_part_of_a_limit(aws: Aws) -> None:
    late = machine("W", W={"Type": "Wait", "Seconds": 60, "Next": "F"}, F={"Type": "Fail"})
    definition = parallel(late, Catch=[{"ErrorEquals": ["States.ALL"], "Next": "V"}])
    definition["States"]["V"] = {"Type": "Wait", "Seconds": 60, "End": True}
    assert aws.run(definition | {"TimeoutSeconds": 100})["status"] == "TIMED_OUT"
    assert aws.run(definition | {"TimeoutSeconds": 200})["status"] == "SUCCEEDED"
