"""The AWS sample that this project starts from, on the embedded AWS, beside ours: the same data, the same time scale.

    git clone the repository aws-samples/personalize-data-science-sdk-workflow, then
    PERSONALIZE_SAMPLE=<the clone> python benchmarks/original_sample.py

The sample's own notebook cells make its definitions and its own Lambda code runs; only what its reader is told to fill
in (bucket, file, roles) is filled in.  Without the clone this says so and does nothing.  It executes the clone's code.
"""

from __future__ import annotations

import io
import json
import os
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from fakes.solutions import served
from personalize_sfn import Config, Execution, LocalAws, Session, datasets, deploy, run, sdk
from personalize_sfn.display.history import Run

#: Cells of the notebook that make states, workflows and their definitions, in its numbering from 0.
DEFINES = (24, 26, 28, 30, 33, 35, 37, 40, 42, 44, 46, 48, 50, 52, 56, 58, 60, 61, 63, *range(66, 75), 78, 79, 81)
RUNS = (83, 84, 86, 88, 89, 91, 93, 94, 96, 98, 99, 100, 101, 102, 103, 105, 106)
#: A thousandth of AWS's pace, for both: waits on one side, Personalize's own durations at once on the other.
SCALE = 1 / 1000


def trust(service: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def role(session: Session, name: str, service: str, actions: list[str]) -> str:
    """A role as the sample's reader makes it by hand: wide open."""
    iam = session.client("iam")
    arn: str = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust(service))["Role"]["Arn"]
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]}
    iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=json.dumps(policy))
    return arn


def pasted_functions(session: Session, code: Iterable[Path], role_arn: str) -> None:
    """Each file as a function of its own name, as the sample's reader pastes them in the console."""
    for path in code:
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as out:
            out.writestr("lambda_function.py", path.read_text())
        session.client("lambda").create_function(
            FunctionName=path.stem,
            Runtime="python3.13",
            Handler="lambda_function.lambda_handler",
            Role=role_arn,
            Timeout=60,
            Code={"ZipFile": archive.getvalue()},
        )


def the_sample(aws: LocalAws, folder: Path, body: bytes) -> Any:
    """Run its main workflow to the end; answers the execution."""
    session, bucket = aws.session(), "personalize-sample"
    session.client("s3").create_bucket(Bucket=bucket)
    session.client("s3").put_object(Bucket=bucket, Key="movies.csv", Body=body)
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "personalize.amazonaws.com"},
        "Action": ["s3:GetObject", "s3:ListBucket"],
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
    }
    session.client("s3").put_bucket_policy(
        Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    )
    reads = role(session, "personalize-role", "personalize.amazonaws.com", ["s3:GetObject", "s3:ListBucket"])
    works = role(session, "functions", "lambda.amazonaws.com", ["personalize:*", "iam:PassRole", "logs:*"])
    states = role(session, "states", "states.amazonaws.com", ["lambda:InvokeFunction", "states:*", "events:*"])
    pasted_functions(session, sorted((folder / "lambda").glob("*.py")), works)
    names: dict[str, Any] = {name: getattr(sdk, name) for name in sdk.__all__}
    names |= {
        "Workflow": lambda **given: sdk.Workflow(client=session.client("stepfunctions"), **given),
        "workflow_execution_role": states,
        "bucket": bucket,
        "filename": "movies.csv",
        "role_arn": reads,
    }
    cells = json.loads(next(folder.glob("*.ipynb")).read_text())["cells"]
    for number in (*DEFINES, *RUNS):
        exec("".join(cells[number]["source"]), names)
    execution = Execution.attach(names["Main_workflow_execution"].execution_arn, session=session)
    return execution.wait(timeout=600)


def told(title: str, whole: Run) -> None:
    spans = [span for _, each in whole.walk() for span in each.spans]
    waits = sum((span.ended - span.began).total_seconds() for span in spans if span.kind == "Wait" and span.ended)
    seconds = whole.elapsed().total_seconds()
    print(
        f"{title:<12} {seconds:6.2f} s   waiting {waits:5.2f} s ({waits / seconds:4.0%})   {len(spans):4} transitions"
    )


def main() -> None:
    folder = Path(os.environ.get("PERSONALIZE_SAMPLE", ""))
    if not (folder / "lambda").is_dir():
        sys.exit(print(__doc__.split("\n\n")[1]) or 0)
    source = os.environ.get("PERSONALIZE_SFN_ML100K", "shipped")
    prepared = datasets.prepare(datasets.load_movielens(source).ratings)
    body = datasets.csv_bytes(prepared.frame)
    # The sample's recipe for both. The first round loads modules and is not counted.
    config = Config(project="ours", solutions=served("aws-user-personalization"))
    for counted in (False, True):
        with LocalAws(wait_scale=SCALE) as aws:
            deploy(aws.session(), config)
            datasets.upload_interactions(aws.session(), config, prepared)
            ours = run(aws.session(), config).wait().snapshot()
            again = run(aws.session(), config).wait().snapshot()
        with LocalAws(wait_scale=SCALE) as aws:
            sample = the_sample(aws, folder, body).run()
        if counted:
            told("the sample", sample)
            told("ours", ours)
            told("ours, again", again)


if __name__ == "__main__":
    main()
