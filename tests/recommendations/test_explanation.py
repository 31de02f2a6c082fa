"""Which liked item explains a recommended one, and when none does."""

from __future__ import annotations

import pandas as pd
import pytest

from personalize_sfn.datasets import load_movielens
from personalize_sfn.recommendations.explanation import Because, likes, supports


def ratings(*groups: tuple[int, str], rating: float = 5.0) -> pd.DataFrame:
    """For each group so many users of their own who like its items, each of which is one letter."""
    pairs = [
        (f"{number}-{n}", item) for number, (count, items) in enumerate(groups) for n in range(count) for item in items
    ]
    return pd.DataFrame(pairs, columns=["USER_ID", "ITEM_ID"]).assign(RATING=rating)


def why(
    liked: str, frame: pd.DataFrame, genres: dict[str, tuple[str, ...]] | None = None, user_id: str = "me"
) -> Because | None:
    """The liked items that explain item r."""
    found = supports(["r"], list(liked), user_id=user_id, ratings=frame, genres=genres or {}, titles={"a": "Alien"})
    return found.get("r")


def test_what_the_same_people_liked_speaks_for_it() -> None:
    assert why("ab", ratings((20, "ra"), (20, "b"))) == Because("a", "Alien", both=20, liked_it=20)


def test_what_everybody_likes_speaks_for_nothing() -> None:
    assert why("a", ratings((30, "ra"), (30, "a"))) is None


def test_what_goes_with_it_beyond_chance_wins_over_what_is_popular() -> None:
    frame = ratings((20, "rab"), (5, "ra"), (60, "a"), (60, "x"))
    # 25 of the 85 who like a like r, and 20 of the 20 who like b.
    assert why("ab", frame) == Because("b", "b", both=20, liked_it=20)


def test_fewer_than_five_users_who_liked_both_are_no_support() -> None:
    assert why("a", ratings((4, "ra"), (40, "x"))) is None
    assert why("a", ratings((5, "ra"), (40, "x"))) == Because("a", "Alien", both=5, liked_it=5)


def test_what_chance_could_have_brought_about_is_no_support() -> None:
    # The same shares: chance brings them about once in forty times among 12 users, among 120 it does not.
    assert why("a", ratings((5, "ra"), (1, "r"), (1, "a"), (5, "x"))) is None
    assert why("a", ratings((50, "ra"), (10, "r"), (10, "a"), (50, "x"))) == Because("a", "Alien", both=50, liked_it=60)


def test_a_weak_correlation_is_no_support_however_many_users_there_are() -> None:
    # 0.17, each user of both counting half.
    assert why("a", ratings((400, "ra"), (200, "r"), (200, "a"), (400, "x"))) is None


def test_who_likes_everything_speaks_for_little() -> None:
    frame = ratings((20, "racdefghijklmnop"), (20, "rb"), (10, "r"), (60, "x"))
    assert why("ab", frame) == Because("b", "b", both=20, liked_it=20)
    assert why("a", frame) is None


def test_the_user_is_no_witness_of_their_own_taste() -> None:
    frame = ratings((5, "ra"), (40, "x"))
    assert why("a", frame, user_id="0-0") is None


def test_a_low_rating_is_no_liking() -> None:
    assert why("a", ratings((20, "ra"), (20, "x"), rating=2.0)) is None


def test_for_a_new_item_that_users_cannot_speak_for_genres_do() -> None:
    genres = {"r": ("Horror", "Sci-Fi"), "a": ("Sci-Fi", "Action", "Horror"), "b": ("Horror",)}
    found = why("ba", ratings((4, "r"), (20, "x")), genres)
    assert found == Because("a", "Alien", genres=("Horror", "Sci-Fi"))
    assert str(found) == "because you liked Alien: both are Horror, Sci-Fi"


def test_genres_do_not_speak_where_users_could_have() -> None:
    genres = {"r": ("Horror", "Sci-Fi"), "a": ("Horror", "Sci-Fi")}
    assert why("a", ratings((5, "r"), (20, "x")), genres) is None


@pytest.mark.parametrize(
    "genres",
    [
        {"r": ("Drama",), "a": ("Drama",)},
        {"r": ("Drama", "War"), "a": ("Drama", "War", "Crime", "Comedy", "Action")},
        {"r": ("Drama", "War")},
        {},
    ],
    ids=["one in common", "less than half in common", "unknown of what was liked", "unknown"],
)
def test_little_in_common_is_no_support(genres: dict[str, tuple[str, ...]]) -> None:
    assert why("a", ratings((20, "x")), genres) is None


def test_of_equals_the_one_that_was_liked_best_speaks() -> None:
    assert why("ba", ratings((20, "rab"), (20, "x"))) == Because("b", "b", both=20, liked_it=20)


def test_an_item_does_not_speak_for_itself() -> None:
    assert why("r", ratings((20, "r"), (20, "x")), {"r": ("Drama", "War")}) is None


def test_ids_may_be_numbers_in_the_ratings() -> None:
    frame = pd.DataFrame(
        {"USER_ID": [*range(20), *range(40)], "ITEM_ID": [1] * 20 + [2] * 20 + [3] * 20, "RATING": 5.0}
    )
    found = supports(["1"], ["2"], user_id="99", ratings=frame, genres={}, titles={})
    assert found == {"1": Because("2", "2", both=20, liked_it=20)}


def test_it_tells_what_a_user_did_like_from_what_is_as_popular() -> None:
    all_ratings = load_movielens("shipped").ratings
    liked = likes(all_ratings)
    popular = liked["ITEM_ID"].value_counts().index[:1000]
    place = {item: number for number, item in enumerate(popular)}
    known = liked[liked["ITEM_ID"].isin(popular)]
    users = known["USER_ID"].value_counts().loc[lambda counts: counts >= 40].index[::12]
    supported = {"liked": 0, "not": 0}
    for user in users:
        own = known[known["USER_ID"] == user]["ITEM_ID"].tolist()
        hidden = own[::4][:10]
        # Beside each hidden one the next in popularity that this user has not liked.
        others = [next(each for each in popular[place[item] :] if each not in own) for item in hidden]
        history = [item for item in own if item not in hidden]
        found = supports([*hidden, *others], history, user_id=user, ratings=all_ratings, genres={}, titles={})
        supported["liked"] += len(found.keys() & set(hidden))
        supported["not"] += len(found.keys() & set(others))

    assert len(users) >= 20
    assert supported["liked"] > 1.3 * supported["not"], supported
