"""A process that works in a data directory until it is killed, and says each thing that was answered.

    python persistence_worker.py DIRECTORY SEED

Lines of JSON on standard output: ["ready"], ["made", kind, arn], ["deleting", arn], ["deleted", arn],
["sending", group arn], ["sent", group arn].
"""

from __future__ import annotations

import itertools
import json
import random
import sys
import threading
from pathlib import Path
from typing import Any

from fakes.personalize_aws import ACCOUNT, BUCKET, REGION, ROLE, FakeEnvironment, avro, csv_bytes, two_tastes
from personalize_sfn.local.aws.iam import owner_of
from personalize_sfn.local.personalize import PersonalizeService
from personalize_sfn.local.personalize.persistence import DataDirectory, RecordPersistence
from personalize_sfn.local.personalize.wire.protocol import operation_request

ROWS = two_tastes()


class Personalize:
    """The service in a data directory, without HTTP."""

    def __init__(self, path: Path) -> None:
        self.directory = DataDirectory(path)
        environment = FakeEnvironment(objects={"interactions.csv": csv_bytes(ROWS)})
        try:
            self.service = PersonalizeService(environment, persistence=RecordPersistence(self.directory))
        except BaseException:
            self.directory.close()
            raise
        for name in ("per_region", "per_dataset_group", "pending_per_region"):
            getattr(self.service.quotas, name).clear()

    def __call__(self, operation: str, **request: Any) -> dict[str, Any]:
        status, _, answer = self.service.handle(operation_request(operation, request, REGION), owner_of(ACCOUNT))
        assert status == 200, (operation, request, status, answer)
        return json.loads(answer or b"{}")

    def close(self) -> None:
        self.service.close()
        self.directory.close()


def say(*what: Any) -> None:
    print(json.dumps(what), flush=True)


def work(personalize: Personalize, draw: random.Random) -> None:
    for number in itertools.count():
        name = f"n{draw.randrange(10**9)}x{number}"

        def make(kind: str, name: str = name, **request: Any) -> str:
            names = {"DatasetImportJob": "jobName"}
            request[names.get(kind, "name")] = name
            arn = personalize(f"Create{kind}", **request)[f"{kind[0].lower()}{kind[1:]}Arn"]
            say("made", kind, arn)
            return arn

        def wait(kind: str, arn: str) -> None:
            key = f"{kind[0].lower()}{kind[1:]}"
            while personalize(f"Describe{kind}", **{f"{key}Arn": arn})[key]["status"].startswith("CREATE "):
                threading.Event().wait(0.005)

        def event(group: str, tracking_id: str) -> None:
            say("sending", group)
            personalize(
                "PutEvents",
                trackingId=tracking_id,
                sessionId="s",
                userId="new",
                eventList=[{"eventType": "w", "itemId": f"i{draw.randrange(40)}", "sentAt": 1.7e9}],
            )
            say("sent", group)

        group, schema = make("DatasetGroup"), make("Schema", schema=avro())
        dataset = make("Dataset", datasetGroupArn=group, schemaArn=schema, datasetType="Interactions")
        tracker = personalize("CreateEventTracker", name=name, datasetGroupArn=group)["trackingId"]
        source = {"dataLocation": f"s3://{BUCKET}/interactions.csv"}
        job = make("DatasetImportJob", datasetArn=dataset, roleArn=ROLE, dataSource=source)
        for _ in range(draw.randrange(5)):
            event(group, tracker)
        wait("DatasetImportJob", job)
        recipe = draw.choice(["aws-popularity-count", "aws-sims", "aws-user-personalization-v2"])
        recipe_arn = f"arn:aws:personalize:::recipe/{recipe}"
        solution = make("Solution", datasetGroupArn=group, recipeArn=recipe_arn, performAutoTraining=False)
        version = make("SolutionVersion", solutionArn=solution)
        for _ in range(draw.randrange(5)):
            event(group, tracker)
        wait("SolutionVersion", version)
        campaign = make("Campaign", solutionVersionArn=version)
        if draw.random() < 0.5:
            say("deleting", campaign)
            personalize("DeleteCampaign", campaignArn=campaign)
            say("deleted", campaign)


if __name__ == "__main__":
    personalize = Personalize(Path(sys.argv[1]))
    say("ready")
    work(personalize, random.Random(int(sys.argv[2])))
