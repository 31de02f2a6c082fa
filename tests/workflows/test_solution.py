"""The workflow of recipe, solution and training."""

from __future__ import annotations

from personalize_sfn import stages, workflows
from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.workflows.solution import solution

ARNS = Arns("us-east-1", "123456789012")
CONFIG = Config(project="movies")
STATES = workflows.to_dict(solution(CONFIG, ARNS))["States"]


def test_it_trains_what_is_new_and_once_for_each_execution_unless_told_otherwise():
    assert STATES["Set Defaults"]["Parameters"]["defaults"] == {
        "solution": stages.solution.request(CONFIG, ARNS, "for-you"),
        "datasetGroupArn": "arn:aws:personalize:us-east-1:123456789012:dataset-group/movies",
        "train": "auto",
        "rootExecution.$": "$$.Execution.Id",
    }
    payload = STATES["Create Solution Version"]["Parameters"]["Payload"]
    assert (payload["train.$"], payload["rootExecution.$"]) == ("$.input.train", "$.input.rootExecution")


def test_it_answers_the_solution_and_its_version():
    assert STATES["Return Solution Version"]["Parameters"] == {
        "solutionArn.$": "$.solution.solutionArn",
        "solutionVersionArn.$": "$.solutionVersion.solutionVersionArn",
    }
