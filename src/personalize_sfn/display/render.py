"""Definitions and runs as pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any

from personalize_sfn.display.graph import Graph, Node, graph_of
from personalize_sfn.display.history import Run, Span, stages, unwrapped
from personalize_sfn.display.layout import lay_out
from personalize_sfn.display.picture import Picture
from personalize_sfn.display.svg import STYLE, draw
from personalize_sfn.display.words import GLYPHS, duration

__all__ = ["render_definition", "render_progress", "render_run", "render_timeline"]

Definition = Mapping[str, Any]


def render_definition(definition: Definition, name: str = "") -> Picture:
    """The graph of a definition in the Amazon States Language."""
    graph = graph_of(definition)
    return Picture(draw(lay_out(graph), name or "state machine"), "\n".join(_tree(graph, name)), name)


def render_progress(definition: Definition, run: Run, now: datetime | None = None) -> Picture:
    """The graph of ``definition``, coloured by what has happened in ``run``, without the executions that it started."""
    now = now or datetime.now(UTC)
    graph = graph_of(definition)
    marks = {node.key: mark for node in graph.walk() if (mark := _mark(node, run, now))}
    status = f"{GLYPHS[run.status]} {run.machine}: {run.status.lower()} · {duration(run.elapsed(now))}"
    title = f"{status} · {': '.join(unwrapped(run.error, run.cause))}" if run.error else status
    return Picture(
        draw(lay_out(graph), title, marks),
        "\n".join(_tree(graph, title, marks)),
        title,
        is_open=run.status not in {"SUCCEEDED"},
    )


def render_run(run: Run, definition_of: Callable[[str], Definition], now: datetime | None = None) -> Picture:
    """``run`` and, folded below it, the executions that it started.

    Args:
        run: the execution.
        definition_of: gives the definition that an execution of a given ARN runs.
        now: for the time that running states have taken; default: the present.
    """
    picture = render_progress(definition_of(run.arn), run, now)
    parts = tuple(
        render_run(child, definition_of, now)
        for span in run.spans
        if (child := run.children.get(span.child_arn or "")) is not None
    )
    text = "\n".join([picture.text, *("    " + line for part in parts for line in part.text.splitlines())])
    return Picture(picture.svg, text, picture.title, parts, picture.is_open)


def _mark(node: Node, run: Run, now: datetime) -> tuple[str, str] | None:
    """Status of a node and a note of how long it took; None when it was not reached."""
    spans = [span for span in run.spans if span.name in node.states]
    if not spans:
        return None
    took = sum(((span.ended or now) - span.began for span in spans), timedelta(0))
    polls = sum(span.kind == "Wait" for span in spans) if node.kind == "Loop" else 0
    note = duration(took) if took >= timedelta(seconds=0.05) else ""
    if polls:
        note = f"{note} · {polls} poll{'s' if polls > 1 else ''}".removeprefix(" · ")
    return _status(spans), note


def _status(spans: list[Span]) -> str:
    if any(span.kind == "Fail" for span in spans):
        return "FAILED"
    return next((span.status for span in spans if span.status == "RUNNING"), spans[-1].status)


def _tree(graph: Graph, title: str, marks: Mapping[str, tuple[str, str]] | None = None) -> Iterator[str]:
    if title:
        yield title
    for node in graph.nodes:
        status, note = (marks or {}).get(node.key, ("", ""))
        glyph = f"{GLYPHS[status]} " if marks is not None else "- "
        loop = " (polls until it is done)" if node.kind == "Loop" and marks is None else ""
        yield f"  {glyph}{node.label}{loop}{f' · {note}' if note else ''}"
        for branch in node.branches:
            yield from ("  " + line for line in _tree(branch, "", marks))


_ROW = 24
_LABELS = 250
_BARS = 420


def render_timeline(run: Run, now: datetime | None = None) -> Picture:
    """Where the time of ``run`` went: one bar a stage."""
    now = now or datetime.now(UTC)
    rows = stages(run)
    total = max(run.elapsed(now).total_seconds(), 1e-3)
    began = run.began or now
    width, height = _LABELS + _BARS + 110, _ROW * max(1, len(rows)) + 20
    title = f"{run.machine}: {duration(run.elapsed(now))}"
    svg = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'role="img" aria-label="{escape(title, quote=True)}">{STYLE}',
        "<style>.bar{fill:var(--run)}.SUCCEEDED .bar{fill:var(--ok)}.FAILED .bar{fill:var(--bad)}</style>",
        f'<rect class="bg" width="{width}" height="{height}" rx="8"/>',
    ]
    lines = [title]
    label_width = max((len(stage.label) for stage in rows), default=0)
    for i, stage in enumerate(rows):
        start = (stage.began - began).total_seconds()
        took = (stage.ended or now) - stage.began
        note = duration(took) + (f" · {stage.polls} poll{'s' if stage.polls > 1 else ''}" if stage.polls else "")
        x, y = _LABELS + _BARS * start / total, 10 + _ROW * i
        bar = max(2.0, _BARS * took.total_seconds() / total)
        svg.append(
            f'<g class="{stage.status}"><title>{escape(f"{stage.workflow}: {stage.label}")}</title>'
            f'<text x="12" y="{y + 16}">{escape(stage.label)}</text>'
            f'<rect class="bar" x="{x:.1f}" y="{y + 5}" width="{bar:.1f}" height="14" rx="3"/>'
            f'<text class="mute" x="{x + bar + 6:.1f}" y="{y + 16}">{note}</text></g>'
        )
        lines.append(f"  {GLYPHS[stage.status]} {stage.label:<{label_width}}  {note}")
    return Picture("".join([*svg, "</svg>"]), "\n".join(lines), title)
