"""Tests of ``config_parsing.problems``."""

from __future__ import annotations

from pathlib import Path

import pytest

from personalize_sfn.config import Config
from personalize_sfn.errors import ConfigError


def test_every_mistake_of_a_file_is_told_at_once_with_its_line(tmp_path: Path):
    (tmp_path / "c.yaml").write_text(
        """project: Movies
solution: {}
tags: {team: "a;b"}
datasets:
  interactions: {import_mode: full}
  items: {schema: {type: record, name: Items}}
solutions:
  For You: {recipe: aws-sims}
  for-you:
    recipe: aws-user-personalisation
    event_value_threshold: 2
    campaign: {min_provisioned_tps: 0, exploration_weight: 2}
polling:
  campaign: {typical_seconds: 10, timeout_seconds: 1}
functions: {runtime: python2.7, log_retention_days: 31}
roles: {lambda_arn: admin}
"""
    )
    with pytest.raises(ConfigError) as raised:
        Config.load(tmp_path / "c.yaml")
    told = [
        (
            "project",
            "expected up to 28 lower-case letters, digits and -, starting with a letter, got 'Movies' (line 1)",
        ),
        ("solution", "unknown field; did you mean solutions? (line 2)"),
        ("tags.team", "(line 3)"),
        ("datasets.interactions.import_mode", "expected one of FULL, INCREMENTAL, got 'full' (line 5)"),
        *[("datasets.items.schema", "(line 6)")] * 3,
        ("solutions.'For You'", "expected a key of up to 30 lower-case letters, digits and -, starting with a letter"),
        ("solutions.for-you.recipe", "did you mean aws-user-personalization? (line 10)"),
        ("solutions.for-you.event_value_threshold", "needs event_type as well"),
        ("solutions.for-you.event_value_threshold", "needs a column EVENT_VALUE in datasets.interactions.schema"),
        ("solutions.for-you.campaign.min_provisioned_tps", "expected at least 1, got 0 (line 12)"),
        ("solutions.for-you.campaign.exploration_weight", "expected 0 to 1, got 2.0 (line 12)"),
        ("polling.campaign.timeout_seconds", "expected at least typical_seconds (10), got 1 (line 14)"),
        ("functions.runtime", "(line 15)"),
        ("functions.log_retention_days", "expected one of 1, 3, 5, 7"),
        ("roles.lambda_arn", "(line 16)"),
    ]
    sentences = str(raised.value).splitlines()[1:]
    assert [field for field, _ in raised.value.problems] == [field for field, _ in told]
    assert [*raised.value.lines] == sorted(line for line in raised.value.lines if line is not None)
    given = zip(raised.value.problems, raised.value.lines, sentences, told, strict=True)
    for (field, text), line, sentence, (_, expected) in given:
        assert sentence == f"  {field}: {text} (line {line})"
        assert expected in sentence
    assert str(raised.value).startswith(f"{len(raised.value.problems)} mistakes in the configuration:")
