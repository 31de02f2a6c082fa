"""A configuration as a table: what it says otherwise than the defaults, and all of it for those who ask."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from personalize_sfn.config_parsing import plain_values
from personalize_sfn.display import Html, markup, text_table

__all__ = ["Setting", "render_config", "settings_of"]

_LONGEST_VALUE = 100
_NONE = "none"
_MISSING = dataclasses.MISSING


@dataclasses.dataclass(frozen=True, slots=True)
class Setting:
    """A field whose value is not its default, or that has none."""

    path: str
    """``solutions.for-you.recipe``"""
    value: str
    default: str
    """Empty: the field has no default."""


def settings_of(config: Any) -> list[Setting]:
    """The fields of a dataclass and of what it holds that are not as the defaults are, in the order of the class."""
    return [Setting(".".join(path), value, default) for path, value, default in _differing(config, ())]


def render_config(config: Any, title: str) -> Html:
    """Those fields as a table; below it the whole configuration, folded, as ``config show`` prints it."""
    import yaml

    found = settings_of(config)
    whole = yaml.safe_dump(plain_values(config), sort_keys=False, allow_unicode=True, width=100)
    rows = [[markup.bold(each.path), markup.plain(each.value), markup.muted(each.default)] for each in found]
    html = markup.heading(markup.title(title))
    html += markup.grid(rows, ["", markup.plain("here"), markup.muted("default")]) if rows else ""
    html += markup.folded("All fields, with the defaults", markup.verbatim(whole))
    return Html(html, text_table(["field", "here", "default"], [dataclasses.astuple(each) for each in found], title))


def _differing(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str, str]]:
    for each in dataclasses.fields(value):
        here, default = getattr(value, each.name), _default(each)
        if here == default:
            continue
        inside = (*path, each.name)
        if isinstance(here, Mapping) and any(map(dataclasses.is_dataclass, here.values())):
            for key, one in here.items():
                yield from _differing(one, (*inside, key))
        elif not dataclasses.is_dataclass(here):
            yield inside, _text(here), "" if default is _MISSING else _text(default)
        else:
            own = list(_differing(here, inside))
            yield from own or [(inside, "with its defaults", _text(default))]


def _default(field: dataclasses.Field[Any]) -> Any:
    if field.default is not _MISSING:
        return field.default
    return _MISSING if field.default_factory is _MISSING else field.default_factory()


def _text(value: Any) -> str:
    if value is None or value is _MISSING or (isinstance(value, Mapping) and not value):
        return _NONE
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping) and isinstance(value.get("fields"), list):  # an Avro schema
        return ", ".join(str(each["name"]) for each in value["fields"])
    text = ", ".join(f"{key}: {one}" for key, one in value.items()) if isinstance(value, Mapping) else str(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 1]}…"
