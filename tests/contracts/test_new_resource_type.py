"""A new Personalize resource as a stage: what is added are six files, and everything else follows from its row."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROW = """
GADGET = ResourceType(
    key="gadget",
    arn_path="gadget/{name}",
    parents=("datasetGroup",),
    scope="datasetGroup",
    latest_update="latestGadgetUpdate",
    updates=("gadgetConfig",),
    ready_status="RUNNING",
    pending_statuses=("START PENDING", "START IN_PROGRESS"),
    billed_by_the_hour=True,
    typical_seconds=90,
    timeout_seconds=1200,
)
"""
STAGE = """
from personalize_sfn.config import Config
from personalize_sfn.resources import DATASET_GROUP, GADGET
from personalize_sfn.stages import states
from personalize_sfn.stages.stage import Stage


def gadget(config: Config, label: str | None = None, *, dataset_group_arn: str = DATASET_GROUP.state_path) -> Stage:
    request = states.pairs(name=config.name("gadget"), datasetGroupArn=dataset_group_arn)
    return states.stage(config, GADGET, states.create_step(config, GADGET, request, label=label), label)
"""
HANDLERS = {
    "create": "from personalize_sfn.handlers.create import create_handler\n"
    'lambda_handler = create_handler(GADGET, same=("datasetGroupArn",))\n',
    "describe": "from personalize_sfn.handlers.status import status_handler\nlambda_handler = status_handler(GADGET)\n",
    "delete": "from personalize_sfn.handlers.delete import delete_handler\nlambda_handler = delete_handler(GADGET)\n",
}
ASK = """
import json
from personalize_sfn import stages, workflows
from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.deploy.packages import packages
from personalize_sfn.deploy.policies import roles
from personalize_sfn.display.steps import plan_of
from personalize_sfn.sdk import Chain
from personalize_sfn.stages.gadget import gadget

config, arns = Config(project="movies"), Arns("us-east-1", "123456789012")
own = workflows.to_dict(Chain([gadget(config, label, dataset_group_arn="$.group") for label in ("seen items", "new")]))
definitions = {key: workflows.to_dict(each) for key, each in workflows.definitions(config, arns).items()}
(change,) = [
    role for role in roles(config, arns, functions=["f"], machines=["m"]) if role.key == "lambda_change"
]
print(json.dumps({
    "states": own["States"],
    "plan": [list(plan_of(own, lambda _: None).steps), plan_of(own, lambda _: None).typical.total_seconds()],
    "functions": sorted(workflows.functions(config, [own])),
    "packages": sorted(name for name in packages() if "gadget" in name),
    "deployed": sorted(name for name in workflows.functions(config, definitions.values()) if "gadget" in name),
    "policy": [each for each in change.policy["Statement"] if "Gadget" in str(each)],
    "clean_up": list(plan_of(definitions["clean-up"], lambda _: None).steps),
}))
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """What a copy of this package with one more resource type says, asked in a process of its own."""
    copy = tmp_path_factory.mktemp("copy")
    ignore = shutil.ignore_patterns("__pycache__")
    for folder in ("src", "lambdas"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=ignore)
    package = copy / "src" / "personalize_sfn"
    resources = (package / "resources.py").read_text()
    types = "RESOURCE_TYPES: tuple[ResourceType, ...] = ("
    before, listed = resources.split(types)
    with_gadget = listed.replace("    CAMPAIGN,", "    GADGET,\n    CAMPAIGN,", 1)
    added = {
        package / "resources.py": f"{before}{ROW}\n{types}{with_gadget}",
        package / "stages" / "gadget.py": STAGE,
        package / "stages" / "__init__.py": (package / "stages" / "__init__.py").read_text()
        + "\nfrom personalize_sfn.stages import gadget\n",
        **{
            copy / "lambdas" / f"{verb}_gadget.py": f'"""{verb.title()} a gadget."""\n'
            f"from personalize_sfn.resources import GADGET\n{body}"
            for verb, body in HANDLERS.items()
        },
    }
    assert len(added) == 6
    for file, text in added.items():
        file.write_text(text)
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        env={**os.environ, "PYTHONPATH": str(copy / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_its_stage_waits_for_the_statuses_of_its_row_and_its_label_is_in_names_and_paths(told):
    states = told["states"]
    assert states["Is Seen Items Gadget Running?"]["Choices"][0] == {
        "Variable": "$.seenItemsGadget.check.status",
        "StringEquals": "RUNNING",
        "Next": "Seen Items Gadget Is Running",
    }
    waits = states["Is New Gadget Running?"]["Choices"][2]
    assert [each["StringEquals"] for each in waits["Or"]] == ["START PENDING", "START IN_PROGRESS"]
    payload = states["Check New Gadget"]["Parameters"]["Payload"]
    assert payload["gadgetArn.$"] == "$.newGadget.gadgetArn"
    assert (payload["typicalSeconds"], payload["timeoutSeconds"]) == (90, 1200)


def test_progress_names_its_steps(told):
    assert told["plan"] == [["Seen Items Gadget", "New Gadget"], 180.0]


def test_its_functions_have_code_and_only_those_that_a_workflow_invokes_are_deployed(told):
    assert told["functions"] == ["create-gadget", "describe-gadget"]
    assert told["packages"] == ["create-gadget", "delete-gadget", "describe-gadget"]
    assert told["deployed"] == ["delete-gadget"]


def test_clean_up_deletes_it_before_what_it_depends_on(told):
    steps = told["clean_up"]
    assert steps.index("Campaign") < steps.index("Gadget") < steps.index("Dataset Group")


def test_the_policy_lets_clean_up_delete_what_carries_the_projects_tag(told):
    deletes = [each for each in told["policy"] if "personalize:DeleteGadget" in each["Action"]]
    assert [each["Condition"] for each in deletes] == [
        {"StringEquals": {"aws:ResourceTag/personalize-sfn:project": "movies"}}
    ]
    assert "arn:aws:personalize:us-east-1:123456789012:gadget/*" in deletes[0]["Resource"]
    assert any("personalize:DescribeGadget" in each["Action"] for each in told["policy"])
