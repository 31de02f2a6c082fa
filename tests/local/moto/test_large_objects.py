"""Objects that come in parts stay on disk, and answer as before."""

from __future__ import annotations

import base64
import hashlib
import io
import random
import zlib
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from fakes.gateway_aws import Account, refusal, unique
from personalize_sfn.local.aws.account import ACCOUNT_ID
from personalize_sfn.local.aws.s3_access import open_object
from personalize_sfn.local.http.crc import crc32c, crc64nvme
from personalize_sfn.local.moto.large_objects import PartsOnDisk, SharedFile, joined
from personalize_sfn.local.personalize.data.csv_lines import CsvLines

MIB = 1 << 20
OPEN_FILES, MEMORY = Path("/proc/self/fd"), Path("/proc/self/status")
FIRST, SECOND = (random.Random(seed).randbytes(5 * MIB + seed) for seed in (1, 2))
WHOLE = FIRST + SECOND


def _uploaded(account: Account, bucket: str, *parts: bytes, order: list[int] | None = None, **more: str):
    s3 = account.client("s3")
    upload = s3.create_multipart_upload(Bucket=bucket, Key="large", **more)["UploadId"]
    where = {"Bucket": bucket, "Key": "large", "UploadId": upload}
    checksum = {key: value for key, value in more.items() if key == "ChecksumAlgorithm"}
    etags = {
        number: s3.upload_part(**where, PartNumber=number, Body=parts[number - 1], **checksum)["ETag"]
        for number in order or range(1, len(parts) + 1)
    }
    named = [{"PartNumber": number, "ETag": etags[number]} for number in sorted(etags)]
    return s3.complete_multipart_upload(**where, MultipartUpload={"Parts": named})


@pytest.fixture
def bucket(account: Account) -> str:
    name = unique("bucket")
    account.client("s3").create_bucket(Bucket=name)
    return name


def test_parts_that_arrive_in_any_order_are_one_object(account: Account, bucket: str) -> None:
    answer = _uploaded(account, bucket, FIRST, SECOND, b"end", order=[3, 1, 2])

    s3 = account.client("s3")
    found = s3.get_object(Bucket=bucket, Key="large")
    assert found["Body"].read() == WHOLE + b"end"
    assert found["ETag"] == answer["ETag"] == s3.head_object(Bucket=bucket, Key="large")["ETag"]
    md5s = b"".join(hashlib.md5(part).digest() for part in (FIRST, SECOND, b"end"))
    assert answer["ETag"] == f'"{hashlib.md5(md5s).hexdigest()}-3"'


