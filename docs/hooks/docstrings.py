"""The reference without noise: roles that editors know become links, doctests code, and defaults what they come to.

griffe loads this as an extension (``mkdocs.yml`` names it).
"""

from __future__ import annotations

import re
from html import escape
from typing import Any

from griffe import Alias, Attribute, ExprCall, ExprKeyword, ExprLambda, Extension, NameResolutionError, Object

ROLE = re.compile(r":(?:class|func|meth|mod|attr|data):`(~?)\.?([\w.]+)`")
DOCTEST = re.compile(r"^( *)>>> .*(?:\n(?!\s*$).*)*", re.MULTILINE)
LITERAL_BLOCK = re.compile(r"::$", re.MULTILINE)


class Docstrings(Extension):
    def on_object(self, *, obj: Object, **_: Any) -> None:
        if obj.docstring and not isinstance(obj, Alias):
            text = ROLE.sub(lambda role: _link(obj, short=bool(role[1]), name=role[2]), obj.docstring.value)
            # In place: a docstring knows how its sections are to be read.
            obj.docstring.value = DOCTEST.sub(_fenced, LITERAL_BLOCK.sub(":", text))

    def on_attribute_instance(self, *, attr: Attribute, **_: Any) -> None:
        """``dict()`` in place of ``field(default_factory=dict)``; that it is an attribute is plain to see."""
        attr.labels -= {"class-attribute", "instance-attribute"}
        if isinstance(attr.value, ExprCall) and str(attr.value.function) == "field":
            given = {each.name: each.value for each in attr.value.arguments if isinstance(each, ExprKeyword)}
            match given.get("default_factory"):
                case None:
                    attr.value = given.get("default")
                case ExprLambda(body=body):
                    attr.value = body
                case factory:
                    attr.value = ExprCall(function=factory, arguments=[])


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
