"""What several solutions recommend to one user, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING

from personalize_sfn.config import Config
from personalize_sfn.config_parsing import check
from personalize_sfn.datasets.titles import read_titles
from personalize_sfn.display import Html, markup, text_table
from personalize_sfn.errors import WorkflowError
from personalize_sfn.evaluation import SolutionMetrics, metrics_of
from personalize_sfn.recommendations import Item, Recommendations, recommend
from personalize_sfn.recommendations.asking import Via
from personalize_sfn.recommendations.query import Titles
from personalize_sfn.recommendations.result import shares_of_genres
from personalize_sfn.session import Session
from personalize_sfn.trained_on import TrainedOn, trained_on
from personalize_sfn.what_serves import serving

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Comparison", "compare"]

_GENRES_SHOWN = 8
_LONGEST_TITLE = 32
_CELL_WIDTH = 190
"""In pixels: a history and three answers stand side by side in a notebook of 900 pixels."""
_METRIC = "normalized_discounted_cumulative_gain_at_10"


@dataclass(frozen=True, slots=True, repr=False)
class Comparison:
    """Answers to one user by the key of what gave them.  It shows as one table in a notebook and as text elsewhere."""

    user_id: str
    answers: Mapping[str, Recommendations]
    failed: Mapping[str, str] = field(default_factory=dict)
    """Why something gave no answer, by its key."""
    trained_on: Mapping[str, TrainedOn] = field(default_factory=dict)
    """The data and events of each, as far as the caller may read that."""
    metrics: Mapping[str, SolutionMetrics] = field(default_factory=dict)
    """What Personalize measured of each, as far as the caller may read that."""

    def to_frame(self) -> pd.DataFrame:
        """SOLUTION, RANK (from 1), ITEM_ID, TITLE, SCORE, ALSO_IN (other solutions that recommend it, by ``, ``)."""
        import pandas as pd

        rows = [
            (key, rank, item.item_id, item.title, item.score, ", ".join(self._places(item, without=key)))
            for key, answer in self.answers.items()
            for rank, item in enumerate(answer.items, 1)
        ]
        return pd.DataFrame(rows, columns=["SOLUTION", "RANK", "ITEM_ID", "TITLE", "SCORE", "ALSO_IN"])

    @property
    def overlap(self) -> Mapping[tuple[str, str], int]:
        """How many items each two have in common."""
        ids = {key: {item.item_id for item in answer.items} for key, answer in self.answers.items()}
        return {(one, other): len(ids[one] & ids[other]) for one, other in combinations(ids, 2)}

    @property
    def sentences(self) -> tuple[str, ...]:
        """Whether the user is known, and what the answers have in common."""
        known = self._known_texts.pop() if len(self._known_texts) == 1 else ""
        most = max((len(answer.items) for answer in self.answers.values()), default=0)
        shared = [f"{one} and {other} share {count} of {most}" for (one, other), count in self.overlap.items()]
        notes = dict.fromkeys(note for answer in self.answers.values() for note in answer.notes)
        return tuple(text for text in (known, "; ".join(shared), *notes) if text)

    @property
    def _known_texts(self) -> set[str]:
        """More than one when the user became known between two answers: then each column says its own."""
        return {answer.known_text for answer in self.answers.values() if answer.known is not None}

    def differs(self, key: str) -> tuple[str, ...]:
        """Why one cannot be compared with the first: other data, other events; empty: it can."""
        first = next(iter(self.answers))
        known = key in self.trained_on and first in self.trained_on
        return self.trained_on[key].differs_from(self.trained_on[first]) if known else ()

    @property
    def about(self) -> tuple[str, ...]:
        """What each answer is: its recipe, version and metrics; or why there is none."""
        answered = [f"{key}: {' · '.join([*self._about(key), *self.differs(key)])}" for key in self.answers]
        return (*answered, *(f"{key}: {why}" for key, why in self.failed.items()))

    @property
    def rows(self) -> list[list[str]]:
        """The titles: a row for each place, a cell for each answer; empty where an answer is shorter."""
        return [
            [_short(answer.items[place]) if place < len(answer.items) else "" for answer in self.answers.values()]
            for place in range(self._longest)
        ]

    def __str__(self) -> str:
        header, rows = list(self.answers), self.rows
        if self._liked:
            header = [f"user {self.user_id} {self._did}", *header]
            liked = [*map(_short, self._liked), *[""] * self._longest]
            rows = [[item, *row] for item, row in zip(liked, rows, strict=False)]
        table = text_table(["", *header], [[str(place), *row] for place, row in enumerate(rows, 1)])
        return "\n".join([self.title, *(f"  {each}" for each in (*self.sentences, *self.about)), "", table])

    __repr__ = __str__

    @property
    def title(self) -> str:
        """``User 7: popular, for-you``."""
        return f"User {self.user_id}: {', '.join([*self.answers, *self.failed])}"

    def _repr_html_(self) -> str:
        return self._shown().html

    def _shown(self) -> Html:
        history = [markup.bold(f"User {self.user_id} {self._did}")] if self._liked else []
        heads = [*history, *map(self._head, self.answers)]
        rows = []
        for place in range(self._longest):
            liked = [_cell(self._liked, place)] if self._liked else []
            answers = [_cell(answer.items, place, [*self._also(key, place)]) for key, answer in self.answers.items()]
            rows.append([markup.muted(str(place + 1)), *liked, *answers])
        rows += self._genre_rows()
        failed = [markup.plain(f"{key}: {why}") for key, why in self.failed.items()]
        above = markup.heading(markup.title(self.title), *map(markup.muted, self.sentences), *failed)
        return Html(above + markup.grid(rows, ["", *heads]), str(self))

    def _head(self, key: str) -> str:
        about = [markup.muted(each) for each in self._about(key)]
        return markup.narrow(markup.lines(markup.bold(key), *about, *map(markup.pill, self.differs(key))), _CELL_WIDTH)

    def _about(self, key: str) -> list[str]:
        by = self.answers[key].answered_by
        facts = [] if by is None else [by.recipe, *by.facts[2:]]
        if len(self._known_texts) > 1:
            facts.append(self.answers[key].known_text)
        measured = self.metrics.get(key)
        value = None if measured is None else measured.metrics.get(_METRIC)
        if measured is None or value is None:
            return facts
        margin = f" ± {measured.margins[_METRIC]:.3f}" if _METRIC in measured.margins else ""
        popular = f", popularity {measured.popularity[_METRIC]:.3f}" if _METRIC in measured.popularity else ""
        return [*facts, f"NDCG at 10: {value:.3f}{margin}{popular}"]

    def _genre_rows(self) -> list[list[str]]:
        """The share of each genre in the history and in each answer; none where nothing has genres."""
        lists = [*([self._history] if self._liked else []), *(each.items for each in self.answers.values())]
        shares = [shares_of_genres(each) for each in lists]
        names = {name: max(each.get(name, 0.0) for each in shares) for each in shares for name in each}
        if not names:
            return []
        colours = ["other" if self._liked and not place else "main" for place in range(len(shares))]
        return [
            [markup.muted("Genres"), *(markup.muted(f"of {len(each):,}") for each in lists)],
            *(
                [markup.plain(name), *map(_share, (each.get(name, 0.0) for each in shares), colours)]
                for name in sorted(names, key=names.__getitem__, reverse=True)[:_GENRES_SHOWN]
            ),
        ]

    @property
    def _history(self) -> tuple[Item, ...]:
        return next((answer.liked for answer in self.answers.values()), ())

    @property
    def _liked(self) -> tuple[Item, ...]:
        """The history, as long as the answers are."""
        return self._history[: self._longest]

    @property
    def _did(self) -> str:
        return next((answer.did for answer in self.answers.values()), "")

    @property
    def _longest(self) -> int:
        return max((len(answer.items) for answer in self.answers.values()), default=0)

    def _also(self, key: str, place: int) -> list[str]:
        items = self.answers[key].items
        return self._places(items[place], without=key) if place < len(items) else []

    def _places(self, item: Item, *, without: str) -> list[str]:
        """``for-you 2``: where other answers have it."""
        return [
            f"{key} {place}"
            for key, answer in self.answers.items()
            for place, each in enumerate(answer.items, 1)
            if key != without and each.item_id == item.item_id
        ]


def compare(
    session: Session,
    config: Config,
    user: str,
    *,
    solutions: Sequence[str] | None = None,
    num_results: int = 10,
    context: Mapping[str, str] | None = None,
    filter: str | None = None,  # noqa: A002 - called as Personalize calls it
    filter_values: Mapping[str, str] | None = None,
    titles: Titles = None,
    ratings: pd.DataFrame | None = None,
    via: Via = "api",
) -> Comparison:
    """Ask several solutions the same question, and put their answers side by side: what you would want to recommend.

    Nothing is trained.  What learned from other data or events than the first says so in its column.

    Args:
        session: from :func:`personalize_sfn.connect`.
        config: the pipeline.
        user: of a user in the data, or of a new one.
        solutions: keys of ``config.solutions`` or ``config.recommenders``; by default all that serve and answer what to
            recommend to a user.
        num_results: 1 to 500.
        via: ``"api"`` asks the campaigns directly, ``"workflow"`` runs the recommendation workflow for each.

    The others as :func:`personalize_sfn.recommend` has them.

    Raises:
        ConfigError: there is no such solution or filter, or none that answers that.
        WorkflowError: none of them answers; says why the first does not.
        LocalAwsError: the project's data are in another data directory than the embedded AWS that runs.
    """
    keys = list(dict.fromkeys(_for_users(session, config) if solutions is None else solutions))
    check(len(keys) > 0, "solutions", "expected one at least that serves what to recommend to a user, got none")
    about = {"num_results": num_results, "context": context, "filter": filter, "filter_values": filter_values}
    if titles is None:  # read once, not for each
        found = read_titles(session, config)
        titles = {} if found is None else found
    answers: dict[str, Recommendations] = {}
    failed: dict[str, WorkflowError] = {}
    for key in keys:
        try:
            answers[key] = recommend(
                session,
                config,
                user,
                solution=key,
                titles=titles,
                ratings=ratings,
                via=via,
                **about,  # type: ignore[arg-type]
            )
        except WorkflowError as error:
            failed[key] = error
    if not answers:
        raise next(iter(failed.values()))
    versions = {key: each.answered_by.version_arn for key, each in answers.items() if each.answered_by is not None}
    versions = {key: arn for key, arn in versions.items() if arn}
    on = trained_on(session, versions.values())
    return Comparison(
        str(user),
        answers,
        {key: str(error) for key, error in failed.items()},
        {key: on[arn] for key, arn in versions.items() if arn in on},
        metrics_of(session, versions),
    )


def _for_users(session: Session, config: Config) -> list[str]:
    """Use cases that need an item as well are asked, too: that they do not answer is said beside the others."""
    return [key for key, each in serving(config, session.arns).items() if each["answers"] in ("user", "use case")]


def _cell(items: Sequence[Item], place: int, also: Sequence[str] = ()) -> str:
    """An item of a column, or nothing where the column is shorter."""
    if place >= len(items):
        return ""
    item = items[place]
    rated = [] if item.rating is None else [f"rated {item.rating:g}"]
    labels = [item.had] if item.had else []
    named = " ".join([markup.bold(item.title), *map(markup.pill, labels)])
    shared = markup.muted(f"also {', '.join(also)}") if also else ""
    return markup.narrow(markup.lines(named, markup.dotted(*item.genres, *rated), shared), _CELL_WIDTH)


def _share(share: float, colour: str) -> str:
    return markup.unbroken(markup.bar(share / 3, colour), markup.plain(f"{100 * share:.0f} %"))


def _short(item: Item) -> str:
    text = item.title if len(item.title) <= _LONGEST_TITLE else f"{item.title[: _LONGEST_TITLE - 1]}…"
    return f"{text} ({item.had})" if item.had else text
