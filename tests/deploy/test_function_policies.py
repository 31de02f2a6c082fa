"""What the functions of a deployment may do."""

from __future__ import annotations

from fakes.batch_configs import BATCHES
from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.deploy.function_policies import asking, log_streams, reading
from personalize_sfn.deploy.policies import roles

ARNS = Arns("eu-west-1", "111122223333")


def test_functions_make_only_the_jobs_of_this_config_on_the_versions_and_datasets_they_are_of() -> None:
    (role,) = (each for each in roles(BATCHES, ARNS, functions=["f"], machines=["m"]) if each.key == "lambda_change")
    (made,) = (each for each in role.policy["Statement"] if "personalize:CreateBatchInferenceJob" in each["Action"])

    assert {"personalize:CreateBatchSegmentJob", "personalize:CreateDatasetExportJob"} <= set(made["Action"])
    mine = "arn:aws:personalize:eu-west-1:111122223333:"
    hashed = "?" * 12
    assert {
        f"{mine}batch-inference-job/movies-newsletter-{hashed}",
        f"{mine}batch-inference-job/movies-newsletter-{hashed}-??",
        f"{mine}batch-segment-job/movies-vip-{hashed}",
        f"{mine}dataset-export-job/movies-interactions-{hashed}",
        f"{mine}solution/movies-for-you-user-personalization/*",
        f"{mine}dataset/movies/*",
    } <= set(made["Resource"])
    assert f"{mine}batch-inference-job/movies-vip-{hashed}" not in made["Resource"]


def test_only_where_users_can_be_forgotten_may_functions_write_to_the_bucket_and_then_to_one_folder():
    def to_s3(config):
        (role,) = (each for each in roles(config, ARNS, functions=["f"], machines=["m"]) if each.key == "lambda_change")
        return [each for each in role.policy["Statement"] if "s3:PutObject" in each["Action"]]

    config = Config(project="movies", forgetting=True)
    assert to_s3(Config(project="movies")) == []
    assert to_s3(config) == [
        {
            "Effect": "Allow",
            "Action": ["s3:DeleteObject", "s3:PutObject"],
            "Resource": [f"arn:aws:s3:::{config.bucket_name('eu-west-1', '111122223333')}/movies/meta/forget/*"],
        }
    ]


def test_what_serves_is_asked_for_what_its_recipe_answers_and_for_nothing_else() -> None:
    solutions = {"for-you": {"campaign": {}}, "order": {"recipe": "aws-personalized-ranking-v2", "campaign": {}}}
    found = asking(Config.from_dict({"project": "shop", "solutions": solutions}), ARNS)
    assert {action: each["Resource"] for each in found for action in each["Action"]} == {
        "personalize:GetRecommendations": [ARNS.personalize("campaign/shop-for-you")],
        "personalize:GetPersonalizedRanking": [ARNS.personalize("campaign/shop-order")],
    }


def test_functions_that_only_read_change_nothing() -> None:
    actions = [action for each in reading(BATCHES, ARNS) for action in each["Action"]]
    assert "personalize:DescribeCampaign" in actions
    assert all(action.split(":")[1].startswith(("Describe", "Get", "List")) for action in actions)


def test_each_function_writes_to_its_own_log_group() -> None:
    (streams,) = log_streams(Config(project="movies"), ARNS, ["get-recommendations", "create-campaign"], "lambda_read")
    assert streams["Resource"] == [ARNS.log_group("/aws/lambda/movies-get-recommendations:log-stream:*")]
    assert log_streams(Config(project="movies"), ARNS, ["create-campaign"], "lambda_read") == []
