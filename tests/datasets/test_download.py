from __future__ import annotations

import hashlib
import logging
import socket
from dataclasses import replace

import pytest

from personalize_sfn.datasets import load_movielens, movielens
from personalize_sfn.errors import DataError


@pytest.fixture
def published(server, ml_100k_zip, monkeypatch):
    """GroupLens's address, checksum included, moved to the loopback server."""
    body = ml_100k_zip.read_bytes()
    url = server.serve("ml-100k.zip", body)
    md5 = hashlib.md5(body).hexdigest()
    monkeypatch.setattr(movielens, "ML_100K", replace(movielens.ML_100K, url=url, md5=md5))
    return server


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
