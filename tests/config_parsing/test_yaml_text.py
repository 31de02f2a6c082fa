"""Tests of ``config_parsing.yaml_text``."""

from __future__ import annotations

from pathlib import Path

import pytest

from personalize_sfn.config import Config
from personalize_sfn.errors import ConfigError


def test_anchors_and_merged_mappings_still_work(tmp_path: Path):
    (tmp_path / "c.yaml").write_text(
        "polling:\n  campaign: &w {typical_seconds: 5, timeout_seconds: 50}\n"
        "  dataset: *w\n  solution:\n    <<: *w\n    timeout_seconds: 90\n"
    )
    polling = Config.load(tmp_path / "c.yaml").polling
    assert polling.campaign == polling.dataset
    assert (polling.solution.typical_seconds, polling.solution.timeout_seconds) == (5, 90)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("project: 2024-01-01", 'YAML reads 2024-01-01 as a date: write it in quotes: "2024-01-01" (line 1)'),
        ("project: no", 'YAML reads no as false: write it in quotes: "no" (line 1)'),
        ("project: 12", 'YAML reads 12 as a number: write it in quotes: "12" (line 1)'),
        ("tags: {owner: off}", "tags.owner: expected str, got False. YAML reads off as false"),
        ("tags:\n  version: 1.10", 'YAML reads 1.10 as a number: write it in quotes: "1.10" (line 2)'),
        ("tags: {1: one}", "tags.1: expected a key that is text, which YAML reads as a number: write it in quotes"),
        ("tags: {yes: x}", "tags.yes: expected a key that is text, which YAML reads as true: write it in quotes"),
        ("functions: {memory_mb: '2'}", "functions.memory_mb: expected int, got '2'. Write 2 without quotes (line 1)"),
        ("functions: {memory_mb: 010}", "YAML reads 010 as the octal number 8"),
        ("polling: {campaign: {typical_seconds: 1:30, timeout_seconds: 90}}", "YAML reads 1:30 as a number of base 60"),
        ("solutions:\n  x: {campaign: {exploration_weight: 1e-1}}", "YAML reads 1e-1 as text: write 0.1 (line 2)"),
        ("solutions: {x: {campaign: {exploration_weight: .nan}}}", "expected a number, got nan (line 1)"),
        ("solutions: {x: {event_type: click, event_value_threshold: -.inf}}", "expected a number, got -inf"),
        ("functions: {memory_mb: 99999999999}", "expected at most 2147483647, got 99999999999"),
        ("adopt: 'yes'", "adopt: expected bool, got 'yes'"),
        ("project: a\nroles: {}\nproject: b", "project: stands twice: in line 1 already (line 3)"),
        ("tags: {a: x, a: x}", "tags.a: stands twice: in line 1 already (line 1)"),
        ("roles:", "roles: expected a mapping, got nothing"),
        ("solutions: {for-you:}", "solutions.for-you: expected a mapping, got nothing"),
        ("kms_key_arn: ''", "kms_key_arn: expected a KMS key's ARN, got ''"),
        ('bucket: "a\\x1b[2Jb"', "bucket: expected plain text, got 'a\\x1b[2Jb', which holds the control character"),
        ('"a\\x1bb": 1', "'a\\x1bb': unknown field"),
    ],
)
def test_what_yaml_reads_otherwise_than_it_looks_is_told_with_what_to_write(tmp_path: Path, text: str, problem: str):
    (tmp_path / "c.yaml").write_text(text)
    with pytest.raises(ConfigError) as raised:
        Config.load(tmp_path / "c.yaml")
    assert problem in str(raised.value)
