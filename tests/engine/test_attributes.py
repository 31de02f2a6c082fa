"""Tests of ``engine.attributes``."""

from __future__ import annotations

import pytest

from personalize_sfn.engine import (
    Attributes,
)
from personalize_sfn.engine.cold_start import MOST_CATEGORIES, features


def test_numbers_are_standardised_cut_and_filled_with_the_mean():
    column = [1.0, 2.0, 3.0, None, *[2.0] * 95, 1e6]
    table = features(Attributes.from_columns(range(100), {"N": column})).toarray()
    assert table.shape == (100, 1)
    assert table[3, 0] == 0
    assert table[99, 0] == pytest.approx(3)


def test_only_the_most_frequent_categories_count_and_texts_are_left_out():
    several = [f"rare-{n}|common" for n in range(MOST_CATEGORIES + 50)]
    about = Attributes.from_columns(
        range(len(several)), {"C": several, "TEXT": several, "NOTHING": [None] * len(several)}, categorical={"C"}
    )
    table = features(about)
    assert table.shape == (len(several), MOST_CATEGORIES)
    assert table[:, 0].sum() == len(several)
