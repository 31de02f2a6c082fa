"""What shows in a notebook, in a terminal and in a file: one value for all three."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from html import escape
from pathlib import Path

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
        return self.text

    __repr__ = __str__


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

    def save(self, path: str | Path) -> Path:
        """Write the SVG to a file."""
        path = Path(path)
        path.write_text(self.svg, encoding="utf-8")
        return path

    def _repr_html_(self) -> str:
        data = base64.b64encode(self.svg.encode()).decode()
        image = (
            f'<img src="data:image/svg+xml;base64,{data}" alt="{escape(self.title or "graph", quote=True)}" '
            'style="max-width:100%;height:auto">'
        )
        parts = "".join(
            f'<details{" open" if part.is_open else ""} style="margin:4px 0 4px 12px">'
            f"<summary>{escape(part.title)}</summary>{part._repr_html_()}</details>"
            for part in self.parts
        )
        return f"<div>{image}{parts}</div>"

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__
