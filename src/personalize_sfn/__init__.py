"""Amazon Personalize pipelines as AWS Step Functions workflows."""
