"""Create the metric attribution, or find it and bring it up to date."""

from personalize_sfn.handlers.metric_attributions import create_metric_attribution

lambda_handler = create_metric_attribution
