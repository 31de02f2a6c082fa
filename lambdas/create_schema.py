"""Create the Avro schema of a dataset."""

from personalize_sfn.handlers.create import create_handler
from personalize_sfn.resources import SCHEMA

lambda_handler = create_handler(SCHEMA, same=("domain", "schema"))
