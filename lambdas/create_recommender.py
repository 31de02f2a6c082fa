"""Create the recommender, or find it and bring it up to date."""

from personalize_sfn.handlers.create import create_handler
from personalize_sfn.resources import RECOMMENDER

lambda_handler = create_handler(RECOMMENDER, same=("datasetGroupArn", "recipeArn"))
