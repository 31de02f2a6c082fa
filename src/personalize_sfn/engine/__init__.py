"""Recommenders for the recipes of Amazon Personalize, on a well-kept library (`implicit`).  Knows no AWS.

    data = Interactions.from_columns(user_ids, item_ids, timestamps)
    model = fit("aws-user-personalization-v2", data)
    model.recommend(["50", "181"], k=10)          # item ids, newest last
    evaluate("aws-user-personalization-v2", data)  # {"coverage": ..., "mean_reciprocal_rank_at_25": ..., ...}

Nothing heavy is loaded before it is used: SciPy comes with data sets, `implicit` with models.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from personalize_sfn.engine.attributes import Attributes
    from personalize_sfn.engine.coded_column import CodedColumn
    from personalize_sfn.engine.hpo import tunable, tune
    from personalize_sfn.engine.interactions import Event, Interactions
    from personalize_sfn.engine.labels import Labels
    from personalize_sfn.engine.model import Model, Scored
    from personalize_sfn.engine.model_file import load, save
    from personalize_sfn.engine.objective import OFF, Objective
    from personalize_sfn.engine.recipes import RECIPES, REFUSED, hyperparameters_of, parse_options, recipe_named
    from personalize_sfn.engine.serving import Exploration, Explored, rank_for_users, recommend_for_users
    from personalize_sfn.engine.training import cross_validate, evaluate, evaluate_and_learn, fit, with_new_items
    from personalize_sfn.engine.training_input import TrainingInput

__all__ = [
    "OFF",
    "RECIPES",
    "REFUSED",
    "Attributes",
    "CodedColumn",
    "Event",
    "Exploration",
    "Explored",
    "Interactions",
    "Labels",
    "Model",
    "Objective",
    "Scored",
    "TrainingInput",
    "cross_validate",
    "evaluate",
    "evaluate_and_learn",
    "fit",
    "hyperparameters_of",
    "load",
    "parse_options",
    "rank_for_users",
    "recipe_named",
    "recommend_for_users",
    "save",
    "tunable",
    "tune",
    "with_new_items",
]

_MODULES = {
    "OFF": "objective",
    "RECIPES": "recipes",
    "REFUSED": "recipes",
    "Attributes": "attributes",
    "CodedColumn": "coded_column",
    "Event": "interactions",
    "Exploration": "serving",
    "Explored": "serving",
    "Interactions": "interactions",
    "Labels": "labels",
    "Model": "model",
    "Objective": "objective",
    "Scored": "model",
    "TrainingInput": "training_input",
    "cross_validate": "training",
    "evaluate": "training",
    "evaluate_and_learn": "training",
    "fit": "training",
    "hyperparameters_of": "recipes",
    "load": "model_file",
    "parse_options": "recipes",
    "rank_for_users": "serving",
    "recipe_named": "recipes",
    "recommend_for_users": "serving",
    "save": "model_file",
    "tunable": "hpo",
    "tune": "hpo",
    "with_new_items": "training",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
