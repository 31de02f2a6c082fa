"""The command `personalize-sfn`."""
