"""A batch job's lines: JSON Lines in, one line out for each, in blocks so that the engine works on many at a time.

https://docs.aws.amazon.com/personalize/latest/dg/batch-data-upload.html
A line that cannot be answered says so in itself and does not end the job.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from personalize_sfn.local.aws.responses import AwsError
from personalize_sfn.statemachine.json_text import compact

BLOCK = 1024
"""Lines that are answered together."""
DEFAULT_RESULTS = 25
LONGEST_ID = 256
_SPACED = json.JSONEncoder(ensure_ascii=False).encode

Query = dict[str, Any]
QueryCheck = Callable[[Query], None]
"""Raises AwsError for a query that is wrong in shape."""
LineOutput = dict[str, Any]
AnswerBlock = Callable[[Sequence[Query]], Sequence["LineOutput | AwsError"]]
"""The outputs of a block of queries that are right in shape, in their order; an AwsError where one has no answer."""


Encode = Callable[[LineOutput], str]
"""A line of an output file: ``input``, ``output`` and ``error``."""


def segment_line(line: LineOutput) -> str:
    """As recorded of batch segment jobs: spaces behind colons and commas, but none in the list of users."""
    output = line["output"]
    lists = [] if output is None else [f"{compact(name)}: {compact(value)}" for name, value in output.items()]
    shown = "null" if output is None else f"{{{', '.join(lists)}}}"
    return f'{{"input": {_SPACED(line["input"])}, "output": {shown}, "error": {_SPACED(line["error"])}}}'


def answered(content: bytes, check: QueryCheck, answer: AnswerBlock, encode: Encode = compact) -> bytes:
    """The output file for an input file.

    ``check`` raises AwsError for a query that is wrong in shape.  Empty lines are passed over.
    """
    lines = [line for line in content.splitlines() if line.strip()]
    written: list[str] = []
    for start in range(0, len(lines), BLOCK):
        written += map(encode, _block(lines[start : start + BLOCK], check, answer))
    return "".join(f"{line}\n" for line in written).encode()


def _block(lines: Sequence[bytes], check: Callable[[Query], None], answer: AnswerBlock) -> Iterator[LineOutput]:
    results: list[tuple[Any, LineOutput | AwsError | None]] = [_read(line, check) for line in lines]
    places = [place for place, (_, error) in enumerate(results) if error is None]
    if places:
        outputs = answer([results[place][0] for place in places])
        for place, output in zip(places, outputs, strict=True):
            results[place] = (results[place][0], output)
    for query, result in results:
        failed = isinstance(result, AwsError)
        yield {
            "input": query,
            "output": None if failed else result,
            "error": result.message if isinstance(result, AwsError) else None,
        }


def _read(line: bytes, check: Callable[[Query], None]) -> tuple[Any, AwsError | None]:
    try:
        query = json.loads(line)
    except ValueError:
        return line.decode(errors="replace"), _invalid("the line is no JSON object")
    if not isinstance(query, dict):
        return query, _invalid("the line is no JSON object")
    try:
        check(query)
    except AwsError as error:
        return query, error
    return query, None


def check_id(query: Query, name: str) -> None:
    """Raises InvalidInputException unless the query has an id of that name: a text of 1 to 256 characters."""
    value = query.get(name)
    if not isinstance(value, str) or not 1 <= len(value) <= LONGEST_ID:
        raise _invalid(f"{name}: expected a text of 1 to {LONGEST_ID} characters, got {json.dumps(value)[:100]}")


def check_filter_values(query: Query) -> None:
    """Raises InvalidInputException unless the query's filterValues, if it has any, are texts by parameter name."""
    values = query.get("filterValues", {})
    if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
        raise _invalid("filterValues: expected an object of texts by parameter name")


def _invalid(problem: str) -> AwsError:
    return AwsError("InvalidInputException", f"Invalid input: {problem}")
