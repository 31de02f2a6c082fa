"""A configuration from several places: the file it extends, itself, options of the command."""

from __future__ import annotations

from pathlib import Path

import pytest

from personalize_sfn.config import Config, config_of
from personalize_sfn.config_parsing import Document, with_options
from personalize_sfn.datasets import schemas
from personalize_sfn.errors import ConfigError
from personalize_sfn.ownership import schema_json

BASE = """project: shop
bucket: acme-data
tags: {team: research, stage: dev}
solutions:
  popular: {recipe: aws-popularity-count, campaign: {min_provisioned_tps: 1}}
"""


@pytest.fixture
def base(tmp_path: Path) -> Path:
    (tmp_path / "base").mkdir()
    path = tmp_path / "base/base.yaml"
    path.write_text(BASE)
    return path


def written(folder: Path, text: str, name: str = "prod.yaml") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_mappings_are_merged_and_all_else_is_replaced(base: Path, tmp_path: Path):
    config = Config.load(
        written(
            tmp_path,
            "extends: base/base.yaml\nproject: shop-prod\nbucket: null\ntags: {stage: prod}\n"
            "solutions:\n  popular: {campaign: {min_provisioned_tps: 4}}\n  similar: {recipe: aws-similar-items}\n",
        )
    )

    assert (config.project, config.bucket, config.tags) == ("shop-prod", None, {"team": "research", "stage": "prod"})
    assert list(config.solutions) == ["popular", "similar"]
    assert config.solutions["popular"].recipe == "aws-popularity-count"
    assert config.campaigns["popular"].min_provisioned_tps == 4


def test_toml_extends_yaml_and_bases_extend_bases(base: Path, tmp_path: Path):
    written(tmp_path, 'extends = "base/base.yaml"\n[tags]\nstage = "prod"\n', "prod.toml")
    config = Config.load(written(tmp_path, "extends: prod.toml\ntags: {team: sales}\n", "sales.yaml"))

    assert config.tags == {"team": "sales", "stage": "prod"}


def test_paths_begin_at_the_folder_of_the_file_that_names_them(base: Path, tmp_path: Path):
    written(base.parent, schema_json(schemas.items("CREATION_TIMESTAMP")), "items.avsc")
    base.write_text(f"{BASE}datasets: {{items: {{schema: items.avsc}}}}\n")
    config = Config.load(written(tmp_path, "extends: base/base.yaml\n"))

    assert config.datasets.items is not None


@pytest.mark.parametrize(
    ("text", "problem"),
    [("", ""), ("solutions: {a: {recip: x}}\n", "solutions.a.recip: unknown field; did you mean recipe? (line 2)")],
)
def test_a_mistake_is_told_with_the_file_that_has_it(base: Path, tmp_path: Path, text: str, problem: str):
    base.write_text("project: Shop\n")
    with pytest.raises(ConfigError) as caught:
        Config.load(written(tmp_path, f"extends: base/base.yaml\n{text}"))

    told = str(caught.value)
    assert f"got 'Shop' ({base}, line 1)" in told
    assert problem in told


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("extends: [a.yaml]", "extends: expected the path of one file, without variables, got ['a.yaml'] (line 1)"),
        ("extends: ${HOME}", "extends: expected the path of one file, without variables, got"),
        ("extends: absent.yaml", "absent.yaml: cannot be read: No such file or directory (line 1)"),
        ("extends: prod.yaml", "extends: expected a file that does not extend itself, got prod.yaml -> prod.yaml"),
        ("extends: list.yaml", "list.yaml: expected fields, got [1] (line 1)"),
        ("extends: base/base.yaml\nextends: x", "extends: stands twice: in line 1 already (line 2)"),
    ],
)
def test_a_base_that_is_none_is_told(base: Path, tmp_path: Path, line: str, problem: str):
    written(tmp_path, "[1]", "list.yaml")
    with pytest.raises(ConfigError) as caught:
        Config.load(written(tmp_path, line))

    assert problem in str(caught.value)


def test_a_chain_of_bases_has_an_end(tmp_path: Path):
    for number in range(9):
        written(tmp_path, f"extends: c{number + 1}.yaml\n", f"c{number}.yaml")
    with pytest.raises(ConfigError, match="expected at most 5 files that extend one another"):
        Config.load(tmp_path / "c0.yaml")


def with_set(*given: str, text: str = BASE) -> Config:
    from personalize_sfn.config_parsing.yaml_text import read_yaml

    return config_of(with_options(read_yaml(text, "shop.yaml"), given))


def test_an_option_goes_before_the_file():
    config = with_set(
        "project=shop-pr-12",
        "solutions.popular.campaign.min_provisioned_tps=7",
        "solutions.similar.recipe=aws-similar-items",
        "solutions.similar.campaign={}",
        'tags."cost.center"=a=b',
        "bucket=null",
    )

    assert (config.project, config.bucket) == ("shop-pr-12", None)
    assert {key: each.min_provisioned_tps for key, each in config.campaigns.items()} == {"popular": 7, "similar": 1}
    assert config.tags == {"team": "research", "stage": "dev", "cost.center": "a=b"}


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ("project", "--set: expected key.path=value such as solutions.for-you.recipe=aws-sims, got 'project'"),
        ("=x", "--set: expected key.path=value such as"),
        ("project.a=x", "--set: expected a mapping at project, which is 'shop': got 'project.a=x'"),
        ("solutions.popular.recip=x", "solutions.popular.recip: unknown field; did you mean recipe? (--set)"),
        ("functions.memory_mb=many", "functions.memory_mb: expected int, got 'many' (--set)"),
        ("tags={a: 1, a: 2}", "--set: a: stands twice: in line 1 already"),
        ("tags={a", "--set: is not YAML"),
    ],
)
def test_an_option_that_is_wrong_is_told(given: str, problem: str):
    with pytest.raises(ConfigError) as caught:
        with_set(given)

    assert problem in str(caught.value)


def test_without_a_file_options_go_before_the_defaults():
    assert config_of(with_options(Document({}), ["project=shop"])) == Config(project="shop")


def test_an_option_does_not_hide_what_is_wrong_in_the_file_beside_it():
    with pytest.raises(ConfigError, match=r"solutions.popular.campaign.tps: unknown field.* \(line 5\)$"):
        with_set("solutions.popular.name=x", text=BASE.replace("min_provisioned_tps", "tps"))
