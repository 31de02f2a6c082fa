"""The titles of items, kept in the bucket beside the data."""

from __future__ import annotations

import pandas as pd

from personalize_sfn.config import Config
from personalize_sfn.datasets import (
    load_movielens,
)
from personalize_sfn.datasets.titles import read_titles, titles_uri, upload_titles


def test_the_titles_of_movielens_come_back_as_they_were(session):
    movies = load_movielens("shipped").movies
    config = Config(project="movies", bucket="data")
    upload_titles(session, config, movies)
    back = read_titles(session, config)
    assert back is not None
    assert back["TITLE"].tolist() == movies["TITLE"].tolist()
    assert back["ITEM_ID"].tolist() == movies["ITEM_ID"].tolist()


def test_titles_with_quotes_commas_and_backslashes_come_back_as_they_were(session):
    titles = ["NA", '"Heroes", live', "C:\\new", "ends \\", "null", "11'09\"01 - September 11 (2002)", ' a "b" ', "7|8"]
    config = Config(project="movies", bucket="data")
    upload_titles(session, config, pd.DataFrame({"ITEM_ID": list("abcdefgh"), "TITLE": titles, "GENRES": ["x|y"] * 8}))
    back = read_titles(session, config)
    assert back is not None
    assert back["TITLE"].tolist() == titles


def test_data_without_titles_have_none(session):
    config = Config(project="movies", bucket="data")
    assert read_titles(session, config) is None
    assert titles_uri(session, config) == "s3://data/movies-titles.csv"
