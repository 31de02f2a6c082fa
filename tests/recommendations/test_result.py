"""Tests of ``result``: recommended items beside what the user liked: a figure for notebooks, a text, a frame."""

from __future__ import annotations

import re
from typing import Any

import pytest

from personalize_sfn.display.palette import SIZES
from personalize_sfn.recommendations import AnsweredBy, Because, Item, Recommendations


def test_they_are_a_frame() -> None:
    frame = Recommendations("7", (Item("2", "Up", ("Comedy", "Drama"), 0.5),)).to_frame()

    assert frame.to_dict("records") == [
        {"RANK": 1, "ITEM_ID": "2", "TITLE": "Up", "GENRES": "Comedy|Drama", "SCORE": 0.5, "BECAUSE": None}
    ]


def test_they_are_a_text() -> None:
    because = Because("1", "Heat", both=30, liked_it=42)
    found = Recommendations(
        "7",
        (Item("2", "Up", ("Comedy",), 0.5, because=because),),
        (Item("1", "Heat", ("Crime",), rating=4.0), Item("3", "Solo", ("Comedy", "Crime"), rating=3.0)),
    )

    assert str(found).splitlines() == [
        "Recommended to user 7",
        "  1. Up  0.5000  Comedy",
        "       because you liked Heat, as did 42 others: 30 of them liked this too",
        "",
        "User 7 liked",
        "  4.0  Heat  Crime",
        "  and 1 more",
        "",
        "Genres: share of what was liked, and of what is recommended",
        "  Crime         100 %    0 %",
        "  Comedy         50 %  100 %",
    ]


def test_without_genres_there_is_no_word_of_them() -> None:
    found = Recommendations("7", (Item("2", "Up", (), 0.5),), (Item("1", "Heat", ("Crime",), rating=4.0),))

    assert str(found) == "Recommended to user 7\n  1. Up  0.5000\n\nUser 7 liked\n  4.0  Heat  Crime"
    assert "Genres" not in found._repr_html_()
    assert found.genre_mix().empty


def test_genres_are_shares_of_the_items_that_have_any_the_most_frequent_first() -> None:
    found = Recommendations(
        "7",
        (Item("1", "a", ("Comedy",)), Item("2", "b", ("Comedy", "Drama")), Item("3", "c")),
        (Item("4", "d", ("Drama",)), Item("5", "e", ("Crime",)), Item("6", "f", ("Drama",)), Item("7", "g", ("War",))),
    )

    assert found.genre_mix().to_numpy().tolist() == [
        ["Comedy", 0.0, 1.0],
        ["Drama", 0.5, 0.5],
        ["Crime", 0.25, 0.0],
        ["War", 0.25, 0.0],
    ]
    texts = re.sub("<[^>]+>", "|", found._repr_html_())
    assert re.search(r"Genres\|+liked\|+recommended", texts)
    assert "|of 4 liked and 2 recommended items|" in texts
    assert "|0 %|" in texts


def test_in_a_notebook_whatever_comes_from_data_is_escaped() -> None:
    odd = "<script>&"
    item = Item(odd, odd, (odd,), 0.5, 4.0, Because(odd, odd, genres=(odd,)), (odd,))
    html = Recommendations(odd, (item,), (item,))._repr_html_()

    assert html.count("&lt;script&gt;&amp;") >= 8
    assert not re.search(r"<(script|style|link|img)|class=", html)


def test_an_empty_answer_is_shown_as_one() -> None:
    assert "nothing" in Recommendations("7", ())._repr_html_()


def test_what_a_score_means_is_said_where_there_is_one() -> None:
    def said(recipe: str, score: float | None) -> str:
        by = AnsweredBy(kind="campaign", name="c", recipe=recipe)
        return Recommendations("7", (Item("1", "Up", score=score),), answered_by=by)._repr_html_()

    assert "share among all items; they add up to 1" in said("aws-user-personalization-v2", 0.5)
    assert "share of this list" in said("aws-personalized-ranking-v2", 0.5)
    assert "Score:" not in said("aws-similar-items", None)


def test_genres_stay_apart_where_a_page_takes_all_styles_away() -> None:
    item = Item("1", "Toy Story", ("Adventure", "Animation", "Comedy"), rating=5.0)
    html = Recommendations("7", (Item("2", "Up"),), (item,))._repr_html_()

    assert "Adventure · Animation · Comedy · rated 5" in re.sub("<[^>]+>", "", html)


def test_no_text_is_smaller_than_the_scale() -> None:
    item = Item("1", "Up", ("Comedy",), 0.5, because=Because("2", "Heat", both=5, liked_it=9), had="already liked")
    sizes = re.findall(r"font-size:([^;\"]+)", Recommendations("7", (item,), (item,))._repr_html_())

    assert {int(size.removesuffix("px")) for size in sizes} <= set(SIZES.values())


@pytest.mark.parametrize(
    ("recipe", "more", "text"),
    [
        ("aws-user-personalization-v2", {}, "user 7 is not in the data: answered with what is popular"),
        ("aws-popularity-count", {}, "user 7 is not in the data: answered as everybody"),
        ("aws-similar-items", {"like": Item("1", "Heat")}, "user 7 is not in the data"),
        ("aws-personalized-ranking", {"ranked": True}, "user 7 is not in the data"),
    ],
)
def test_what_a_stranger_gets_is_only_said_where_it_is_so(recipe: str, more: Any, text: str) -> None:
    by = AnsweredBy(kind="campaign", name="c", recipe=recipe)
    assert Recommendations("7", (), answered_by=by, known=False, **more).facts[-1] == text
