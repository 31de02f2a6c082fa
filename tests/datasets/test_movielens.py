from __future__ import annotations

import gzip
import hashlib
import logging
import socket
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from personalize_sfn.datasets import load_movielens, movielens, movielens_files, prepare, schemas
from personalize_sfn.errors import DataError

DATA = Path(movielens.__file__).with_name("data")


@pytest.fixture
def published(server, ml_100k_zip, monkeypatch):
    """GroupLens's address, checksum included, moved to the loopback server."""
    body = ml_100k_zip.read_bytes()
    url = server.serve("ml-100k.zip", body)
    md5 = hashlib.md5(body).hexdigest()
    monkeypatch.setattr(movielens, "ML_100K", replace(movielens.ML_100K, url=url, md5=md5))
    return server


def test_importing_the_package_loads_no_pandas():
    code = "import sys, personalize_sfn.datasets as d; d.schemas.interactions(); print('pandas' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_the_shipped_data_is_the_2016_release_and_says_so():
    shipped = load_movielens("shipped")
    assert len(shipped.ratings) == 100_004
    assert shipped.ratings["USER_ID"].nunique() == 671
    assert len(shipped.movies) == shipped.ratings["ITEM_ID"].nunique() == 9_066
    assert (shipped.name, shipped.source) == ("MovieLens ml-latest-small (October 2016)", "shipped")
    assert "no commercial use without permission" in shipped.licence_note
    assert "10.1145/2827872" in shipped.citation
    assert shipped.note == ""
    assert shipped.titles["1"] == "Toy Story (1995)"
    assert shipped.titles["108548"] == "(no title)"


def test_the_shipped_texts_have_the_checksums_that_their_readme_gives():
    readme = (DATA / "README.md").read_text()
    for name in ("ratings.csv", "movies.csv"):
        digest = hashlib.sha256(gzip.decompress((DATA / f"{name}.gz").read_bytes())).hexdigest()
        assert f"{digest}  {name}" in readme


def test_the_shipped_data_is_small_and_its_conditions_lie_beside_it():
    assert sum(file.stat().st_size for file in DATA.iterdir()) < 1_000_000
    licence = (DATA / "LICENSE-ml-latest-small.txt").read_text()
    assert "may not state or imply any endorsement" in licence
    assert "so long as it is distributed under these same license" in licence
    assert "https://doi.org/10.1145/2827872" in licence


def test_shipped_movies_become_an_items_table():
    items = prepare(load_movielens("shipped").items, schemas.movielens_items(), name="movies")
    assert list(items.frame.columns) == ["ITEM_ID", "GENRES", "YEAR"]
    toy_story = items.frame[items.frame["ITEM_ID"] == "1"].iloc[0]
    assert toy_story["GENRES"] == "Adventure|Animation|Children|Comedy|Fantasy"
    assert toy_story["YEAR"] == 1995


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


def test_a_path_that_is_not_there_points_to_load_csv(tmp_path):
    with pytest.raises(DataError, match=r"no such file or folder; expected MovieLens .*load_csv"):
        load_movielens(tmp_path / "nowhere")


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


def test_by_default_movielens_100k_is_downloaded_once_with_progress(published, tmp_path):
    cache, seen = tmp_path / "cache", []
    first = load_movielens(cache_dir=cache, progress=lambda done, total: seen.append((done, total)))
    second = load_movielens(cache_dir=cache)
    assert first.name == second.name == "MovieLens-100K"
    assert first.source == movielens.ML_100K.url
    assert len(first.ratings) == 2
    assert published.requests == ["/ml-100k.zip"]
    assert seen[-1][0] == seen[-1][1] > 0
    assert [each.name for each in cache.iterdir()] == ["ml-100k.zip"]


def test_the_cache_follows_xdg(published, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    load_movielens()
    assert (tmp_path / "xdg" / "personalize-sfn" / "ml-100k.zip").exists()


def test_a_damaged_file_in_the_cache_is_fetched_again(published, tmp_path):
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "ml-100k.zip").write_bytes(b"half a file")
    assert load_movielens(cache_dir=tmp_path / "cache").name == "MovieLens-100K"


def test_without_network_the_shipped_data_is_used_and_it_says_so(published, tmp_path, monkeypatch, caplog):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/ml-100k.zip"  # bound, not listening: refuses
        monkeypatch.setattr(movielens, "ML_100K", replace(movielens.ML_100K, url=url))
        with caplog.at_level(logging.INFO, "personalize_sfn"):
            loaded = load_movielens(cache_dir=tmp_path / "cache")
        with pytest.raises(DataError, match=r"cannot be downloaded: .*refused"):
            load_movielens("ml-100k", cache_dir=tmp_path / "cache")
    assert loaded.name == "MovieLens ml-latest-small (October 2016)"
    assert loaded.note.startswith(f"MovieLens-100K could not be downloaded ({url}: cannot be downloaded:")
    assert loaded.note in caplog.messages
    assert loaded.note in str(loaded)
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_server_that_stays_silent_is_given_up_on(tmp_path, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/ml.zip"
        with pytest.raises(DataError, match="cannot be downloaded: timed out"):
            load_movielens(url, cache_dir=tmp_path, timeout_seconds=0.2)
    assert list(tmp_path.iterdir()) == []


def test_a_file_with_another_checksum_is_not_used(published, tmp_path):
    published.serve("ml-100k.zip", b"<html>Sign in to the hotel's network</html>")
    loaded = load_movielens(cache_dir=tmp_path / "cache")
    assert loaded.name == "MovieLens ml-latest-small (October 2016)"
    assert "expected the MD5" in loaded.note
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_connection_that_breaks_leaves_no_file_behind(server, ml_100k_zip, tmp_path):
    body = ml_100k_zip.read_bytes()
    url = server.serve("broken.zip", body[:100], announced=len(body))
    with pytest.raises(DataError, match=f"the connection broke after 100 of {len(body):,} bytes|cannot be downloaded"):
        load_movielens(url, cache_dir=tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


def test_any_url_serves_and_is_kept(server, ml_100k_zip, tmp_path):
    url = server.serve("mirror/ml-mine.zip", ml_100k_zip.read_bytes())
    for _ in range(2):
        loaded = load_movielens(url, cache_dir=tmp_path / "cache")
    assert (loaded.name, loaded.source) == ("MovieLens (ml-mine.zip)", url)
    assert server.requests == ["/mirror/ml-mine.zip"]


def test_a_url_that_is_not_there_is_an_error_not_a_fallback(server, tmp_path):
    with pytest.raises(DataError, match="Not Found"):
        load_movielens(f"{server.url}/nothing.zip", cache_dir=tmp_path)


def test_only_http_is_fetched(tmp_path):
    with pytest.raises(DataError, match=r"expected an http or https URL, got 'ftp://example\.test/ml\.zip'"):
        load_movielens("ftp://example.test/ml.zip", cache_dir=tmp_path)
