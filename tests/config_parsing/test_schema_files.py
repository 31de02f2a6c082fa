"""Schemas by path: what stands in the file, or a sentence with the field, the line and the file."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from personalize_sfn.config import Config, DatasetConfig
from personalize_sfn.datasets import schemas
from personalize_sfn.errors import ConfigError

ITEMS = schemas.movielens_items()


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A configuration whose items have their schema in a file beside it."""
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "items.avsc").write_text(json.dumps(ITEMS))
    path = tmp_path / "shop.yaml"
    path.write_text("project: shop\ndatasets:\n  items:\n    schema: schemas/items.avsc\n")
    return path


def test_a_path_is_below_the_folder_of_the_configuration(shop: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir("/")

    items = Config.load(shop).datasets.items

    assert items is not None
    assert items.schema == ITEMS


def test_toml_takes_a_path_too(shop: Path):
    path = shop.with_suffix(".toml")
    path.write_text('datasets.items.schema = "schemas/items.avsc"')

    assert Config.load(path).datasets == Config.load(shop).datasets


def test_a_path_may_be_absolute_and_lead_out_of_the_folder(shop: Path, tmp_path: Path):
    inner = tmp_path / "inner"
    inner.mkdir()
    for path in (tmp_path / "schemas" / "items.avsc", "../schemas/items.avsc"):
        (inner / "shop.yaml").write_text(f"datasets: {{items: {{schema: {path}}}}}")
        assert Config.load(inner / "shop.yaml").datasets == Config.load(shop).datasets


def test_in_python_a_path_is_below_the_working_directory(shop: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(shop.parent)
    given = {"datasets": {"items": {"schema": "schemas/items.avsc"}}}

    assert Config.from_dict(given).datasets == Config.load(shop).datasets
    assert DatasetConfig(schema="schemas/items.avsc") == DatasetConfig(schema=ITEMS)  # type: ignore[arg-type]
    assert DatasetConfig(schema=schemas.load("schemas/items.avsc")) == DatasetConfig(schema=ITEMS)


def test_a_file_and_the_same_schema_inline_have_one_name(shop: Path):
    inline = Config.from_dict({"project": "shop", "datasets": {"items": {"schema": ITEMS}}})

    assert Config.load(shop).schema_name("ITEMS") == inline.schema_name("ITEMS")


WRONG = {
    "no JSON": (
        b'{"type": "record",\n  name}',
        "is not JSON: Expecting property name enclosed in double quotes",
    ),
    "nothing": (b"", "is not JSON: Expecting value in its line 1, column 1"),
    "a list": (b"[]", "expected an Avro record, which is a mapping, got list"),
    "a number that JSON lacks": (b'{"type": NaN}', "is not JSON: it has no NaN"),
    "a key twice": (b'{"name": 1, "name": 2}', "is not JSON: the key 'name' stands twice in one mapping"),
    "deeper than Python reads": (b"[" * 100_000, "is no schema: a number is too long, or it is nested too deeply"),
    "deep": (b'{"a": ' * 60 + b"1" + b"}" * 60, "mappings and lists stand in one another more than 50 times"),
    "a long number": (b'{"a": ' + b"9" * 5_000 + b"}", "is no schema: a number is too long"),
    "too large": (b" " * 300_000, "expected a file of at most 256 KB, this is larger"),
    "no UTF-8": (b'{"name": "\xff"}', "expected UTF-8, got the byte 0xff in line 1: save it again as UTF-8"),
}


@pytest.mark.parametrize(("content", "problem"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_with_the_file_is_told_with_the_field_and_its_line(shop: Path, content: bytes, problem: str):
    file = shop.parent / "schemas" / "items.avsc"
    file.write_bytes(content)

    with pytest.raises(ConfigError) as raised:
        Config.load(shop)

    assert str(raised.value).startswith(f"datasets.items.schema: {file}: {problem}")
    assert str(raised.value).endswith("(line 4)")
    assert raised.value.lines == (4,)


def test_what_is_no_file_is_told_by_name(shop: Path):
    folder = shop.parent / "schemas"
    (folder / "folder.avsc").mkdir()
    os.mkfifo(folder / "pipe.avsc")
    (folder / "device.avsc").symlink_to("/dev/zero")
    for name, problem in (
        ("folder.avsc", "expected a file, this is a folder"),
        ("pipe.avsc", "expected a file, this is a device or pipe"),
        ("device.avsc", "expected a file, this is a device or pipe"),
        ("absent.avsc", "cannot be read: No such file or directory"),
        (f"{'x' * 300}.avsc", "cannot be read: File name too long"),
    ):
        shop.write_text(f"datasets: {{items: {{schema: schemas/{name}}}}}")
        with pytest.raises(ConfigError, match=problem):
            Config.load(shop)


@pytest.mark.parametrize("path", ["/etc/passwd", "items.json", "", "~"])
def test_only_avsc_files_are_read(path: str):
    with pytest.raises(ConfigError) as raised:
        Config.from_dict({"datasets": {"items": {"schema": path}}})

    assert str(raised.value) == (
        f"datasets.items.schema: {path!r}: expected a mapping, or the path of a file that ends in .avsc"
    )


def test_a_schema_that_personalize_would_refuse_is_told_as_an_inline_one_is(shop: Path):
    (shop.parent / "schemas" / "items.avsc").write_text(json.dumps({**ITEMS, "name": "Users"}))

    with pytest.raises(ConfigError, match=r"datasets.items.schema: .*\(line 4\)"):
        Config.load(shop)


def test_a_path_cannot_steer_a_terminal():
    with pytest.raises(ConfigError) as raised:
        Config.from_dict({"datasets": {"items": {"schema": "\x1b[31m.avsc"}}})

    assert all(line.isprintable() for line in str(raised.value).splitlines())
