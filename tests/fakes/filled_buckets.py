"""What the tests of process data dir and its neighbours share."""

from __future__ import annotations

import csv
import io
import json
import urllib.error
import urllib.request

from personalize_sfn.state_folder import keys_of

__all__ = ["BUCKET", "filled_bucket", "send_plan"]


BUCKET = "movies-data"


def filled_bucket(s3) -> None:
    s3.create_bucket(Bucket=BUCKET)
    let_in = {
        "Effect": "Allow",
        "Principal": {"Service": "personalize.amazonaws.com"},
        "Action": ["s3:GetObject", "s3:ListBucket"],
        "Resource": [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"],
    }
    s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps({"Version": "2012-10-17", "Statement": [let_in]}))
    text = io.StringIO()
    rows = [(f"u{row % 50}", f"i{row % 70}", 1_600_000_000 + row) for row in range(1500)]
    csv.writer(text).writerows([("USER_ID", "ITEM_ID", "TIMESTAMP"), *rows])
    s3.put_object(Bucket=BUCKET, Key="interactions.csv", Body=text.getvalue().encode(), ContentType="text/csv")


def send_plan(endpoint_url: str, plan) -> dict:
    secret = keys_of(endpoint_url).secret_access_key
    request = urllib.request.Request(
        f"{endpoint_url}/_personalize_sfn/plan",
        data=json.dumps(plan).encode(),
        headers={"Content-Type": "application/json", "Authorization": f"Bearer {secret}"},
        method="POST",
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)
