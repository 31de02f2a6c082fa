"""Large data in the embedded AWS: an import job, and solution versions with their metrics, beside a bare fit.

Usage: python benchmarks/scale.py [events ...]          default: 1000000; the goal for 10000000 is 120 s and 1 GiB

Each size runs in a process of its own, through the service's API, and one of its models is asked over HTTP.  A step's
peak is the most memory that the process had during it (Linux; elsewhere since the start), embedded AWS and data
included.  Ratios are to implicit's own fit of the same events in the same process.  The data are synthetic (items by
Zipf's law, users by a lognormal), which says nothing about quality.
"""

from __future__ import annotations

import gc
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from _calls import PLAIN, quantiles, raw_call
from implicit.cpu.als import AlternatingLeastSquares
from scipy import sparse
from threadpoolctl import threadpool_limits

from personalize_sfn import Config, LocalAws, connect, deploy

USERS, ITEMS = {1_000_000: 20_000, 10_000_000: 150_000}, {1_000_000: 10_000, 10_000_000: 30_000}
RECIPES = (
    "aws-user-personalization",
    "aws-user-personalization-v2",
    "aws-sims",
    "aws-popularity-count",
    "aws-item-affinity",
)
ASKED = "aws-user-personalization-v2"
BLOCK = 100_000


def main() -> None:
    for size in [int(each) for each in sys.argv[1:]] or [1_000_000]:
        with TemporaryDirectory() as folder:
            path = Path(folder) / "interactions.csv"
            write_csv(path, size)
            subprocess.run([sys.executable, __file__, "--one", str(path), str(size)], check=True)


