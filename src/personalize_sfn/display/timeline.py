"""Where the time of a run went: one bar a stage."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from personalize_sfn.display.formatting import GLYPHS, by_status, duration, escape, polls_text
from personalize_sfn.display.history import Run, RunStage
from personalize_sfn.display.layout import shortened, width_of
from personalize_sfn.display.palette import LOOKS
from personalize_sfn.display.picture import Picture
from personalize_sfn.display.svg import MARGIN, STYLE, badge, draw_legend

__all__ = ["render_timeline"]

_ROW, _BARS = 26.0, 420.0
_BADGE = 24.0
_MOST_CHARACTERS = 40
_FILLS = "".join(f".{status} .bar{{fill:var(--{look.accent})}}" for status, look in LOOKS.items() if status)


def render_timeline(run: Run, now: datetime | None = None) -> Picture:
    """One bar a stage of ``run`` and of the executions that it started, with its time and how often it was polled.

    Args:
        run: the execution.
        now: for what is still running; default: the present.
    """
    now = now or datetime.now(UTC)
    rows = run.stages
    title = f"{run.machine}: {duration(run.elapsed(now))}"
    labels = [shortened(stage.label, _MOST_CHARACTERS) for stage in rows]
    notes = [_note(stage, now) for stage in rows]
    left = _BADGE + max((width_of(label, 13) for label in labels), default=0.0) + 12
    used = {stage.status for stage in rows}
    legend, legend_width = draw_legend(used, _ROW * len(rows) + 8) if rows else ("", 0.0)
    scale = _BARS / max(run.elapsed(now).total_seconds(), 1e-3)
    bars, right = [], legend_width
    for i, stage in enumerate(rows):
        label, note = labels[i], notes[i]
        x = left + scale * (stage.began - (run.began or now)).total_seconds()
        width = max(2.0, scale * _took(stage, now).total_seconds())
        middle = _ROW * i + _ROW / 2
        tip = f"{stage.workflow}: {stage.label} · {LOOKS[stage.status].word} · {note}"
        bars.append(
            f'<g class="{stage.status}"><title>{escape(tip)}</title>{badge(stage.status, 0, middle - 8)}'
            f'<text x="{_BADGE:.1f}" y="{middle + 4.5:.1f}">{escape(label)}</text>'
            f'<rect class="bar" x="{x:.1f}" y="{middle - 7:.1f}" width="{width:.1f}" height="14" rx="3"/>'
            f'<text class="mute" x="{x + width + 6:.1f}" y="{middle + 4:.1f}">{escape(note)}</text></g>'
        )
        right = max(right, x + width + 6 + width_of(note, 11))
    full_width, full_height = right + 2 * MARGIN, _ROW * len(rows) + 2 * MARGIN + (28 if legend else 0)
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{full_width:.0f}" height="{full_height:.0f}" '
        f'viewBox="0 0 {full_width:.0f} {full_height:.0f}" role="img" aria-label="{escape(title)}">{STYLE}'
        f'<style>{_FILLS}</style><rect class="bg" width="{full_width:.0f}" height="{full_height:.0f}" rx="8"/>'
        f'<g transform="translate({MARGIN:.0f} {MARGIN:.0f})">{"".join(bars)}{legend}</g></svg>'
    )
    longest = max((len(stage.label) for stage in rows), default=0)
    told = list(zip(rows, notes, strict=True))
    lines = [f"  {GLYPHS[stage.status]} {stage.label:<{longest}}  {note}" for stage, note in told]
    alt = by_status(title, [(stage.status, f"{stage.label} {note}") for stage, note in told])
    return Picture(svg, "\n".join([title, *lines]), title, alt=alt, arn=run.arn, has_header=True)


def _took(stage: RunStage, now: datetime) -> timedelta:
    return (stage.ended or now) - stage.began


def _note(stage: RunStage, now: datetime) -> str:
    return " · ".join(filter(None, (duration(_took(stage, now)), polls_text(stage.polls))))
