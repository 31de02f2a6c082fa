"""Tests of ``datasets.csv_dialect``."""

from __future__ import annotations

import io

import pytest

from fakes.csv_files import HEADER, ITEMS, loaded, refusal
from personalize_sfn.datasets import load_csv


@pytest.mark.parametrize(
    ("rows", "titles"),
    [
        ("1,C:\\new\\table,1\n", ["C:\\new\\table"]),
        ('1,"say \\"hi\\"",1\n2,C:\\new\\table,2\n', ['say "hi"', "C:\\new\\table"]),
        ('1,"say \\"hi\\"",1\n2,"C:\\new, old",2\n', ['say "hi"', "C:\\new, old"]),
        ('1,"say \\"hi\\"",1\n2,"\\\\\\\\server\\\\x",2\n', ['say "hi"', "\\\\server\\x"]),
        ('1,"a ""b"" c:\\",1\n2,x,2\n', ['a "b" c:\\', "x"]),
        ('1,"a, path c:\\",1\n', ["a, path c:\\"]),
        ('1,"a, path c:\\",1\n2,"b, path d:\\",2\n', ["a, path c:\\", "b, path d:\\"]),
        ('1,"\\\\server\\x, y",1\n', ["\\\\server\\x, y"]),
        ('1,"ends \\\\",1\n', ["ends \\"]),
        ('1,"a\\",b"",c",1\n2,"""q""",2\n', ['a",b",c', '"q"']),
        ('1,5" disk,1\n2,"5"" disk",2\n', ['5" disk', '5" disk']),
        ('1,"",1\n2,"""",2\n', [None, '"']),
    ],
)
def test_backslashes_and_quotes_are_what_the_writer_of_the_file_meant(rows, titles):
    assert [row[1] for row in loaded(HEADER + rows)] == titles


def test_the_report_says_that_backslashes_were_read_as_escapes():
    report = load_csv(io.StringIO(HEADER + '1,"say \\"hi\\"",1\n'), ITEMS).report
    assert report.notes == (r'inside of quotes \" was read as " and \\ as \, as Personalize does',)
    assert load_csv(io.StringIO(HEADER + '1,"say ""hi""",1\n'), ITEMS).report.notes == ()


@pytest.mark.parametrize(("separator", "title"), [(";", "semicolons"), ("\t", "tabs"), ("|", "bars")])
def test_another_separator_is_found_and_said(separator, title):
    text = separator.join(["ITEM_ID", "TITLE", "N"]) + "\n" + separator.join(["1", '"a; b, c\t|"', "5"]) + "\n"
    prepared = load_csv(io.StringIO(text), ITEMS)
    assert prepared.frame["TITLE"].tolist() == ["a; b, c\t|"]
    assert prepared.report.notes == (f"values are separated by {title}",)


@pytest.mark.parametrize(
    "text",
    [
        HEADER + "1,a|b|c,1\n2,d|e|f,2\n",
        HEADER + "1,a;b,1\n2,d;e,2\n",
        "ITEM_ID,TITLE,N,a;b\n1,x,1,c;d\n",
        "ITEM_ID,TITLE,N,TITLE;N\n1,x,1,c;d\n",
        '"ITEM_ID","TITLE","N","a;b;c;d;e"\n1,x,1,c\n',
    ],
)
def test_a_file_of_commas_is_not_taken_for_another(text):
    assert load_csv(io.StringIO(text), ITEMS).report.rows_kept >= 1
    assert not any("separated" in note for note in load_csv(io.StringIO(text), ITEMS).report.notes)


def test_columns_of_other_names_tell_the_separator():
    text = "sku;title, or name;n\n1;a,b;5\n"
    columns = {"sku": "ITEM_ID", "title, or name": "TITLE", "n": "N"}
    assert load_csv(io.StringIO(text), ITEMS, columns=columns).frame["TITLE"].tolist() == ["a,b"]


def test_separators_at_the_end_of_every_line_do_no_harm():
    assert loaded("ITEM_ID,TITLE,N,\n1,a,1,\n") == loaded(HEADER + "1,a,1,\n2,b,2,\n")[:1] == [["1", "a", 1]]


def test_a_separator_that_not_every_row_has_is_none():
    assert "found only ITEM_ID;TITLE;N; " in refusal("ITEM_ID;TITLE;N\n1;a;1\n2\n")
