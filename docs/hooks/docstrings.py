"""Docstrings as Markdown: the roles that editors know become links, doctests become code.

griffe loads this as an extension (``mkdocs.yml`` names it).
"""

from __future__ import annotations

import re
from html import escape
from typing import Any

from griffe import Alias, Extension, NameResolutionError, Object

ROLE = re.compile(r":(?:class|func|meth|mod|attr|data):`(~?)\.?([\w.]+)`")
DOCTEST = re.compile(r"^( *)>>> .*(?:\n(?!\s*$).*)*", re.MULTILINE)
LITERAL_BLOCK = re.compile(r"::$", re.MULTILINE)


class Docstrings(Extension):
    def on_object(self, *, obj: Object, **_: Any) -> None:
        if obj.docstring and not isinstance(obj, Alias):
            text = ROLE.sub(lambda role: _link(obj, short=bool(role[1]), name=role[2]), obj.docstring.value)
            # In place: a docstring knows how its sections are to be read.
            obj.docstring.value = DOCTEST.sub(_fenced, LITERAL_BLOCK.sub(":", text))


def _link(obj: Object, short: bool, name: str) -> str:
    """A link where the name has a place on the site; elsewhere its text alone."""
    try:
        target = obj.resolve(name)
    except NameResolutionError:
        target = name
    text = name.rpartition(".")[2] if short else name
    return f'<autoref identifier="{escape(target)}" optional><code>{escape(text)}</code></autoref>'


def _fenced(block: re.Match[str]) -> str:
    indent = block[1]
    return f"{indent}```pycon\n{block[0]}\n{indent}```"
