"""Data that the engine's tests share."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from personalize_sfn.datasets import load_movielens, prepare
from personalize_sfn.engine import Interactions


@pytest.fixture(scope="session")
def checkerboard() -> Interactions:
    """Sixty users in two camps over forty items: the even choose even items, the odd odd ones, never twice."""
    draw = np.random.default_rng(7)
    users, items, times = [], [], []
    for user in range(60):
        for time, place in enumerate(draw.permutation(20)[:14]):
            users.append(f"user-{user}")
            items.append(f"item-{2 * place + user % 2}")
            times.append(1_000 + time)
    return Interactions.from_columns(users, items, times)


@pytest.fixture(scope="session")
def shipped() -> Interactions:
    """The copy of ml-latest-small that the package ships, ratings above 2."""
    frame = prepare(load_movielens("shipped").ratings).frame
    return Interactions.from_columns(frame["USER_ID"].to_numpy(), frame["ITEM_ID"], frame["TIMESTAMP"].to_numpy())


@pytest.fixture(scope="session")
def ml_100k() -> Interactions:
    """MovieLens-100K, ratings above 2, where this machine has it: its licence lets nobody pass it on."""
    folder = os.environ.get("PERSONALIZE_SFN_ML100K")
    if not folder:
        pytest.skip("needs MovieLens-100K: set PERSONALIZE_SFN_ML100K to a folder that holds its u.data")
    table = np.loadtxt(Path(folder) / "u.data", dtype=np.int64)
    table = table[table[:, 2] > 2]
    return Interactions.from_columns(table[:, 0], table[:, 1], table[:, 3])
