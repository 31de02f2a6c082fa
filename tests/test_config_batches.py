"""Batches of a configuration: what is refused before anything is billed."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from fakes.batch_configs import BATCHES, with_batch
from personalize_sfn.config import Config
from personalize_sfn.errors import ConfigError
from personalize_sfn.resources import BATCH_INFERENCE_JOB, BATCH_SEGMENT_JOB, DATASET_EXPORT_JOB

WRONG = [
    ({"solution": "nobody"}, "solution", "expected a key of solutions (for-you, similar, rank, segments, trending), "),
    ({"solution": "trending"}, "solution", "Personalize makes no batches by aws-trending-now, which trending has, "),
    ({"filter": "none"}, "filter", "expected a key of filters (unseen, chosen, active), got 'none'"),
    (
        {"filter": "active"},
        "filter",
        "filter active is about USERID, and a batch by aws-user-personalization answers ITEMID: write another filter",
    ),
    ({"num_results": 501}, "num_results", "expected 1 to 500, got 501"),
    ({"num_results": 0}, "num_results", "expected 1 to 5,000,000, got 0"),
    (
        {"solution": "similar", "filter": None},
        "exploration_weight",
        "only the recipe aws-user-personalization takes it, similar has aws-similar-items",
    ),
    ({"input": "s3://movies/in/users.json"}, "input", "expected a key in the bucket, without s3:// or /, got 's3://"),
    ({"input": "k" * 240}, "input", "characters, got 240: Personalize takes 256 for s3://bucket/key"),
    ({"input": "movies/out/batch/vip/x/"}, "input", "expected a key outside of movies/out/, got 'movies/out/batch/vip"),
    ({"input": "movies/out/b"}, "input", "expected a key outside of movies/out/, got 'movies/out/b'"),
    ({"input": "movies/"}, "input", "expected a key outside of movies/out/, got 'movies/'"),
    (
        {"input": "movies/inter"},
        "input",
        "expected a key with which that of datasets.interactions (movies/interactions.csv) does not begin, got "
        "'movies/inter': Personalize reads every object whose key begins with it",
    ),
    (
        {"input": "movies/in/item"},
        "input",
        "expected a key with which that of batch.alike (movies/in/items.json) does not begin, got 'movies/in/item'",
    ),
]


@pytest.mark.parametrize(("changed", "field", "text"), WRONG, ids=[f"{w[1]}-{n}" for n, w in enumerate(WRONG)])
def test_what_cannot_work_is_refused_with_the_reason(changed, field, text):
    with pytest.raises(ConfigError) as refused:
        with_batch(**changed)
    assert any(where == f"batch.newsletter.{field}" and text in told for where, told in refused.value.problems), (
        refused.value.problems
    )


def test_an_input_may_not_lie_in_a_folder_of_data_which_all_is_imported():
    folder = {"datasets": {"interactions": {"key": "feed/"}}}
    with pytest.raises(ConfigError, match=r"expected a key outside of feed/, got 'feed/users.json': all in there is"):
        with_batch(config=folder, input="feed/users.json")


@pytest.mark.parametrize("key", ["movies/", "movies/out/", "movies/out/export/"])
def test_a_folder_of_data_may_not_hold_what_personalize_writes(key):
    values = {"project": "movies", "datasets": {"interactions": {"key": key}}}
    with pytest.raises(ConfigError, match=rf"^datasets.interactions.key: expected a folder apart from .*{key}"):
        Config.from_dict({**values, "exports": True})
    Config.from_dict(values)  # nothing is written


def test_two_batches_may_have_one_input():
    assert with_batch("twice", solution="for-you", input="movies/in/users.json").batch["twice"].filter is None


def test_a_filter_whose_values_come_with_each_line_is_taken():
    assert with_batch(filter="chosen").batch["newsletter"].filter == "chosen"


def test_segments_take_filters_of_users_only():
    with pytest.raises(ConfigError, match=r"filter unseen is about ITEMID, and a batch by aws-item-affinity answers"):
        with_batch("vip", filter="unseen")


def test_a_name_of_its_jobs_that_would_be_too_long_is_refused():
    config = {"project": "a" * 28, "filters": {}, "exports": False}
    values = {"solution": "for-you", "input": "in/users.json"}
    solutions = {"for-you": {"recipe": "aws-sims"}}
    with pytest.raises(ConfigError, match=r"expected at most 63 characters, got 75 in the name of its jobs"):
        Config.from_dict({**config, "solutions": solutions, "batch": {"b" * 30: values}})


def test_the_documented_file_is_a_config():
    text = (Path(__file__).parents[1] / "docs/batch.md").read_text(encoding="utf-8")
    documented = Config.from_dict(yaml.safe_load(text.split("```yaml\n")[1].split("```")[0]))
    assert [documented.batch_row(key) for key in documented.batch] == [BATCH_INFERENCE_JOB, BATCH_SEGMENT_JOB]


def test_the_rows_of_a_config_are_those_of_its_batches_and_exports():
    assert {BATCH_INFERENCE_JOB, BATCH_SEGMENT_JOB, DATASET_EXPORT_JOB} <= set(BATCHES.rows())
    only = Config.from_dict(
        {"project": "movies", "batch": {"newsletter": {"solution": "for-you", "input": "movies/in/users.json"}}}
    )
    assert BATCH_INFERENCE_JOB in only.rows()
    assert {BATCH_SEGMENT_JOB, DATASET_EXPORT_JOB}.isdisjoint(only.rows())


@pytest.mark.parametrize("more", [{"exports": True}, {"batch": {"a": {"solution": "for-you", "input": "in.json"}}}])
def test_personalize_writes_output_only_with_exports_batches_or_reports(more):
    assert not Config(project="movies").writes_output
    assert Config.from_dict({"project": "movies", **more}).writes_output


def test_the_kind_of_a_batch_follows_from_the_recipe_and_an_unknown_one_is_refused():
    assert BATCHES.batch_row("ordered") is BATCH_INFERENCE_JOB
    assert BATCHES.batch_row("vip") is BATCH_SEGMENT_JOB
    with pytest.raises(ConfigError, match=r"^batch: has no 'weekly', only newsletter, alike, ordered, vip$"):
        BATCHES.batch_row("weekly")
