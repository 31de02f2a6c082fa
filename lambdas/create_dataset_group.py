"""Create the dataset group that everything of a project is in."""

from personalize_sfn.handlers.create import create_handler
from personalize_sfn.resources import DATASET_GROUP

lambda_handler = create_handler(DATASET_GROUP, same=("domain", "kmsKeyArn", "roleArn"))
