"""Executions of which something is due: the soonest first."""

from types import SimpleNamespace

from personalize_sfn.local.stepfunctions.due_executions import DueExecutions


def record(name):
    return SimpleNamespace(name=name, due=None)


def taken(due, now):
    return [each.name for each in due.take(now)]


def test_what_is_due_is_taken_once_and_in_order():
    due, first, second, later = DueExecutions(), record("first"), record("second"), record("later")
    assert due.add(later, 9), "it is the soonest"
    assert due.add(first, 5)
    assert not due.add(second, 5)
    assert due.soonest() == 5
    assert taken(due, 8.9) == ["first", "second"]
    assert (first.due, due.soonest()) == (None, 9)
    assert taken(due, 9) == ["later"]
    assert (taken(due, 100), due.soonest()) == ([], None)


def test_only_the_last_time_that_an_execution_was_given_counts():
    due, moved = DueExecutions(), record("moved")
    due.add(moved, 5)
    due.add(moved, 9)
    assert due.soonest() == 9
    assert taken(due, 8) == []
    assert taken(due, 9) == ["moved"]


def test_times_that_no_longer_count_do_not_pile_up():
    due, moved = DueExecutions(), record("moved")
    for second in range(5_000):
        due.add(moved, second)
    assert len(due) < 1_000
    assert taken(due, 5_000) == ["moved"]
