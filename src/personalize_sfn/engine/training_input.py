"""What a training is given besides recipe and events."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from personalize_sfn.engine.attributes import Attributes
    from personalize_sfn.engine.objective import Objective


@dataclass(frozen=True, slots=True)
class TrainingInput:
    """Attributes, an objective and a seed; recipes pass over the attributes that they learn nothing from."""

    items: Attributes | None = None
    """Of items; of next best action: of actions.  None: nothing is known of them."""
    users: Attributes | None = None
    """None: nothing is known of them."""
    objective: Objective | None = None
    """What recommendations are to bring besides relevance; only for recipes that take one.  None: nothing."""
    seed: int = 0
    """The same seed on the same machine gives the same model."""

    def only(self, kinds: Container[str]) -> TrainingInput:
        """Without the attributes of other kinds than those: ``items``, ``users``."""
        items, users = (self.items if "items" in kinds else None), (self.users if "users" in kinds else None)
        return replace(self, items=items, users=users)
