"""Every policy that the package makes, held against AWS's service-authorization reference."""

from __future__ import annotations

import dataclasses
import fnmatch
import re
from collections.abc import Iterator
from typing import Any

import pytest

from contracts.iam_reference import REFERENCE, actions, resource_types
from fakes.batch_configs import BATCHES
from personalize_sfn.arns import Arns
from personalize_sfn.config import Config, RolesConfig
from personalize_sfn.deploy import caller_policy
from personalize_sfn.deploy.keys import KEYS
from personalize_sfn.deploy.packages import packages
from personalize_sfn.deploy.policies import bucket_statements, roles

ARNS = Arns("eu-west-1", "111122223333")
KEY = "arn:aws:kms:eu-west-1:111122223333:key/1"
BOUNDARY = "arn:aws:iam::111122223333:policy/boundary"
CONFIGS = {
    "plain": Config(project="movies"),
    "bounded": Config(project="movies", roles=RolesConfig(permissions_boundary_arn=BOUNDARY)),
    "own": Config(project="movies", bucket="company-data", kms_key_arn=KEY, bucket_kms_key_arn=KEY),
    "batches": BATCHES,
    "keys": dataclasses.replace(BATCHES, **{name: f"{KEY}{number}" for number, name in enumerate(KEYS)}),
    "forgetting": Config(project="movies", forgetting=True),
}
MACHINES = ("dataset", "campaign")
#: The reference lists two types, of which a request is about the one or the other.
EITHER = {"states:DescribeExecution", "states:ListExecutions"}
#: Keys of the request that every service sends.  Those of tags are asked about by service.
GLOBAL = re.compile(r"aws:(Source|Principal|SecureTransport).*")


def statements() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, config in CONFIGS.items():
        for role in roles(config, ARNS, functions=packages(), machines=MACHINES):
            yield from ((f"{name} {role.key}", each) for each in role.policy["Statement"])
        for makes_roles in (True, False):
            policy = caller_policy(config, ARNS, roles=makes_roles)
            yield from ((f"{name} caller {each['Sid']}", each) for each in policy["Statement"])
        yield from ((f"{name} bucket", each) for each in bucket_statements(config, ARNS))


STATEMENTS = list(statements())


def reference(action: str) -> dict[str, Any]:
    service, _, name = action.partition(":")
    assert name in actions(service), f"there is no action {action}"
    return actions(service)[name]


def is_of(arn: str, service: str, kind: str) -> bool:
    """Whether a policy's resource is of a type: ARNs agree part by part, wildcards meet placeholders."""
    form = re.sub(r"\$\{\w+\}", "*", resource_types(service)[kind]["arn"])
    ours, theirs = arn.split(":", 5), form.split(":", 5)
    head = all(fnmatch.fnmatchcase(one, other) for one, other in zip(ours[:5], theirs[:5], strict=True))
    return head and (fnmatch.fnmatchcase(ours[5], theirs[5]) or fnmatch.fnmatchcase(theirs[5], ours[5]))


@pytest.mark.parametrize(("name", "statement"), STATEMENTS, ids=[name for name, _ in STATEMENTS])
def test_actions_exist_and_take_the_resources(name: str, statement: dict[str, Any]) -> None:
    for action in statement["Action"]:
        kinds = reference(action)["resourceTypes"]
        service = action.partition(":")[0]
        if not kinds:
            assert statement["Resource"] == ["*"], f"{action} takes no resource"
            continue
        assert statement["Resource"] != ["*"], f"{action} takes resources"
        taken = [
            kind["name"] for kind in kinds if any(is_of(arn, service, kind["name"]) for arn in statement["Resource"])
        ]
        assert taken, f"{action} takes none of {statement['Resource']}"
    for resource in statement["Resource"]:
        assert resource == "*" or any(
            is_of(resource, action.partition(":")[0], kind["name"])
            for action in statement["Action"]
            for kind in reference(action)["resourceTypes"]
        ), f"no action takes {resource}"


@pytest.mark.parametrize(("name", "statement"), STATEMENTS, ids=[name for name, _ in STATEMENTS])
def test_condition_keys_are_known_to_the_actions_or_their_resources(name: str, statement: dict[str, Any]) -> None:
    # A key that is not in the request never meets IfExists: such a condition restricts nothing there.
    for keys in (
        keys for operator, keys in statement.get("Condition", {}).items() if not operator.endswith("IfExists")
    ):
        for key in keys:
            general = re.sub(r"/.*", "/${TagKey}", key)
            general = re.sub(r"(?<=kms:EncryptionContext:).*", "${EncryptionContextKey}", general)
            for action in statement["Action"]:
                if GLOBAL.fullmatch(key):
                    continue
                row, service = reference(action), action.partition(":")[0]
                known = set(row["conditionKeys"])
                for kind in row["resourceTypes"]:
                    known |= set(kind["conditionKeys"]) | set(
                        resource_types(service)[kind["name"]].get("conditionKeys") or ()
                    )
                if_exists = key.startswith(("aws:RequestTag", "aws:ResourceTag")) and service != "personalize"
                assert general in known or (if_exists and "Tag" in general), f"{action} does not know {key}"


@pytest.mark.parametrize("name", CONFIGS)
def test_each_required_resource_type_of_an_action_is_covered_by_the_policy(name: str) -> None:
    """Parents too: CreateCampaign has to be allowed on the campaign and on the solution."""
    config = CONFIGS[name]
    policies = [role.policy for role in roles(config, ARNS, functions=packages(), machines=MACHINES)]
    for policy in [*policies, caller_policy(config, ARNS)]:
        resources: dict[str, set[str]] = {}
        for statement in policy["Statement"]:
            for action in statement["Action"]:
                resources.setdefault(action, set()).update(statement["Resource"])
        for action, arns in resources.items():
            service = action.partition(":")[0]
            required = [kind["name"] for kind in reference(action)["resourceTypes"] if kind["required"]]
            missing = [kind for kind in required if not any(is_of(arn, service, kind) for arn in arns)]
            assert missing == [] or (action in EITHER and len(missing) < len(required)), (action, missing)


def test_the_reference_is_the_pinned_one() -> None:
    assert REFERENCE.data_version().startswith("0.1.2026")
