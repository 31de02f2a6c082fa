"""Recommendations for a user, with titles, beside what the user liked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from personalize_sfn.config import Config
from personalize_sfn.errors import WorkflowError
from personalize_sfn.session import Session

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Item", "Recommendations", "recommend"]

_LIKED_ABOVE = 2.0
_CELL = "padding:4px 12px 4px 0;vertical-align:top;text-align:left;border-bottom:1px solid rgba(128,128,128,.2)"


@dataclass(frozen=True, slots=True)
class Item:
    """One item of either list."""

    item_id: str
    title: str
    """The item's id where no title is known."""
    genres: tuple[str, ...] = ()
    score: float | None = None
    """Recommended items: Personalize's score, between 0 and 1; some recipes give none."""
    rating: float | None = None
    """Liked items: the user's rating."""


@dataclass(frozen=True, slots=True, repr=False)
class Recommendations:
    """What a campaign recommends to a user.  It shows as a table in a notebook and as text elsewhere."""

    user_id: str
    items: tuple[Item, ...]
    """Best first."""
    liked: tuple[Item, ...] = ()
    """What the user rated best, the newest first among equals; empty when no ratings were given."""
    recommendation_id: str = ""

    def to_frame(self) -> pd.DataFrame:
        """RANK (from 1), ITEM_ID, TITLE, GENRES (joined by ``|``), SCORE."""
        import pandas as pd

        rows = [
            (rank, item.item_id, item.title, "|".join(item.genres), item.score)
            for rank, item in enumerate(self.items, 1)
        ]
        return pd.DataFrame(rows, columns=["RANK", "ITEM_ID", "TITLE", "GENRES", "SCORE"])

    def __str__(self) -> str:
        width = max((len(item.title) for item in self.items), default=0)
        lines = [f"Recommended to user {self.user_id}"]
        for rank, item in enumerate(self.items, 1):
            lines.append(
                f"{rank:3}. {item.title:<{width}}  {_number(item.score, '.4f')}  {', '.join(item.genres)}".rstrip()
            )
        if self.liked:
            lines += ["", f"User {self.user_id} liked"]
            lines += [
                f"  {_number(item.rating, '.1f')}  {item.title}  {', '.join(item.genres)}".rstrip()
                for item in self.liked
            ]
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from html import escape

        top = max((item.score or 0.0 for item in self.items), default=0.0) or 1.0

        def cell(rank: str, item: Item, bar: str) -> str:
            genres = "".join(
                f'<span style="border:1px solid rgba(128,128,128,.5);border-radius:8px;padding:0 6px;margin-right:4px;'
                f'font-size:85%">{escape(genre)}</span>'
                for genre in item.genres
            )
            return (
                f'<tr><td style="{_CELL};opacity:.6">{rank}</td>'
                f'<td style="{_CELL}"><b>{escape(item.title)}</b><br>{genres}</td>'
                f'<td style="{_CELL}">{bar}</td></tr>'
            )

        def score(item: Item) -> str:
            if item.score is None:
                return ""
            width = 90 * item.score / top
            return (
                f'<span style="display:inline-block;height:8px;width:{width:.0f}px;'
                f'background:#1463c0;border-radius:3px"></span> {item.score:.4f}'
            )

        def column(title: str, rows: str) -> str:
            return (
                '<div style="display:inline-block;vertical-align:top;margin-right:40px">'
                f'<div style="margin-bottom:4px"><b>{escape(title)}</b></div>'
                f'<table style="border-collapse:collapse">{rows}</table></div>'
            )

        recommended = "".join(cell(str(rank), item, score(item)) for rank, item in enumerate(self.items, 1))
        columns = column(f"Recommended to user {self.user_id}", recommended)
        if self.liked:
            liked = "".join(cell("", item, f"rated {_number(item.rating, 'g')}") for item in self.liked)
            columns += column(f"User {self.user_id} liked", liked)
        return f"<div>{columns}</div>"


