"""Small tables in every format, and a web server on the loopback interface."""

from __future__ import annotations

import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pandas as pd
import pytest

FIRST = 1_260_759_144


def make_clicks(rows: int = 1_200, users: int = 50) -> pd.DataFrame:
    """Interactions that Personalize would take: each user sees many items, a second apart."""
    return pd.DataFrame(
        {
            "USER_ID": [str(row % users) for row in range(rows)],
            "ITEM_ID": [str(row) for row in range(rows)],
            "TIMESTAMP": [FIRST + row for row in range(rows)],
        }
    )


@pytest.fixture
def clicks() -> pd.DataFrame:
    return make_clicks()


@pytest.fixture
def csv_file(tmp_path: Path):
    """Writes good rows and then the given lines to a CSV; the first given line is line 1202."""

    def write(*lines: str, header: str = "USER_ID,ITEM_ID,TIMESTAMP", encoding: str = "utf-8") -> Path:
        good = [",".join(map(str, row)) for row in make_clicks().itertuples(index=False)]
        path = tmp_path / "clicks.csv"
        path.write_bytes("\n".join([header, *good, *lines, ""]).encode(encoding))
        return path

    return write


@pytest.fixture
def ml_100k_folder(tmp_path: Path) -> Path:
    """Two ratings in the files of MovieLens-100K, u.item with its 24 columns."""
    folder = tmp_path / "ml-100k"
    folder.mkdir()
    (folder / "u.data").write_text("196\t242\t3\t881250949\n186\t1\t5\t891717742\n")
    flags = {1: "3 4 5", 242: "5"}
    titles = {1: "Toy Story (1995)", 242: "Kolya (1996)"}
    rows = []
    for item, title in titles.items():
        row = ["1" if str(each) in flags[item].split() else "0" for each in range(19)]
        rows.append("|".join([str(item), title, "01-Jan-1995", "", "http://example.test/?Kolya", *row]))
    rows.append("|".join(["3", "Misérables, Les", "24-Jan-1997", "", "", "1", *["0"] * 18]))
    (folder / "u.item").write_bytes("\n".join(rows).encode("latin-1"))
    (folder / "u.user").write_text("196|49|M|writer|55105\n186|39|F|executive|00000\n")
    return folder


@pytest.fixture
def ml_100k_zip(ml_100k_folder: Path, tmp_path: Path) -> Path:
    path = tmp_path / "served.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in ml_100k_folder.iterdir():
            archive.write(file, f"ml-100k/{file.name}")
    return path


@dataclass
class Server:
    url: str
    answers: dict[str, tuple[bytes, int]] = field(default_factory=dict)
    """By path: the body, and the length that is announced."""
    requests: list[str] = field(default_factory=list)

    def serve(self, name: str, body: bytes, announced: int | None = None) -> str:
        self.answers[f"/{name}"] = (body, len(body) if announced is None else announced)
        return f"{self.url}/{name}"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A web server on the loopback interface; proxies of the environment do not apply."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.requests.append(self.path)
            if self.path not in state.answers:
                self.send_error(404)
                return
            body, announced = state.answers[self.path]
            self.send_response(200)
            self.send_header("Content-Length", str(announced))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state = Server(f"http://127.0.0.1:{http.server_port}")
    thread = threading.Thread(target=http.serve_forever, daemon=True)
    thread.start()
    yield state
    http.shutdown()
    http.server_close()
    thread.join()


@pytest.fixture
def session(monkeypatch):
    """A session on moto's S3, with a bucket."""
    import boto3
    from moto import mock_aws

    from personalize_sfn.session import Session

    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"):
        monkeypatch.delenv(name, raising=False)
    with mock_aws():
        session = Session(boto3.Session(aws_access_key_id="a", aws_secret_access_key="b", region_name="us-east-1"))
        session.client("s3").create_bucket(Bucket="data")
        yield session


@pytest.fixture
def parts_of(monkeypatch):
    """Lets every file be read in parts of so many bytes, and the disk be used from so many bytes on."""

    from personalize_sfn.datasets import files, spill

    def use(size: int, in_memory: int | None = None) -> None:
        monkeypatch.setattr(files, "LARGE_BYTES", -1)
        monkeypatch.setattr(files, "BLOCK_BYTES", size)
        if in_memory is not None:
            monkeypatch.setattr(spill, "IN_MEMORY", in_memory)

    return use
