"""Select the recipe and create the solution."""

from personalize_sfn.handlers.solutions import create_solution

lambda_handler = create_solution
