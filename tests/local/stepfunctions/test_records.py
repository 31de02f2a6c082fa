"""What Step Functions keeps of an account and region."""

import pytest

from personalize_sfn.local.stepfunctions.records import MachineRevision, parsed, references, refused
from personalize_sfn.statemachine.definition import InvalidDefinitionError

ASSIGNS = """{"StartAt": "A", "States": {
    "A": {"Type": "Pass", "Assign": {"x": 1}, "Next": "B"}, "B": {"Type": "Pass", "InputPath": "$x", "End": true}}}"""


def test_a_definition_is_read_once_for_all_its_executions():
    assert parsed(ASSIGNS) is parsed(ASSIGNS)
    assert references(ASSIGNS) == {"B": ["x"]}
    with pytest.raises(InvalidDefinitionError):
        parsed("{}")


def test_a_kept_definition_that_is_refused_says_why_and_refers_to_nothing():
    assert refused(ASSIGNS) == ""
    kept = ASSIGNS.replace("Pass", "Gone")
    assert refused(kept).startswith("This version of the embedded AWS does not take the definition any more: Invalid ")
    assert references(kept) == {}


def test_an_update_replaces_what_it_names_and_leaves_the_old_revision_alone():
    revision = MachineRevision("one", "role", {"level": "OFF"}, {"enabled": False}, {}, None, 5)
    changed = revision.with_changes(definition="two", role_arn=None, id="r", updated=6)
    assert (changed.definition, changed.role_arn, changed.id, changed.updated) == ("two", "role", "r", 6)
    assert (revision.definition, revision.id, revision.updated) == ("one", None, 5)
