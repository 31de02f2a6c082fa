"""A configuration of a domain, with recommenders instead of solutions."""

from __future__ import annotations

from personalize_sfn.config import Config

STORE = Config.from_dict(
    {
        "project": "store",
        "domain": "ECOMMERCE",
        "solutions": {},
        "recommenders": {"picks": {"recipe": "aws-ecomm-recommended-for-you"}},
    }
)
