"""Personalize's protocol: requests and answers in the shapes of botocore's model."""
