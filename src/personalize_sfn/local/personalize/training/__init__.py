"""From the rows of a dataset group to a trained model."""
