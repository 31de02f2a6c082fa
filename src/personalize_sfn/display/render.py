"""Definitions and runs as pictures."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from personalize_sfn.display.formatting import GLYPHS, about, by_status, counted, duration, polls_text
from personalize_sfn.display.graph import Definition, Graph, Node, branches_of, graph_of, without_passes
from personalize_sfn.display.history import Run, Span, unwrapped
from personalize_sfn.display.layout import lay_out, shortened
from personalize_sfn.display.picture import Picture
from personalize_sfn.display.steps import plan_of, typical_of
from personalize_sfn.display.svg import Marks, draw

__all__ = ["render_definition", "render_progress", "render_run"]


#: Pixels that a picture may be wide, to go from left to right: JupyterLab's cell in a window of 1,280 pixels.
_ROOM_ACROSS = 812.0


def render_definition(
    definition: Definition,
    name: str = "",
    definition_of: Callable[[str], Definition | None] | None = None,
    *,
    detail: bool = False,
) -> Picture:
    """The graph of a definition in the Amazon States Language and, folded below it, of the machines that it starts.

    Args:
        definition: of the state machine.
        name: of the state machine.
        definition_of: gives the definition of a machine by its ARN, or None where it cannot be read; None: the machines
            that it starts are not shown.
        detail: show Pass states, which only move data about, too.
    """
    asked = functools.cache(definition_of) if definition_of else None  # for its picture, and for its time
    return _definition(definition, name, asked, (), detail=detail)


def _definition(
    definition: Definition,
    name: str,
    definition_of: Callable[[str], Definition | None] | None,
    above: tuple[str, ...],
    *,
    detail: bool,
) -> Picture:
    graph = _graph(definition, detail=detail)
    starts = dict.fromkeys(node.machine for node in graph.walk() if node.machine and node.machine not in above)
    found = {arn: there for arn in starts if definition_of and (there := definition_of(arn)) is not None}
    parts = tuple(
        replace(_definition(each, arn.split(":")[6], definition_of, (*above, arn), detail=detail), arn=arn)
        for arn, each in found.items()
    )
    labels = ", ".join(node.label for node in graph.nodes)
    times = {arn: plan_of(each, definition_of or found.get).typical for arn, each in found.items()}
    notes = dict(_times(graph, definition, times))
    told = {key: ("", note) for key, note in notes.items()}
    text = "\n".join(
        [*_tree(graph, name, told, {"": "-"}), *("    " + line for part in parts for line in part.text.splitlines())]
    )
    title = name or "state machine"
    svg = draw(lay_out(graph, notes, _ROOM_ACROSS), title, notes=notes)
    return Picture(svg, text, title, parts, alt=f"Graph of {title}: {labels}")


def _graph(definition: Definition, *, detail: bool, keep: Collection[str] = ()) -> Graph:
    graph = graph_of(definition)
    return graph if detail else without_passes(graph, keep)


def _times(graph: Graph, definition: Definition, machines: Mapping[str, timedelta]) -> Iterator[tuple[str, str]]:
    """By node, how long it typically takes on AWS: by its own waits, or by those of the machine that it starts."""
    for node in graph.nodes:
        typical = sum((typical_of(definition["States"][name]) for name in node.states), timedelta(0))
        typical += machines.get(node.machine, timedelta(0))
        if typical or node.kind == "Loop":
            yield node.key, f"about {about(typical)}" if typical else "polls until it is done"
        for branch, inner in zip(node.branches, branches_of(definition["States"].get(node.key, {})), strict=True):
            yield from _times(branch, inner, machines)


def render_progress(definition: Definition, run: Run, now: datetime | None = None, *, detail: bool = False) -> Picture:
    """The graph of ``definition``, coloured by what has happened in ``run``, without the executions that it started."""
    now = now or datetime.now(UTC)
    graph = _graph(definition, detail=detail, keep={span.name for span in run.spans if span.status in _BAD})
    marks = {node.key: mark for node in graph.walk() if (mark := _mark(node, run, now))}
    title = f"{GLYPHS[run.status]} {run.machine}: {_word(run.status)} · {duration(run.elapsed(now))}"
    problem = ": ".join(part for part in unwrapped(run.error, run.cause) if part)
    line = " · ".join(part for part in (title, problem) if part)
    notes = {node.key: marks.get(node.key, ("", ""))[1] or _ROOM[node.kind == "Loop"] for node in graph.walk()}
    return Picture(
        draw(lay_out(graph, notes, _ROOM_ACROSS), line, marks),
        "\n".join(_tree(graph, line, marks)),
        title,
        is_open=run.status != "SUCCEEDED",
        problem=problem,
        alt=_alt(title.partition(" ")[2], graph, marks),
        arn=run.arn,
    )


#: Room that is kept for the notes of nodes, so that a picture that is live does not shift at each look.
_ROOM = {False: "59 min 59 s", True: "59 min 59 s · 10 polls"}


def _word(status: str) -> str:
    return status.lower().replace("_", " ")


def _alt(title: str, graph: Graph, marks: Marks) -> str:
    return by_status(title, [(marks.get(node.key, ("", ""))[0], node.label) for node in graph.walk()])


def render_run(
    run: Run, definition_of: Callable[[str], Definition], now: datetime | None = None, *, detail: bool = False
) -> Picture:
    """``run`` and, folded below it, the executions that it started; those that did not succeed are unfolded.

    Args:
        run: the execution.
        definition_of: gives the definition that an execution of a given ARN runs.
        now: for the time that running states have taken; default: the present.
        detail: show Pass states, which only move data about, too.
    """
    now = now or datetime.now(UTC)
    picture = render_progress(definition_of(run.arn), run, now, detail=detail)
    parts = tuple(
        render_run(run.children[arn], definition_of, now, detail=detail) if arn in run.children else _closed(arn)
        for span in run.spans
        for arn in span.started
    )
    below = [
        line for part in parts for line in (part.text.partition("\n")[0], f"  {part.arn}", *part.text.split("\n")[1:])
    ]
    text = "\n".join([picture.text, *("    " + line for line in below)])
    return replace(picture, text=text, parts=parts, is_open=picture.is_open or any(part.is_open for part in parts))


def _closed(arn: str) -> Picture:
    """In place of an execution that cannot be read."""
    title = f"? {Run(arn).machine}: cannot be read"
    return Picture("", title, title, arn=arn)


def _mark(node: Node, run: Run, now: datetime) -> tuple[str, str] | None:
    """Status of a node and a note: how long it took, how often it was visited or polled, its error."""
    spans = [span for span in run.spans if span.name in node.states]
    if not spans:
        return None
    status = _status(spans)
    took = _covered([(span.began, span.ended or now) for span in spans])
    polls = sum(span.kind == "Wait" for span in spans) if node.kind == "Loop" else 0
    retries = sum(max(0, span.attempts - 1) for span in spans)
    visits = len(spans) if len(node.states) == 1 else 0
    failed = next((span for span in reversed(spans) if span.has_failed or span.kind == "Fail"), None)
    # A Fail does not say its error in the history, nor does what holds it; the end of the execution does.
    said = (
        (failed.error, failed.cause) if failed and failed.error else (run.error, "") if status == "FAILED" else ("", "")
    )
    error = unwrapped(*said)[0]
    notes = (
        duration(took) if took >= timedelta(seconds=0.05) else "",
        polls_text(polls),
        counted(visits, "time", "times") if visits > 1 else "",
        counted(retries, "retry", "retries") if retries else "",
        shortened(error, 28) if status in {"FAILED", "TIMED_OUT", "CAUGHT"} else "",
    )
    return status, " · ".join(note for note in notes if note)


def _covered(times: list[tuple[datetime, datetime]]) -> timedelta:
    """How long it took by the clock: visits at the same time, as in a Map, count once."""
    total, until = timedelta(0), None
    for began, ended in sorted(times):
        start = began if until is None else max(began, until)
        total += max(timedelta(0), ended - start)
        until = ended if until is None else max(ended, until)
    return total


def _status(spans: list[Span]) -> str:
    """Of all visits: what is open now, else the worst."""
    running = [span for span in spans if span.status == "RUNNING"]
    if running:
        # A task that has an error and is still open waits for its next attempt.
        return "WAITING" if all(span.kind == "Wait" or span.has_failed for span in running) else "RUNNING"
    found: set[str] = {"FAILED" if span.kind == "Fail" and span.status != "ABORTED" else span.status for span in spans}
    found |= {"RETRIED"} if any(span.attempts > 1 for span in spans) else set()
    return next(status for status in _WORST if status in found)


_BAD = ("FAILED", "TIMED_OUT", "ABORTED")
_WORST = ("FAILED", "TIMED_OUT", "ABORTED", "CAUGHT", "RETRIED", "SUCCEEDED")


def _tree(graph: Graph, title: str, marks: Marks, glyphs: Mapping[str, str] = GLYPHS) -> Iterator[str]:
    if title:
        yield title
    for node in graph.nodes:
        status, note = marks.get(node.key, ("", ""))
        yield f"  {glyphs[status]} {node.label}{f' · {note}' if note else ''}"
        for branch in node.branches:
            yield from ("  " + line for line in _tree(branch, "", marks, glyphs))