def recommend(
    session: Session,
    config: Config,
    user_id: str,
    *,
    num_results: int = 10,
    titles: Mapping[str, str] | pd.DataFrame | None = None,
    ratings: pd.DataFrame | None = None,
    via: Literal["workflow", "api"] = "workflow",
) -> Recommendations:
    """Ask the project's campaign what to recommend to a user.

    Args:
        session: from :func:`personalize_sfn.connect`.
        config: the pipeline.
        user_id: of a user in the data, or of a new one, who gets what is popular.
        num_results: 1 to 500.
        titles: the title of each item; or a table ITEM_ID, TITLE and, if there is one, GENRES (joined by ``|``), such
            as ``MovieLens.movies``.
        ratings: a table USER_ID, ITEM_ID, RATING, TIMESTAMP; then what the user liked stands beside.
        via: ``"workflow"`` runs the recommendation workflow, as the AWS post does; ``"api"`` asks the campaign
            directly, as an application would.

    Raises:
        WorkflowError: there is no campaign, the pipeline is not deployed, or the service refuses; says which.
    """
    try:
        answer = _ASK[via](session, config, str(user_id), num_results)
    except WorkflowError as error:
        if _has_campaign(session, config):
            raise
        raise WorkflowError(
            f"there is no campaign {config.campaign_name} yet, so nobody to ask. "
            "Run the main workflow first: run(session, config), or 'personalize-sfn run'",
            error=error.error,
            cause=error.cause,
            stage=error.stage,
            arn=error.arn,
        ) from error
    names, genres = _titles(titles)
    items = tuple(
        _item(each["itemId"], names, genres, score=float(each["score"]) if each.get("score") is not None else None)
        for each in answer["itemList"]
    )
    liked = () if ratings is None else _liked(ratings, str(user_id), num_results, names, genres)
    return Recommendations(str(user_id), items, liked, str(answer.get("recommendationId", "")))


def _by_workflow(session: Session, config: Config, user_id: str, num_results: int) -> dict[str, Any]:
    from personalize_sfn.execution import Workflow

    workflow = Workflow.attach(session.arns.state_machine(config.name("recommendation")), session=session)
    answer: dict[str, Any] = workflow.execute(inputs={"userId": user_id, "numResults": num_results}).get_output(
        wait=True
    )
    return answer


def _by_api(session: Session, config: Config, user_id: str, num_results: int) -> dict[str, Any]:
    from botocore.exceptions import ClientError

    arn = session.arns.personalize(f"campaign/{config.campaign_name}")
    try:
        answer: dict[str, Any] = session.client("personalize-runtime").get_recommendations(
            campaignArn=arn, userId=user_id, numResults=num_results
        )
    except ClientError as error:
        raise WorkflowError(
            f"campaign {config.campaign_name} gives no recommendations: {error.response['Error']['Message']}",
            error=error.response["Error"]["Code"],
            arn=arn,
        ) from error
    return answer


_ASK = {"workflow": _by_workflow, "api": _by_api}


def _has_campaign(session: Session, config: Config) -> bool:
    from botocore.exceptions import ClientError

    try:
        session.client("personalize").describe_campaign(
            campaignArn=session.arns.personalize(f"campaign/{config.campaign_name}")
        )
    except ClientError as error:
        # Where even that may not be asked, the first error is the one to show.
        return bool(error.response["Error"]["Code"] != "ResourceNotFoundException")
    return True


def _titles(titles: Mapping[str, str] | pd.DataFrame | None) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Title and genres of each item."""
    if titles is None:
        return {}, {}
    if isinstance(titles, Mapping):
        return titles, {}
    ids = titles["ITEM_ID"].astype(str)
    names = dict(zip(ids, titles["TITLE"], strict=True))
    if "GENRES" not in titles:
        return names, {}
    return names, {item: text for item, text in zip(ids, titles["GENRES"], strict=True) if isinstance(text, str)}


def _item(
    item_id: str,
    names: Mapping[str, str],
    genres: Mapping[str, str],
    *,
    score: float | None = None,
    rating: float | None = None,
) -> Item:
    known = tuple(part for part in genres.get(item_id, "").split("|") if part)
    return Item(item_id, names.get(item_id, item_id), known, score, rating)


def _liked(
    ratings: pd.DataFrame, user_id: str, count: int, names: Mapping[str, str], genres: Mapping[str, str]
) -> tuple[Item, ...]:
    own = ratings[(ratings["USER_ID"].astype(str) == user_id) & (ratings["RATING"] > _LIKED_ABOVE)]
    best = own.sort_values(["RATING", "TIMESTAMP"], ascending=False, kind="stable").head(count)
    pairs = zip(best["ITEM_ID"].astype(str), best["RATING"], strict=True)
    return tuple(_item(item, names, genres, rating=float(rating)) for item, rating in pairs)


def _number(value: float | None, spec: str) -> str:
    return "" if value is None else format(value, spec)
