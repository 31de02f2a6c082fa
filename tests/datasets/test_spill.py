"""Records of a table that is larger than memory."""

from __future__ import annotations

import numpy as np
import pytest

from fakes.event_files import HEADER, events, outcome
from personalize_sfn.datasets.spill import Dropped, Spill


def test_what_does_not_fit_in_memory_is_counted_on_disk(tmp_path, parts_of):
    path = tmp_path / "clicks.csv"
    path.write_text("\n".join([HEADER, *events(3_000), ""]), encoding="utf-8")
    small = outcome(path)
    assert "exact duplicate" in small[0]
    parts_of(20_000, in_memory=4_000)
    assert outcome(path) == small


KEYS = np.array([1 << 60, 7, 1 << 60, 5 << 56, 7], dtype=np.uint64)
ROWS = np.arange(5, dtype=np.uint64)


@pytest.mark.parametrize("in_memory", [1 << 20, 0], ids=["in memory", "on disk"])
def test_all_records_of_a_key_are_in_one_partition_in_their_order(tmp_path, in_memory):
    spill = Spill(2, tmp_path / "rows", in_memory=in_memory)
    spill.add(KEYS[:3], ROWS[:3])
    spill.add(KEYS[3:], ROWS[3:])
    assert bool([*tmp_path.iterdir()]) is (in_memory == 0)
    rows_by_key = {}
    for part in spill.partitions():
        keys = part[0]
        assert not rows_by_key.keys() & set(keys.tolist()), "a key is in one partition"
        rows_by_key |= {key: part[1][keys == key].tolist() for key in keys.tolist()}
    assert rows_by_key == {1 << 60: [0, 2], 7: [1, 4], 5 << 56: [3]}
    assert not [*tmp_path.iterdir()], "what was written is deleted on the way"


def test_records_that_can_be_made_fewer_stay_in_memory(tmp_path):
    spill = Spill(1, tmp_path / "rows", in_memory=100, smaller=lambda records: (np.unique(records[0]),))
    for _ in range(50):
        spill.add(KEYS)
    assert not [*tmp_path.iterdir()]
    (part,) = spill.partitions()
    assert set(part[0].tolist()) == set(KEYS.tolist())
    assert len(part[0]) < 50


def test_rows_that_go_are_told_from_any_place_on():
    dropped = Dropped(20)
    dropped.add(np.array([0, 8, 9, 19], dtype=np.uint64))
    kept = [row for row in range(20) if row not in (0, 8, 9, 19)]
    assert dropped.count == 4
    for start in range(20):
        assert (np.flatnonzero(dropped.kept(start, 20)) + start).tolist() == [row for row in kept if row >= start]
