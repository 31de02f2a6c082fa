"""Tests of ``config_parsing.problems``."""

from __future__ import annotations

from pathlib import Path

import pytest

from personalize_sfn.config import Config
from personalize_sfn.errors import ConfigError


def test_every_mistake_of_a_file_is_told_at_once_with_its_line(tmp_path: Path):
    (tmp_path / "c.yaml").write_text(
        """project: Movies
poling: {}
tags: {team: "a;b"}
datasets:
  interactions: {import_mode: full}
  items: {schema: {type: record, name: Items}}
solutions:
  for-you: {recipe: aws-user-personalisation, event_value_threshold: 2}
  similar:
    campaign:
      min_provisioned_tps: 0
      exploration_weight: 2
polling:
  campaign: {typical_seconds: 10, timeout_seconds: 1}
functions: {runtime: python2.7, log_retention_days: 31}
roles: {lambda_arn: admin}
"""
    )
    with pytest.raises(ConfigError) as raised:
        Config.load(tmp_path / "c.yaml")
    told = {
        "project": "(line 1)",
        "poling": "unknown field; did you mean polling? (line 2)",
        "tags.team": "(line 3)",
        "datasets.interactions.import_mode": "expected one of FULL, INCREMENTAL, got 'full' (line 5)",
        "datasets.items.schema": "(line 6)",
        "solutions.for-you.recipe": "did you mean aws-user-personalization? (line 8)",
        "solutions.for-you.event_value_threshold": "(line 8)",
        "solutions.similar.campaign.min_provisioned_tps": "(line 11)",
        "solutions.similar.campaign.exploration_weight": "expected 0 to 1, got 2.0 (line 12)",
        "polling.campaign.timeout_seconds": "expected at least typical_seconds (10), got 1 (line 14)",
        "functions.runtime": "(line 15)",
        "functions.log_retention_days": "expected one of 1, 3, 5, 7",
        "roles.lambda_arn": "(line 16)",
    }
    assert {field for field, _ in raised.value.problems} == told.keys()
    assert [*raised.value.lines] == sorted(line for line in raised.value.lines if line is not None)
    sentences = str(raised.value).splitlines()[1:]
    for (field, text), line, sentence in zip(raised.value.problems, raised.value.lines, sentences, strict=True):
        assert sentence == f"  {field}: {text} (line {line})"
        assert told[field] in sentence
    assert str(raised.value).startswith(f"{len(raised.value.problems)} mistakes in the configuration:")
