"""Names of state machines, executions, activities and aliases."""

import pytest

from personalize_sfn.statemachine.names import is_name


@pytest.mark.parametrize("name", ["a", "for-you_2.0", "Ünïcode", "(1)!", "a" * 80])
def test_a_name_is_up_to_80_characters_of_any_language(name):
    assert is_name(name)


@pytest.mark.parametrize(
    "name",
    ["", "a" * 81, "two words", "a\n", "a/b", "a:b", "a*", "a\x7f", "\ud800", "[a]", "a,b", 'a"', None, 5, ["a"]],
)
def test_spaces_brackets_wildcards_and_control_characters_are_in_no_name(name):
    assert not is_name(name)