def write_csv(path: Path, size: int) -> None:
    draw = np.random.default_rng(0)
    users = USERS.get(size, max(100, size // 50))
    items = ITEMS.get(size, max(100, size // 100))
    activity = draw.lognormal(0, 1, users)
    popularity = 1 / np.arange(1, items + 1) ** 0.8
    with path.open("w") as file:
        file.write("USER_ID,ITEM_ID,TIMESTAMP\n")
        for start in range(0, size, BLOCK):
            count = min(BLOCK, size - start)
            columns = (
                draw.choice(users, count, p=activity / activity.sum()),
                draw.choice(items, count, p=popularity / popularity.sum()),
                draw.integers(1_500_000_000, 1_600_000_000, count),
            )
            rows = zip(*(column.tolist() for column in columns), strict=True)
            file.writelines(f"{user},{item},{when}\n" for user, item, when in rows)


def one(path: Path, size: int) -> None:
    print(f"{size:,} events, a CSV file of {path.stat().st_size / 2**20:.0f} MiB")
    print(f"  {'step':<54} {'seconds':>8} {'x bare fit':>11} {'peak MiB':>9}")
    with LocalAws() as aws:
        session = connect("local", endpoint_url=aws.endpoint_url)
        config = Config(project="scale")
        role = deploy(session, config).role_arns["personalize"]
        bucket = config.bucket_name(session.region, session.account_id)
        with path.open("rb") as file:
            session.client("s3").put_object(Bucket=bucket, Key=f"scale/{path.name}", Body=file)
        personalize = session.client("personalize")
        group, dataset = made(personalize)
        step("nothing: the embedded AWS, and the file in its S3", lambda: None)
        source = {"dataLocation": f"s3://{bucket}/scale/{path.name}"}
        job = {"jobName": "import", "datasetArn": dataset, "dataSource": source, "roleArn": role}
        step("import job", lambda: active(personalize, "dataset_import_job", job))
        bare = step("bare ALS, fit only", partial(bare_fit, coded(path)))
        for recipe in RECIPES:
            step(f"{recipe}, with metrics", partial(trained, personalize, group, recipe), bare)
            solution = group.replace("dataset-group/scale", f"solution/{recipe}")
            if recipe == ASKED:
                asked(personalize, aws.endpoint_url, solution)
            personalize.delete_solution(solutionArn=solution)


def step(title: str, work: Callable[[], object], bare: float | None = None) -> float:
    gc.collect()
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    began = time.perf_counter()
    work()
    seconds = time.perf_counter() - began
    ratio = f"{seconds / bare:11.2f}" if bare else " " * 11
    print(f"  {title:<54} {seconds:8.2f} {ratio} {peak():9.0f}", flush=True)
    return seconds


def peak() -> float:
    """In MiB."""
    status = Path("/proc/self/status")
    if status.exists():
        [line] = [line for line in status.read_text().splitlines() if line.startswith("VmHWM")]
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 1024)


def active(personalize: Any, kind: str, request: dict[str, Any]) -> str:
    """Create, and wait until it is ACTIVE."""
    arn: str = getattr(personalize, f"create_{kind}")(**request)[f"{camel(kind)}Arn"]
    while True:
        found = getattr(personalize, f"describe_{kind}")(**{f"{camel(kind)}Arn": arn})[camel(kind)]
        if found["status"] == "ACTIVE":
            return arn
        assert "FAILED" not in found["status"], found
        time.sleep(0.02)


def camel(kind: str) -> str:
    first, *others = kind.split("_")
    return first + "".join(map(str.title, others))


def made(personalize: Any) -> tuple[str, str]:
    group = active(personalize, "dataset_group", {"name": "scale"})
    types = {"USER_ID": "string", "ITEM_ID": "string", "TIMESTAMP": "long"}
    fields = [{"name": name, "type": kind} for name, kind in types.items()]
    avro = json.dumps({"type": "record", "name": "Interactions", "fields": fields, "version": "1.0"})
    schema = personalize.create_schema(name="scale", schema=avro)["schemaArn"]
    request = {"name": "scale", "datasetType": "INTERACTIONS", "datasetGroupArn": group, "schemaArn": schema}
    return group, active(personalize, "dataset", request)


def trained(personalize: Any, group: str, recipe: str) -> None:
    arn = f"arn:aws:personalize:::recipe/{recipe}"
    request = {"name": recipe, "datasetGroupArn": group, "recipeArn": arn, "performAutoTraining": False}
    solution = active(personalize, "solution", request)
    active(personalize, "solution_version", {"solutionArn": solution})


def asked(personalize: Any, endpoint_url: str, solution: str) -> None:
    """GetRecommendations over HTTP beside a plain answer of the same server."""
    request = {"name": "scale", "solutionVersionArn": f"{solution}/$LATEST"}
    campaign = active(personalize, "campaign", request)
    body = {"campaignArn": campaign, "userId": "1"}
    calls = {
        "a plain answer of the server": raw_call(endpoint_url, PLAIN),
        "GetRecommendations": raw_call(endpoint_url, "/recommendations", body),
    }
    for title, call in calls.items():
        p50, p99 = quantiles(call, 1000)
        print(f"    {title:<52} p50 {p50:.2f} ms, p99 {p99:.2f} ms")
    personalize.delete_campaign(campaignArn=campaign)
    with suppress(personalize.exceptions.ResourceNotFoundException):
        while personalize.describe_campaign(campaignArn=campaign):
            time.sleep(0.02)


def coded(path: Path) -> Any:
    """Users by items, the events' weights being 1: what the bare library wants."""
    users, items, _ = np.loadtxt(path, dtype=np.int64, delimiter=",", skiprows=1, unpack=True)
    matrix = sparse.csr_matrix((np.ones(len(users), dtype=np.float32), (users, items)))
    matrix.data[:] = 1
    return matrix


def bare_fit(data: Any) -> None:
    with threadpool_limits(1, "blas"):
        AlternatingLeastSquares(factors=64, iterations=15, random_state=0).fit(data, show_progress=False)


if __name__ == "__main__":
    one(Path(sys.argv[2]), int(sys.argv[3])) if sys.argv[1:2] == ["--one"] else main()
