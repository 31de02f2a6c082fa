"""What the stages of both kinds of batch jobs share."""

from __future__ import annotations

import pytest

from fakes.batch_configs import BATCHES
from personalize_sfn import stages
from personalize_sfn.arns import Arns
from personalize_sfn.errors import ConfigError

ARNS = Arns("us-east-1", "123456789012")


def test_a_stage_of_the_other_kind_says_which_stage_to_use():
    with pytest.raises(ConfigError, match=r"^batch\.vip: is a batch segment job: stages\.batch_segment_job makes it$"):
        stages.batch_inference_job.request(BATCHES, ARNS, "vip")
    with pytest.raises(ConfigError, match=r"^batch\.alike: is a batch inference job: stages\.batch_inference_job"):
        stages.batch_segment_job.request(BATCHES, ARNS, "alike")
