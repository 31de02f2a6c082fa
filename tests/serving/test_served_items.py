"""What an application shows, and where it came from."""

from __future__ import annotations

from personalize_sfn.serving.served_items import ServedItem, ServedItems, items_of, topped_up


def listed(*ids: str) -> tuple[ServedItem, ...]:
    return tuple(ServedItem(each) for each in ids)


def test_an_answers_items_have_their_scores_and_columns_and_those_of_a_fallback_no_score() -> None:
    answer = [{"itemId": "1", "score": 0.5, "metadata": {"title": "A"}}, {"itemId": "2"}]
    assert items_of(answer, "campaign") == (ServedItem("1", 0.5, "campaign", {"title": "A"}), ServedItem("2", None))
    assert items_of(answer[:1], "fallback") == (ServedItem("1", None, "fallback", {"title": "A"}),)
    assert items_of([{"actionId": "a"}], "campaign", "actionId") == (ServedItem("a"),)


def test_a_list_is_topped_up_to_what_was_wanted_without_an_item_twice() -> None:
    assert topped_up(listed("1", "2"), listed("2", "3", "3", "4", "5"), 4, {"4"}) == listed("1", "2", "3", "5")
    assert topped_up(listed("1", "2"), listed("3"), 2, ()) == listed("1", "2")
    assert topped_up((), listed("3"), 9, ()) == listed("3")


def test_why_a_campaign_did_not_answer_makes_no_other_list() -> None:
    one, other = (ServedItems(listed("1"), "fallback", reason=reason) for reason in ("throttled", "not found"))
    assert one == other
    assert one.item_ids == ("1",)