def test_a_part_that_is_sent_again_counts_as_it_was_sent_last(account: Account, bucket: str) -> None:
    s3 = account.client("s3")
    upload = s3.create_multipart_upload(Bucket=bucket, Key="large")["UploadId"]
    where = {"Bucket": bucket, "Key": "large", "UploadId": upload}
    old = s3.upload_part(**where, PartNumber=1, Body=FIRST)["ETag"]
    new = s3.upload_part(**where, PartNumber=1, Body=SECOND)["ETag"]

    code, message = refusal(
        s3.complete_multipart_upload, **where, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": old}]}
    )
    assert (code, message.partition(".")[0]) == ("InvalidPart", "One or more of the specified parts could not be found")
    s3.complete_multipart_upload(**where, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": new}]})
    assert s3.get_object(Bucket=bucket, Key="large")["Body"].read() == SECOND


def test_a_part_before_the_last_has_at_least_five_mebibytes(account: Account, bucket: str) -> None:
    code, message = refusal(partial(_uploaded, account, bucket, b"short", b"end"))
    assert code == "EntityTooSmall"
    assert message == "Your proposed upload is smaller than the minimum allowed object size."


@pytest.mark.parametrize(
    "asked", ["bytes=0-0", "bytes=5242870-5242900", "bytes=-7", "bytes=10485761-", "bytes=3-99999999"]
)
def test_a_range_is_the_same_as_of_bytes(account: Account, bucket: str, asked: str) -> None:
    _uploaded(account, bucket, FIRST, SECOND)
    found = account.client("s3").get_object(Bucket=bucket, Key="large", Range=asked)
    first, _, last = asked.removeprefix("bytes=").partition("-")
    expected = WHOLE[-int(last) :] if not first else WHOLE[int(first) : int(last) + 1 if last else None]
    assert found["Body"].read() == expected
    assert found["ContentRange"].endswith(f"/{len(WHOLE)}")


@pytest.mark.parametrize("asked", ["bytes=5-2", "bytes=0-1,5-6", "bytes=x-"])
def test_what_is_no_single_range_is_answered_with_all_of_it(account: Account, bucket: str, asked: str) -> None:
    _uploaded(account, bucket, FIRST, SECOND)
    found = account.client("s3").get_object(Bucket=bucket, Key="large", Range=asked)
    assert (found["ResponseMetadata"]["HTTPStatusCode"], found["Body"].read() == WHOLE) == (200, True)


def test_versions_of_objects_are_listed_without_their_content(account: Account, bucket: str) -> None:
    s3 = account.client("s3")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    answer = _uploaded(account, bucket, FIRST, SECOND)
    s3.put_object(Bucket=bucket, Key="large", Body=b"new")
    listed = s3.list_object_versions(Bucket=bucket)["Versions"]
    assert [(each["IsLatest"], each["Size"]) for each in listed] == [(True, 3), (False, len(WHOLE))]
    assert listed[1]["ETag"] == answer["ETag"]
    old = s3.get_object(Bucket=bucket, Key="large", VersionId=listed[1]["VersionId"])
    assert old["Body"].read() == WHOLE


@pytest.mark.skipif(not OPEN_FILES.is_dir(), reason="this system does not say which files are open")
def test_what_is_replaced_deleted_or_aborted_gives_its_disk_back(account: Account, bucket: str) -> None:
    s3 = account.client("s3")

    def deleted_files() -> int:
        found = 0
        for each in OPEN_FILES.iterdir():
            with suppress(FileNotFoundError):  # closed in the meantime
                found += "(deleted)" in str(each.readlink())
        return found

    before = deleted_files()
    for _ in range(2):
        _uploaded(account, bucket, FIRST, SECOND)
    assert deleted_files() == before + 1
    upload = s3.create_multipart_upload(Bucket=bucket, Key="large")["UploadId"]
    s3.upload_part(Bucket=bucket, Key="large", UploadId=upload, PartNumber=1, Body=FIRST)
    s3.abort_multipart_upload(Bucket=bucket, Key="large", UploadId=upload)
    s3.delete_object(Bucket=bucket, Key="large")
    assert deleted_files() == before


def test_a_copy_outlives_what_it_is_a_copy_of(account: Account, bucket: str) -> None:
    _uploaded(account, bucket, FIRST, SECOND)
    s3 = account.client("s3")
    s3.copy_object(Bucket=bucket, Key="copy", CopySource={"Bucket": bucket, "Key": "large"})
    s3.delete_object(Bucket=bucket, Key="large")
    assert s3.get_object(Bucket=bucket, Key="copy")["Body"].read() == WHOLE


def test_a_reader_goes_on_when_the_object_is_replaced(account: Account, bucket: str) -> None:
    _uploaded(account, bucket, FIRST, SECOND)
    reader = open_object(ACCOUNT_ID, bucket, "large")
    begin = reader.read(100)
    account.client("s3").put_object(Bucket=bucket, Key="large", Body=b"new")
    assert begin + reader.read() == WHOLE


def test_an_import_reads_rows_that_lie_across_parts(account: Account, bucket: str) -> None:
    table = b"USER_ID,ITEM_ID,TIMESTAMP\n" + b"".join(b"user%d,item%d,%d\n" % (n, n % 7, n) for n in range(300_000))
    _uploaded(account, bucket, table[: 5 * MIB + 3], table[5 * MIB + 3 :])
    with open_object(ACCOUNT_ID, bucket, "large") as content:
        blocks = list(CsvLines(content).blocks([0, 2]))
    users, times = ([cell for block in blocks for cell in block.columns[column]] for column in (0, 1))
    assert (users[-1], times[-1], len(users)) == ("user299999", "299999", 300_000)
    assert times == [str(n) for n in range(300_000)]


def test_the_checksum_of_the_whole_object_is_that_of_its_bytes(account: Account, bucket: str) -> None:
    _uploaded(account, bucket, FIRST, SECOND, ChecksumAlgorithm="CRC32", ChecksumType="FULL_OBJECT")
    answer = account.client("s3").get_object(Bucket=bucket, Key="large", ChecksumMode="ENABLED")
    assert answer["ChecksumCRC32"] == base64.b64encode(zlib.crc32(WHOLE).to_bytes(4, "big")).decode()


def test_the_checksum_of_parts_is_that_of_their_checksums(account: Account, bucket: str) -> None:
    _uploaded(account, bucket, FIRST, SECOND, ChecksumAlgorithm="SHA256")
    answer = account.client("s3").get_object(Bucket=bucket, Key="large", ChecksumMode="ENABLED")
    together = hashlib.sha256(hashlib.sha256(FIRST).digest() + hashlib.sha256(SECOND).digest()).digest()
    assert answer["ChecksumSHA256"].removesuffix("-2") == base64.b64encode(together).decode()


@pytest.mark.parametrize("crc", [crc32c, crc64nvme])
def test_a_checksum_goes_on_from_the_one_before(crc: Callable[..., int]) -> None:
    assert crc(SECOND, crc(FIRST)) == crc(WHOLE)


def test_where_files_cannot_be_read_at_a_place_readers_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("os.pread")
    file = SharedFile(io.BytesIO())
    first, second = file.append(b"first"), file.append(b"second")
    assert (second[:3], first[1:], joined([first, second])[3:7]) == (b"sec", b"irst", b"stse")


def test_what_is_closed_says_that_it_is_gone() -> None:
    parts = PartsOnDisk(SharedFile(io.BytesIO()), [])
    parts.close()
    with pytest.raises(ValueError, match="the object was deleted or replaced"):
        parts.read()


@pytest.mark.skipif(not MEMORY.exists(), reason="this system does not say how much memory was used at most")
def test_an_upload_of_many_parts_takes_no_memory_for_them(account: Account, bucket: str) -> None:
    def most() -> float:
        (line,) = (each for each in MEMORY.read_text().splitlines() if each.startswith("VmHWM"))
        return int(line.split()[1]) / 1024

    part = FIRST[: 5 * MIB]
    Path("/proc/self/clear_refs").write_text("5")  # the most is what is used now
    before = most()
    _uploaded(account, bucket, *[part] * 60)
    assert account.client("s3").head_object(Bucket=bucket, Key="large")["ContentLength"] == 300 * MIB
    assert most() - before < 100
