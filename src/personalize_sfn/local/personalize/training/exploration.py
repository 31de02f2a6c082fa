"""Exploration as campaigns, recommenders and batch inference jobs ask for it; the engine does the exploring.

https://docs.aws.amazon.com/personalize/latest/dg/native-recipe-new-item-USER_PERSONALIZATION.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from personalize_sfn.local.personalize.training.recipes import ServiceRecipe

if TYPE_CHECKING:
    from personalize_sfn.engine import Exploration


def exploration(chosen: ServiceRecipe, config: Mapping[str, Any]) -> Exploration | None:
    """From a campaignConfig, recommenderConfig or batchInferenceJobConfig; None for recipes that do not explore."""
    from personalize_sfn.engine import Exploration

    if not (chosen.exploration or chosen.explores):
        return None
    given = config.get("itemExplorationConfig", {})
    found = {"weight": given.get("explorationWeight"), "age_cut_off": given.get("explorationItemAgeCutOff")}
    return Exploration(**{name: float(value) for name, value in found.items() if value is not None})
