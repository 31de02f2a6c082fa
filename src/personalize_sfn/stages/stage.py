"""A stage: several states that stand in a chain as one."""

from __future__ import annotations

from typing import Any

from personalize_sfn.sdk import Catch, Chain, Choice, Fail, LambdaStep, Pass, State, Wait

__all__ = ["Stage"]


class Stage(State):
    """Create, check, wait until ACTIVE: entered at :attr:`entry`, left at :attr:`done`.

    It is a state for the SDK (in ``Chain``, ``Parallel``, ``Workflow``), so what comes next is wired to its exit and
    never to its Choice, whose default ``Chain`` would replace, letting a failed resource go on.
    """

    def __init__(
        self,
        entry: State,
        done: Pass,
        *,
        create: LambdaStep | None = None,
        status: LambdaStep | None = None,
        wait: Wait | None = None,
        choice: Choice | None = None,
    ) -> None:
        """The states must be wired already: from ``entry`` every way leads to ``done`` or to a Fail."""
        super().__init__(entry.state_id, "Stage")
        self.entry = entry
        self.done = done
        """The exit."""
        self.create = create
        """Creates the resource, or finds it; in a deletion, None."""
        self.status = status
        """Reads the status of the resource; in a deletion, deletes it."""
        self.wait = wait
        """Waits as long as the status step says."""
        self.choice = choice
        """Continues at ACTIVE, waits while pending, fails otherwise."""

    @property
    def failures(self) -> list[Fail]:
        """The Fail states that its Choice leads to: timed out first, failed last."""
        if self.choice is None:
            return []
        ends = [end for _, end in self.choice.choices] + [self.choice.default]
        return [end for end in ends if isinstance(end, Fail)]

    @property
    def tasks(self) -> list[LambdaStep]:
        return [step for step in (self.create, self.status) if step is not None]

    def next(self, next_step: State | Chain) -> State | Chain:
        """What comes after the stage."""
        return self.done.next(next_step)

    def add_catch(self, catch: Catch | list[Catch]) -> None:
        """Catch errors of its functions.  A Fail state ends the execution and cannot be caught inside it."""
        for step in self.tasks:
            step.add_catch(catch)

    def accept(self, visitor: Any) -> None:
        self.entry.accept(visitor)

    def to_dict(self) -> dict[str, Any]:
        """The entry state, which stands for the stage."""
        return self.entry.to_dict()
