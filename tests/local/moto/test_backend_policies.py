"""AWS's own policies are read once in a process; each embedded AWS has them for itself."""

from __future__ import annotations

import json

from personalize_sfn.local import LocalAws

READS = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})


def test_what_one_embedded_aws_attaches_is_not_attached_in_the_next():
    seen = []
    for _ in range(2):
        with LocalAws() as aws:
            iam = aws.session().client("iam")
            seen.append(iam.get_policy(PolicyArn=READS)["Policy"])
            iam.create_role(RoleName="reader", AssumeRolePolicyDocument=TRUST)
            iam.attach_role_policy(RoleName="reader", PolicyArn=READS)
            assert iam.get_policy(PolicyArn=READS)["Policy"]["AttachmentCount"] == 1
            assert len(iam.list_policies(Scope="AWS", MaxItems=1000)["Policies"]) > 900
    first, second = seen
    assert first["AttachmentCount"] == second["AttachmentCount"] == 0
    assert first == second
