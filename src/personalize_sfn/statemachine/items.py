"""The items of a distributed Map: read from an object's text, or listed; and put into batches.

https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html
https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itembatcher.html
"""

from __future__ import annotations

import csv
import io
import re
from typing import Any

from personalize_sfn.statemachine import times
from personalize_sfn.statemachine.failures import StateFailure
from personalize_sfn.statemachine.json_text import NotJson, compact, parse, strict

__all__ = ["DELIMITERS", "INPUT_TYPES", "batches", "inventory", "objects", "read"]

_INDEX = re.compile(r"0|[1-9][0-9]{0,9}")
DELIMITERS = {"COMMA": ",", "PIPE": "|", "SEMICOLON": ";", "SPACE": " ", "TAB": "\t"}


def _failed(cause: str) -> StateFailure:
    return StateFailure("States.ItemReaderFailed", cause)


def _csv(text: str, config: dict[str, Any]) -> list[Any]:
    """Rows as objects: what a row lacks is "", what it has beyond the header is left out."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=DELIMITERS[config.get("CSVDelimiter", "COMMA")])
    filled = [row for row in rows if row]
    header = config["CSVHeaders"] if config.get("CSVHeaderLocation") == "GIVEN" else filled[0] if filled else []
    if len(set(header)) < len(header):
        raise _failed("CSV headers cannot contain duplicates.")
    body = filled if config.get("CSVHeaderLocation") == "GIVEN" else filled[1:]
    return [{**dict.fromkeys(header, ""), **dict(zip(header, row, strict=False))} for row in body]


def _json(text: str, config: dict[str, Any]) -> Any:
    """The value, or what ItemsPointer points to in it, as RFC 6901 says."""
    value = parse(text)
    for step in config.get("ItemsPointer", "").split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and name in value:
            value = value[name]
        elif isinstance(value, list) and _INDEX.fullmatch(name) and int(name) < len(value):
            value = value[int(name)]
        else:
            raise ValueError(f"ItemsPointer {config['ItemsPointer']} points to nothing in it")
    return value


def _json_lines(text: str, _config: dict[str, Any]) -> list[Any]:
    return [parse(line) for line in text.split("\n") if line.strip()]


INPUT_TYPES = {"CSV": _csv, "JSON": _json, "JSONL": _json_lines}


def inventory(answer: Any) -> tuple[list[str], list[dict[str, Any]]]:
    """What the manifest of an S3 Inventory says, the ``Body`` of an object: names of columns; Bucket and Key of files.

    The files are CSV in gzip, without a header.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-location.html

    Raises:
        StateFailure: States.ItemReaderFailed, it is no such manifest, or one of files in ORC or Parquet.
    """
    try:
        manifest = parse(str(answer["Body"]))
        if (kind := manifest["fileFormat"]) != "CSV":
            raise _failed(f"The inventory's files must be CSV, got {compact(kind)}")
        bucket = manifest["destinationBucket"].rpartition(":")[2]
        files = [{"Bucket": bucket, "Key": str(file["key"])} for file in manifest["files"]]
        return [name.strip() for name in manifest["fileSchema"].split(",")], files
    except (AttributeError, LookupError, TypeError, NotJson) as error:
        raise _failed(f"The object is no manifest of an S3 Inventory: {error}") from None


def read(answer: Any, config: dict[str, Any]) -> list[Any]:
    """The items in an object that the reader's task answered, as its ``Body``.

    Args:
        config: ReaderConfig.

    Raises:
        StateFailure: States.ItemReaderFailed, it is not what ``config`` says.
    """
    if not isinstance(answer, dict):
        raise _failed(f"The reader must answer an object with Body, got {str(answer)[:100]}")
    kind = config.get("InputType", "JSON")
    try:
        items = INPUT_TYPES[kind](str(answer.get("Body", "")), config)
    except (ValueError, csv.Error) as error:
        raise _failed(f"The object cannot be read as {kind}: {error}") from None
    if not isinstance(items, list):
        raise _failed("Attempting to map over non-iterable node.")
    return items


def objects(answer: Any) -> tuple[list[Any], str | None]:
    """The objects on a page of a list, ``Contents`` of what ListObjectsV2 answered, and the token of the next page.

    Raises:
        StateFailure: States.ItemReaderFailed, it is no such list.
    """
    listed = answer.get("Contents", []) if isinstance(answer, dict) else None
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise _failed(f"The reader must answer an object with a list of objects in Contents, got {str(answer)[:100]}")
    try:
        strict(listed)
    except NotJson as problem:
        raise _failed(f"Contents is no JSON: {problem}") from None
    token = answer.get("NextContinuationToken") if answer.get("IsTruncated") else None
    return [_object(each) for each in listed], token


def _object(listed: dict[str, Any]) -> dict[str, Any]:
    """As Step Functions names what ListObjectsV2 says of an object: the time is in seconds since 1970."""
    said = {"Etag" if name == "ETag" else name: value for name, value in listed.items()}
    changed = times.parse(said["LastModified"]) if isinstance(said.get("LastModified"), str) else None
    return said if changed is None else {**said, "LastModified": int(changed)}


def _size(value: Any) -> int:
    """Bytes of its JSON in UTF-8."""
    return len(compact(value).encode("utf-8", "surrogatepass"))


def batches(inputs: list[Any], most: int, most_bytes: int, batch_input: Any) -> list[Any]:
    """Inputs of items put together: at most so many, and so many bytes, a batch; 0 is no limit."""
    common = {} if batch_input is None else {"BatchInput": batch_input}
    empty = _size({**common, "Items": []})
    made: list[list[Any]] = []
    room = 0
    for item in inputs:
        needed = _size(item) + 1
        if not made or (most and len(made[-1]) >= most) or (most_bytes and needed > room):
            made.append([])
            room = most_bytes - empty + 1
        made[-1].append(item)
        room -= needed
    return [{**common, "Items": items} for items in made]
