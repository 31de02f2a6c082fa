"""The roles as a CloudFormation template, for an administrator to deploy where the user may make none."""

from __future__ import annotations

from typing import Any

from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.deploy.packages import packages
from personalize_sfn.deploy.policies import POLICY_NAME, roles
from personalize_sfn.ownership import tag_list

__all__ = ["role_template"]


def role_template(config: Config, arns: Arns) -> dict[str, Any]:
    """A CloudFormation template of the roles that deploy would make for ``config``.

    An administrator deploys it once, with ``--capabilities CAPABILITY_NAMED_IAM``.  Its outputs are named as the fields
    of the config's ``roles`` that the user then sets; ``caller_policy(config, arns, roles=False)`` is all they need.

    Args:
        config: the pipeline; roles that it names by ARN are left out.
        arns: of the account and region.

    Returns:
        ``{"AWSTemplateFormatVersion", "Description", "Resources", "Outputs"}``, to be written as JSON.
    """
    from personalize_sfn import workflows

    machines = [key for key in workflows.definitions(config, arns) if key != "main"]
    resources, outputs = {}, {}
    for role in roles(config, arns, functions=packages(), machines=machines):
        properties: dict[str, Any] = {
            "RoleName": role.name,
            "Path": config.roles.path,
            "Description": role.description,
            "AssumeRolePolicyDocument": role.trust,
            "Policies": [{"PolicyName": POLICY_NAME, "PolicyDocument": role.policy}],
            "Tags": tag_list(config.all_tags),
        }
        if config.roles.permissions_boundary_arn:
            properties["PermissionsBoundary"] = config.roles.permissions_boundary_arn
        words = "".join(word.capitalize() for word in role.key.split("_"))
        resources[f"{words}Role"] = {"Type": "AWS::IAM::Role", "Properties": properties}
        outputs[f"{words}Arn"] = {
            "Description": f"roles.{role.key}_arn",
            "Value": {"Fn::GetAtt": [f"{words}Role", "Arn"]},
        }
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"Roles of the Amazon Personalize pipeline {config.project}",
        "Resources": resources,
        "Outputs": outputs,
    }
