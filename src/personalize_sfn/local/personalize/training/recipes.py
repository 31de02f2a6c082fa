"""The recipes of Amazon Personalize, and what the embedded AWS can train.

https://docs.aws.amazon.com/personalize/latest/dg/working-with-predefined-recipes.html
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from personalize_sfn.errors import ConfigError
from personalize_sfn.local.personalize.wire.errors import invalid_input, not_found, unsupported

ARN = "arn:aws:personalize:::{kind}/{name}"

USER_PERSONALIZATION = "USER_PERSONALIZATION"
PERSONALIZED_RANKING = "PERSONALIZED_RANKING"
RELATED_ITEMS = "RELATED_ITEMS"
PERSONALIZED_ACTIONS = "PERSONALIZED_ACTIONS"
USER_SEGMENTATION = "USER_SEGMENTATION"


UPDATED = datetime(2024, 6, 19, tzinfo=UTC)
"""Of all recipes alike, as recorded in 2024."""


@dataclass(frozen=True, slots=True)
class ServiceRecipe:
    """A recipe; the engine says which of them the embedded AWS can train."""

    name: str
    type: str
    description: str
    """Our words: what DescribeRecipe says of it."""
    domain: str | None = None
    created: str = "2019-06-10"
    feature_transformation: str | None = None
    exploration: bool = False
    """Takes itemExplorationConfig in its campaigns, or recommenders."""
    explores: bool = False
    """Explores with nothing to configure."""
    reasons: bool = False
    """Its recommendations may say why."""
    userless: bool = False
    """A use case of popular items that asks for no user; the others do, though they answer everybody alike."""
    by_attributes: bool = False
    """Of user segmentation: asked for attributes of items instead of items."""
    algorithm: str | None = None
    """Default: the recipe's name."""
    listed: bool = True
    """False for recipes of former days, which ListRecipes no longer shows and which still work."""

    @property
    def arn(self) -> str:
        return ARN.format(kind="recipe", name=self.name)

    def described(self) -> dict[str, Any]:
        """What DescribeRecipe and ListRecipes pick from."""
        created = datetime.fromisoformat(self.created).replace(tzinfo=UTC).timestamp()
        return {
            "name": self.name,
            "recipeArn": self.arn,
            "algorithmArn": ARN.format(kind="algorithm", name=self.algorithm or self.name),
            "featureTransformationArn": ARN.format(
                kind="feature-transformation", name=self.feature_transformation or self.name
            ),
            "status": "ACTIVE",
            "recipeType": self.type,
            "description": self.description,
            "domain": self.domain,
            "creationDateTime": created,
            "lastUpdatedDateTime": UPDATED.timestamp(),
        }


_ECOMMERCE, _VIDEO = "ECOMMERCE", "VIDEO_ON_DEMAND"

