"""The objects in a folder of S3, one after the other."""

from __future__ import annotations

import pytest

from fakes.output_folders import FOLDER, OutputFolder, refused
from personalize_sfn.errors import DataError
from personalize_sfn.outputs.output_files import output_files


def test_wanted_objects_are_read_in_order_by_their_names_below_the_folder():
    folder = OutputFolder(b__out="2", a__out="1", _CHECK="", **{"": ""})
    found = [(name, file.read()) for name, file in output_files(folder, FOLDER, lambda name: name.endswith(".out"))]
    assert found == [("a.out", b"1"), ("b.out", b"2")]


def test_a_folder_without_output_says_what_to_do():
    with pytest.raises(DataError, match=rf"^there is no output at {FOLDER}: it was deleted, or the job has"):
        list(output_files(OutputFolder(_CHECK=""), FOLDER, lambda name: name.endswith(".out")))


def test_a_refusal_of_s3_says_where_and_why():
    folder = OutputFolder()
    folder.refusing = refused("AccessDenied", "no")
    with pytest.raises(DataError, match=rf"^{FOLDER}: S3 refused: AccessDenied: no$"):
        list(output_files(folder, FOLDER, bool))
