"""Tests of ``schemas``: schemas: an Avro text, checked; it exists at once and goes only when no dataset uses it."""

from __future__ import annotations

import pytest

from fakes.personalize_aws import ACCOUNT, REGION, avro

PREFIX = f"arn:aws:personalize:{REGION}:{ACCOUNT}:"


def test_a_schema_exists_at_once_and_has_no_status(aws):
    arn = aws.schema("movies-schema")
    described = aws.describe("schema", arn)
    assert arn == PREFIX + "schema/movies-schema"
    assert described["schema"] == avro()
    assert "status" not in described
    assert described["creationDateTime"] == described["lastUpdatedDateTime"]


def test_a_second_schema_of_that_name_is_refused_in_aws_words(aws, refused):
    arn = aws.schema()
    assert refused(aws.personalize.create_schema, name="movies-schema", schema=avro()) == (
        "ResourceAlreadyExistsException",
        f"Another resource with Arn {arn} already exists.",
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "it is no JSON"),
        ('"x"', 'expected an object with "type": "record"'),
        (avro(name="Movies"), '"name": expected one of Interactions, Users, Items'),
        (avro(fields=[]), "expected a list of at least one field"),
        (avro({"name": "A", "type": "array"}), 'field A, "type": expected one of float, double'),
        (avro({"name": "A", "type": ["string", "long"]}), 'field A, "type"'),
        (avro({"name": "A B", "type": "string"}), "field names are letters, digits and underscores"),
        (avro({"name": "USERID", "type": "string"}), "more than underscores and case: USER_ID, USERID"),
        (avro({"name": "A", "type": "long", "categorical": True}), "only strings can be categorical"),
        (
            avro(*({"name": n, "type": "string", "textual": True} for n in "AB"), name="Items"),
            "at most one field can be textual",
        ),
    ],
)
def test_a_schema_that_is_no_schema_is_refused(aws, refused, text, problem):
    code, message = refused(aws.personalize.create_schema, name="x", schema=text)
    assert code == "InvalidInputException"
    assert message.startswith("Invalid Avro schema: ")
    assert problem in message


def test_a_schema_goes_only_when_no_dataset_uses_it(aws, refused):
    schema = aws.schema()
    dataset = aws.dataset(schema=schema)
    code, message = refused(aws.personalize.delete_schema, schemaArn=schema)
    assert (code, message) == ("ResourceInUseException", f"The given schema is in use by {dataset}: {schema}")
    aws.personalize.delete_dataset(datasetArn=dataset)
    aws.gone("dataset", dataset)
    aws.personalize.delete_schema(schemaArn=schema)
    assert aws.personalize.list_schemas()["schemas"] == []
