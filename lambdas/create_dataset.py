"""Create an empty dataset of one type, or give the one that is there the wanted schema."""

from personalize_sfn.handlers.datasets import create_dataset

lambda_handler = create_dataset
