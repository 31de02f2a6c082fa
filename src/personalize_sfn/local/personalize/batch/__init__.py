"""Batch jobs: JSON Lines in, JSON Lines out."""
