"""JSONPath as Step Functions takes it: the dialect of Jayway's JsonPath, with reference paths that can be written to.

No library on the package index takes what AWS takes (``$.1st``, ``$.a:b``, ``$.detail-type``, ``in``, ``=~``), so this
is a parser of our own.  A path is *definite* when it has names and single indices only: it gives one value, or
fails.  Any other path gives a list: of what it meets, empty where it meets nothing.

https://docs.aws.amazon.com/step-functions/latest/dg/amazon-states-language-paths.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any, NoReturn

from personalize_sfn.statemachine import json_text, path_segments
from personalize_sfn.statemachine.path_filters import COMPARISONS, MISSING, Operand, Test, comparison
from personalize_sfn.statemachine.path_segments import Match
from personalize_sfn.statemachine.path_visits import PathNotFound, TooManyVisits, Visit
from personalize_sfn.statemachine.regexes import Regex

__all__ = ["InvalidPath", "Path", "PathNotFound", "parse"]


class InvalidPath(ValueError):
    """Text that is no path."""


@dataclass(frozen=True, slots=True)
class Path:
    """A parsed path: ``steps`` are names and indices if it is definite; otherwise ``segments`` say what to visit."""

    text: str
    steps: tuple[str | int, ...] | None
    segments: tuple[Match, ...]

    @property
    def definite(self) -> bool:
        return self.steps is not None

    def find(self, root: Any) -> Any:
        """The one value of a definite path; the list of values of any other.

        Raises:
            PathNotFound: the path is definite and leads nowhere; or meets more values than a payload has bytes.
        """
        return self.found(Visit(root), root)

    def found(self, visit: Visit, value: Any) -> Any:
        """As ``find``, from a value within the root of a visit."""
        if self.steps is None:
            values = [value]
            for segment in self.segments:
                met = (each for value in values for each in segment(visit, value))
                if len(values := [*islice(met, json_text.LARGEST + 1)]) > json_text.LARGEST:
                    raise PathNotFound(f"The path meets more than {json_text.LARGEST} values")
                visit.spend(len(values))
            return values
        for index, step in enumerate(self.steps):
            if value.__class__ is dict and step in value:  # nearly always
                value = value[step]
                continue
            value = _step(value, step, self.steps[: index + 1], last=index + 1 == len(self.steps))
        return value

    def put(self, root: Any, result: Any) -> Any:
        """``root`` with ``result`` at this reference path; objects on the way are made where they are missing.

        Raises:
            PathNotFound: something on the way is neither an object nor a list that is long enough.
        """
        assert self.steps is not None
        return _put(root, self.steps, result, self.text)


def _step(value: Any, step: str | int, taken: tuple[str | int, ...], *, last: bool) -> Any:
    if isinstance(step, str):
        if isinstance(value, dict):
            if step in value:
                return value[step]
            where = "".join(map(_bracketed, taken))
            raise PathNotFound(f"{'No results for path' if last else 'Missing property in path'}{':' * last} ${where}")
        where = "".join(map(_bracketed, taken[:-1]))
        found = "null" if value is None else json.dumps(value, ensure_ascii=False)
        raise PathNotFound(f"Expected to find an object with property ['{step}'] in path ${where} but found '{found}'")
    if isinstance(value, list) and -len(value) <= step < len(value):
        return value[step]
    where = "".join(map(_bracketed, taken))
    raise PathNotFound(f"No results for path: ${where}")


def _bracketed(step: str | int) -> str:
    return f"['{step}']" if isinstance(step, str) else f"[{step}]"


def _put(value: Any, steps: tuple[str | int, ...], result: Any, text: str) -> Any:
    if not steps:
        return result
    step, rest = steps[0], steps[1:]
    if isinstance(step, str) and (isinstance(value, dict) or value is None):
        held = value or {}
        return {**held, step: _put(held.get(step), rest, result, text)}
    if isinstance(step, int) and isinstance(value, list) and 0 <= step < len(value):
        return [*value[:step], _put(value[step], rest, result, text), *value[step + 1 :]]
    raise PathNotFound(f"Unable to apply ReferencePath {text} to input {json.dumps(value, ensure_ascii=False)}")


@lru_cache(maxsize=4096)
def parse(text: str) -> Path:
    """A path that begins with ``$``.

    Raises:
        InvalidPath: it is not one, with what was expected where.
    """
    try:
        return _Parser(text).path()
    except InvalidPath:
        raise
    except RecursionError:
        raise InvalidPath(f"{text[:100]!r}: it is nested too deeply") from None
    except (ArithmeticError, ValueError) as error:
        raise InvalidPath(f"{text[:100]!r}: {error}") from None


def _operand_path(path: Path, *, of_root: bool) -> Operand:
    def operand(visit: Visit, value: Any) -> Any:
        try:
            return path.found(visit, value)
        except TooManyVisits:
            raise
        except PathNotFound:
            return MISSING

    def operand_of_root(visit: Visit, _value: Any) -> Any:
        if id(path) not in visit.found:  # the same for every item
            visit.found[id(path)] = operand(visit, visit.root)
        return visit.found[id(path)]

    return operand_of_root if of_root else operand


# --- the parser -----------------------------------------------------------------------------------------------------

_SPACES = re.compile(r"\s*")
_NAME = re.compile(r"(?:\\.|[^.\[\]()\s,'\"\\])+", re.DOTALL)
_NAME_IN_FILTER = re.compile(r"(?:\\.|[^.\[\]()\s,'\"\\=!<>~&|])+", re.DOTALL)
_INTEGER = re.compile(r"-?\d+")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_SLICE = re.compile(r"(-?\d+)?\s*:\s*(-?\d+)?(?:\s*:\s*(-?\d+)?)?")
_COMPARED = re.compile("|".join(re.escape(name) + (r"\b" if name.isalpha() else "") for name in COMPARISONS))
_REGEX = re.compile(r"/((?:\\.|[^/\\])*)/([a-z]*)")
_WORDS = {"true": True, "false": False, "null": None}
_WORD = re.compile(r"(true|false|null)\b")


class _Parser:
    def __init__(self, text: str, at: int = 0) -> None:
        self.text = text
        self.at = at
        self.in_filter = False

    def path(self) -> Path:
        if not self.text.startswith("$"):
            raise InvalidPath(f"a path begins with $, got {self.text!r}")
        self.at = 1
        found = self.segments()
        if self.at < len(self.text):
            self.fail("'.' or '['")
        return found

    def segments(self) -> Path:
        """The segments from here on, as far as they go."""
        begins, steps, segments = self.at, [], []
        definite = True
        while True:
            deep = self.take("..")
            if self.peek("["):
                self.take("[")
                step, segment = self.bracket()
            elif deep or self.take("."):
                step, segment = self.dotted()
            else:
                break
            definite = definite and not deep and step is not None
            steps.append(step)
            segments.append(path_segments.deep(segment) if deep else segment)
        known = tuple(step for step in steps if step is not None)
        return Path(self.text[begins - 1 : self.at], known if definite else None, tuple(segments))

    def dotted(self) -> tuple[str | None, Match]:
        if self.take("*"):
            return None, path_segments.every
        name = re.sub(
            r"\\(.)", r"\1", self.expect(_NAME_IN_FILTER if self.in_filter else _NAME, "a name"), flags=re.DOTALL
        )
        if self.peek("("):
            self.fail("no function: Step Functions has none in paths")
        return name, path_segments.names((name,))

    def bracket(self) -> tuple[str | int | None, Match]:
        self.spaces()
        step: str | int | None = None
        if self.take("*"):
            segment: Match = path_segments.every
        elif self.take("?"):
            self.spaces()
            self.must("(")
            outer, self.in_filter = self.in_filter, True
            segment = path_segments.filtered(self.either())
            self.in_filter = outer
            self.must(")")
        elif self.peek("'", '"'):
            names = tuple(self.listed(self.quoted))
            step, segment = names[0] if len(names) == 1 else None, path_segments.names(names)
        elif bounds := _SLICE.match(self.text, self.at):
            self.at = bounds.end()
            first, last, stride = (int(each) if each else None for each in bounds.groups())
            if stride == 0:
                self.fail("a stride other than 0")
            segment = path_segments.sliced(slice(first, last, stride))
        else:
            indices = tuple(self.listed(lambda: int(self.expect(_INTEGER, "an index, a quoted name, * or ?"))))
            step, segment = indices[0] if len(indices) == 1 else None, path_segments.indices(indices)
        self.spaces()
        self.must("]")
        return step, segment

    def listed(self, item: Callable[[], Any]) -> Iterator[Any]:
        while True:
            self.spaces()
            yield item()
            self.spaces()
            if not self.take(","):
                return

    def quoted(self) -> str:
        """A quoted name, whose backslashes stay."""
        quote = self.text[self.at]
        found = re.compile(rf"{quote}((?:\\.|[^{quote}\\])*){quote}", re.DOTALL).match(self.text, self.at)
        if found is None:
            self.fail(f"a closing {quote}")
        self.at = found.end()
        return found[1]

    # filters: || binds less than &&, which binds less than !

    def either(self) -> Test:
        test = self.both()
        while self.take("||", spaced=True):
            test = self._joined(any, test, self.both())
        return test

    def both(self) -> Test:
        test = self.negated()
        while self.take("&&", spaced=True):
            test = self._joined(all, test, self.negated())
        return test

    @staticmethod
    def _joined(how: Callable[[Iterator[bool]], bool], *tests: Test) -> Test:
        return lambda visit, value: how(test(visit, value) for test in tests)

    def negated(self) -> Test:
        if self.take("!", spaced=True):
            inner = self.negated()
            return lambda visit, value: not inner(visit, value)
        if self.take("(", spaced=True):
            grouped = self.either()
            self.spaces()
            self.must(")")
            return grouped
        left, is_path = self.operand()
        self.spaces()
        compared = _COMPARED.match(self.text, self.at)
        if compared is None:
            if not is_path:
                self.fail("a comparison")
            return lambda visit, value: left(visit, value) is not MISSING
        self.at = compared.end()
        self.spaces()
        right = self.regex() if compared[0] == "=~" else self.operand()[0]
        self.spaces()
        return comparison(left, compared[0], right)

    def operand(self) -> tuple[Operand, bool]:
        """A path of the item (``@``) or of the root (``$``), or a literal; whether it is a path."""
        self.spaces()
        for sign in "@$":
            if self.take(sign):
                return _operand_path(self.segments(), of_root=sign == "$"), True
        literal = self.literal()
        return lambda _visit, _value: literal, False

    def literal(self) -> Any:
        if self.peek("'", '"'):
            return self.quoted()
        if self.take("["):
            items = [] if self.take("]", spaced=True) else list(self.listed(self.literal))
            if items:
                self.must("]")
            return items
        if word := _WORD.match(self.text, self.at):
            self.at = word.end()
            return _WORDS[word[1]]
        return json_text.parse(self.expect(_NUMBER, "a path, a number, a quoted text, a list, true, false or null"))

    def regex(self) -> Operand:
        found = _REGEX.match(self.text, self.at)
        if found is None:
            self.fail("a pattern between slashes")
        self.at = found.end()
        try:
            pattern = Regex(found[1], re.IGNORECASE if "i" in found[2] else 0)
        except re.error as error:
            raise InvalidPath(f"{self.text!r}: {error}") from error
        return lambda _visit, _value: pattern

    # tokens

    def spaces(self) -> None:
        found = _SPACES.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def peek(self, *tokens: str) -> bool:
        return self.text.startswith(tokens, self.at)

    def take(self, token: str, *, spaced: bool = False) -> bool:
        if spaced:
            self.spaces()
        if self.text.startswith(token, self.at):
            self.at += len(token)
            return True
        return False

    def must(self, token: str) -> None:
        self.take(token) or self.fail(repr(token))

    def expect(self, pattern: re.Pattern[str], what: str) -> str:
        found = pattern.match(self.text, self.at)
        if found is None:
            self.fail(what)
        self.at = found.end()
        return found[0]

    def fail(self, expected: str) -> NoReturn:
        raise InvalidPath(f"{self.text!r}: expected {expected} at position {self.at}")
