"""Batches of a configuration, and what AWS would refuse of them after the training was paid for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

from personalize_sfn import config_rules as rules
from personalize_sfn.config_parsing import Checked, Checks, ConfigProblem, key_problem, shown
from personalize_sfn.filter_expressions import Filter, FilterExpressionError, parse, resolved
from personalize_sfn.filter_expressions.syntax import CURRENT_USER, INTERACTIONS
from personalize_sfn.recipes import OFFERED, RECIPES

__all__ = ["BatchConfig", "batch_inputs", "batches", "outputs_beside_data"]

#: https://docs.aws.amazon.com/personalize/latest/dg/API_CreateBatchInferenceJob.html and
#: https://docs.aws.amazon.com/personalize/latest/dg/getting-user-segments.html
MOST_ITEMS, MOST_USERS = 500, 5_000_000
#: https://docs.aws.amazon.com/personalize/latest/dg/API_S3DataConfig.html
_LONGEST_PATH = 256
#: The end of a job's name: a hash, and from the second attempt on its number.
_NAME_END = f"-{'0' * 12}-20"


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchConfig(Checked):
    """Many answers at once, from files to files: recommendations for users or items, or segments of users.

    https://docs.aws.amazon.com/personalize/latest/dg/getting-batch-recommendations.html
    """

    solution: str
    """Key in ``solutions``; its recipe says what is asked: users, items, lists to put in order, or segments."""
    input: str
    """Key in the bucket of JSON Lines such as ``{"userId": "4711"}``.  Personalize reads every object whose key begins
    with it; one that ends in ``/`` is a folder."""
    filter: str | None = None
    """Key in ``filters``.  For a ``$NAME`` in it each line gives ``"filterValues": {"NAME": ...}``."""
    num_results: int = 25
    """For each line: 1 to 500 items, or 1 to 5,000,000 users of a segment.  A list to put in order keeps its length."""
    exploration_weight: float | None = None
    """0 (none) to 1; recipe aws-user-personalization only."""
    exploration_item_age_cut_off_days: int | None = None
    """Items younger than this are explored: aws-user-personalization only."""

    _where = "batch"
    _checks: ClassVar[Checks] = {
        "input": rules.data_key,
        "num_results": rules.between(1, MOST_USERS),
        "exploration_weight": rules.between(0, 1),
        "exploration_item_age_cut_off_days": rules.between(1, None, " day"),
    }


def batches(config: Any) -> Iterator[ConfigProblem]:
    """Each asks a solution whose recipe answers batches, with a filter that fits, for no more than it gives."""
    for key, each in config.batch.items():
        where = f"batch.{key}"
        if (text := key_problem(key)) is not None:
            yield ConfigProblem(where, text)
        elif (text := rules.resource_name(name := f"{config.name(key)}{_NAME_END}")) is not None:
            yield ConfigProblem(where, f"{text} in the name of its jobs ({name}): choose a shorter key")
        if each.filter is not None and each.filter not in config.filters:
            have = ", ".join(config.filters) or "none"
            yield ConfigProblem(f"{where}.filter", f"expected a key of filters ({have}), got {shown(each.filter)}")
        if each.solution not in config.solutions:
            have = ", ".join(config.solutions) or "none"
            text = f"expected a key of solutions ({have}), got {shown(each.solution)}"
            yield ConfigProblem(f"{where}.solution", text)
            continue
        recipe = RECIPES[config.solutions[each.solution].recipe]
        if not recipe.batches:
            able = ", ".join(name for name in OFFERED if RECIPES[name].batches)
            text = f"Personalize makes no batches by {recipe.name}, which {each.solution} has, only by {able}"
            yield ConfigProblem(f"{where}.solution", text)
        if each.num_results > MOST_ITEMS and recipe.answers != "segments":
            yield ConfigProblem(f"{where}.num_results", f"expected 1 to {MOST_ITEMS}, got {each.num_results:,}")
        for name in ("exploration_weight", "exploration_item_age_cut_off_days"):
            if getattr(each, name) is not None and not recipe.exploration:
                able = " or ".join(each.name for each in RECIPES.values() if each.exploration)
                text = f"only the recipe {able} takes it, {each.solution} has {recipe.name}"
                yield ConfigProblem(f"{where}.{name}", text)
        if each.filter in config.filters and (text := _unfit(config.filters[each.filter], recipe.name)) is not None:
            yield ConfigProblem(f"{where}.filter", f"filter {each.filter} {text}")


def _unfit(expression: str, recipe_name: str) -> str | None:
    """Why a filter does not go with batches of the recipe; None if it does, or cannot be read.

    https://docs.aws.amazon.com/personalize/latest/dg/filter-batch.html
    https://docs.aws.amazon.com/personalize/latest/dg/user-segment-filter-examples.html
    """
    try:
        found: Filter = parse(resolved(expression, datetime.now(UTC)))
    except FilterExpressionError:
        return None  # told of the filter itself
    recipe = RECIPES[recipe_name]
    subject = "USERID" if recipe.answers == "segments" else "ITEMID"
    if found.subject != subject:
        return f"is about {found.subject}, and a batch by {recipe.name} answers {subject}: write another filter"
    named = {condition.dataset for condition in found.conditions()}
    if recipe.answers == "segments" and CURRENT_USER in named:
        return "is about CurrentUser, but a segment is made for no user: leave that part out"
    if recipe.by_attributes and not named.isdisjoint(INTERACTIONS):
        return f"is about interactions, which {recipe.name} cannot be filtered by: use columns of Users"
    if found.needs_current_item and recipe.answers != "item":
        return f"is about CurrentItem, and a line of a batch by {recipe.name} names no item: leave that part out"
    return None


def outputs_beside_data(config: Any) -> Iterator[ConfigProblem]:
    """No folder of data holds what Personalize writes: the next import would read it."""
    if not config.writes_output:
        return
    output = config.output_prefix
    for kind in config.datasets.by_type():
        key = config.data_key(kind)
        if key.endswith("/") and (output.startswith(key) or key.startswith(output)):
            yield ConfigProblem(
                f"datasets.{kind.lower()}.key",
                f"expected a folder apart from {output}, where Personalize writes, got {shown(key)}: it imports every "
                "file in there",
            )


def batch_inputs(config: Any) -> Iterator[ConfigProblem]:
    """Personalize reads every object whose key begins with the input's: those of others must not be among them."""
    bucket = len(config.bucket or f"{config.project}-123456789012-ap-northeast-1")
    most = _LONGEST_PATH - len("s3:///") - bucket
    data = {f"datasets.{kind.lower()}": config.data_key(kind) for kind in config.datasets.by_type()}
    own = {f"batch.{key}": each.input for key, each in config.batch.items()}
    for where, key in own.items():
        if key.startswith(("s3://", "/")):
            yield ConfigProblem(f"{where}.input", f"expected a key in the bucket, without s3:// or /, got {shown(key)}")
        elif len(key) > most:
            yield ConfigProblem(
                f"{where}.input",
                f"expected at most {most} characters, got {len(key)}: Personalize takes {_LONGEST_PATH} for "
                "s3://bucket/key",
            )
        elif (config.output_prefix + "batch/").startswith(key) or key.startswith(config.output_prefix):
            yield ConfigProblem(f"{where}.input", f"expected a key outside of {config.output_prefix}, got {shown(key)}")
        for other, inner in data.items():
            if inner.startswith(key):
                text = f"expected a key with which that of {other} ({inner}) does not begin, got {shown(key)}: "
                yield ConfigProblem(f"{where}.input", f"{text}Personalize reads every object whose key begins with it")
            elif inner.endswith("/") and key.startswith(inner):
                text = f"expected a key outside of {inner}, got {shown(key)}: all in there is imported as {other}"
                yield ConfigProblem(f"{where}.input", text)
        for other, inner in own.items():
            if inner != key and inner.startswith(key):
                text = f"expected a key with which that of {other} ({inner}) does not begin, got {shown(key)}: "
                yield ConfigProblem(f"{where}.input", f"{text}Personalize reads every object whose key begins with it")
