"""What the tests of definitions checks and its neighbours share."""

from __future__ import annotations

from fakes.batch_configs import BATCHES
from personalize_sfn import workflows
from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.datasets import schemas

__all__ = ["ARNS", "CONFIGS", "DEFINITIONS", "ITEMS", "USERS"]


ARNS = Arns("us-east-1", "123456789012")
ITEMS, USERS = dict(schemas.movielens_items()), dict(schemas.movielens_users())
CONFIGS = {
    "one": Config(project="movies"),
    "three": Config.from_dict(
        {"project": "movies", "datasets": {"items": {"schema": ITEMS}, "users": {"schema": USERS}}}
    ),
    "batches": BATCHES,
    "forgetting": Config(project="movies", forgetting=True),
    "domain": Config.from_dict(
        {
            "project": "movies",
            "domain": "ECOMMERCE",
            "event_tracker": True,
            "filters": {"unseen": 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("watch")'},
            "recommenders": {"picks": {"recipe": "aws-ecomm-recommended-for-you"}},
            "metric_attribution": {"metrics": {"views": {"event": "watch", "expression": "SAMPLECOUNT()"}}},
        }
    ),
}
DEFINITIONS = {
    f"{name}-{key}": workflows.to_dict(made)
    for name, config in CONFIGS.items()
    for key, made in workflows.definitions(config, ARNS).items()
}
