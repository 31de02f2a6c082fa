"""What belongs to a project."""

from __future__ import annotations

import json

import pytest

from personalize_sfn.config import Config
from personalize_sfn.errors import NotOursError
from personalize_sfn.ownership import PROJECT_TAG, is_schema_of, may_be_schema_of, require_ours, tag_dict, tag_list

MOVIES = Config(project="movies")


@pytest.mark.parametrize(
    ("tags", "adopt"), [({PROJECT_TAG: "movies"}, False), ({}, True), ({PROJECT_TAG: "books"}, True)]
)
def test_ours_is_what_has_the_projects_tag_or_is_adopted(tags, adopt):
    require_ours(tags, "movies", "role movies-lambda", adopt=adopt)


@pytest.mark.parametrize(
    ("tags", "owner"),
    [({}, "has no tag personalize-sfn:project"), ({PROJECT_TAG: "books"}, "belongs to project 'books'")],
)
def test_what_is_not_ours_is_refused_with_its_owner_and_what_to_do(tags, owner):
    with pytest.raises(NotOursError) as refused:
        require_ours(tags, "movies", "role movies-lambda", adopt=False)
    assert str(refused.value) == (
        f"role movies-lambda exists and {owner}: choose another project name in the config, or set adopt: true to take "
        "it over (clean-up and destroy will then remove it)"
    )


def test_a_schema_is_known_as_ours_by_the_name_that_the_configuration_gives_it():
    text = json.dumps(dict(MOVIES.datasets.interactions.schema), indent=2)
    assert is_schema_of("movies", MOVIES.schema_name("INTERACTIONS"), text)
    assert not is_schema_of("books", MOVIES.schema_name("INTERACTIONS"), text)
    assert not is_schema_of("movies", MOVIES.schema_name("INTERACTIONS"), '{"type": "record"}')
    assert not may_be_schema_of("movies", "movies-interactions")


def test_tags_are_listed_by_name_under_the_members_that_the_service_wants():
    listed = tag_list({"b": "2", "a": "1"}, "tagKey", "tagValue")
    assert listed == [{"tagKey": "a", "tagValue": "1"}, {"tagKey": "b", "tagValue": "2"}]
    assert tag_dict(listed, "tagKey", "tagValue") == {"a": "1", "b": "2"}
