"""The stage of a deletion."""

from __future__ import annotations

import pytest

from personalize_sfn.config import Config
from personalize_sfn.resources import CAMPAIGN, DELETION_ORDER
from personalize_sfn.sdk import Graph
from personalize_sfn.stages.deletion import deletion

CONFIG = Config(project="movies")
STATES = Graph(deletion(CONFIG, CAMPAIGN)).to_dict()["States"]


def test_it_deletes_again_until_the_resource_is_gone():
    choice = STATES["Is Campaign Gone?"]
    gone, pending = choice["Choices"]
    assert (gone["Variable"], gone["BooleanEquals"], gone["Next"]) == (
        "$.deletion.check.again",
        False,
        "Campaign Is Gone",
    )
    assert (pending["BooleanEquals"], pending["Next"]) == (False, "Wait for Deletion of Campaign")
    assert STATES["Wait for Deletion of Campaign"]["Next"] == "Delete Campaign"


def test_a_deletion_that_takes_too_long_fails_with_an_error_of_its_own():
    assert STATES["Is Campaign Gone?"]["Default"] == "Deletion of Campaign Timed Out"
    assert STATES["Deletion of Campaign Timed Out"]["Error"] == "CampaignDeletionTimedOut"


def test_only_what_has_the_projects_tags_is_deleted():
    assert STATES["Delete Campaign"]["Parameters"]["Payload"]["tags"] == CONFIG.all_tags


@pytest.mark.parametrize("row", DELETION_ORDER, ids=lambda row: row.key)
def test_it_answers_what_became_of_the_resource(row):
    done = Graph(deletion(CONFIG, row)).to_dict()["States"][f"{row.title} Is Gone"]
    assert set(done["Parameters"]) == {"arn.$", "status.$", "reason.$"}
