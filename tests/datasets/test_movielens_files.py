from __future__ import annotations

import zipfile

import pytest

from personalize_sfn.datasets import load_movielens, movielens_files, prepare, schemas
from personalize_sfn.errors import DataError


@pytest.mark.parametrize("form", ["folder", "zip"])
def test_movielens_100k_is_read_as_grouplens_ships_it(form, ml_100k_folder, ml_100k_zip):
    loaded = load_movielens(ml_100k_folder if form == "folder" else ml_100k_zip)
    assert loaded.ratings.to_dict("records") == [
        {"USER_ID": "196", "ITEM_ID": "242", "RATING": 3.0, "TIMESTAMP": 881250949, "EVENT_TYPE": "watch"},
        {"USER_ID": "186", "ITEM_ID": "1", "RATING": 5.0, "TIMESTAMP": 891717742, "EVENT_TYPE": "watch"},
    ]
    assert loaded.titles == {"1": "Toy Story (1995)", "242": "Kolya (1996)", "3": "Misérables, Les"}
    assert loaded.movies["GENRES"].tolist()[:2] == ["Animation|Children's|Comedy", "Comedy"]
    assert loaded.movies["GENRES"].isna().tolist() == [False, False, True]
    assert loaded.movies["YEAR"].tolist() == [1995, 1996, 1997]
    assert loaded.users is not None
    assert loaded.users["OCCUPATION"].tolist() == ["writer", "executive"]
    users = prepare(loaded.users, schemas.movielens_users()).frame
    assert users["AGE"].tolist() == [49, 39]


def test_a_short_u_item_with_genres_in_words_is_read_too(tmp_path):
    (tmp_path / "u.data").write_text("1\t1\t3\t881250949\n")
    (tmp_path / "u.item").write_text("1|Toy Story (1995)|Animation Children's Comedy\n2|unknown ()|\n")
    movies = load_movielens(tmp_path).movies
    assert movies["GENRES"].iloc[0] == "Animation|Children's|Comedy"
    assert movies["GENRES"].isna().iloc[1]
    assert movies["YEAR"].isna().tolist() == [False, True]


def test_the_csv_and_the_colon_formats_give_the_same(tmp_path):
    csv, colons = tmp_path / "ml-latest", tmp_path / "ml-1m"
    csv.mkdir(), colons.mkdir()
    (csv / "ratings.csv").write_text("userId,movieId,rating,timestamp\n1,31,2.5,1260759144\n")
    (csv / "movies.csv").write_text('movieId,title,genres\n31,"Mind, The (1995)",Drama\n')
    (colons / "ratings.dat").write_text("1::31::2.5::1260759144\n")
    (colons / "movies.dat").write_text("31::Mind, The (1995)::Drama\n")
    first, second = load_movielens(csv), load_movielens(colons)
    assert first.name == "MovieLens (ml-latest)"
    assert first.ratings.equals(second.ratings)
    assert first.movies.equals(second.movies)
    assert first.titles == {"31": "Mind, The (1995)"}


def test_ratings_alone_are_enough(tmp_path):
    (tmp_path / "ratings.csv").write_text("userId,movieId,rating,timestamp\n1,31,2.5,1260759144\n")
    loaded = load_movielens(tmp_path)
    assert loaded.titles == {}
    assert loaded.users is None


def test_a_line_that_is_no_rating_is_named(tmp_path):
    (tmp_path / "u.data").write_text("1\t1\t3\t881250949\n1\t2\tgood\t881250949\n")
    with pytest.raises(DataError) as error:
        load_movielens(tmp_path)
    assert str(error.value) == (
        "u.data: line 2: expected user, movie, rating and timestamp (epoch seconds), found '1\\t2\\tgood\\t881250949'"
    )


def test_a_folder_without_ratings_says_what_was_looked_for(tmp_path):
    (tmp_path / "notes.txt").write_text("nothing")
    with pytest.raises(DataError, match=r"expected one of u\.data, ratings\.csv, .* in it, found notes\.txt"):
        load_movielens(tmp_path)


def test_the_names_in_a_zip_lead_nowhere(tmp_path):
    path = tmp_path / "evil.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../u.data", "1\t1\t3\t881250949\n")
    assert len(load_movielens(path).ratings) == 1
    assert [each.name for each in tmp_path.rglob("*")] == ["evil.zip"]
    assert not (tmp_path.parent.parent / "u.data").exists()


def test_a_file_that_unpacks_to_more_than_the_limit_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(movielens_files, "MAX_MEMBER_BYTES", 1_000)
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("u.data", "1\t1\t3\t881250949\n" * 1_000)
    with pytest.raises(DataError, match=r"u\.data: unpacks to more than 1,000 bytes"):
        load_movielens(path)
