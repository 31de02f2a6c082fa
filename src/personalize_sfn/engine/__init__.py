"""Recommenders for the recipes of Amazon Personalize, on a well-kept library (`implicit`).  Knows no AWS.

    data = Interactions.from_columns(user_ids, item_ids, timestamps)
    model = fit("aws-user-personalization-v2", data)
    model.recommend(["50", "181"], k=10)          # item ids, newest last
    evaluate("aws-user-personalization-v2", data)  # {"coverage": ..., "mean_reciprocal_rank_at_25": ..., ...}

`implicit` is loaded when a model is trained or asked, not when this package is imported.
"""

from personalize_sfn.engine.attributes import Attributes
from personalize_sfn.engine.hpo import tunable, tune
from personalize_sfn.engine.interactions import Event, Interactions
from personalize_sfn.engine.labels import Labels
from personalize_sfn.engine.model import Model, Scored
from personalize_sfn.engine.model_file import load, save
from personalize_sfn.engine.objective import OFF, Objective
from personalize_sfn.engine.recipes import RECIPES, REFUSED, hyperparameters_of, parse_options, recipe_named
from personalize_sfn.engine.serving import Exploration, Explored, rank_for_users, recommend_for_users
from personalize_sfn.engine.training import cross_validate, evaluate, evaluate_and_learn, fit, with_new_items

__all__ = [
    "OFF",
    "RECIPES",
    "REFUSED",
    "Attributes",
    "Event",
    "Exploration",
    "Explored",
    "Interactions",
    "Labels",
    "Model",
    "Objective",
    "Scored",
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
