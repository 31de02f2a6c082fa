"""Configuration files as people and attackers write them: a configuration or sentences, and soon."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from personalize_sfn.config import Config
from personalize_sfn.errors import ConfigError

LAUGHS = "tags:\n" + "".join(
    f"  a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9 if level else ['lol'] * 9)}]\n" for level in range(12)
)
HOSTILE: dict[str, tuple[str, bytes, str]] = {
    "latin-1": (
        "c.yaml",
        "project: shop\ntags: {owner: Zoë}\n".encode("latin-1"),
        "expected UTF-8, got the byte 0xeb in line 2",
    ),
    "utf-16": ("c.yaml", "project: shop\n".encode("utf-16"), "this is UTF-16: save it again as UTF-8"),
    "utf-16 toml": ("c.toml", 'project = "shop"\n'.encode("utf-16"), "this is UTF-16"),
    "utf-16 without a mark": ("c.yaml", "project: shop\n".encode("utf-16-le"), "this looks like UTF-16: save it again"),
    "utf-16 be without a mark": ("c.toml", 'project = "shop"\n'.encode("utf-16-be"), "this looks like UTF-16"),
    "utf-32": ("c.yaml", "project: shop\n".encode("utf-32"), "this is UTF-32: save it again as UTF-8"),
    "binary": ("c.toml", bytes(range(256)), "expected UTF-8"),
    "null bytes": ("c.yaml", b"project: \x00\n", "is not YAML"),
    "a list": ("c.yaml", b"- project: shop\n", "expected fields such as 'project: movies', got [{'project': 'shop'}]"),
    "an empty list": ("c.yaml", b"[]\n", "expected fields such as 'project: movies', got []"),
    "a word": ("c.yaml", b"shop\n", "expected fields such as 'project: movies', got 'shop'"),
    "false": ("c.yaml", b"false\n", "expected fields such as 'project: movies', got False"),
    "two documents": ("c.yaml", b"project: a\n---\nproject: b\n", "is not YAML: expected a single document"),
    "billion laughs": ("c.yaml", LAUGHS.encode(), "values once its aliases are expanded"),
    "an alias in itself": ("c.yaml", b"tags: &a {x: *a}\n", "line 1: *a stands in itself"),
    "an unknown alias": ("c.yaml", b"tags: *a\n", "is not YAML: found undefined alias"),
    "deep flow": ("c.yaml", b"tags: " + b"[" * 60_000, "stand in one another more than 50 times"),
    "deep block": ("c.yaml", b"- " * 60_000, "stand in one another more than 50 times"),
    "deep toml": ("c.toml", b"a = " + b"[" * 60_000, "stand in one another"),
    "deep inline tables": ("c.toml", b"a = " + b"{a = " * 40_000, "stand in one another"),
    "dotted keys": ("c.toml", b".".join([b"a"] * 100_000) + b" = 1\n", "a line has more than 1000 dots"),
    "fewer dotted keys": ("c.toml", b".".join([b"a"] * 900) + b" = 1\n", "stand in one another more than 50 times"),
    "a long number": ("c.yaml", b"functions: {memory_mb: " + b"9" * 100_000 + b"}\n", "of 100,000 digits"),
    "a long hexadecimal number": ("c.yaml", b"functions: {memory_mb: 0x" + b"f" * 100_000 + b"}\n", "digits"),
    "a long number in toml": ("c.toml", b"[functions]\nmemory_mb = " + b"9" * 100_000, "Exceeds the limit"),
    "a huge file": ("c.yaml", b"project: shop\n" + b"# x\n" * 100_000, "at most 256 KB"),
    "python tags": ("c.yaml", b"project: !!python/object/apply:os.system [ls]\n", "project: expected str"),
    "a broken timestamp": ("c.yaml", b"project: 2024-99-99\n", 'write it in quotes: "2024-99-99"'),
    "many unknown fields": ("c.yaml", b"".join(b"k%d: 1\n" % n for n in range(9_000)), "more unknown fields"),
    "a key of lists": ("c.yaml", b"? [a]\n: 1\n", "expected a key that is text"),
    "ends in the middle": ("c.yaml", b"project: 'shop", "is not YAML"),
    "tabs": ("c.yaml", b"project:\n\tshop\n", "is not YAML"),
    "json": ("c.json", b"{}", "expected a file that ends in .yaml, .yml or .toml"),
    "no suffix": ("config", b"", "expected a file that ends in .yaml, .yml or .toml"),
    "a byte order mark in toml alone": ("c.toml", b"\xef\xbb\xbfproject = 3\n", "project: expected str, got 3"),
}


@pytest.mark.parametrize(("name", "content", "problem"), HOSTILE.values(), ids=HOSTILE)
def test_a_file_that_is_no_configuration_is_told_in_a_short_sentence_at_once(
    tmp_path: Path, name: str, content: bytes, problem: str
):
    (tmp_path / name).write_bytes(content)
    started = time.process_time()
    with pytest.raises(ConfigError) as raised:
        Config.load(tmp_path / name)
    assert problem in str(raised.value)
    assert len(str(raised.value)) < 6000
    assert all(line.isprintable() for line in str(raised.value).splitlines())
    assert time.process_time() - started < 5


def test_a_folder_a_pipe_and_a_device_are_told_by_name(tmp_path: Path):
    (tmp_path / "folder.yaml").mkdir()
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "device.yaml").symlink_to("/dev/zero")
    for name, problem in (
        ("folder.yaml", "expected a file, this is a folder"),
        ("pipe.yaml", "expected a file, this is a device or pipe"),
        ("device.yaml", "expected a file, this is a device or pipe"),
        ("absent.yaml", "cannot be read: No such file or directory"),
        ("nul\0.yaml", "cannot be read"),
    ):
        with pytest.raises(ConfigError, match=problem):
            Config.load(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("c.yaml", b""),
        ("c.yml", b"# all defaults\n"),
        ("c.toml", b""),
        ("c.YAML", b"project: personalize-sfn\n"),
        ("c.yaml", b"\xef\xbb\xbfproject: personalize-sfn\n"),
        ("c.toml", b'\xef\xbb\xbfproject = "personalize-sfn"\n'),
        ("c.yaml", b"project: personalize-sfn\r\nadopt: no\r\n"),
        ("c.yaml", b"solutions: {for-you: {campaign: &c {min_provisioned_tps: 1}}}\nroles: {}\n"),
    ],
)
def test_what_is_left_out_has_its_default_and_byte_order_marks_do_not_matter(tmp_path: Path, name: str, content: bytes):
    (tmp_path / name).write_bytes(content)
    assert Config.load(tmp_path / name) == Config()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("project = 2024-01-01", "project: expected str, got datetime.date(2024, 1, 1). Write it in quotes"),
        (
            "solutions.x.campaign.exploration_weight = nan",
            "solutions.x.campaign.exploration_weight: expected a number, got nan",
        ),
        ('project = "a"\nproject = "b"', "is not TOML: Cannot overwrite a value"),
    ],
)
def test_toml_is_told_in_the_same_way(tmp_path: Path, text: str, problem: str):
    (tmp_path / "c.toml").write_text(text)
    with pytest.raises(ConfigError) as raised:
        Config.load(tmp_path / "c.toml")
    assert problem in str(raised.value)


@pytest.mark.slow
@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
@example(content=b"a: !!timestamp x")
@example(content=b"a: !!int ''")
@example(content=b"a: !!float x")
@example(content=b"a: !!bool x")
@example(content=b"!!set {a, b}")
@example(content=b"<<: 3")
@example(content=b"<<: [3]")
@example(content=b"a: 0x")
@example(content=b"a: 0b")
@example(content=b"a: +")
@example(content=b"a: =")
@example(content=b"a: _")
def test_any_bytes_give_a_config_or_a_config_error(tmp_path: Path, content: bytes):
    for name in ("c.yaml", "c.toml"):
        (tmp_path / name).write_bytes(content)
        said = ""
        try:
            Config.load(tmp_path / name)
        except ConfigError as error:
            said = str(error)
        assert all(line.isprintable() for line in said.splitlines()), said
