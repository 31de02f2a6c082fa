"""Lines that name users: by exact ids, whatever the file's kind and quotes."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest

from personalize_sfn.errors import DataError
from personalize_sfn.forgetting.named_in_s3 import NamedIn, S3Files, asked_lines

USERS = frozenset({"u1", 'a "b", c', "7"})


class OneObject:
    """S3 with one object, which another writer may change after it was read."""

    def __init__(self, body: bytes, changes_to: str = '"1"') -> None:
        self.body, self.etag, self.changes_to = body, '"1"', changes_to
        self.copied: list[str] = []

    def get_object(self, **_: Any) -> dict[str, Any]:
        chunks = [self.body[at : at + 3] for at in range(0, len(self.body), 3)]
        body = type("Body", (), {"iter_chunks": lambda _, __: iter(chunks)})()
        return {"ETag": self.etag, "Body": body}

    def head_object(self, **_: Any) -> dict[str, Any]:
        return {"ETag": self.changes_to}

    def copy(self, _source: Any, _bucket: str, key: str) -> None:
        self.copied.append(key)

    def upload_fileobj(self, file: BytesIO, *_: Any, **__: Any) -> None:
        self.body = file.read()


def named(text: str) -> list[str]:
    lines = iter(text.encode().splitlines(keepends=True))
    return [line.decode().rstrip() for line, is_named in asked_lines(lines, USERS) if is_named]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("USER_ID,ITEM_ID\nu1,i1\nu11,i2\nu2,u1\nu1,i3", ["u1,i1", "u1,i3"]),
        ("\ufeffITEM_ID,USER_ID\r\ni1,u1\r\nu1,i1\r\n", ["i1,u1"]),
        ('ITEM_ID,USER_ID\n"a,b",u1\n"u1,",i1\n', ['"a,b",u1']),
        ('USER_ID\n"a ""b"", c"\n"a \\"b\\", c"\na\n', ['"a ""b"", c"', '"a \\"b\\", c"']),
        ("USER_ID,TITLE\n7,u1\n77,7\n07,7\n", ["7,u1"]),
        ("ITEM_ID,TITLE\nu1,u1\n", []),
        ("USER_ID\nUSER_ID\n", []),
        ("", []),
    ],
    ids=["exact", "bom", "quoted-before", "quotes", "numbers", "no-user-id", "header-is-nobody", "empty"],
)
def test_a_csv_names_users_in_its_column_alone(text, lines):
    assert named(text) == lines


@pytest.mark.parametrize(
    "line",
    [
        '{"userId": "u1"}',
        '{"userId":"u1","itemList":["i1"]}',
        '{"input":{"userId":"u1"},"output":{"recommendedItems":["i1"]},"error":null}',
        '{"input":{"itemId":"i1"},"output":{"usersList":["u2","u1"]},"error":null}',
        '{"input":{"itemId":"i1"},"output":{"recommendedUsers":["u1"]},"error":null}',
    ],
)
def test_a_batch_names_users_in_its_input_and_its_segments(line):
    nobody = '{"input":{"itemId":"u1"},"output":{"recommendedItems":["u1"],"usersList":["u11"]},"error":null}'
    assert named(f"{nobody}\n{line}\n{nobody}\nnot JSON u1\n[1]\n") == [line]
    assert named(f"{line}\n{nobody}\n") == [line], "the first line is no header"


def test_a_rewritten_file_has_every_other_byte_and_the_old_one_is_kept_where_it_is_told():
    s3 = OneObject(b'USER_ID,TITLE\r\nu1,a\r\nu2,"b \\" c"\r\nu1,d')
    files = S3Files(s3, "bucket")
    (found,) = files.named(["key"], USERS)
    assert (found, str(found)) == (NamedIn(key="key", etag="1", rows=2), "key (2 rows)")
    files.rewrite(found, USERS, "kept/key")
    assert s3.body == b'USER_ID,TITLE\r\nu2,"b \\" c"\r\n'
    assert s3.copied == ["kept/key"]
    files.rewrite(found, USERS, None)
    assert s3.copied == ["kept/key"]


def test_a_file_that_changes_while_it_is_rewritten_stays_as_it_is():
    s3 = OneObject(b"USER_ID\nu1\n", changes_to='"2"')
    with pytest.raises(DataError, match=r"^s3://bucket/key changed while it was rewritten: nothing was written, run"):
        S3Files(s3, "bucket").rewrite(NamedIn(key="key", etag="1", rows=1), USERS, "kept/key")
    assert (s3.body, s3.copied) == (b"USER_ID\nu1\n", [])
