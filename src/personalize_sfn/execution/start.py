"""Starting the main workflow of a deployed pipeline."""

from __future__ import annotations

from typing import Literal

from personalize_sfn.config import Config
from personalize_sfn.execution.running import Execution
from personalize_sfn.execution.workflow import Workflow
from personalize_sfn.session import Session

__all__ = ["run"]


def run(
    session: Session, config: Config, *, train: Literal["auto", "always"] = "auto", name: str | None = None
) -> Execution:
    """Start the main workflow; it goes on when this process ends.

    Args:
        session: from :func:`personalize_sfn.connect`.
        config: the pipeline; it must be deployed, and its data uploaded.
        train: ``"auto"`` trains when there is no solution version yet, or data was imported since the newest one;
            ``"always"`` trains a new one.
        name: of the execution; the service makes one when it is None.

    Raises:
        WorkflowError: it is not deployed.
    """
    workflow = Workflow.attach(session.arns.state_machine(config.name("main")), session=session)
    return workflow.execute(name=name, inputs={"train": train})
