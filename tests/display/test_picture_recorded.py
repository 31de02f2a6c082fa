"""Progress of executions that ran on LocalAws: what their recorded histories are read as, and how it is drawn."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from fakes.drawn import check_drawing, read_svg
from fakes.recorded_histories import NAMES, Recorded, recorded
from personalize_sfn.display import Picture, Run, render_progress, render_run, stages
from personalize_sfn.display.graph import graph_of
from personalize_sfn.display.history import RunStage
from personalize_sfn.display.palette import LOOKS

STAGES = ("Dataset", "Dataset Import", "Solution", "Campaign")


def picture(told: Recorded) -> Picture:
    return render_run(told.run(), told.definitions.__getitem__, now=told.times()[-1])


def statuses(drawn: Picture) -> dict[str, str]:
    """By what stands on a node, in the order of the picture."""
    found = {}
    for group in ET.fromstring(drawn.svg).iter("{http://www.w3.org/2000/svg}g"):
        title = group.findtext("{http://www.w3.org/2000/svg}title")
        if title is not None:
            found[title.partition(" · ")[0]] = group.attrib["class"]
    return found


def child(drawn: Picture, name: str) -> Picture:
    (found,) = [part for part in drawn.parts if f" {name}: " in part.title]
    return found


def test_histories_are_there_for_success_each_failure_retries_stop_and_timeout() -> None:
    assert {"success", "retries", "stop", "timeout", "stage-timeout", "running"} <= set(NAMES)
    assert len([name for name in NAMES if name.startswith("fails-")]) == 7


@pytest.mark.parametrize("name", NAMES)
def test_every_state_that_ran_is_in_the_definition_so_the_recording_is_not_out_of_date(name: str) -> None:
    told = recorded(name)

    for _, run in told.run().walk():
        drawn = {state for node in graph_of(told.definitions[run.arn]).walk() for state in node.states}
        assert {span.name for span in run.spans} <= drawn


@pytest.mark.parametrize("name", NAMES)
def test_at_every_moment_there_is_a_picture_and_what_has_ended_stays_ended(name: str) -> None:
    told = recorded(name)
    times = told.times()
    before: dict[str, tuple[str, list[str]]] = {}

    for moment in times[:: max(1, len(times) // 12)]:
        run = told.run(moment)
        drawn = render_run(run, told.definitions.__getitem__, now=moment)
        assert set(statuses(drawn).values()) <= {*LOOKS, "NOT_REACHED"}
        for _, part in run.walk():
            now = [span.status for span in part.spans]
            status, earlier = before.get(part.arn, ("RUNNING", []))
            assert status in {"RUNNING", part.status}
            assert all(old in {"RUNNING", new} for old, new in zip(earlier, now, strict=False))
            before[part.arn] = (part.status, now)


@pytest.mark.parametrize("name", NAMES)
def test_once_an_execution_is_over_nothing_in_it_runs(name: str) -> None:
    for _, run in recorded(name).run().walk():
        open_spans = [span.name for span in run.spans if span.ended is None]
        assert bool(open_spans) == (run.status == "RUNNING")


@pytest.mark.parametrize("name", NAMES)
def test_with_times_polls_and_errors_the_pictures_are_in_order_too(name: str) -> None:
    drawn = picture(recorded(name))

    for part in (drawn, *drawn.parts):
        check_drawing(read_svg(part.svg))


def test_states_that_only_move_data_are_shown_when_asked_for_and_when_they_fail() -> None:
    told = recorded("success")
    run = told.run()
    definition = told.definitions[told.arn]
    passes = {"Set Defaults", "Read Input", "List Solutions", "Solution Is Done", "Return Result"}

    assert passes <= statuses(render_progress(definition, run, detail=True)).keys()
    assert not passes & statuses(render_progress(definition, run)).keys()
    broken = [replace(span, status="FAILED") if span.name == "Read Input" else span for span in run.spans]
    assert statuses(render_progress(definition, replace(run, spans=tuple(broken))))["Read Input"] == "FAILED"


def test_a_run_that_succeeded_shows_every_stage_with_its_time_and_its_parts_folded() -> None:
    drawn = picture(recorded("success"))

    assert statuses(drawn) == {
        **{f"Run {stage} Workflow": "SUCCEEDED" for stage in STAGES},
        "Train and Serve Each Solution": "SUCCEEDED",
        "Has It a Campaign?": "SUCCEEDED",
        "Solution Failed": "NOT_REACHED",
        "Report Solutions": "SUCCEEDED",
        "Did Every Solution Succeed?": "SUCCEEDED",
        "Solutions Failed": "NOT_REACHED",
        "On Failure": "NOT_REACHED",
    }
    assert [part.is_open for part in drawn.parts] == [False] * 4
    assert [part.arn.split(":")[6] for part in drawn.parts] == [
        "movies-dataset",
        "movies-dataset-import",
        "movies-solution",
        "movies-campaign",
    ]


@pytest.mark.parametrize(
    ("name", "machine", "node", "error", "stage"),
    [
        ("fails-dataset-group", "movies-dataset", "Dataset Group", "DatasetGroupFailed", 0),
        ("fails-schema", "movies-dataset", "Create Interactions Schema", "QuotaError", 0),
        ("fails-dataset", "movies-dataset", "Interactions Dataset", "DatasetFailed", 0),
        (
            "fails-dataset-import-job",
            "movies-dataset-import",
            "Interactions Dataset Import Job",
            "DatasetImportJobFailed",
            1,
        ),
        ("missing-data", "movies-dataset-import", "Interactions Dataset Import Job", "InvalidInputError", 1),
        ("fails-solution", "movies-solution", "Solution", "SolutionFailed", 2),
        ("fails-solution-version", "movies-solution", "Solution Version", "SolutionVersionFailed", 2),
        ("fails-campaign", "movies-campaign", "Campaign", "CampaignFailed", 3),
        ("stage-timeout", "movies-dataset", "Dataset Group", "DatasetGroupTimedOut", 0),
    ],
)
def test_a_stage_that_fails_opens_by_itself_with_error_and_cause_in_its_header(
    name: str, machine: str, node: str, error: str, stage: int
) -> None:
    drawn = picture(recorded(name))
    failed = child(drawn, machine)

    assert [part.is_open for part in drawn.parts] == [False] * stage + [True]
    assert failed.title.startswith(f"✕ {machine}: failed")
    assert failed.problem.startswith(f"{error}: ")
    assert len(failed.problem) > len(error) + 10
    assert f'<summary style="cursor:pointer"><b>{failed.title}</b><br>{error}: ' in drawn._repr_html_()
    assert f"<code>{failed.arn}</code>" in drawn._repr_html_()
    assert statuses(failed)[node] == "FAILED"
    assert statuses(drawn)[f"Run {STAGES[stage]} Workflow"] == "CAUGHT"
    # Of the data all depends; what a solution lacks is told when the others have ended.
    of_solutions = stage >= STAGES.index("Solution")
    assert (statuses(drawn)["On Failure"], statuses(drawn)["Solutions Failed"]) == (
        ("NOT_REACHED", "FAILED") if of_solutions else ("FAILED", "NOT_REACHED")
    )
    assert drawn.problem.startswith(
        f"SolutionsFailed: 1 of 1 solution failed. for-you: {error}: " if of_solutions else error
    )


def test_tasks_that_succeeded_at_a_later_attempt_are_told_from_those_that_did_at_once() -> None:
    drawn = picture(recorded("retries"))

    assert statuses(child(drawn, "movies-dataset"))["Interactions Dataset"] == "RETRIED"
    assert statuses(child(drawn, "movies-solution"))["Solution Version"] == "RETRIED"
    assert statuses(child(drawn, "movies-campaign"))["Campaign"] == "SUCCEEDED"
    assert "↻ Interactions Dataset · " in drawn.text
    assert " · 4 retries" in drawn.text


def test_between_two_attempts_a_task_waits() -> None:
    told = recorded("retries")
    seen = set()

    for moment in told.times():
        run = told.run(moment)
        for part in run.children.values():
            if part.machine == "movies-dataset":
                shown = statuses(render_run(part, told.definitions.__getitem__, now=moment))
                seen.add(shown["Interactions Dataset"])

    assert seen == {"NOT_REACHED", "RUNNING", "WAITING", "RETRIED"}


def test_while_it_trains_the_solution_runs_or_waits_and_what_comes_after_is_not_reached() -> None:
    drawn = picture(recorded("running"))
    solution = child(drawn, "movies-solution")

    assert drawn.title.startswith("▶ movies-main: running")
    assert statuses(drawn)["Run Solution Workflow"] == "RUNNING"
    assert statuses(drawn)["Run Campaign Workflow"] == "NOT_REACHED"
    assert solution.is_open
    assert statuses(solution)["Solution Version"] in {"RUNNING", "WAITING"}
    assert "poll" in solution.text


def test_a_stopped_run_and_what_it_stopped_are_neither_failed_nor_succeeded() -> None:
    drawn = picture(recorded("stop"))

    assert drawn.title.startswith("■ movies-main: aborted")
    assert drawn.problem == "Enough: asked to"
    assert statuses(drawn)["Run Solution Workflow"] == "ABORTED"
    assert statuses(child(drawn, "movies-solution"))["Solution Version"] == "ABORTED"
    assert "FAILED" not in {status for part in (drawn, *drawn.parts) for status in statuses(part).values()}


def test_a_machine_whose_time_is_over_shows_where_it_was() -> None:
    drawn = picture(recorded("timeout"))

    assert drawn.title.startswith("✕ movies-main: timed out")
    assert statuses(drawn)["Run Solution Workflow"] == "TIMED_OUT"
    assert statuses(child(drawn, "movies-solution"))["Solution Version"] == "ABORTED"


def test_the_executions_of_all_attempts_are_shown_and_the_failed_ones_open() -> None:
    drawn = picture(recorded("retried-then-caught"))

    assert statuses(drawn) == {"Try": "CAUGHT", "Go On": "SUCCEEDED", "Done": "SUCCEEDED"}
    assert "! Try" in drawn.text
    assert "2 retries · Broken" in drawn.text
    assert [(part.is_open, part.problem) for part in drawn.parts] == [(True, "Broken: it was never whole")] * 3
    assert len({part.arn for part in drawn.parts}) == 3


def test_when_one_branch_fails_the_other_is_stopped_and_the_parallel_is_caught() -> None:
    assert statuses(picture(recorded("parallel-caught"))) == {
        "Both": "CAUGHT",
        "Breaks": "FAILED",
        "Waits": "ABORTED",
        "Go On": "SUCCEEDED",
    }


def test_a_map_counts_the_visits_of_its_states_and_their_time_once() -> None:
    run: Run = recorded("map").run()
    drawn = picture(recorded("map"))
    (each,) = [span for span in run.spans if span.name == "Each"]

    assert statuses(drawn)["Rest"] == "SUCCEEDED"
    assert "Rest · 0.3 s · 3 times" in drawn.text
    assert [span.inside is each for span in run.spans if span.name == "Rest"] == [True] * 3


def test_an_iteration_that_fails_fails_the_map_and_stops_the_others() -> None:
    shown = statuses(picture(recorded("map-fails")))

    assert (shown["Each"], shown["Break"], shown["Rest"]) == ("FAILED", "FAILED", "ABORTED")


@pytest.mark.parametrize("name", NAMES)
def test_a_stage_that_is_said_to_be_done_stays_as_it_is(name: str) -> None:
    """At each moment of each recording: what is over has no further visit, poll or end."""
    story = recorded(name)
    over: dict[tuple[str, str], RunStage] = {}
    for moment in story.times():
        now = {(stage.workflow, stage.label): stage for stage in stages(story.run(moment))}
        for key, then in over.items():
            assert now[key].polls == then.polls, (key, moment)
            assert now[key].ended == then.ended, (key, moment)
        over |= {key: stage for key, stage in now.items() if stage.status == "SUCCEEDED"}
