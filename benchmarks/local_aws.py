"""The main job on the embedded AWS: how long, how much of it is waiting, and what single calls cost.

    python benchmarks/local_aws.py            PERSONALIZE_SFN_ML100K=<folder with u.data> uses MovieLens-100K

Everything runs in this process but the functions, which have their own.  Ratios are to bare implicit on the same data
in the same run, and to a plain HTTP answer of the same server.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from _calls import PLAIN, quantiles, raw_call

from personalize_sfn import Config, LocalAws, clean_up, connect, datasets, deploy, destroy, run
from personalize_sfn.display.history import Run


def timed(title: str, action: Callable[[], Any]) -> Any:
    begun = time.perf_counter()
    answer = action()
    print(f"{title:<52} {time.perf_counter() - begun:8.2f} s")
    return answer


def waiting_seconds(whole: Run) -> float:
    """Seconds that the run and its children spent in Wait states."""
    spans = [span for _, each in whole.walk() for span in each.spans if span.kind == "Wait"]
    return sum((span.ended - span.began).total_seconds() for span in spans if span.ended is not None)


def bare_fit_seconds(frame: Any) -> float:
    """implicit's ALS on the same interactions: matrix and 15 iterations, as the recipes train it."""
    import numpy as np
    from implicit.cpu.als import AlternatingLeastSquares
    from scipy.sparse import csr_matrix
    from threadpoolctl import threadpool_limits

    begun = time.perf_counter()
    users, items = frame["USER_ID"].factorize()[0], frame["ITEM_ID"].factorize()[0]
    matrix = csr_matrix((np.ones(len(frame), dtype=np.float32), (users, items)))
    with threadpool_limits(1, "blas"):
        AlternatingLeastSquares(factors=64, iterations=15, random_state=0).fit(matrix, show_progress=False)
    return time.perf_counter() - begun


def main() -> None:
    movielens = datasets.load_movielens(os.environ.get("PERSONALIZE_SFN_ML100K", "shipped"))
    prepared = datasets.prepare(movielens.ratings, name=movielens.name)
    print(f"{movielens.name}: {len(prepared.frame):,} interactions\n")
    config = Config(project="bench")
    bare = bare_fit_seconds(prepared.frame)
    bare = min(bare, bare_fit_seconds(prepared.frame))
    aws = timed("start the embedded AWS", LocalAws().start)
    try:
        session = connect("local", endpoint_url=aws.endpoint_url)
        timed("deploy", lambda: deploy(session, config))
        timed("a second deploy", lambda: deploy(session, config))
        datasets.upload_interactions(session, config, prepared)
        first = timed("main workflow, import and training included", lambda: run(session, config).wait())
        waited = waiting_seconds(first.snapshot())
        whole = (first.stop_date - first.start_date).total_seconds()
        print(f"{'  of which in Wait states':<52} {waited:8.2f} s  {waited / whole:6.0%}")
        for span in [span for child in first.children() for span in child.snapshot().spans if span.kind == "Task"]:
            if span.ended is not None and (span.ended - span.began).total_seconds() > 0.3:
                print(f"    {span.name}: {(span.ended - span.began).total_seconds():.2f} s")
        timed("main workflow again, all of it there", lambda: run(session, config).wait())
        print(f"{'bare implicit ALS fit, same data':<52} {bare:8.2f} s  the main workflow is {whole / bare:.1f} x")

        output = first.get_output()
        user = prepared.frame["USER_ID"].iloc[0]
        body = {"campaignArn": output["campaignArn"], "userId": user, "numResults": 25}
        health = quantiles(raw_call(aws.endpoint_url, PLAIN))
        http_call = quantiles(raw_call(aws.endpoint_url, "/recommendations", body))
        runtime = session.client("personalize-runtime")
        boto_call = quantiles(lambda: runtime.get_recommendations(**body))
        functions = session.client("lambda")
        payload = json.dumps({"request": {"campaignArn": output["campaignArn"], "userId": user}})
        name = config.name("get-recommendations")
        warm = quantiles(lambda: functions.invoke(FunctionName=name, Payload=payload), 100)
        print(f"\n{'milliseconds':<36}{'p50':>8}{'p99':>8}   p50 against a plain answer")
        for title, (p50, p99) in {
            "plain HTTP answer of this server": health,
            "GetRecommendations over HTTP": http_call,
            "GetRecommendations by boto3": boto_call,
            "a warm function that calls it": warm,
        }.items():
            print(f"{title:<36}{p50:8.2f}{p99:8.2f}   {p50 / health[0]:6.1f} x")
        cold = []
        for memory in range(257, 267):
            functions.update_function_configuration(FunctionName=name, MemorySize=memory)
            begun = time.perf_counter()
            functions.invoke(FunctionName=name, Payload=payload)
            cold.append(1000 * (time.perf_counter() - begun))
        print(f"{'a cold function that calls it':<36}{statistics.median(cold):8.2f}   {'':5}{max(cold):.2f} at most")
        timed("\nclean up", lambda: clean_up(session, config))
        timed("destroy", lambda: destroy(session, config))
    finally:
        aws.stop()
    unit = 1024 if sys.platform != "darwin" else 1024 * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
    print(f"{'peak memory of this process':<52} {peak:8.0f} MB")


if __name__ == "__main__":
    main()
