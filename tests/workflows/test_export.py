"""The workflow of exports."""

from __future__ import annotations

import pytest

from fakes.checked_definitions import ITEMS
from personalize_sfn import stages, workflows
from personalize_sfn.arns import Arns
from personalize_sfn.config import Config

ARNS = Arns("us-east-1", "123456789012")
CONFIG = Config.from_dict({"project": "movies", "exports": True, "datasets": {"items": {"schema": ITEMS}}})


@pytest.fixture(scope="module")
def states():
    return workflows.to_dict(workflows.definitions(CONFIG, ARNS, ["export"])["export"])["States"]


def test_it_exports_all_rows_of_every_dataset_unless_told_which(states):
    assert states["Set Defaults"]["Parameters"]["defaults"] == {
        "datasets": ["interactions", "items"],
        "ingestionMode": "ALL",
    }


def test_each_dataset_is_exported_with_its_request_and_the_mode_of_the_input(states):
    each = states["Export Each Dataset"]["Iterator"]["States"]
    assert each["Take items"]["Result"] == stages.dataset_export_job.request(CONFIG, ARNS, "ITEMS")
    payload = each["Create Dataset Export Job"]["Parameters"]["Payload"]
    assert payload["request.$"] == "States.JsonMerge($.request, $.mode, false)"
    assert payload["again"] is True
    assert each["Return Export"]["Parameters"] == {
        "dataset.$": "$.dataset",
        "datasetExportJobArn.$": "$.datasetExportJob.datasetExportJobArn",
        "outputLocation.$": "$.datasetExportJob.outputLocation",
    }


def test_a_dataset_that_the_config_does_not_have_fails_with_those_that_it_has(states):
    each = states["Export Each Dataset"]["Iterator"]["States"]
    assert each[each["Which Dataset?"]["Default"]]["CausePath"] == (
        "States.Format('there is no dataset {}: expected one of interactions, items', $.dataset)"
    )
