"""What shows in a notebook, in a terminal and in a file: one value for all three."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, replace
from pathlib import Path

from personalize_sfn.display import markup
from personalize_sfn.display.formatting import escape
from personalize_sfn.text import printable

__all__ = ["Html", "Picture"]


@dataclass(frozen=True, slots=True)
class Html:
    """A piece of HTML with a plain text that says the same.

    Styles are inline and there is no script: notebooks strip both from files that the reader has not signed.
    """

    html: str
    text: str

    def _repr_html_(self) -> str:
        return self.html

    def __str__(self) -> str:
        return printable(self.text)

    __repr__ = __str__


#: A picture that is wider than its place shrinks so far, then scrolls: smaller text cannot be read.
_LEAST_SCALE = 0.7


@dataclass(frozen=True, slots=True)
class Picture:
    """An SVG drawing, with a text that says the same and the drawings of its parts.

    In a notebook it is an ``<img>`` with the SVG as its data: inline SVG loses its tags in files that the reader has
    not signed, and its styles leak into the page.
    """

    svg: str
    text: str
    title: str = ""
    parts: tuple[Picture, ...] = ()
    is_open: bool = False
    """As a part: shown unfolded."""
    problem: str = ""
    """What went wrong, shown with the title."""
    alt: str = ""
    """What a screen reader says in place of the drawing; empty: the title."""
    arn: str = ""
    """Of what is shown, so that it can be found again."""
    has_header: bool = False
    """Title, problem, ARN and a link to the console stand above the drawing."""
    url: str = ""
    """Its page in the console; empty: it has none."""
    card: Html | None = None
    """Of a run that has ended: what it came to, shown above the pictures; below them where something failed."""
    lead: Html | None = None
    """Of a run: what stands above its pictures.  Its own picture is then one of those below, like its parts."""

    def save(self, path: str | Path) -> Path:
        """Write the SVG to a file."""
        path = Path(path)
        path.write_text(self.svg, encoding="utf-8")
        return path

    def _repr_html_(self) -> str:
        if self.lead is not None:
            return f"<div>{self.lead.html}{markup.stacked(self.below_html())}</div>"
        return f"<div>{self._header_html()}{self._image_html()}{self._parts_html()}</div>"

    def below_html(self) -> str:
        """Of a run: its pictures, of which those are open that tell what runs or what failed."""
        card = self.card.html if self.card else ""
        # What failed comes before what is there all the same.
        first, last = ("", card) if self.is_open else (card, "")
        if not self.parts:
            return f"<div>{first}{self._image_html()}{last}</div>"
        is_open = self.is_open and not any(part.is_open for part in self.parts)
        own = replace(self, parts=(), is_open=is_open, problem="", arn="")
        return f"<div>{first}{own._folded_html()}{self._parts_html()}{last}</div>"

    def _header_html(self) -> str:
        if not self.has_header:
            return ""
        console = f" · {markup.link('Open in the console', self.url)}" if self.url else ""
        return f'<div style="margin:2px 0;font-size:13px">{self._title_html()}{console}</div>{self._arn_html()}'

    def _parts_html(self) -> str:
        return "".join(part._folded_html() for part in self.parts)

    def _folded_html(self) -> str:
        return (
            f'<details{" open" if self.is_open else ""} style="margin:2px 0 2px 12px;font-size:13px;line-height:20px">'
            f'<summary style="cursor:pointer">{self._title_html()}</summary>'
            f"{self._image_html()}{self._arn_html()}{self._parts_html()}</details>"
        )

    def _image_html(self) -> str:
        if not self.svg:
            return ""
        data = base64.b64encode(self.svg.encode()).decode()
        size = re.search(r'width="(\d+)" height="(\d+)"', self.svg)
        width, height = (int(size[1]), int(size[2])) if size else (0, 0)
        alt = escape(self.alt or self.title or "graph")
        return (
            f'<div style="overflow-x:auto"><img src="data:image/svg+xml;base64,{data}" alt="{alt}" '
            f'width="{width}" height="{height}" '
            f'style="max-width:100%;min-width:{_LEAST_SCALE * width:.0f}px;height:auto"></div>'
        )

    def _title_html(self) -> str:
        problem = f"<br>{escape(self.problem)}" if self.problem else ""
        return f"<b>{escape(self.title)}</b>{problem}"

    def _arn_html(self) -> str:
        return markup.folded("ARN", markup.code(self.arn)) if self.arn else ""

    def __str__(self) -> str:
        return printable(self.text)

    __repr__ = __str__
