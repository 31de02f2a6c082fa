"""Tests of ``status``: how a run stands, in words: no percentages, because they are not known."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest

from fakes.watched_runs import MACHINE, RUN, error
from personalize_sfn.display import Run
from personalize_sfn.display.steps import Plan
from personalize_sfn.execution import Execution
from personalize_sfn.execution.status import Outlook, Status, attach_line, console_url, outlook_of


def test_the_status_says_which_step_of_how_many_how_long_such_runs_take_and_how_to_come_back(
    running: Execution,
) -> None:
    run = running.snapshot()
    assert run.began is not None
    outlook = Outlook(Plan(("Schema", "Dataset", "Campaign")), "the last 2 runs took 2 min 00 s to 3 min 00 s")
    status = Status(run, outlook, run.began + timedelta(seconds=80), again=attach_line(RUN))
    line = status.line(run.began + timedelta(seconds=90))

    assert line.startswith("▶ movies-main: running · 1 min 30 s · step 1 of 3: Schema · the last 2 runs took 2 min")
    assert "last checked " in line
    assert f"Execution.attach('{RUN}', session=session)" in line
    assert "%" not in line
    assert "console" not in status.html()


def test_in_a_notebook_it_is_one_strip_and_the_arn_stands_folded_below_it(running: Execution) -> None:
    status = Status(running.snapshot(), Outlook(Plan(("Schema", "Dataset", "Campaign"))))
    html, about = status.html(), status.about_html()

    assert html.count("<li") == 3
    assert RUN not in html
    assert about.startswith("<details ")
    assert "open" not in about.partition(">")[0]
    assert f"<code>Execution.attach(&#x27;{RUN}&#x27;, session=session)</code>" in about
    assert f"<code>personalize-sfn status --wait {RUN}</code>" in about


def test_a_screen_reader_hears_the_facts_apart(running: Execution) -> None:
    status = Status(running.snapshot(), Outlook(Plan(("Schema", "Campaign")), "the last run took 20.0 s"))
    said = "".join(ElementTree.fromstring(status.html()).itertext())

    assert re.search(r"movies-main: running · \d.+ · step 1 of 2: Schema the last run took 20.0 s ▶ Schema", said)
    assert said.endswith(" ○ Campaign to come ")


def test_the_same_markup_shows_it_live_and_ended(running: Execution, client: Any) -> None:
    outlook = Outlook(Plan(("Schema", "Campaign")))
    live = Status(running.snapshot(), outlook).html()
    client._step = 1000
    ended = Status(running.snapshot(), outlook).html()

    def tags(html: str) -> list[str]:
        return [element.tag for element in ElementTree.fromstring(html).iter() if element.tag in {"div", "ol", "li"}]

    assert tags(live)[:6] == tags(ended)[:6]
    assert live.count("<li") == ended.count("<li") == 2


def test_polls_of_what_goes_on_are_counted(running: Execution, client: Any, history: Any) -> None:
    client._step = 1000
    client.histories[RUN] = history().state("Create Campaign", "Task").state("Wait for Campaign", "Wait")
    client.histories[RUN].enter("Check Campaign", "Task")

    assert Status(running.snapshot(), Outlook(Plan(("Schema", "Campaign")))).facts() == [
        "step 2 of 2: Campaign (1 poll)"
    ]


def test_the_status_of_a_run_that_failed_says_why_and_no_more(running: Execution) -> None:
    run = Run(RUN, "TIMED_OUT", error="Broken", cause='{"errorMessage": "out of luck", "errorType": "Broken"}')

    assert Status(run, Outlook(Plan(("Schema",)), "typically long")).line() == (
        "✕ movies-main: timed out · 0.0 s · Broken: out of luck"
    )


def test_what_lies_ahead_is_read_from_the_definitions_and_the_last_runs(
    running: Execution, client: Any, history: Any
) -> None:
    began = datetime(2026, 1, 1, tzinfo=UTC)
    took = [timedelta(minutes=80), timedelta(minutes=55)]
    listed = [
        {"startDate": began, "stopDate": began + each, "executionArn": f"{RUN}-{i}"} for i, each in enumerate(took)
    ]
    running.client.list_executions = lambda **_: {"executions": listed}
    client._step = 1000
    client.histories[f"{RUN}-0"] = history().state("Create Schema", "Task").state("Wait for Campaign", "Wait")
    client.histories[f"{RUN}-0"].add("ExecutionSucceeded")

    outlook = outlook_of(running.client, running.execution_arn)

    assert outlook.plan.steps == ("Schema", "Campaign")
    assert outlook.typical == "the last 2 runs took 55 min 00 s to 1 h 20 min"
    assert outlook.usual == {"Schema": timedelta(seconds=1), "Campaign": timedelta(seconds=1)}, "of the longest run"


def test_of_a_run_that_is_over_the_last_runs_are_not_asked_for(running: Execution) -> None:
    running.client.list_executions = None

    assert outlook_of(running.client, running.execution_arn, is_over=True).plan.steps == ("Schema", "Campaign")


def test_on_aws_the_definitions_say_how_long_a_first_run_takes_and_there_is_a_console(running: Execution) -> None:
    running.client.meta.endpoint_url = "https://states.us-east-1.amazonaws.com"
    check = {"Type": "Task", "Parameters": {"Payload": {"typicalSeconds": 3360}}, "End": True}
    definition = json.dumps({"StartAt": "Check Campaign", "States": {"Check Campaign": check}})
    running.client.machines[MACHINE] = {"definition": definition}

    outlook = outlook_of(running.client, running.execution_arn)

    assert outlook.plan.steps == ("Campaign",)
    assert outlook.usual == {"Campaign": timedelta(minutes=56)}
    assert outlook.typical == "such a run typically takes 56 min 00 s"
    assert f'<a href="{outlook.console_url}" target="_blank"' in Status(running.snapshot(), outlook).html()


@pytest.mark.parametrize(
    ("partition", "region", "begins"),
    [
        ("aws", "us-east-1", "https://us-east-1.console.aws.amazon.com/states/home?region=us-east-1#/v2/executions/"),
        ("aws-cn", "cn-north-1", "https://cn-north-1.console.amazonaws.cn/states/home?region=cn-north-1#/v2/"),
        ("aws-iso", "us-iso-east-1", ""),
    ],
)
def test_the_console_is_that_of_the_partition(partition: str, region: str, begins: str) -> None:
    url = console_url(f"arn:{partition}:states:{region}:123456789012:execution:movies-main:run")

    assert url.startswith(begins)
    assert bool(url) == bool(begins)


def test_what_may_not_be_read_is_left_out(running: Execution) -> None:
    def refuse(**_: Any) -> Any:
        raise error("AccessDeniedException")

    for name in ("describe_state_machine_for_execution", "list_executions"):
        setattr(running.client, name, refuse)

    assert outlook_of(running.client, running.execution_arn) == Outlook()
