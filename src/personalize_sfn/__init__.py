"""Amazon Personalize pipelines as AWS Step Functions workflows, on AWS or on an embedded local AWS.

>>> from personalize_sfn import Config
>>> Config(project="movies").campaign_name("for-you")
'movies-for-you'

From raw data to recommendations, on the embedded AWS (``connect("aws")`` for an account)::

    from personalize_sfn import Config, connect, datasets, deploy, recommend, run

    session = connect("local")
    config = Config(project="movies")
    movielens = datasets.load_movielens()
    deploy(session, config)
    datasets.upload_interactions(session, config, movielens)
    run(session, config).wait()
    print(recommend(session, config, user_id="1", titles=movielens.titles))

Nothing heavy is imported before it is used: neither the Step Functions SDK nor boto3 nor pandas.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from personalize_sfn import datasets, display, errors, stages, workflows
    from personalize_sfn.clean_up import clean_up
    from personalize_sfn.comparison import compare
    from personalize_sfn.config import Config
    from personalize_sfn.deploy import deploy, destroy, preflight
    from personalize_sfn.evaluation import evaluate
    from personalize_sfn.execution import Execution, Workflow, run
    from personalize_sfn.forgetting import forget
    from personalize_sfn.local import Durations, LocalAws
    from personalize_sfn.outputs import batch, batch_input, export
    from personalize_sfn.recommendations import actions, rank, recommend
    from personalize_sfn.rollback import rollback
    from personalize_sfn.sagemaker_notebook import notebook_defaults
    from personalize_sfn.serving import EventSender, Recommender
    from personalize_sfn.session import Session, connect

__all__ = [
    "Config",
    "Durations",
    "EventSender",
    "Execution",
    "LocalAws",
    "Recommender",
    "Session",
    "Workflow",
    "actions",
    "batch",
    "batch_input",
    "clean_up",
    "compare",
    "connect",
    "datasets",
    "deploy",
    "destroy",
    "display",
    "errors",
    "evaluate",
    "export",
    "forget",
    "notebook_defaults",
    "preflight",
    "rank",
    "recommend",
    "rollback",
    "run",
    "stages",
    "workflows",
]

_MODULES = ("datasets", "display", "errors", "stages", "workflows")
_ATTRIBUTES = {
    "Config": "config",
    "Durations": "local",
    "EventSender": "serving",
    "Execution": "execution",
    "LocalAws": "local",
    "Recommender": "serving",
    "Session": "session",
    "Workflow": "execution",
    "actions": "recommendations",
    "batch": "outputs",
    "batch_input": "outputs",
    "clean_up": "clean_up",
    "compare": "comparison",
    "connect": "session",
    "deploy": "deploy",
    "destroy": "deploy",
    "evaluate": "evaluation",
    "export": "outputs",
    "forget": "forgetting",
    "notebook_defaults": "sagemaker_notebook",
    "preflight": "deploy",
    "rank": "recommendations",
    "recommend": "recommendations",
    "rollback": "rollback",
    "run": "execution",
}


class _Package(ModuleType):
    """``deploy`` and ``clean_up`` are functions and submodules too: importing those must not hide the functions."""

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in _ATTRIBUTES and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return importlib.import_module(f"{__name__}.{name}")
    if name not in _ATTRIBUTES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_ATTRIBUTES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
