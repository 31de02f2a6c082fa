from __future__ import annotations

import pytest

from personalize_sfn.datasets import schemas
from personalize_sfn.errors import DataError


def with_fields(*fields, name="Interactions"):
    return {
        "type": "record",
        "name": name,
        "namespace": "com.amazonaws.personalize.schema",
        "fields": list(fields),
        "version": "1.0",
    }


def plain(name, type_="string", **flags):
    return {"name": name, "type": type_, **flags}


IDS = (plain("USER_ID"), plain("ITEM_ID"), plain("TIMESTAMP", "long"))


@pytest.mark.parametrize(
    ("schema", "problem"),
    [
        (with_fields(*IDS[:2]), "field TIMESTAMP (long) is required by Interactions"),
        (with_fields(*IDS[:2], plain("TIMESTAMP", "string")), "field TIMESTAMP: expected long, got string"),
        (with_fields(plain("USER_ID", ["null", "string"]), *IDS[1:]), "field USER_ID: may not be null"),
        (
            with_fields(plain("USER_ID", categorical=True), *IDS[1:]),
            "field USER_ID: a required or reserved column takes no categorical, textual, itemName",
        ),
        (with_fields(*IDS, plain("A", "date")), "field A: expected one of boolean, double, float, int, long, string,"),
        (with_fields(*IDS, plain("A", ["int", "long"])), "got ['int', 'long']"),
        (with_fields(*IDS, plain("A", "int", categorical=True)), "field A: only a string can be categorical"),
        (with_fields(*IDS, plain("1A")), "field '1A': expected up to 150 letters, digits and _"),
        (with_fields(*IDS, plain("A_B"), plain("AB")), "fields A_B and AB: names must differ"),
        (with_fields(*IDS, plain("A", textual=True)), "field A: only Items can have a textual column"),
        (
            with_fields(*IDS, *(plain(f"C{n}") for n in range(6))),
            "expected at most 5 columns of your own, got 6: C0, C1, C2, C3, C4, C5",
        ),
        (with_fields(plain("ITEM_ID"), name="Items"), "expected at least 1 column beside ITEM_ID"),
        (
            with_fields(plain("ITEM_ID"), plain("A", textual=True), plain("B", textual=True), name="Items"),
            "fields A, B: at most one column can be textual",
        ),
        (with_fields(*IDS, name="Clicks"), "name: expected one of Interactions, Items, Users"),
        ({**with_fields(*IDS), "namespace": "mine"}, "namespace: expected 'com.amazonaws.personalize.schema'"),
        (with_fields(), "fields: expected a list of columns, got []"),
        (with_fields("USER_ID"), "fields: expected a mapping with name and type, got 'USER_ID'"),
        ([], "expected a mapping such as schemas.interactions(), got list"),
    ],
)
def test_what_personalize_would_refuse_is_refused_first(schema, problem):
    with pytest.raises(DataError) as error:
        schemas.check(schema)
    assert problem in str(error.value)


def test_a_domain_asks_for_more():
    schemas.check(schemas.interactions())
    with pytest.raises(DataError, match=r"field EVENT_TYPE \(string\) is required by ECOMMERCE Interactions"):
        schemas.check(schemas.interactions(), domain="ECOMMERCE")
    schemas.check(schemas.interactions("EVENT_TYPE"), domain="ECOMMERCE")


def test_several_problems_come_at_once():
    schema = with_fields(plain("ITEM_ID", "long"), plain("DAY", categorical=True), plain("AGE_", "int"))
    with pytest.raises(DataError) as error:
        schemas.check(schema)
    assert str(error.value).splitlines() == [
        "schema 'Interactions' would be refused by Personalize:",
        "  field USER_ID (string) is required by Interactions",
        "  field TIMESTAMP (long) is required by Interactions",
        "  field ITEM_ID: expected string, got long",
    ]


def test_a_name_that_is_not_reserved_is_explained():
    with pytest.raises(
        DataError, match=r"DEVICE is no reserved column \(EVENT_TYPE, .*\); write field\('DEVICE', ...\)"
    ):
        schemas.interactions("DEVICE")
