"""Definitions and runs as pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from personalize_sfn.display.formatting import GLYPHS, by_status, counted, duration, polls_text
from personalize_sfn.display.graph import Definition, Graph, Node, graph_of
from personalize_sfn.display.history import Run, Span, unwrapped
from personalize_sfn.display.layout import lay_out, shortened
from personalize_sfn.display.picture import Picture
from personalize_sfn.display.svg import Marks, draw

__all__ = ["render_definition", "render_progress", "render_run"]


def render_definition(
    definition: Definition, name: str = "", definition_of: Callable[[str], Definition | None] | None = None
) -> Picture:
    """The graph of a definition in the Amazon States Language and, folded below it, of the machines that it starts.

    Args:
        definition: of the state machine.
        name: of the state machine.
        definition_of: gives the definition of a machine by its ARN, or None where it cannot be read; None: the machines
            that it starts are not shown.
    """
    return _definition(definition, name, definition_of, ())


def _definition(
    definition: Definition,
    name: str,
    definition_of: Callable[[str], Definition | None] | None,
    above: tuple[str, ...],
) -> Picture:
    graph = graph_of(definition)
    starts = dict.fromkeys(node.machine for node in graph.walk() if node.machine and node.machine not in above)
    parts = tuple(
        replace(_definition(found, arn.split(":")[6], definition_of, (*above, arn)), arn=arn)
        for arn in (starts if definition_of else ())
        if definition_of is not None and (found := definition_of(arn)) is not None
    )
    labels = ", ".join(node.label for node in graph.nodes)
    text = "\n".join([*_tree(graph, name), *("    " + line for part in parts for line in part.text.splitlines())])
    notes = {node.key: "polls until it is done" for node in graph.walk() if node.kind == "Loop"}
    title = name or "state machine"
    return Picture(draw(lay_out(graph, notes), title), text, title, parts, alt=f"Graph of {title}: {labels}")


def render_progress(definition: Definition, run: Run, now: datetime | None = None) -> Picture:
    """The graph of ``definition``, coloured by what has happened in ``run``, without the executions that it started."""
    now = now or datetime.now(UTC)
    graph = graph_of(definition)
    marks = {node.key: mark for node in graph.walk() if (mark := _mark(node, run, now))}
    title = f"{GLYPHS[run.status]} {run.machine}: {_word(run.status)} · {duration(run.elapsed(now))}"
    problem = ": ".join(part for part in unwrapped(run.error, run.cause) if part)
    line = " · ".join(part for part in (title, problem) if part)
    notes = {node.key: marks.get(node.key, ("", ""))[1] or _ROOM[node.kind == "Loop"] for node in graph.walk()}
    return Picture(
        draw(lay_out(graph, notes), line, marks),
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


def render_run(run: Run, definition_of: Callable[[str], Definition], now: datetime | None = None) -> Picture:
    """``run`` and, folded below it, the executions that it started; those that did not succeed are unfolded.

    Args:
        run: the execution.
        definition_of: gives the definition that an execution of a given ARN runs.
        now: for the time that running states have taken; default: the present.
    """
    now = now or datetime.now(UTC)
    picture = render_progress(definition_of(run.arn), run, now)
    parts = tuple(
        render_run(run.children[arn], definition_of, now) if arn in run.children else _closed(arn)
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


_WORST = ("FAILED", "TIMED_OUT", "ABORTED", "CAUGHT", "RETRIED", "SUCCEEDED")


def _tree(graph: Graph, title: str, marks: Marks | None = None) -> Iterator[str]:
    if title:
        yield title
    for node in graph.nodes:
        status, note = (marks or {}).get(node.key, ("", ""))
        glyph = f"{GLYPHS[status]} " if marks is not None else "- "
        loop = " (polls until it is done)" if node.kind == "Loop" and marks is None else ""
        yield f"  {glyph}{node.label}{loop}{f' · {note}' if note else ''}"
        for branch in node.branches:
            yield from ("  " + line for line in _tree(branch, "", marks))
