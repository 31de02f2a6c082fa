"""The stage of a solution version: the training."""

from __future__ import annotations

from personalize_sfn.config import Config
from personalize_sfn.stages import solution_version

CONFIG = Config(project="movies")


def payload_of(**given: str) -> dict:
    return solution_version.create_step(CONFIG, **given).to_dict()["Parameters"]["Payload"]


def test_it_trains_the_solution_in_full_and_only_when_data_is_new():
    payload = payload_of()
    assert payload["request"] == {"solutionArn.$": "$.solution.solutionArn", "trainingMode": "FULL"}
    assert payload["train"] == "auto"


def test_one_execution_trains_once_however_often_its_answer_is_lost():
    assert payload_of()["rootExecution.$"] == "$$.Execution.Id"


def test_training_can_be_asked_for_by_a_text_or_a_path():
    assert payload_of(train="always")["train"] == "always"
    assert payload_of(train="$.input.train")["train.$"] == "$.input.train"
