"""The workflows: which stages run in which order.

:func:`definitions` gives all of them.  Each takes ``{}`` as its input, for what it needs from the workflow before it
follows from the configuration; so each can be run alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.sdk import Chain, Graph, State
from personalize_sfn.workflows.attribution import attribution
from personalize_sfn.workflows.batch import batch
from personalize_sfn.workflows.campaign import campaign
from personalize_sfn.workflows.clean_up import clean_up
from personalize_sfn.workflows.dataset import dataset
from personalize_sfn.workflows.dataset_import import dataset_import
from personalize_sfn.workflows.export import export
from personalize_sfn.workflows.filters import filters
from personalize_sfn.workflows.forget import forget
from personalize_sfn.workflows.main import main
from personalize_sfn.workflows.recommendation import recommendation
from personalize_sfn.workflows.recommender import recommender
from personalize_sfn.workflows.solution import solution

__all__ = [
    "attribution",
    "batch",
    "campaign",
    "clean_up",
    "dataset",
    "dataset_import",
    "definitions",
    "export",
    "filters",
    "forget",
    "functions",
    "main",
    "recommendation",
    "recommender",
    "solution",
    "to_dict",
]


_MAKERS: dict[str, Callable[[Config, Arns], State | Chain]] = {
    "dataset": dataset,
    "dataset-import": dataset_import,
    "solution": solution,
    "campaign": campaign,
    "recommender": recommender,
    "filters": filters,
    "attribution": attribution,
    "main": main,
    "recommendation": recommendation,
    "batch": batch,
    "export": export,
    "forget": forget,
    "clean-up": clean_up,
}


#: Workflows that a config has only if it says what they make.
_ONLY_WITH: dict[str, Callable[[Config], object]] = {
    "solution": lambda config: config.solutions,
    "campaign": lambda config: config.campaigns,
    "recommendation": lambda config: config.campaigns or config.recommenders,
    "recommender": lambda config: config.recommenders,
    "filters": lambda config: config.filters,
    "attribution": lambda config: config.metric_attribution,
    "batch": lambda config: config.batch,
    "export": lambda config: config.exports,
    "forget": lambda config: config.forgetting,
}


def definitions(config: Config, arns: Arns, keys: Iterable[str] | None = None) -> dict[str, State | Chain]:
    """Every workflow of the config by its key, or those of ``keys``; the state machine's name is ``config.name(key)``.

    Children come before main.
    """
    made = [key for key in _MAKERS if key not in _ONLY_WITH or _ONLY_WITH[key](config)]
    return {key: _MAKERS[key](config, arns) for key in (made if keys is None else keys) if key in made}


def functions(config: Config, definitions: Iterable[object]) -> set[str]:
    """Names, without the project, of the functions that the definitions invoke; each as :func:`to_dict` gives it."""
    found: set[str] = set()
    for value in definitions:
        if isinstance(value, Mapping):
            if isinstance(name := value.get("FunctionName"), str):
                found.add(name.removeprefix(config.name("")))
            found |= functions(config, value.values())
        elif isinstance(value, list):
            found |= functions(config, value)
    return found


def to_dict(definition: State | Chain) -> dict[str, object]:
    """The Amazon States Language of a definition."""
    return Graph(definition).to_dict()
