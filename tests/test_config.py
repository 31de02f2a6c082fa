"""The configuration: one shape for Python, YAML and TOML; errors name the field."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from fakes.solutions import served
from personalize_sfn.config import (
    INTERACTIONS_SCHEMA,
    CampaignConfig,
    Config,
    DatasetConfig,
    DatasetsConfig,
    SolutionConfig,
)
from personalize_sfn.errors import ConfigError


def test_yaml_toml_and_python_say_the_same(tmp_path: Path):
    (tmp_path / "c.yaml").write_text(
        "project: movies\nsolutions:\n  x:\n    recipe: aws-hrnn\n    hyperparameters: {bptt: '20'}\n"
    )
    (tmp_path / "c.toml").write_text(
        'project = "movies"\n[solutions.x]\nrecipe = "aws-hrnn"\nhyperparameters = {bptt = "20"}\n'
    )
    in_python = Config(
        project="movies", solutions={"x": SolutionConfig(recipe="aws-hrnn", hyperparameters={"bptt": "20"})}
    )
    assert Config.load(tmp_path / "c.yaml") == Config.load(tmp_path / "c.toml") == in_python


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("c.yaml", "a: [", "is not YAML"),
        ("c.toml", "a = [", "is not TOML"),
        ("c.json", "{}", "expected a file that ends in .yaml, .yml or .toml"),
        ("absent.yaml", None, "cannot be read: No such file or directory"),
    ],
)
def test_a_file_that_cannot_be_read_is_an_error_that_names_it(
    tmp_path: Path, name: str, text: str | None, problem: str
):
    if text is not None:
        (tmp_path / name).write_text(text)
    with pytest.raises(ConfigError, match=problem) as error:
        Config.load(tmp_path / name)
    assert error.value.field == str(tmp_path / name)


def test_no_automatic_training_unless_asked():
    assert Config().solutions["for-you"].auto_training_days is None


def test_another_schema_content_is_another_schema_name():
    more = {**INTERACTIONS_SCHEMA, "fields": [*INTERACTIONS_SCHEMA["fields"], {"name": "EVENT_TYPE", "type": "string"}]}
    one = Config()
    other = Config(datasets=DatasetsConfig(interactions=DatasetConfig(schema=more)))
    assert one.schema_name("INTERACTIONS").startswith("personalize-sfn-interactions-")
    assert one.schema_name("INTERACTIONS") != other.schema_name("INTERACTIONS")


def test_another_recipe_is_another_solution():
    assert Config().solution_name("for-you") == "personalize-sfn-for-you-user-personalization-v2"
    assert Config(solutions=served("aws-sims")).solution_name("for-you") == "personalize-sfn-for-you-sims"


def test_names_are_made_of_project_key_and_recipe_unless_given():
    given = SolutionConfig(name="old", campaign=CampaignConfig(name="live"))
    config = Config(project="shop", solutions={"similar": SolutionConfig(recipe="aws-similar-items"), "old": given})
    assert config.solution_name("similar") == "shop-similar-similar-items"
    assert (config.solution_name("old"), config.campaign_name("old")) == ("old", "live")


def test_a_key_that_the_config_lacks_is_an_error_that_says_which_it_has():
    config = Config(solutions={**served(), "popular": SolutionConfig(recipe="aws-popularity-count")})
    for ask in (config.solution, config.solution_name, config.campaign_name):
        with pytest.raises(ConfigError, match=r"^solutions: has no 'similar', only for-you, popular$"):
            ask("similar")


def test_the_campaign_of_a_solution_without_one_is_an_error_that_says_how_to_get_one():
    config = Config(solutions={"popular": SolutionConfig(recipe="aws-popularity-count")})
    assert config.campaigns == {}
    with pytest.raises(ConfigError) as error:
        config.campaign_name("popular")
    assert str(error.value) == (
        "solutions.popular.campaign: nothing serves popular: add 'campaign: {}' there, then deploy and run"
    )


def test_every_name_that_is_made_fits_personalize_with_the_longest_project_and_recipe():
    config = Config(project="p" * 28, solutions=served("aws-personalized-ranking-v2"))
    names = [
        config.solution_name("for-you"),
        config.campaign_name("for-you"),
        config.schema_name("INTERACTIONS"),
        config.dataset_group_name,
    ]
    assert max(map(len, names)) <= 63
    assert len(config.bucket_name("ap-northeast-1", "123456789012")) <= 63


def test_the_users_tags_and_the_projects_own_are_put_together():
    assert Config(project="m", tags={"team": "a"}).all_tags == {"team": "a", "personalize-sfn:project": "m"}


def test_the_documented_file_is_a_config_and_its_values_are_the_defaults():
    text = (Path(__file__).parents[1] / "docs/configuration.md").read_text(encoding="utf-8")
    documented = Config.from_dict(yaml.safe_load(text.split("```yaml\n")[1].split("```")[0]))
    interactions = DatasetConfig(key="movies/interactions.csv")
    assert documented == Config(
        project="movies", tags={"team": "research"}, datasets=DatasetsConfig(interactions=interactions)
    )
