"""``${NAME}`` in configuration files: put in by what the field holds, or one sentence with key and line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from personalize_sfn.config import Config
from personalize_sfn.errors import ConfigError

Read = Callable[..., Config]


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    """The config of a text, with these variables in the environment."""

    def reader(text: str, suffix: str = ".yaml", **variables: str) -> Config:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        path = tmp_path / f"shop{suffix}"
        path.write_text(text)
        return Config.load(path)

    monkeypatch.delenv("ABSENT", raising=False)
    return reader


def test_a_variable_is_put_in_alone_and_within_a_text(read: Read):
    config = read("project: ${NAME}\nbucket: acme-${STAGE}-${NAME}\n", NAME="shop", STAGE="prod")

    assert (config.project, config.bucket) == ("shop", "acme-prod-shop")
    assert {type(config.project), type(config.bucket)} == {str}


CAMPAIGN = "solutions: {a: {campaign: {min_provisioned_tps: '${N}', exploration_weight: null}}}\nexports: ${YES}\n"


def test_it_is_a_number_or_a_truth_value_where_the_field_is(read: Read):
    config = read(CAMPAIGN, N="3", YES="true")

    assert config.solutions["a"].campaign is not None
    assert (config.solutions["a"].campaign.min_provisioned_tps, config.exports) == (3, True)


@pytest.mark.parametrize(("number", "yes"), [("3.5", "true"), ("", "true"), ("3", "yes"), ("١", "true")])
def test_what_is_no_such_value_is_told(read: Read, number: str, yes: str):
    with pytest.raises(ConfigError, match=r"expected (int|bool), got '"):
        read(CAMPAIGN, N=number, YES=yes)


def test_an_optional_value_can_be_null(read: Read):
    assert read("bucket: ${BUCKET}\n", BUCKET="null").bucket is None


def test_toml_has_variables_too(read: Read):
    config = read('project = "${NAME}"\n[functions]\nmemory_mb = "${MB}"\n', suffix=".toml", NAME="shop", MB="512")

    assert (config.project, config.functions.memory_mb) == ("shop", 512)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("bucket: ${ABSENT}", "bucket: the environment has no variable ABSENT: set it; as a text it is $${ABSENT}"),
        ("bucket: ${not-a-name}", "bucket: expected a variable as ${NAME}, got '${not-a-name}': $${ is a literal ${"),
        ("bucket: a${", "bucket: expected a variable as ${NAME}, got '${': $${ is a literal ${"),
        (
            "tags: {a: '${AWS_SECRET_ACCESS_KEY}'}",
            "tags.a: ${AWS_SECRET_ACCESS_KEY} is a credential: no configuration needs it, remove it",
        ),
    ],
)
def test_what_cannot_be_put_in_is_one_mistake_with_its_line(read: Read, line: str, problem: str):
    with pytest.raises(ConfigError) as caught:
        read(f"project: shop\n{line}\n", AWS_SECRET_ACCESS_KEY="s3cr3t")

    assert str(caught.value) == f"{problem} (line 2)"


def test_a_doubled_dollar_is_a_literal(read: Read):
    with pytest.raises(ConfigError, match=r"got 'a-\$\{NAME\}'"):
        read("bucket: a-$${NAME}\n", NAME="shop")


def test_a_value_that_holds_a_variable_is_not_read_again(read: Read):
    with pytest.raises(ConfigError, match=r"got '\$\{NAME\}'"):
        read("bucket: ${OUTER}\n", OUTER="${NAME}", NAME="shop")


def test_filters_and_keys_take_none(read: Read):
    with pytest.raises(ConfigError) as caught:
        read(
            "filters: {a: 'INCLUDE ItemID WHERE Items.X IN (${NAME})'}\ntags: {'${NAME}': a}\n",
            NAME="shop",
        )

    assert {field.split(".")[0] for field, _ in caught.value.problems} == {"filters", "tags"}
    assert "shop" not in str(caught.value)


def test_python_s_own_mappings_take_none(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("NAME", "shop")
    with pytest.raises(ConfigError, match=r"got '\$\{NAME\}'"):
        Config.from_dict({"project": "${NAME}"})


def test_control_characters_of_the_environment_are_refused(read: Read):
    with pytest.raises(ConfigError, match="control character"):
        read("tags: {a: '${NAME}'}\n", NAME="x\x1b[2J")
