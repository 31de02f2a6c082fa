"""The workflow that imports the data."""

from __future__ import annotations

from personalize_sfn import workflows
from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.workflows.dataset_import import dataset_import

ARNS = Arns("us-east-1", "123456789012")


def test_it_imports_into_the_projects_dataset_unless_told_which():
    states = workflows.to_dict(dataset_import(Config(project="movies"), ARNS))["States"]
    assert states["Set Defaults"]["Parameters"]["defaults"] == {
        "datasetArns": {"interactions": "arn:aws:personalize:us-east-1:123456789012:dataset/movies/INTERACTIONS"}
    }
    request = states["Create Interactions Dataset Import Job"]["Parameters"]["Payload"]["request"]
    assert request["datasetArn.$"] == "$.input.datasetArns.interactions"


def test_it_answers_the_import_job_of_each_dataset():
    states = workflows.to_dict(dataset_import(Config(project="movies"), ARNS))["States"]
    assert states["Return Imports"]["Parameters"] == {
        "datasetImportJobArns": {"interactions.$": "$.datasetImportJob.datasetImportJobArn"}
    }
