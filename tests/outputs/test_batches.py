"""Reading what a batch answered; running one is a journey."""

from __future__ import annotations

import logging

import pytest

from fakes.batch_configs import BATCHES
from fakes.output_folders import FOLDER, OutputFolder, ended_with, session_with
from personalize_sfn.errors import ConfigError
from personalize_sfn.outputs import BatchRun

GOOD = '{"input":{"userId":"8"},"output":{"recommendedItems":["1","2"],"scores":[0.5,0.25]}}\n'
BAD = '{"input":{"userId":"9"},"output":null,"error":"no \\u001b[2J such user"}\n'


def ended(key="newsletter", **files):
    return BatchRun(session_with(OutputFolder(**files)), BATCHES, key, ended_with({"outputLocation": FOLDER}))


def test_all_files_are_one_table_with_ids_as_texts_and_numbers_as_numbers():
    frame = ended(a__out=GOOD, b__out=GOOD, _CHECK="").frame()
    assert list(frame.columns) == ["USER_ID", "rank", "ITEM_ID", "score"]
    assert frame.to_numpy().tolist() == [["8", 1, "1", 0.5], ["8", 2, "2", 0.25]] * 2
    assert (str(frame["rank"].dtype), str(frame["score"].dtype)) == ("int64", "float64")


def test_lines_without_an_answer_are_told_once_and_cannot_steer_a_terminal(caplog):
    run = ended(a__out=GOOD + BAD + BAD)
    with caplog.at_level(logging.WARNING, "personalize_sfn.outputs"):
        assert [len(table) for table in run.frames(chunksize=1)] == [1, 1]
    assert run.error_count == len(run.errors) == 2
    (told,) = caplog.messages
    assert told.startswith("2 of 3 lines of batch newsletter have no answer, the first in a.out, line 2: no ")
    assert told.isprintable()
    run.frame()
    assert run.error_count == 2


def test_a_batch_without_any_answer_is_a_table_without_rows():
    assert ended(a__out="").frame().shape == (0, 4)
    assert ended("vip", a__out="").frame().shape == (0, 3)


def test_tables_have_at_least_a_row_each():
    with pytest.raises(ValueError, match=r"^chunksize: expected at least 1, got 0$"):
        next(ended(a__out=GOOD).frames(chunksize=0))


def test_a_run_of_a_batch_that_the_config_does_not_have_is_refused():
    with pytest.raises(ConfigError, match=r"^batch: has no 'weekly', only newsletter"):
        ended("weekly")
