"""Dataset import jobs: access, the CSV against the schema, modes."""

from __future__ import annotations

from io import BytesIO

import pytest

from fakes.personalize_aws import BUCKET, INTERACTIONS_FIELDS, avro, csv_bytes, two_tastes
from personalize_sfn.local.personalize.data import csv_columns
from personalize_sfn.local.personalize.data.schemas import read_schema


def content(aws):
    """The parts of the only INTERACTIONS dataset, as row counts."""
    store = aws.service._stores[("123456789012", "us-east-1")]
    record = store.find("arn:aws:personalize:us-east-1:123456789012:dataset/movies/INTERACTIONS")
    return [len(part["USER_ID"]) for part in record.content.parts]


def test_full_replaces_and_incremental_adds(aws):
    dataset = aws.dataset()
    aws.imported(dataset, name="first")
    aws.imported(dataset, two_tastes(seed=2)[:1000], name="second", importMode="INCREMENTAL")
    first, second = content(aws)
    assert (first, second) == (1500, len(set(two_tastes(seed=2)[:1000]) - set(two_tastes())))
    aws.imported(dataset, two_tastes(users=50), name="third")
    assert content(aws) == [1250]


def test_rows_that_are_equal_in_all_columns_count_once(aws):
    dataset = aws.dataset()
    assert aws.imported(dataset, two_tastes() + two_tastes()[:100], name="first")["status"] == "ACTIVE"
    assert content(aws) == [1500]
    assert aws.imported(dataset, two_tastes(), name="second", importMode="INCREMENTAL")["status"] == "ACTIVE"
    assert content(aws) == [1500]


def test_of_the_rows_for_one_item_the_last_counts(aws):
    fields = [{"name": "ITEM_ID", "type": "string"}, {"name": "YEAR", "type": ["null", "int"]}]
    dataset = aws.dataset(schema=aws.schema(schema=avro(name="Items", fields=fields)), kind="Items")
    assert aws.imported(dataset, b"ITEM_ID,YEAR\n1,1990\n2,\n1,1991\n")["status"] == "ACTIVE"
    store = aws.service._stores[("123456789012", "us-east-1")]
    [table] = store.find(dataset).content.parts
    assert {name: column.tolist() for name, column in table.items()} == {"ITEM_ID": ["1", "2"], "YEAR": [1991, None]}


class _Watched(BytesIO):
    """A file that knows the most that was asked of it at once."""

    most = 0

    def read1(self, size: int | None = -1) -> bytes:
        content = super().read1(size)
        self.most = max(self.most, len(content))
        return content

    read = read1


def test_a_file_is_read_piece_by_piece():
    rows = b"".join(b"u%d,i1,%d\n" % (number, number) for number in range(50_000))
    file = _Watched(b"USER_ID,ITEM_ID,TIMESTAMP\n" + rows)
    gathering = csv_columns.Gathering(read_schema(avro(fields=INTERACTIONS_FIELDS)))
    gathering.add_file(file, "a.csv")
    assert gathering.rows == 50_000
    assert 0 < file.most < 100_000 < len(rows)


@pytest.mark.parametrize("location", [f"s3://{BUCKET}/other.csv", f"s3://{BUCKET}/folder/"])
def test_a_location_with_nothing_in_it_fails_the_job(aws, location):
    job = aws.imported(aws.dataset(), dataSource={"dataLocation": location})
    assert job["status"] == "CREATE FAILED"
    assert job["failureReason"].endswith("Invalid Data location.")


def test_a_folder_means_the_files_right_in_it(aws):
    half = len(two_tastes()) // 2
    aws.environment.objects |= {
        "data/": b"",
        "data/a.csv": csv_bytes(two_tastes()[:half]),
        "data/b.csv": csv_bytes(two_tastes()[half:]),
        "data/deeper/c.csv": b"not read",
    }
    job = aws.imported(aws.dataset(), dataSource={"dataLocation": f"s3://{BUCKET}/data/"})
    assert job["status"] == "ACTIVE"
    assert content(aws) == [1500]


ROW = ("u1", "i1", 1_600_000_000)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (csv_bytes(two_tastes(), "USER,ITEM_ID,TIMESTAMP"), "Input CSV is missing the following columns:[USER_ID]."),
        (csv_bytes(two_tastes(users=39)), "Input csv has 975 rows; an interactions import needs at least 1000."),
        (csv_bytes([ROW, ("u1", "i1", "yesterday")]), "row 3, TIMESTAMP: expected long, got 'yesterday')"),
        (csv_bytes([ROW, ("u1", "i1", "1.5")]), "row 3, TIMESTAMP: expected long, got '1.5')"),
        (csv_bytes([ROW, ("u1", "", 1)]), "row 3, ITEM_ID: empty, and the field is not nullable)"),
        (csv_bytes([ROW, ("u1", "i1")]), "row 3: 2 values, the header has 3)"),
        (csv_bytes([("u" * 257, "i1", 1)]), "Length cannot be more than 256 characters for USER_ID."),
        (b"USER_ID,ITEM_ID,TIMESTAMP\nu\xff,i,1\n", "byte 27 is no UTF-8)"),
        (b"", "Input CSV is missing the following columns:[USER_ID, ITEM_ID, TIMESTAMP]."),
    ],
)
def test_data_that_does_not_fit_fails_the_job_and_imports_nothing(aws, data, reason):
    job = aws.imported(aws.dataset(), data)
    assert job["status"] == "CREATE FAILED"
    assert job["failureReason"].startswith(
        "Failed to create a data import job for INTERACTIONS dataset movies-interactions. "
    )
    assert reason in job["failureReason"]
    store = aws.service._stores[("123456789012", "us-east-1")]
    dataset = store.find("arn:aws:personalize:us-east-1:123456789012:dataset/movies/INTERACTIONS")
    assert dataset.content is None or dataset.content.parts == ()


def test_columns_may_come_in_any_order_and_more_than_the_schema_has(aws):
    rows = [(time, "ignored", item, user) for user, item, time in two_tastes()]
    job = aws.imported(aws.dataset(), csv_bytes(rows, "TIMESTAMP,EXTRA,ITEM_ID,USER_ID"))
    assert job["status"] == "ACTIVE"


def test_nullable_columns_may_be_empty(aws):
    schema = aws.schema(
        schema=avro(
            {"name": "EVENT_TYPE", "type": ["null", "string"]}, {"name": "EVENT_VALUE", "type": ["float", "null"]}
        )
    )
    rows = [(*row, "watch" if place % 2 else "", place if place % 3 else "") for place, row in enumerate(two_tastes())]
    job = aws.imported(aws.dataset(schema=schema), csv_bytes(rows, "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE,EVENT_VALUE"))
    assert job["status"] == "ACTIVE"


def test_quotes_may_be_escaped_by_a_backslash_or_doubled(aws):
    fields = [{"name": "ITEM_ID", "type": "string"}, {"name": "TITLE", "type": "string"}]
    dataset = aws.dataset(schema=aws.schema(schema=avro(name="Items", fields=fields)), kind="Items")
    job = aws.imported(dataset, b'ITEM_ID,TITLE\n1,"a \\"b\\", c"\n2,"a ""b"", c"\n')
    assert job["status"] == "ACTIVE"
    store = aws.service._stores[("123456789012", "us-east-1")]
    assert store.find(dataset).content.parts[0]["TITLE"].tolist() == ['a "b", c', 'a "b", c']
