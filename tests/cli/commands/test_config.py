"""``config``: the configuration by itself, without any AWS."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from personalize_sfn.cli.settings import Settings
from personalize_sfn.config import Config
from personalize_sfn.config_parsing.json_schema import json_schema

WRONG = """project: Shop
datasets: {items: {schema: absent.avsc}}
solutions: {a: {campaign: {min_provisioned_tps: 0, enable_metadata: true}}}
polling: {campaign: {typical_seconds: 3}}
"""


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    path = tmp_path / "shop.yaml"
    path.write_text(WRONG)
    return path


def test_check_tells_every_mistake_with_file_and_line(command: Callable, wrong: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(wrong.parent)

    result = command("--config", "shop.yaml", "config", "check")

    assert (result.code, result.err) == (2, "")
    assert result.out.splitlines() == [
        "shop.yaml:1: project: expected up to 28 lower-case letters, digits and -, starting with a letter, got 'Shop'",
        "shop.yaml:2: datasets.items.schema: absent.avsc: cannot be read: No such file or directory",
        "shop.yaml:3: solutions.a.campaign.min_provisioned_tps: expected at least 1, got 0",
        "shop.yaml:4: polling.campaign.timeout_seconds: is required",
        "✗ shop.yaml: 4 mistakes",
    ]


def test_check_tells_a_program_the_same(command: Callable, wrong: Path):
    result = command("--config", str(wrong), "config", "check", "--json")

    assert result.code == 2
    assert (result.json["file"], result.json["valid"]) == (str(wrong), False)
    assert [(each["field"], each["line"]) for each in result.json["problems"]] == [
        ("project", 1),
        ("datasets.items.schema", 2),
        ("solutions.a.campaign.min_provisioned_tps", 3),
        ("polling.campaign.timeout_seconds", 4),
    ]


def test_check_applies_the_rules_for_several_fields(command: Callable, wrong: Path):
    wrong.write_text("project: shop\nsolutions:\n  a:\n    campaign: {enable_metadata: true}\n")

    result = command("--config", str(wrong), "config", "check", "--json")

    assert result.code == 2
    assert result.json["problems"] == [
        {
            "field": "solutions.a.campaign.enable_metadata",
            "file": None,
            "line": 4,
            "problem": "needs datasets.items: recommendations carry columns of items; add it, or leave enable_metadata "
            "out",
        }
    ]


def test_check_tells_what_is_wrong_with_the_whole_file(command: Callable, wrong: Path):
    wrong.write_text("project: [")

    result = command("--config", str(wrong), "config", "check")

    assert result.code == 2
    assert result.out.startswith(f"{wrong}: is not YAML: while parsing a flow node")


def test_check_of_a_file_that_is_right_ends_with_0(command: Callable, config_file: Path):
    result = command("--config", str(config_file), "config", "check", "--json")

    assert (result.code, result.json) == (
        0,
        {"file": str(config_file), "valid": True, "problems": []},
    )
    assert command("config", "check").out == "✓ the default configuration: project personalize-sfn, interactions\n"


def test_show_prints_a_configuration_of_all_that_holds(command: Callable, config_file: Path, tmp_path: Path):
    result = command("--config", str(config_file), "config", "show", "--region", "eu-west-1")

    assert result.code == 0
    assert result.out.startswith(f"# {config_file} · target local · region eu-west-1\nproject: ")
    assert yaml.safe_load(result.out)["functions"]["log_retention_days"] == 30
    (tmp_path / "shown.yaml").write_text(result.out)
    assert Config.load(tmp_path / "shown.yaml") == Config.load(config_file)


def test_show_tells_the_region_that_the_environment_sets(command: Callable, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")

    result = command("--target", "aws", "config", "show")

    assert result.out.startswith("# no file: the defaults · target aws · region eu-central-1\n")


def test_show_gives_a_program_the_same(command: Callable, config_file: Path):
    result = command("--config", str(config_file), "config", "show", "--json")

    assert Config.from_dict(result.json) == Config.load(config_file)
    assert result.err == f"{config_file} · target local · region us-east-1\n"


def test_schema_prints_the_schema_and_nothing_else(command: Callable):
    result = command("config", "schema")

    assert (result.code, result.err) == (0, "")
    assert result.json == json_schema(Config)


def test_no_embedded_aws_is_started(command: Callable, home: Path):
    for words in (("check",), ("show",), ("schema",)):
        command("config", *words)

    assert not (home / "local.json").exists()


LAYERS = {
    "base.yaml": "project: shop\ntags: {team: '${TEAM}'}\nsolutions: {for-you: {recipe: aws-popularity-count}}\n",
    "prod.yaml": "extends: base.yaml\nbucket: acme-${STAGE}\nfunctions: {memory_mb: 512}\n",
}


@pytest.fixture
def layers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in LAYERS.items():
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TEAM", "research")
    monkeypatch.setenv("STAGE", "prod")
    return tmp_path


def test_show_says_what_comes_from_variables_the_base_and_options(command: Callable, layers: Path):
    words = ("--config", "prod.yaml", "--project", "shop-eu", "config", "show", "--set", "functions.timeout_seconds=30")

    result = command(*words)

    assert [line.strip() for line in result.out.splitlines() if "  #" in line] == [
        "project: shop-eu  # --set",
        "bucket: acme-prod  # ${STAGE}",
        "recipe: aws-popularity-count  # base.yaml",
        "timeout_seconds: 30  # --set",
        "team: research  # ${TEAM} in base.yaml",
    ]
    (layers / "shown.yaml").write_text(result.out)
    assert Config.load("shown.yaml") == Config.from_dict(command(*words, "--json").json)
    assert "tags.team: ${TEAM} in base.yaml\n" in command(*words, "--json").err


def test_a_comment_beside_a_long_text_stands_above_it(command: Callable, layers: Path):
    long = " OR ".join(f'Interactions.EVENT_TYPE IN ("event-{n}")' for n in range(8))
    (layers / "base.yaml").write_text(f"filters:\n  long: 'EXCLUDE ItemID WHERE {long}'\n")

    result = command("--config", "prod.yaml", "config", "show")

    assert "# long: base.yaml\n  long: EXCLUDE" in result.out
    assert yaml.safe_load(result.out)["filters"]["long"] == f"EXCLUDE ItemID WHERE {long}"


def test_check_tells_mistakes_of_the_base_with_its_name(
    command: Callable, layers: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("TEAM")

    result = command("--config", "prod.yaml", "--set", "functions.mb=1", "config", "check")

    assert (result.code, result.out.splitlines()) == (
        2,
        [
            "--set: functions.mb: unknown field; expected one of runtime, memory_mb, timeout_seconds, "
            "log_retention_days",
            "base.yaml:2: tags.team: the environment has no variable TEAM: set it; as a text it is $${TEAM}",
            "✗ prod.yaml: 2 mistakes",
        ],
    )


def test_a_command_that_is_suggested_keeps_the_options():
    settings = Settings(given=("project=shop", "bucket=my data"))
    assert settings.command("run") == "personalize-sfn --set project=shop --set 'bucket=my data' run"
