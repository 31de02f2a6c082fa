"""Say of each solution what it made, or why it failed and what goes on serving."""

from personalize_sfn.handlers.report import report_solutions

lambda_handler = report_solutions
