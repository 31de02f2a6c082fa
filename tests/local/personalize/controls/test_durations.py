"""The time that the embedded AWS leaves to work that takes its own time, however waits are scaled."""

from __future__ import annotations

from personalize_sfn.config import Config
from personalize_sfn.deploy import deploy
from personalize_sfn.execution import Workflow
from personalize_sfn.local import LocalAws
from personalize_sfn.local.personalize.controls.durations import Durations


def test_work_that_is_slower_than_its_scaled_limit_is_not_ended() -> None:
    """A dataset group takes seconds here, while its limit of 600 s is over after 0.03 s of waits."""
    config = Config(project="movies")
    with LocalAws(wait_scale=1 / 20_000, durations=Durations.realistic(1 / 10)) as aws:
        session = aws.session()
        deploy(session, config)
        workflow = Workflow.attach(session.arns.state_machine("movies-dataset"), session=session)

        assert workflow.execute(inputs={}).wait(timeout=60).status == "SUCCEEDED"
