"""What several workflows need: an input with defaults, one branch for each dataset, a choice by name."""

from __future__ import annotations

import pytest

from fakes.small_machines import ran
from personalize_sfn.config import Config, DatasetConfig, DatasetsConfig
from personalize_sfn.datasets import schemas
from personalize_sfn.resources import DATASET
from personalize_sfn.sdk import Chain, Graph, Pass
from personalize_sfn.statemachine import StateMachine
from personalize_sfn.workflows.composition import chosen, for_each_dataset, output_paths, with_defaults

ONE = Config(project="movies")
TWO = Config(project="movies", datasets=DatasetsConfig(items=DatasetConfig(schema=schemas.movielens_items())))


def ended(states, given):
    return ran(StateMachine(Graph(states).to_dict()), given)


def test_the_input_of_an_execution_goes_before_the_defaults():
    chain = Chain(with_defaults({"text": "$.is no path"}, name="$$.Execution.Name", train="auto"))
    assert ended(chain, {"train": "never", "more": 1}).output["input"] == {
        "text": "$.is no path",
        "name": "execution",
        "train": "never",
        "more": 1,
    }


@pytest.mark.parametrize(
    ("config", "states", "paths"),
    [
        (ONE, ["Make INTERACTIONS"], {"interactions.$": "$.dataset.datasetArn"}),
        (
            TWO,
            ["Make Each"],
            {"interactions.$": "$.branches[0].datasetArn", "items.$": "$.branches[1].datasetArn"},
        ),
    ],
)
def test_several_datasets_have_a_branch_each_and_one_has_none(config, states, paths):
    made = for_each_dataset(config, "Make Each", lambda kind: [Pass(f"Make {kind}")], DATASET)
    assert [state.state_id for state in made] == states
    assert output_paths(config, DATASET) == paths


def test_a_request_is_taken_by_its_name_and_another_name_fails_with_those_that_there_are():
    requests = {"daily": {"size": 1}, "weekly": {"size": 7}}
    choice = chosen("Which Batch?", "$.job", requests, lambda name: Pass(f"Run {name}"), noun="batch")
    assert ended(choice, {"job": "weekly"}).output["request"] == {"size": 7}
    execution = ended(choice, {"job": "yearly"})
    assert (execution.error, execution.cause) == (
        "InvalidInputError",
        "there is no batch yearly: expected one of daily, weekly",
    )
