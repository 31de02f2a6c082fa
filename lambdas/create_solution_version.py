"""Train the solution, or go on with a training that is running or was enough."""

from personalize_sfn.handlers.solutions import create_solution_version

lambda_handler = create_solution_version
