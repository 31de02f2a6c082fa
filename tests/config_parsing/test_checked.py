"""Tests of ``config_parsing.checked``."""

from __future__ import annotations

import pytest

from personalize_sfn.config import Config
from personalize_sfn.errors import ConfigError


def test_a_config_made_in_python_tells_every_mistake_too():
    with pytest.raises(ConfigError) as raised:
        Config(project="Movies", bucket="s3://mine", tags={"aws:x": "1"})
    assert [field for field, _ in raised.value.problems] == ["project", "bucket", "tags.aws:x"]
