"""The policy that the README tells the caller to have is the one that is tested."""

from __future__ import annotations

import json
from pathlib import Path

from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.deploy import caller_policy


def test_the_documented_policy_is_the_tested_one():
    documented = json.loads((Path(__file__).parents[2] / "docs" / "caller-policy.json").read_text())
    assert documented == caller_policy(Config(), Arns("us-east-1", "111122223333"))