#: In the order of ListRecipes: by name, custom and domain recipes together.
RECIPES: tuple[ServiceRecipe, ...] = (
    ServiceRecipe(
        "aws-ecomm-customers-who-viewed-x-also-viewed",
        RELATED_ITEMS,
        "What those who viewed an item viewed besides it, without what the user has purchased",
        _ECOMMERCE,
    ),
    ServiceRecipe(
        "aws-ecomm-frequently-bought-together",
        RELATED_ITEMS,
        "What is purchased together with an item",
        _ECOMMERCE,
    ),
    ServiceRecipe(
        "aws-ecomm-popular-items-by-purchases", "POPULAR_ITEMS", "The items that are purchased most", _ECOMMERCE
    ),
    ServiceRecipe("aws-ecomm-popular-items-by-views", "POPULAR_ITEMS", "The items that are viewed most", _ECOMMERCE),
    ServiceRecipe(
        "aws-ecomm-recommended-for-you",
        USER_PERSONALIZATION,
        "Items for one user, without what the user has purchased",
        _ECOMMERCE,
        exploration=True,
    ),
    ServiceRecipe(
        "aws-hrnn",
        USER_PERSONALIZATION,
        "Predicts what a user will interact with from the order of the user's interactions",
        feature_transformation="JSON-percentile-filtering",
        listed=False,
    ),
    ServiceRecipe(
        "aws-hrnn-coldstart",
        USER_PERSONALIZATION,
        "As aws-hrnn-metadata, with items that are new",
        feature_transformation="featurize_coldstart",
        listed=False,
    ),
    ServiceRecipe(
        "aws-hrnn-metadata",
        USER_PERSONALIZATION,
        "As aws-hrnn, with what the datasets say about users and items",
        feature_transformation="featurize_metadata",
        listed=False,
    ),
    ServiceRecipe(
        "aws-item-affinity",
        "USER_SEGMENTATION",
        "The users who are most likely to interact with an item",
        created="2021-07-15",
        feature_transformation="item-affinity",
    ),
    ServiceRecipe(
        "aws-item-attribute-affinity",
        "USER_SEGMENTATION",
        "The users who are most likely to interact with items that have an attribute",
        created="2021-08-25",
        feature_transformation="item-attribute-affinity",
        by_attributes=True,
    ),
    ServiceRecipe(
        "aws-next-best-action",
        "PERSONALIZED_ACTIONS",
        "The actions that a user is most likely to take",
        created="2023-08-11",
    ),
    ServiceRecipe(
        "aws-personalized-ranking",
        PERSONALIZED_RANKING,
        "Puts a list of items into the order that suits a user",
        feature_transformation="JSON-percentile-filtering",
    ),
    ServiceRecipe(
        "aws-personalized-ranking-v2",
        PERSONALIZED_RANKING,
        "Puts a list of items into the order that suits a user, out of a larger catalogue",
        created="2024-01-01",
    ),
    ServiceRecipe(
        "aws-popularity-count",
        USER_PERSONALIZATION,
        "The items with the most interactions, the same for every user",
        feature_transformation="sims",
    ),
    ServiceRecipe(
        "aws-semantic-similarity", RELATED_ITEMS, "Items whose names and texts mean something like those of an item"
    ),
    ServiceRecipe(
        "aws-similar-items", RELATED_ITEMS, "Items like an item, by who interacted with them and by their metadata"
    ),
    ServiceRecipe(
        "aws-sims",
        RELATED_ITEMS,
        "Items that occur in the same users' histories as an item",
        feature_transformation="sims",
    ),
    ServiceRecipe(
        "aws-trending-now",
        "POPULAR_ITEMS",
        "The items whose interactions grow fastest, the same for every user",
        algorithm="aws-trending-now-custom",
    ),
    ServiceRecipe(
        "aws-user-personalization",
        USER_PERSONALIZATION,
        "Items for one user, with some that are new shown to find out who likes them",
        exploration=True,
    ),
    ServiceRecipe(
        "aws-user-personalization-v2",
        USER_PERSONALIZATION,
        "Items for one user, out of a larger catalogue and with all metadata",
        created="2024-01-01",
        explores=True,
        reasons=True,
    ),
    ServiceRecipe(
        "aws-vod-because-you-watched-x",
        RELATED_ITEMS,
        "What those who watched a video watched besides it, without what the user has watched",
        _VIDEO,
    ),
    ServiceRecipe(
        "aws-vod-more-like-x", RELATED_ITEMS, "Videos like a video, without what the user has watched", _VIDEO
    ),
    ServiceRecipe("aws-vod-most-popular", "POPULAR_ITEMS", "The videos that are watched most", _VIDEO),
    ServiceRecipe(
        "aws-vod-top-picks",
        USER_PERSONALIZATION,
        "Videos for one user, without what the user has watched",
        _VIDEO,
        exploration=True,
    ),
    ServiceRecipe(
        "aws-vod-trending-now",
        "POPULAR_ITEMS",
        "The videos whose interactions grow fastest",
        _VIDEO,
        userless=True,
    ),
)
BY_ARN = {recipe.arn: recipe for recipe in RECIPES}


def recipe(arn: str) -> ServiceRecipe:
    """Raises ResourceNotFoundException for an unknown recipe."""
    if arn not in BY_ARN:
        raise not_found(f"The given recipe does not exist: {arn}")
    return BY_ARN[arn]


def trainable_recipe(arn: str) -> ServiceRecipe:
    """Raises ResourceNotFoundException for an unknown recipe, UnsupportedOperation for one without an engine here."""
    from personalize_sfn.engine import RECIPES as TRAINABLE

    found = recipe(arn)
    if found.name not in TRAINABLE:
        raise unsupported(f"Training with the recipe {found.name}")
    return found


def check_hyperparameters(name: str, hyperparameters: dict[str, str]) -> None:
    """Raises InvalidInputException for a hyperparameter or a value that the recipe of that name does not take."""
    from personalize_sfn.engine import parse_options

    try:
        parse_options(name, hyperparameters)
    except ConfigError as error:
        raise invalid_input(f"Invalid hyperparameters: {error}") from error
