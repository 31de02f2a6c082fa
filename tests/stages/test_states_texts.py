"""What a configuration says stands literally in the definitions: Step Functions reads none of it as a path."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from personalize_sfn import workflows
from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.datasets import schemas
from personalize_sfn.errors import ConfigError

ARNS = Arns("us-east-1", "123456789012")
PATHS = ["$", "$.x", "$$.Execution.Id", "$['x']", "$$", "$.Payload[0]"]


def places(text: str) -> dict[str, dict[str, Any]]:
    """The text in every place of a configuration that takes text of the user's."""
    interactions = schemas.interactions("EVENT_TYPE")
    return {
        "project": {"project": text},
        "bucket": {"bucket": text},
        "event_type": {
            "datasets": {"interactions": {"schema": interactions}},
            "solutions": {"for-you": {"event_type": text, "campaign": {}}},
        },
        "solution": {"solutions": {"for-you": {"name": text, "campaign": {}}}},
        "hyperparameter": {"solutions": {"for-you": {"hyperparameters": {text: "1"}, "campaign": {}}}},
        "value": {
            "solutions": {
                "for-you": {
                    "recipe": "aws-trending-now",
                    "hyperparameters": {"trend_discovery_frequency": text},
                    "campaign": {},
                }
            }
        },
        "campaign": {"solutions": {"for-you": {"campaign": {"name": text}}}},
        "key of a solution": {"solutions": {text: {"campaign": {}}}},
        "tag": {"tags": {text: "x"}},
        "tag value": {"tags": {"x": text}},
        "key": {"datasets": {"interactions": {"key": text}}},
        "kms": {"kms_key_arn": text},
        "role": {"roles": {"personalize_arn": text}},
        "role path": {"roles": {"path": text}},
    }


def paths_in(value: Any) -> set[str]:
    """Whatever stands under a key that Step Functions reads as a path."""
    if isinstance(value, dict):
        found = [{str(inner)} if key.endswith(".$") else paths_in(inner) for key, inner in value.items()]
    elif isinstance(value, list):
        found = [paths_in(inner) for inner in value]
    else:
        return set()
    return set().union(*found)


def texts_in(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value).union(*map(texts_in, value.values()))
    if isinstance(value, list):
        return set().union(*map(texts_in, value))
    return {value} if isinstance(value, str) else set()


def definitions(config: Config) -> list[dict[str, Any]]:
    return [workflows.to_dict(each) for each in workflows.definitions(config, ARNS).values()]


PLAIN_PATHS = paths_in(definitions(Config()))


@settings(max_examples=30, deadline=None)
@given(text=st.text(max_size=12) | st.sampled_from(PATHS).flatmap(lambda path: st.text(max_size=3).map(path.__add__)))
@example(text="$pageview")
@example(text="a.$")
@example(text="$.x")
@example(text="States.Format('x')")
def test_any_text_that_a_config_accepts_stands_in_the_definition_as_it_is(text: str):
    for place, values in places(text).items():
        try:
            config = Config.from_dict(values)
        except ConfigError:
            continue
        made = definitions(config)
        (key,) = config.solutions
        # The key is part of paths, which is why it has only characters that mean nothing there.
        assert {path.replace(f"['{key}']", "['for-you']") for path in paths_in(made)} == PLAIN_PATHS, place
        if text:
            assert any(text in found for found in texts_in(made)), place


@pytest.mark.parametrize("text", PATHS)
@pytest.mark.parametrize("place", [place for place in places("x") if place != "key"])
def test_a_path_is_refused_wherever_a_text_is_meant(place: str, text: str):
    with pytest.raises(ConfigError):
        Config.from_dict(places(text)[place])


def test_the_name_of_an_event_that_starts_like_a_path_is_refused_by_field():
    with pytest.raises(ConfigError) as raised:
        Config.from_dict(places("$.x")["event_type"])
    assert str(raised.value) == (
        "solutions.for-you.event_type: expected the name of an event, got '$.x', which Step Functions would read as a "
        "path into its input: give the event another name"
    )


def test_events_of_other_tools_may_begin_with_a_dollar():
    (solution,) = [
        each
        for each in definitions(Config.from_dict(places("$pageview")["event_type"]))
        if "Create Solution" in each["States"]
    ]
    request = solution["States"]["Set Defaults"]["Parameters"]["defaults"]["solution"]
    assert request["eventType"] == "$pageview"
