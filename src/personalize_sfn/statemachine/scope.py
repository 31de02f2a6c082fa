"""What the fields of a JSONPath state can see, and their values: paths, payload templates, intrinsic functions.

``$`` is the value given, ``$$`` the context object, ``$name`` a variable.
https://docs.aws.amazon.com/step-functions/latest/dg/concepts-input-output-filtering.html
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from personalize_sfn.statemachine import intrinsics, paths
from personalize_sfn.statemachine.failures import StateFailure, runtime_failure
from personalize_sfn.statemachine.json_text import compact

__all__ = ["Scope", "is_path", "split_root"]

_VARIABLE = re.compile(r"\$([^\W\d]\w*)")


def is_path(value: Any) -> bool:
    """Whether a value can be a path: text that begins with ``$``."""
    return isinstance(value, str) and value.startswith("$")


def split_root(text: str) -> tuple[str, str]:
    """``("$" | "$$" | a variable's name, the path from there)``."""
    if text.startswith("$$"):
        return "$$", text[1:]
    if named := _VARIABLE.match(text):
        return named[1], "$" + text[named.end() :]
    return "$", text


@dataclass(frozen=True, slots=True)
class Scope:
    """``value`` is what ``$`` means; ``context`` makes ``$$``; ``random`` gives the next source of chance."""

    value: Any
    context: Callable[[], dict[str, Any]]
    variables: dict[str, Any]
    random: Callable[[], Random]

    def find(self, text: str) -> Any:
        """The value of a path.

        Raises:
            PathNotFound: it is definite and leads nowhere.
        """
        root, path = split_root(text)
        if root == "$":
            return paths.parse(path).find(self.value)
        if root == "$$":
            return paths.parse(path).find(self.context())
        if root not in self.variables:
            raise paths.PathNotFound(f"The variable ${root} has no value")
        return paths.parse(path).find(self.variables[root])

    def path(self, text: str) -> Any:
        """The value of a field that is a path, such as InputPath; a path that leads nowhere is States.Runtime."""
        try:
            return self.find(text)
        except paths.PathNotFound as missing:
            raise runtime_failure(f"Invalid path '{text}' : {missing}") from None

    def template(self, template: Any, field: str = "") -> Any:
        """A payload template: the value of a field ``x.$`` is a path or an intrinsic function."""
        if isinstance(template, list):
            return [self.template(item, field) for item in template]
        if not isinstance(template, dict):
            return template
        return {
            key.removesuffix(".$"): self.expression(value, key) if key.endswith(".$") else self.template(value, key)
            for key, value in template.items()
        }

    def expression(self, text: str, field: str) -> Any:
        """A path or an intrinsic function, which stands in ``field``."""

        def found(path: str) -> Any:
            try:
                return self.find(path)
            except paths.PathNotFound:
                root, _ = split_root(path)
                given = self.value if root == "$" else self.context() if root == "$$" else self.variables.get(root)
                raise runtime_failure(
                    f"The JSONPath '{path}' specified for the field '{field}' could not be found in the input "
                    f"'{compact(given)}'"
                ) from None

        if is_path(text):
            return found(text)
        try:
            return intrinsics.evaluate(intrinsics.parse(text), found, self.random)
        except intrinsics.IntrinsicError as error:
            raise StateFailure("States.IntrinsicFailure", str(error), in_state=True) from None
