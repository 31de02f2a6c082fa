"""Tests of ``deploy.reach``."""

from __future__ import annotations

import dataclasses
from fnmatch import fnmatchcase

import pytest

from fakes.solutions import served
from personalize_sfn.arns import Arns
from personalize_sfn.config import CampaignConfig, Config
from personalize_sfn.deploy.reach import project_arns, schema_arns

ARNS = Arns("eu-west-1", "111122223333")


@pytest.mark.parametrize(
    "path",
    [
        "schema/movies-interactions-0123456789ab",
        "dataset-group/movies",
        "dataset/movies/INTERACTIONS",
        "dataset-import-job/movies-interactions-0123456789ab",
        "dataset-import-job/movies-interactions-0123456789ab-2",
        "dataset-import-job/movies-users-0123456789ab-20",
        "solution/movies-for-you-user-personalization-v2",
        "solution/movies-for-you-user-personalization-v2/run-1",
        "campaign/movies-for-you",
    ],
)
def test_what_the_pipeline_makes_is_within_the_functions_reach(config: Config, path: str) -> None:
    patterns = [*project_arns(config, ARNS), *schema_arns(config, ARNS)]

    assert [pattern for pattern in patterns if fnmatchcase(ARNS.personalize(path), pattern)]


@pytest.mark.parametrize(
    "path",
    [
        "dataset/series/INTERACTIONS",
        "campaign/series",
        "dataset-group/moviesque",
        # Of the projects movies-prod, movies-interactions and movies-users.
        "campaign/movies-prod-for-you",
        "solution/movies-prod-for-you-user-personalization-v2",
        "solution/movies-prod-for-you-user-personalization-v2/run-1",
        "schema/movies-prod-interactions-0123456789ab",
        "schema/movies-interactions-interactions-0123456789ab",
        "schema/movies-interactions-items-0123456789ab",
        "dataset-import-job/movies-users-users-0123456789ab",
        "dataset-import-job/movies-users-users-0123456789ab-20",
    ],
)
def test_what_others_made_is_not(config: Config, path: str) -> None:
    patterns = [*project_arns(config, ARNS), *schema_arns(config, ARNS)]

    assert [pattern for pattern in patterns if fnmatchcase(ARNS.personalize(path), pattern)] == []


def test_names_that_the_config_gives_are_within_reach(config: Config) -> None:
    named = dataclasses.replace(
        config, solutions=served(name="blockbusters", campaign=CampaignConfig(name="front-page"))
    )
    patterns = project_arns(named, ARNS)

    for path in ("solution/blockbusters", "solution/blockbusters/1a2b", "campaign/front-page"):
        assert [pattern for pattern in patterns if fnmatchcase(ARNS.personalize(path), pattern)], path
