"""Options such as ``--columns sku=ITEM_ID`` that are repeated, once for each name."""

from __future__ import annotations

import re
from collections.abc import Callable

import click

__all__ = ["pairs"]

Callback = Callable[[click.Context, click.Parameter, tuple[str, ...]], dict[str, str]]


def pairs(pattern: str, expected: str) -> Callback:
    """The callback of such an option.

    Args:
        pattern: what each text must match as a whole; its groups are the name and the value.
        expected: the same in words.
    """
    compiled = re.compile(pattern, re.DOTALL)

    def callback(_context: click.Context, _parameter: click.Parameter, texts: tuple[str, ...]) -> dict[str, str]:
        found: dict[str, str] = {}
        for text in texts:
            match = compiled.fullmatch(text)
            if match is None:
                raise click.BadParameter(f"expected {expected}, got {text!r}")
            name, value = match.groups()
            if name in found:
                raise click.BadParameter(f"expected each name once, got {name!r} twice")
            found[name] = value
        return found

    return callback
