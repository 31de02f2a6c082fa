"""What a training takes from a dataset group, held as it is when the training begins."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from personalize_sfn.local.personalize.context import OperationContext
from personalize_sfn.local.personalize.data.contents import dataset_content, live_events, schema_of
from personalize_sfn.local.personalize.data.schemas import ID_COLUMNS, own_columns
from personalize_sfn.local.personalize.data.tables import (
    DatasetContent,
    InteractionRows,
    LiveEvent,
    Table,
    interaction_column,
    interaction_rows,
    merged,
)
from personalize_sfn.local.personalize.training.columns import objective_of, trained_columns
from personalize_sfn.local.personalize.training.solution_version import Selection, selected
from personalize_sfn.local.personalize.wire.errors import WorkFailed
from personalize_sfn.resources import DATASET, DATASET_GROUP

if TYPE_CHECKING:
    from personalize_sfn.engine import Objective, TrainingInput
    from personalize_sfn.engine.attributes import Attributes

CREATED = "CREATION_TIMESTAMP"


@dataclass(frozen=True, slots=True)
class Metadata:
    """The Items or Users of a group, with the columns that a solution trains on."""

    content: DatasetContent
    id_column: str
    columns: list[str]
    categorical: set[str]

    def attributes(self, more_ids: list[str] | None = None) -> Attributes:
        """For the engine: the last row for an id wins; ids of ``more_ids`` that have no row have no values.

        Slow for large tables: call it without the store's lock.
        """
        from personalize_sfn.engine.attributes import Attributes

        table = merged(self.content, self.id_column)
        known = set(table[self.id_column].tolist())
        more = [identifier for identifier in more_ids or () if identifier not in known]
        ids = [*map(str, table[self.id_column].tolist()), *more]
        nothing: list[Any] = [None] * len(more)
        columns = {name: [*_values(table, name), *nothing] for name in self.columns}
        created = [*_values(table, CREATED), *nothing]
        return Attributes.from_columns(ids, columns, categorical=self.categorical, created=created)

    def numbers(self, column: str) -> dict[str, float]:
        """A column of numbers by id, without those that are missing; whether or not the solution trains on it."""
        table = merged(self.content, self.id_column)
        values = zip(map(str, table[self.id_column].tolist()), _values(table, column), strict=True)
        return {identifier: float(value) for identifier, value in values if isinstance(value, int | float)}


@dataclass(frozen=True, slots=True)
class TrainingData:
    """The datasets of a group.  What arrives while a training runs belongs to the next one."""

    interactions: DatasetContent
    actions: DatasetContent
    """Of the Action interactions dataset."""
    events: list[LiveEvent]
    session_users: dict[str, str]
    """The user behind each session."""
    metadata: dict[str, Metadata]
    """By dataset type; only types that the group has with at least one row."""
    types: frozenset[str]
    """The types of the group's datasets, with rows or without."""
    contexts: dict[str, bool] = field(default_factory=dict)
    """The metadata columns of Interactions that may be learned from, and whether they hold numbers."""
    sought: tuple[str, str] | None = None
    """The optimization objective: the column of Items, and the sensitivity; None without one."""

    @property
    def last_event(self) -> int:
        """The number of the newest live event; 0 for none."""
        return len(self.events)

    def rows(self, recipe_names: Iterable[str] = ()) -> InteractionRows:
        """All interactions with items, imported and live; with context, where one of these recipes learns from it."""
        rows = interaction_rows(self.interactions, self.events, self.session_users)
        if not self.contexts or "context" not in _learned_from(recipe_names):
            return rows
        from personalize_sfn.engine import Labels

        contexts = {
            name: Labels.of(interaction_column(self.interactions, self.events, name), numeric=numeric)
            for name, numeric in self.contexts.items()
        }
        return replace(rows, contexts=contexts)

    def item_ids(self, selection: Selection) -> list[str]:
        """The items in Items, and those of all interactions that the selection leaves."""
        ids = set(map(str, selected(self.rows(), selection).items.tolist()))
        return sorted(ids.union(self.ids("ITEMS")))

    def ids(self, kind: str) -> set[str]:
        """Of the rows of the dataset of that type."""
        known = self.metadata.get(kind)
        parts = () if known is None else known.content.parts
        return {str(each) for part in parts for each in part[ID_COLUMNS[kind]].tolist()}

    def attributes(self, kind: str, ids: list[str] | None = None) -> Attributes | None:
        """What the engine learns about items (``ITEMS``), users or actions; None when the group has no rows of them.

        ``ids``: those that are to be there even without a row of their own.
        """
        found = self.metadata.get(kind)
        if found is None:
            return _without_columns(ids) if ids else None
        return found.attributes(ids)

    def input(self, recipe_names: Iterable[str]) -> TrainingInput:
        """The items and users that these recipes learn from, and the objective.

        Raises:
            WorkFailed: as :meth:`objective`.
        """
        from personalize_sfn.engine import TrainingInput

        taken = _learned_from(recipe_names)
        items, users = (self.attributes(kind.upper()) if kind in taken else None for kind in ("items", "users"))
        return TrainingInput(items, users, self.objective())

    def objective(self) -> Objective | None:
        """What the optimization objective seeks, for the engine; None without one.

        Raises:
            WorkFailed: no item has a value of it, and the sensitivity is not OFF.
        """
        from personalize_sfn.engine import OFF, Objective

        if self.sought is None:
            return None
        column, sensitivity = self.sought
        numbers = self.metadata["ITEMS"].numbers(column) if "ITEMS" in self.metadata else {}
        if not numbers and sensitivity == OFF:
            return None
        if not numbers:
            raise WorkFailed(f"Create failed. No item has a value of the optimization objective {column}.")
        return Objective(numbers, sensitivity)


def _learned_from(recipe_names: Iterable[str]) -> set[str]:
    """What one of the recipes at least learns from besides ids and times."""
    from personalize_sfn.engine import recipe_named

    return {name for each in recipe_names for name in recipe_named(each).metadata}


def _without_columns(ids: list[str]) -> Attributes:
    from personalize_sfn.engine.attributes import Attributes

    return Attributes.from_columns(ids, {})


def training_data(context: OperationContext, group_arn: str, config: dict[str, Any]) -> TrainingData:
    """Take hold of a group's data for a solution with that solutionConfig.  Called under the store's lock; quick."""
    live = live_events(context.store.get(DATASET_GROUP, group_arn))
    interactions, actions, metadata, types = DatasetContent(), DatasetContent(), {}, set()
    contexts: dict[str, bool] = {}
    for dataset in context.store.of(DATASET, datasetGroup=group_arn):
        kind, content = dataset.members["datasetType"], dataset_content(dataset)
        types.add(kind)
        schema = schema_of(context, dataset)
        columns, categorical = trained_columns(config, schema)
        if kind == "INTERACTIONS":
            interactions = DatasetContent(content.bulk, content.put)
            own = own_columns(schema)
            contexts = {name: name not in categorical for name in columns if name in own}
        elif kind == "ACTION_INTERACTIONS":
            actions = DatasetContent(content.bulk, content.put)
        elif kind in ID_COLUMNS and content.parts:
            metadata[kind] = Metadata(DatasetContent(content.bulk, content.put), ID_COLUMNS[kind], columns, categorical)
    return TrainingData(
        interactions,
        actions,
        list(live.events),
        live.settled_users(),
        metadata,
        frozenset(types),
        contexts,
        objective_of(config),
    )


def _values(table: Table, name: str) -> list[Any]:
    if name not in table:
        return [None] * len(next(iter(table.values())))
    values: list[Any] = table[name].tolist()
    return values
