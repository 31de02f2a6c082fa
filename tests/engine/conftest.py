"""Data that the engine's tests share."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from fakes import device_evenings, recipe_camps
from personalize_sfn.datasets import load_movielens, prepare
from personalize_sfn.engine import (
    Attributes,
    Interactions,
    Labels,
    Model,
    fit,
)
from personalize_sfn.engine.user_personalization import Personalization


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


@pytest.fixture(scope="session")
def models(checkerboard: Interactions) -> dict[str, Model]:
    return {name: fit(name, checkerboard) for name in recipe_camps.OF_ITEMS}


@pytest.fixture(scope="session")
def villages() -> tuple[Interactions, Attributes, dict[str, frozenset[str]]]:
    """Three hundred users of three villages; each village has favourites among sixty items.  Users 200-299 are cold."""
    draw = np.random.default_rng(3)
    rows: list[tuple[str, str, int]] = []
    wanted: dict[str, frozenset[str]] = {}
    tastes = [draw.permutation(60) for _ in range(3)]
    for user in range(300):
        likely = 1 / (1 + np.argsort(tastes[user % 3])) ** 0.8
        chosen = draw.choice(60, 12, replace=False, p=likely / likely.sum())
        if user < 200:
            rows += [(f"u{user}", f"i{item}", 1_000 + place) for place, item in enumerate(chosen)]
        else:
            wanted[f"u{user}"] = frozenset(f"i{item}" for item in chosen)
    about = Attributes.from_columns(
        [f"u{user}" for user in range(300)],
        {
            "VILLAGE": [f"v{user % 3}" for user in range(300)],
            "AGE": [None if user % 7 == 0 else float(draw.integers(18, 80)) for user in range(300)],
            "STORY": ["a long story"] * 300,
        },
        categorical={"VILLAGE"},
    )
    users, items, times = zip(*rows, strict=True)
    return Interactions.from_columns(users, items, times), about, wanted


@pytest.fixture(scope="session")
def devices() -> Labels:
    return Labels.of(device_evenings.evenings()[3])


@pytest.fixture(
    scope="session", params=[device_evenings.V1, device_evenings.V2, "aws-personalized-ranking", "aws-vod-top-picks"]
)
def context_model(request: pytest.FixtureRequest, devices: Labels) -> Personalization:
    found = fit(request.param, device_evenings.watched({"DEVICE": devices}))
    assert isinstance(found, Personalization)
    return found


@pytest.fixture(scope="session")
def about() -> Attributes:
    """Even items are round or both round and red; an item that nobody chose is blue."""
    names = [f"item-{n}" for n in range(40)] + ["unsold"]
    looks = ["round|red" if n % 4 == 0 else "round" if n % 2 == 0 else "square" for n in range(40)] + ["blue"]
    return Attributes.from_columns(
        names, {"LOOK": looks, "YEAR": [1990.0 + n % 2 for n in range(41)]}, categorical={"LOOK"}
    )
