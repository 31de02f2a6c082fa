from __future__ import annotations

import gzip
import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from personalize_sfn.datasets import load_movielens, movielens, prepare, schemas
from personalize_sfn.errors import DataError

DATA = Path(movielens.__file__).with_name("data")


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


def test_a_path_that_is_not_there_points_to_load_csv(tmp_path):
    with pytest.raises(DataError, match=r"no such file or folder; expected MovieLens .*load_csv"):
        load_movielens(tmp_path / "nowhere")
