"""Create an empty dataset of one type, bound to its schema."""

from personalize_sfn.handlers.create import create_handler
from personalize_sfn.resources import DATASET

lambda_handler = create_handler(DATASET, same=("datasetGroupArn", "schemaArn"))
