"""The stage of a data deletion job."""

from __future__ import annotations

from personalize_sfn import stages, workflows
from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.sdk import Chain

ARNS = Arns("us-east-1", "123456789012")
CONFIG = Config(project="movies", forgetting=True)


def test_the_stage_stands_in_a_workflow_of_ones_own():
    stage = stages.data_deletion_job.data_deletion_job(CONFIG, ARNS, data_location="s3://bucket/users.csv")
    made = workflows.to_dict(Chain([stage]))["States"]
    assert made["Create Data Deletion Job"]["Parameters"]["Payload"]["request"]["dataSource"] == {
        "dataLocation": "s3://bucket/users.csv"
    }
    assert made["Is Data Deletion Job Completed?"]["Choices"][0]["StringEquals"] == "COMPLETED"


def test_an_execution_makes_one_job_in_the_projects_group_with_the_role_of_personalize():
    payload = stages.data_deletion_job.create_step(CONFIG, ARNS).to_dict()["Parameters"]["Payload"]
    assert payload["request"] == {
        "datasetGroupArn": "arn:aws:personalize:us-east-1:123456789012:dataset-group/movies",
        "roleArn": "arn:aws:iam::123456789012:role/movies-personalize-us-east-1",
        "dataSource": {"dataLocation.$": "$.list"},
    }
    assert (payload["namePrefix"], payload["rootExecution.$"]) == ("movies-forget", "$$.Execution.Id")
