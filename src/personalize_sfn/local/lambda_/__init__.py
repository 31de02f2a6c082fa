"""Runs deployed Lambda functions on this machine: the zip that was uploaded, in processes of its own."""
