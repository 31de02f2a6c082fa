"""What is there for those who ask: a title, and below it, unfolded by a click, all of it."""

from __future__ import annotations

import json

from personalize_sfn.display import markup
from personalize_sfn.display.picture import Html

__all__ = ["folded_json"]


def folded_json(title: str, value: object) -> Html:
    """A value as JSON, such as a definition: folded below its title in a notebook, written out as text.

    Args:
        title: what it is.
        value: of dicts, lists, texts and numbers; what JSON does not have is written as its ``str``.
    """
    text = json.dumps(value, indent=2, ensure_ascii=False, default=str)
    return Html(markup.folded(title, markup.verbatim(text)), f"{title}\n{text}")
