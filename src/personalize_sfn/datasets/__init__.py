"""The one door for data: MovieLens and your own CSV, made ready for Amazon Personalize.

>>> from personalize_sfn.datasets import load_movielens, prepare
>>> movielens = load_movielens("shipped")
>>> interactions = prepare(movielens.ratings)
>>> print(interactions.report.rows_kept)
86619

Loading names from here is cheap: pandas is imported with the first function that needs it.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from personalize_sfn.datasets import schemas
    from personalize_sfn.datasets.csv_text import csv_bytes
    from personalize_sfn.datasets.movielens import MovieLens, load_movielens
    from personalize_sfn.datasets.report import Report, Summary, summary
    from personalize_sfn.datasets.s3 import S3Object, upload, upload_dataset, upload_interactions
    from personalize_sfn.datasets.training_needs import TrainingNeeds, training_problems
    from personalize_sfn.datasets.validation import Prepared, load_csv, prepare, validate

__all__ = [
    "MovieLens",
    "Prepared",
    "Report",
    "S3Object",
    "Summary",
    "TrainingNeeds",
    "csv_bytes",
    "load_csv",
    "load_movielens",
    "prepare",
    "schemas",
    "summary",
    "training_problems",
    "upload",
    "upload_dataset",
    "upload_interactions",
    "validate",
]

_MODULES = {
    "MovieLens": "movielens",
    "Prepared": "validation",
    "Report": "report",
    "S3Object": "s3",
    "Summary": "report",
    "TrainingNeeds": "training_needs",
    "csv_bytes": "csv_text",
    "load_csv": "validation",
    "load_movielens": "movielens",
    "prepare": "validation",
    "summary": "report",
    "training_problems": "training_needs",
    "upload": "s3",
    "upload_dataset": "s3",
    "upload_interactions": "s3",
    "validate": "validation",
}


def __getattr__(name: str) -> Any:
    if name == "schemas":
        return importlib.import_module("personalize_sfn.datasets.schemas")
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
