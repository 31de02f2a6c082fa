"""Dataset import jobs: access, the CSV against the schema, modes."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest

from fakes.personalize_aws import BUCKET, INTERACTIONS_FIELDS, ROLE, avro, csv_bytes, two_tastes
from personalize_sfn.local.personalize.data import csv_columns, csv_lines
from personalize_sfn.local.personalize.data.schemas import read_schema
from personalize_sfn.local.personalize.data.tables import DatasetContent, merged
from personalize_sfn.local.personalize.wire.errors import WorkFailed

INSUFFICIENT = (
    "Insufficient privileges for accessing data in S3. Please look at "
    "https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-s3-access.html "
    "and ensure your role is configured correctly."
)


def content(aws):
    """The parts of the only INTERACTIONS dataset, as row counts."""
    store = aws.service._stores[("123456789012", "us-east-1")]
    record = store.find("arn:aws:personalize:us-east-1:123456789012:dataset/movies/INTERACTIONS")
    return [len(part["USER_ID"]) for part in record.content.parts]


def test_an_import_job_ends_active_and_says_what_it_did(aws):
    dataset = aws.dataset()
    job = aws.imported(dataset, name="first")
    assert job["status"] == "ACTIVE"
    assert job["importMode"] == "FULL"
    assert job["roleArn"] == ROLE
    assert job["dataSource"] == {"dataLocation": f"s3://{BUCKET}/interactions.csv"}
    assert "failureReason" not in job
    assert content(aws) == [1500]


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


def test_two_jobs_that_run_at_once_lose_no_row_and_bring_none_twice(aws):
    dataset = aws.dataset()
    aws.imported(dataset, two_tastes(users=40), name="first")
    aws.service.durations.set("dataset_import_job", 10)
    aws.environment.objects |= {"all.csv": csv_bytes(two_tastes()), "other.csv": csv_bytes(two_tastes(seed=2))}
    jobs = [
        aws.start_import(dataset, name=name, importMode=mode, dataSource={"dataLocation": f"s3://{BUCKET}/{file}"})
        for name, mode, file in [
            ("again", "INCREMENTAL", "all.csv"),
            ("whole", "FULL", "other.csv"),
            ("more", "INCREMENTAL", "all.csv"),
        ]
    ]
    aws.environment.ahead = 60
    assert [aws.settled("dataset_import_job", job)["status"] for job in jobs] == ["ACTIVE"] * 3
    assert sum(content(aws)) == len({*two_tastes(seed=2), *two_tastes()})


def test_of_the_rows_for_one_item_the_last_counts(aws):
    fields = [{"name": "ITEM_ID", "type": "string"}, {"name": "YEAR", "type": ["null", "int"]}]
    dataset = aws.dataset(schema=aws.schema(schema=avro(name="Items", fields=fields)), kind="Items")
    assert aws.imported(dataset, b"ITEM_ID,YEAR\n1,1990\n2,\n1,1991\n")["status"] == "ACTIVE"
    store = aws.service._stores[("123456789012", "us-east-1")]
    [table] = store.find(dataset).content.parts
    assert {name: column.tolist() for name, column in table.items()} == {"ITEM_ID": ["1", "2"], "YEAR": [1991, None]}


@pytest.mark.parametrize("kinds", [10, 11])
def test_event_types_and_columns_are_ten_at_most(aws, kinds):
    schema = aws.schema(schema=avro({"name": "EVENT_TYPE", "type": "string"}))
    rows = [(*row, f"kind-{place % kinds}") for place, row in enumerate(two_tastes())]
    job = aws.imported(aws.dataset(schema=schema), csv_bytes(rows, "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE"))
    if kinds == 10:
        assert job["status"] == "ACTIVE"
    else:
        assert job["failureReason"].endswith(
            "Input csv has 11 distinct event types; with the 0 metadata columns of the dataset they must be at most 10."
        )


def test_equal_values_of_a_column_are_one_object_whatever_the_block_they_came_in(monkeypatch):
    monkeypatch.setattr(csv_lines, "BLOCK", 2)
    fields = [*INTERACTIONS_FIELDS, {"name": "EVENT_VALUE", "type": ["null", "float"]}]
    gathering = csv_columns.Gathering(read_schema(avro(fields=fields)))
    header = b"USER_ID,ITEM_ID,TIMESTAMP,EVENT_VALUE\n"
    gathering.add_file(BytesIO(header + b"u1,i1,1,\nu2,i1,2,2.5\n\nu1,i2,3,2.5\n"), "a.csv")
    gathering.add_file(BytesIO(header + b"u3,i1,4,\n"), "b.csv")
    table = gathering.table()
    assert gathering.rows == 4
    assert {name: column.tolist() for name, column in table.items()} == {
        "USER_ID": ["u1", "u2", "u1", "u3"],
        "ITEM_ID": ["i1", "i1", "i2", "i1"],
        "TIMESTAMP": [1, 2, 3, 4],
        "EVENT_VALUE": [None, 2.5, 2.5, None],
    }
    assert table["USER_ID"][0] is table["USER_ID"][2]
    with pytest.raises(WorkFailed, match=r"\(c\.csv, row 4, TIMESTAMP: expected long, got 'x'\)"):
        gathering.add_file(BytesIO(header + b"u,i,1,\nu,i,2,\nu,i,x,\n"), "c.csv")


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


def test_a_file_that_is_no_utf_8_names_the_byte():
    gathering = csv_columns.Gathering(read_schema(avro(fields=INTERACTIONS_FIELDS)))
    with pytest.raises(WorkFailed, match=r"\(a\.csv: byte 29 is no UTF-8\)"):
        gathering.add_file(BytesIO(b"USER_ID,ITEM_ID,TIMESTAMP\nu1,\xff,1\n"), "a.csv")


def test_a_training_under_way_keeps_the_rows_that_it_began_with():
    def items(*rows):
        return {
            "ITEM_ID": np.array([row[0] for row in rows], object),
            "YEAR": np.array([row[1] for row in rows], object),
        }

    content = DatasetContent()
    content.full(items(("a", 1), ("b", 2)))
    content.put_rows(items(("c", 3)), "ITEM_ID")
    begun = DatasetContent(content.bulk, content.put)
    content.put_rows(items(("c", 4)), "ITEM_ID")
    content.add(items(("a", 5)), "ITEM_ID")
    as_begun = {name: column.tolist() for name, column in merged(begun, "ITEM_ID").items()}
    assert as_begun == {"ITEM_ID": ["a", "b", "c"], "YEAR": [1, 2, 3]}
    assert merged(content, "ITEM_ID")["YEAR"].tolist() == [5, 2, 4]


def test_the_first_import_is_full(aws, refused):
    code, message = refused(aws.start_import, dataset=aws.dataset(), importMode="INCREMENTAL")
    assert code == "InvalidInputException"
    assert message.startswith("importMode INCREMENTAL adds to what a FULL import brought")


@pytest.mark.parametrize(
    "change",
    [
        {"trusts": False},
        {"denied": {"s3:GetObject"}},
        {"denied": {"s3:ListBucket"}},
        {"bucket_allows": False},
    ],
    ids=["trust", "get", "list", "bucket-policy"],
)
def test_lacking_access_is_refused_at_once_in_aws_words(aws, refused, change):
    for name, value in change.items():
        setattr(aws.environment, name, value)
    assert refused(aws.start_import, dataset=aws.dataset()) == ("InvalidInputException", INSUFFICIENT)
    assert aws.personalize.list_dataset_import_jobs()["datasetImportJobs"] == []


def test_a_role_and_a_location_are_needed(aws, refused):
    create, dataset = aws.personalize.create_dataset_import_job, aws.dataset()
    code, message = refused(create, jobName="j", datasetArn=dataset, dataSource={"dataLocation": f"s3://{BUCKET}/x"})
    assert (code, message) == ("InvalidInputException", "roleArn is required to read the data from Amazon S3")
    code, message = refused(create, jobName="j", datasetArn=dataset, dataSource={}, roleArn=ROLE)
    assert message == "dataSource.dataLocation is required to read the data from Amazon S3"


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


def test_five_jobs_may_be_pending(aws, refused):
    dataset = aws.dataset()
    aws.service.durations.set("dataset_import_job", 3600)
    for number in range(5):
        aws.start_import(dataset, name=f"job-{number}")
    assert refused(aws.start_import, dataset=dataset, name="one-more") == (
        "LimitExceededException",
        "More than 5 resources with PENDING or IN_PROGRESS status.",
    )


def test_a_dataset_with_a_job_that_runs_cannot_be_deleted(aws, refused):
    dataset = aws.dataset()
    aws.service.durations.set("dataset_import_job", 3600)
    job = aws.start_import(dataset)
    code, message = refused(aws.personalize.delete_dataset, datasetArn=dataset)
    assert code == "ResourceInUseException"
    assert message == f"The given dataset is in use by a dataset import job that is CREATE PENDING: {job}"


def test_jobs_go_with_their_dataset(aws):
    dataset = aws.dataset()
    aws.imported(dataset)
    aws.personalize.delete_dataset(datasetArn=dataset)
    aws.gone("dataset", dataset)
    assert aws.personalize.list_dataset_import_jobs()["datasetImportJobs"] == []
