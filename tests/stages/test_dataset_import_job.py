"""The stage of an import."""

from __future__ import annotations

from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.stages import dataset_import_job

ARNS = Arns("us-east-1", "123456789012")
CONFIG = Config(project="movies")


def test_it_imports_the_configured_key_of_the_bucket_and_lets_the_function_name_the_job():
    payload = dataset_import_job.create_step(CONFIG, ARNS).to_dict()["Parameters"]["Payload"]
    bucket = CONFIG.bucket_name("us-east-1", "123456789012")
    assert payload["request"]["dataSource"] == {"dataLocation": f"s3://{bucket}/{CONFIG.data_key('INTERACTIONS')}"}
    assert "jobName" not in payload["request"]
    assert payload["namePrefix"] == CONFIG.dataset_name("INTERACTIONS")


def test_it_is_of_the_partition_of_the_arns():
    china = Arns("cn-north-1", "123456789012", partition="aws-cn")
    assert dataset_import_job.create_step(CONFIG, china).to_dict()["Resource"] == "arn:aws-cn:states:::lambda:invoke"


def test_a_full_queue_of_pending_jobs_is_retried_more_often_than_other_errors():
    retries = dataset_import_job.create_step(CONFIG, ARNS).to_dict()["Retry"]
    assert max(rule["MaxAttempts"] for rule in retries) > 10
