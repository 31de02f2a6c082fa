"""A look at one item of a Map Run reads what is new since the last look, not all items."""

from types import SimpleNamespace
from typing import Any

from personalize_sfn.local.stepfunctions.item_index import ItemIndex
from personalize_sfn.statemachine.item_histories import item_name

RUN = "arn:aws:states:us-east-1:123456789012:mapRun:m/each:one"
OTHER = "arn:aws:states:us-east-1:123456789012:mapRun:m/each:two"


class CountedList(list[Any]):
    """Says how many of its elements were read."""

    read = 0

    def __getitem__(self, key: Any) -> Any:
        found = super().__getitem__(key)
        self.read += len(found) if isinstance(key, slice) else 1
        return found

    def __iter__(self) -> Any:
        raise AssertionError("all elements are gone through")


def execution(items: int) -> Any:
    """Items of the first branches 100, 101, ..., each with a first event; the other Map Run has the item 7."""
    events = CountedList([100 + index, {"id": 1, "index": index}] for index in range(items))
    return SimpleNamespace(
        item_events=events, map_runs={RUN: {"items": [100 + n for n in range(items)]}, OTHER: {"items": [7]}}
    )


def test_events_are_read_once_and_new_ones_are_added():
    run, index = execution(1000), ItemIndex()
    for number in (0, 500, 999):
        assert index.events(run, RUN, number) == [{"id": 1, "index": number}]
    assert run.item_events.read == 1000
    run.item_events.append([600, {"id": 2}])
    run.item_events.append([7, {"id": 1, "of": "other"}])
    assert index.events(run, RUN, 500) == [{"id": 1, "index": 500}, {"id": 2}]
    assert index.events(run, OTHER, 0) == [{"id": 1, "of": "other"}]
    assert run.item_events.read == 1002


def test_names_lead_to_the_items_that_have_begun_of_their_map_run():
    run, index = execution(2), ItemIndex()
    assert [index.index_of(run, RUN, item_name(RUN, number)) for number in range(3)] == [0, 1, None]
    run.map_runs[RUN]["items"].append(102)
    assert index.index_of(run, RUN, item_name(RUN, 2)) == 2
    assert index.index_of(run, OTHER, item_name(RUN, 0)) is None
    assert index.index_of(run, OTHER, item_name(OTHER, 0)) == 0


def test_a_name_is_looked_up_without_naming_all_items_again(monkeypatch):
    named = []

    def counted(map_run, number):
        named.append(number)
        return item_name(map_run, number)

    monkeypatch.setattr("personalize_sfn.local.stepfunctions.item_index.item_name", counted)
    run, index = execution(1000), ItemIndex()
    for number in (3, 999, 3):
        assert index.index_of(run, RUN, item_name(RUN, number)) == number
    assert len(named) == 1000
